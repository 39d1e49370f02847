//! Brokers that let in whoever shows a certificate of theirs, and nobody else.

use std::path::PathBuf;

use super::servers::{Broker, JETSTREAM};
use super::{QUEUE, all_told, rabbit_received, setup, submit_many, until};
use crate::tls::Certificates;
use crate::world::reserved_port;

/// The authority of a court, its broker's certificate, and one of ours under a name, with its key in one file.
fn certificates(name: &str) -> (Certificates, PathBuf) {
    let own = Certificates::new();
    own.signed("server", "IP:127.0.0.1,DNS:localhost", 30);
    own.signed(name, &format!("DNS:{name}"), 30);
    let read = |part: &str| std::fs::read(own.path(&format!("{name}.{part}"))).expect("a file");
    let both = own.path("both.pem");
    std::fs::write(&both, [read("pem"), read("key")].concat()).expect("a file");
    (own, both)
}

/// A daemon with this table is never let in.
async fn stays_out(name: &str, table: &str) {
    let mut stranger = setup(table);
    stranger.start_daemon().await;
    let told = until(&stranger, name, "it is not let in", |relay| relay["last_error"].is_object()).await;
    assert_eq!(told["state"], "waiting", "{told}");
    assert_eq!(told["acknowledged"], 0, "{told}");
    // The place of the stranger in the broker stays empty; its log keeps everything.
    let detail = told["last_error"]["detail"].as_str().expect("a sentence").to_lowercase();
    let words = ["certificate", "tls", "handshake", "connection", "denied", "authori"];
    assert!(words.iter().any(|word| detail.contains(word)), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nats_lets_in_the_certificate_that_it_knows_and_no_other() {
    let (own, both) = certificates("court");
    let (others, strange) = certificates("court");
    let shown = |name: &str| own.path(name).display().to_string();
    let tls = format!(
        "tls {{ cert_file: \"{}\", key_file: \"{}\", ca_file: \"{}\", verify_and_map: true }}\n\
         authorization {{ users: [{{ user: \"CN=court\" }}] }}",
        shown("server.pem"),
        shown("server.key"),
        shown("authority.pem")
    );
    let nats = Broker::nats(&format!("{JETSTREAM}\n{tls}")).await;
    let table = |identity: &str| {
        format!(
            "[relay.nats]\nservers = [\"tls://127.0.0.1:{}\"]\nlongest_wait = \"1s\"\nca_file = \"{}\"\n{identity}",
            nats.port,
            shown("authority.pem")
        )
    };
    let with = |identity: &PathBuf| format!("client_certificate_file = \"{}\"\n", identity.display());
    let mut known = setup(&table(&with(&both)));
    known.start_sandbox().await;
    known.start_daemon().await;
    submit_many(&known, "k", 1).await;
    all_told(&known, &["nats"]).await;
    stays_out("nats", &table("")).await;
    stays_out("nats", &table(&with(&strange))).await;
    drop(others);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rabbitmq_takes_a_client_certificate_in_the_place_of_a_password() {
    let (own, both) = certificates("guest");
    let (others, strange) = certificates("guest");
    let (shown, port) = (|name: &str| own.path(name).display().to_string(), reserved_port());
    let options = format!(
        "listeners.ssl.1 = 127.0.0.1:{port}\nssl_options.certfile = {}\nssl_options.keyfile = {}\n\
         ssl_options.cacertfile = {}\nssl_options.verify = verify_peer\nssl_options.fail_if_no_peer_cert = true\n\
         ssl_cert_login_from = common_name\nauth_mechanisms.1 = EXTERNAL\nauth_mechanisms.2 = PLAIN\n",
        shown("server.pem"),
        shown("server.key"),
        shown("authority.pem")
    );
    let rabbit = Broker::rabbitmq_with(&options, "[rabbitmq_auth_mechanism_ssl].").await;
    let table = |identity: &str| {
        format!(
            "[relay.rabbitmq]\nservers = [\"amqps://127.0.0.1:{port}\"]\nlongest_wait = \"1s\"\nca_file = \"{}\"\n{identity}{QUEUE}",
            shown("authority.pem")
        )
    };
    let with = |identity: &PathBuf| format!("client_certificate_file = \"{}\"\n", identity.display());
    let mut known = setup(&table(&with(&both)));
    known.start_sandbox().await;
    known.start_daemon().await;
    submit_many(&known, "k", 1).await;
    all_told(&known, &["rabbitmq"]).await;
    assert!(!rabbit_received(rabbit.port, "court").await.is_empty());
    stays_out("rabbitmq", &table("")).await;
    stays_out("rabbitmq", &table(&with(&strange))).await;
    drop(others);
}
