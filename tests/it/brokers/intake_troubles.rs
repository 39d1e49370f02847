//! What keeps an intake from answering, and must not keep it from going on.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use super::intake::{bodies, intake_nats, intake_rabbit};
use super::servers::{Broker, client};
use super::{PATIENCE, setup, until_intake};
use crate::daemon::Setup;

/// Waits until an intake is as it should be.
async fn until(setup: &Setup, name: &str, done: impl Fn(&Value) -> bool) -> Value {
    let started = Instant::now();
    loop {
        let all = setup.get("/v1/relays").await;
        let intakes = all["intakes"].as_array().expect("intakes");
        let intake = intakes.iter().find(|intake| intake["name"] == name).unwrap_or_else(|| panic!("{all}"));
        if done(intake) {
            return intake.clone();
        }
        assert!(started.elapsed() < PATIENCE, "{name} never came to this: {intake:#}\n{}", setup.log());
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}

/// A user of RabbitMQ as its file of definitions has it: four bytes of salt, and the hash of them and the password.
fn user(name: &str, password: &str) -> Value {
    let salt = [1, 2, 3, 4];
    let hash = Sha256::digest([&salt[..], password.as_bytes()].concat());
    let hash = STANDARD.encode([&salt[..], &hash[..]].concat());
    json!({ "name": name, "password_hash": hash, "hashing_algorithm": "rabbit_password_hashing_sha256", "tags": [] })
}

fn may(user: &str, write: &str) -> Value {
    json!({ "user": user, "vhost": "/", "configure": ".*", "write": write, "read": ".*" })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reply_address_that_may_not_be_written_to_keeps_no_inquiry_from_coming_in() {
    let definitions = tempfile::NamedTempFile::new().expect("a file");
    // It may write to the exchanges of the intake, and not to the one that leads to any queue by its name.
    let own = r"^chakong\.(inquiries|answers|dead-letters)$";
    let known = json!({
        "vhosts": [{ "name": "/" }],
        "users": [user("guest", "guest"), user("gateway", "invented")],
        "permissions": [may("guest", ".*"), may("gateway", own)],
    });
    std::fs::write(definitions.path(), known.to_string()).expect("definitions");
    let rabbit = Broker::rabbitmq(&format!("load_definitions = {}", definitions.path().display())).await;
    let secret = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(secret.path(), "invented").expect("a password");
    let login = format!("user = \"gateway\"\npassword = {{ file = \"{}\" }}\n", secret.path().display());
    let mut setup = setup(&intake_rabbit(rabbit.port, &login));
    setup.start_sandbox().await;
    setup.start_daemon().await;
    let [right, ..] = bodies(&setup);
    let port = rabbit.port.to_string();
    for key in ["one", "two"] {
        let sent = ["rabbit-ask", &port, "chakong.inquiries", &right, key, "", "amq.somebody", "", "1"];
        assert!(client(&sent).await.is_empty());
    }
    until_intake(&setup, "rabbitmq", 2).await;
    let known = setup.get("/v1/inquiries?limit=100").await;
    assert_eq!(known["inquiries"].as_array().map(Vec::len), Some(2), "each once: {known}");
    assert!(setup.log().contains("could not be answered at its reply address"), "{}", setup.log());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_takes_no_answers_is_told_and_holds_up_neither_the_intake_nor_its_end() {
    let rabbit = Broker::rabbitmq("").await;
    let mut setup = setup(&intake_rabbit(rabbit.port, ""));
    setup.start_sandbox().await;
    // Exchange and queue are made.
    setup.start_daemon().await;
    let [right, ..] = bodies(&setup);
    setup.kill_daemon();
    let port = rabbit.port.to_string();
    client(&["rabbit-send", &port, "chakong.inquiries", &right, "k", "1"]).await;
    // From now on it blocks whoever publishes, as when its memory is full.
    rabbit.control(&["set_vm_memory_high_watermark", "0"]).await;
    setup.start_daemon().await;
    let told = until(&setup, "rabbitmq", |intake| intake["last_error"]["kind"] == "full").await;
    assert!(
        told["last_error"]["detail"].as_str().is_some_and(|said| said.contains("takes nothing for now")),
        "{told}"
    );
    setup.signal_daemon("TERM");
    assert_eq!(setup.wait_for_end().await, Some(0), "{}", setup.log());
    assert!(!setup.log().contains("grace"), "it ends by itself: {}", setup.log());
    setup.start_daemon().await;
    rabbit.control(&["set_vm_memory_high_watermark", "0.6"]).await;
    until_intake(&setup, "rabbitmq", 1).await;
    let known = setup.get("/v1/inquiries?limit=100").await;
    assert_eq!(known["inquiries"].as_array().map(Vec::len), Some(1), "once: {known}");
}

/// NATS: a reply address in which a part is missing is no subject.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reply_address_that_is_no_subject_keeps_no_inquiry_from_coming_in() {
    let nats = Broker::jetstream().await;
    let mut setup = setup(&intake_nats(nats.port));
    setup.start_sandbox().await;
    setup.start_daemon().await;
    let [right, ..] = bodies(&setup);
    let url = format!("nats://127.0.0.1:{}", nats.port);
    for (key, address) in [("one", "_INBOX..x"), ("two", "_INBOX.x."), ("three", "_INBOX.whole")] {
        client(&["nats-deliver", &url, "chakong.inquiries", &right, key, address]).await;
    }
    until_intake(&setup, "nats", 3).await;
}

/// A virtual host whose queues are quorum queues: from RabbitMQ 4 on such a queue drops what comes back too often, unless it says otherwise.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn queues_of_inquiries_are_made_so_that_they_drop_nothing_however_often_it_comes_back() {
    let definitions = tempfile::NamedTempFile::new().expect("a file");
    let kept = json!({ "description": "", "tags": [], "default_queue_type": "quorum" });
    let known = json!({
        "vhosts": [{ "name": "/", "default_queue_type": "quorum", "metadata": kept }],
        "users": [user("guest", "guest")],
        "permissions": [may("guest", ".*")],
    });
    std::fs::write(definitions.path(), known.to_string()).expect("definitions");
    let rabbit = Broker::rabbitmq(&format!("load_definitions = {}", definitions.path().display())).await;
    let mut setup = setup(&intake_rabbit(rabbit.port, ""));
    setup.start_daemon().await;
    for queue in ["chakong.inquiries", "chakong.dead-letters"] {
        client(&["rabbit-is-quorum", &rabbit.port.to_string(), queue, &i32::MAX.to_string()]).await;
    }
}
