//! Brokers behind TLS that want to know who we are.

use std::path::Path;
use std::process::{Command, Stdio};

use super::servers::{Broker, JETSTREAM, client};
use super::{QUEUE, all_told, setup, submit_many, until};

/// A certificate for `localhost` in a folder, signed by itself, and its key.
fn certificate(folder: &Path) {
    let arguments = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout server.key -out server.pem \
                     -subj /CN=localhost -addext subjectAltName=DNS:localhost -days 30";
    let mut command = Command::new("openssl");
    command
        .current_dir(folder)
        .args(arguments.split_whitespace())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let output = command.output().expect("openssl is there");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A seed and its public key, from the library of NATS itself.
async fn nkey() -> (String, String) {
    let made = client(&["nkey-make"]).await;
    let part = |name: &str| made[0][name].as_str().expect("a key").to_owned();
    (part("seed"), part("public"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nats_over_tls_takes_a_token_a_password_or_an_nkey_from_a_file() {
    let secrets = tempfile::tempdir().expect("a folder");
    certificate(secrets.path());
    let (seed, public) = nkey().await;
    let write = |name: &str, text: &str| std::fs::write(secrets.path().join(name), text).expect("a file");
    write("seed", &seed);
    write("secret", "invented-secret\n");
    let shown = secrets.path().display();
    let tls = format!("tls {{ cert_file: \"{shown}/server.pem\", key_file: \"{shown}/server.key\" }}");
    let logins = [
        ("token: \"invented-secret\"".to_owned(), format!("token = {{ file = \"{shown}/secret\" }}\n")),
        (
            "user: court, password: \"invented-secret\"".to_owned(),
            format!("user = \"court\"\npassword = {{ file = \"{shown}/secret\" }}\n"),
        ),
        (format!("users: [{{ nkey: {public} }}]"), format!("nkey = {{ file = \"{shown}/seed\" }}\n")),
    ];
    for (allowed, login) in logins {
        let nats = Broker::nats(&format!("{JETSTREAM}\n{tls}\nauthorization {{ {allowed} }}")).await;
        let port = nats.port;
        // A server that is not there is passed over.
        let table = format!(
            "[relay.nats]\nservers = [\"tls://localhost:1\", \"tls://localhost:{port}\"]\nca_file = \"{shown}/server.pem\"\n{login}"
        );
        let mut setup = setup(&table);
        setup.start_sandbox().await;
        setup.start_daemon().await;
        submit_many(&setup, "k", 1).await;
        all_told(&setup, &["nats"]).await;
        assert!(!setup.log().contains("invented-secret"), "{}", setup.log());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nats_takes_a_credentials_file_with_a_jwt_and_its_seed() {
    let made = client(&["creds-make"]).await.remove(0);
    let part = |name: &str| made[name].as_str().expect("a part").to_owned();
    let secrets = tempfile::tempdir().expect("a folder");
    std::fs::write(secrets.path().join("court.creds"), part("file")).expect("a file");
    let (system, account) = (part("system"), part("account"));
    let resolver = format!("{system}: {}\n{account}: {}", part("system_jwt"), part("account_jwt"));
    let accounts = format!(
        "operator: {}\nsystem_account: {system}\nresolver: MEMORY\nresolver_preload {{\n{resolver}\n}}",
        part("operator")
    );
    let nats = Broker::nats(&format!("{JETSTREAM}\n{accounts}")).await;
    let file = secrets.path().join("court.creds");
    let table = super::relay_nats(nats.port, &format!("credentials = {{ file = \"{}\" }}\n", file.display()));
    let mut setup = setup(&table);
    setup.start_sandbox().await;
    setup.start_daemon().await;
    submit_many(&setup, "k", 1).await;
    all_told(&setup, &["nats"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rabbitmq_over_tls_is_verified_and_takes_a_password_from_a_file() {
    let secrets = tempfile::tempdir().expect("a folder");
    certificate(secrets.path());
    let (shown, port) = (secrets.path().display(), crate::world::reserved_port());
    std::fs::write(secrets.path().join("secret"), "guest\n").expect("a file");
    let options = format!(
        "listeners.ssl.1 = 127.0.0.1:{port}\nssl_options.certfile = {shown}/server.pem\nssl_options.keyfile = {shown}/server.key\n\
         ssl_options.verify = verify_none\nssl_options.fail_if_no_peer_cert = false\n"
    );
    let _rabbit = Broker::rabbitmq(&options).await;
    let table = |more: &str| {
        format!(
            "[relay.rabbitmq]\nservers = [\"amqps://localhost:{port}\"]\nlongest_wait = \"1s\"\nuser = \"guest\"\n\
             password = {{ file = \"{shown}/secret\" }}\n{more}{QUEUE}"
        )
    };
    let mut trusting = setup(&table(&format!("ca_file = \"{shown}/server.pem\"\n")));
    trusting.start_sandbox().await;
    trusting.start_daemon().await;
    submit_many(&trusting, "k", 1).await;
    all_told(&trusting, &["rabbitmq"]).await;
    // Another authority's certificate is not taken for it.
    let other = tempfile::tempdir().expect("a folder");
    certificate(other.path());
    let mut wary = setup(&table(&format!("ca_file = \"{}/server.pem\"\n", other.path().display())));
    wary.start_daemon().await;
    let told = until(&wary, "rabbitmq", "it does not connect", |relay| relay["state"] == "waiting").await;
    assert!(told["last_error"]["detail"].as_str().is_some_and(|said| said.contains("certificate")), "{told}");
}
