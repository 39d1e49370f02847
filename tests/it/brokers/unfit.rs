//! A broker that is not as configured ends the start with one sentence; nothing starts half.

use std::process::Command;

use super::intake::{intake_nats, intake_rabbit};
use super::servers::{Broker, JETSTREAM, client};
use super::{relay_nats, relay_rabbit, setup};

/// What a start says, and its code.
async fn started_with(tables: &str) -> (Option<i32>, String) {
    let setup = setup(tables);
    let mut command = Command::new("timeout");
    command.args(["60", env!("CARGO_BIN_EXE_chakong"), "serve", "--config"]).arg(setup.config());
    let output =
        tokio::task::spawn_blocking(move || command.output()).await.expect("a task").expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let store = setup.folder.path().join("data/chakong.sqlite");
    assert!(output.status.code() != Some(78) || !store.exists(), "nothing was begun: {said}");
    let sentences: Vec<&str> = said.lines().filter(|line| line.starts_with("chakong: ")).collect();
    (output.status.code(), sentences.join(" AND "))
}

async fn is_refused(tables: &str, parts: &[&str]) {
    let (code, said) = started_with(tables).await;
    assert_eq!(code, Some(78), "{tables}: {said}");
    assert!(!said.contains(" AND "), "one sentence: {said}");
    for part in parts {
        assert!(said.contains(part), "`{part}` is not in: {said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nats_without_jetstream_another_stream_and_a_wrong_password_are_told_at_the_start() {
    let bare = Broker::nats("").await;
    is_refused(&relay_nats(bare.port, ""), &["[relay.nats]", "has no JetStream"]).await;
    let nats = Broker::jetstream().await;
    let url = format!("nats://127.0.0.1:{}", nats.port);
    client(&["nats-make", &url, "CHAKONG-RESULTS", "chakong.results.>", "memory", "4096"]).await;
    is_refused(
        &relay_nats(nats.port, ""),
        &["CHAKONG-RESULTS", "max_bytes is 4096, and should be -1", "memory"],
    )
    .await;
    is_refused(&relay_nats(nats.port, "declare = false\n"), &["kept in memory"]).await;
    is_refused(
        &relay_nats(nats.port, "declare = false\nstream = \"OTHER\"\n"),
        &["OTHER", "is not there", "declare = true"],
    )
    .await;
    is_refused(&relay_nats(nats.port, "stream = \"OTHER\"\n"), &["OTHER", "cannot be made", "overlap"]).await;
    client(&["nats-make", &url, "LAST", "last.>", "file", "-1", "1"]).await;
    let last = "stream = \"LAST\"\nsubject = \"last\"\n";
    is_refused(&relay_nats(nats.port, last), &["LAST", "max_msgs_per_subject is 1, and should be -1"]).await;
    is_refused(
        &relay_nats(nats.port, &format!("{last}declare = false\n")),
        &["LAST", "throws the older ones away"],
    )
    .await;
    client(&["nats-make", &url, "RING", "ring.>", "file", "1048576"]).await;
    let ring = "stream = \"RING\"\nsubject = \"ring\"\ndeclare = false\n";
    is_refused(&relay_nats(nats.port, ring), &["RING", "discard old with max_bytes"]).await;
    let locked =
        Broker::nats(&format!("{JETSTREAM}\nauthorization {{ user: court, password: invented }}")).await;
    is_refused(&relay_nats(locked.port, ""), &["does not accept"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_consumer_that_gives_an_inquiry_up_and_one_that_is_not_there_are_told_at_the_start() {
    let nats = Broker::jetstream().await;
    let url = format!("nats://127.0.0.1:{}", nats.port);
    client(&["nats-make", &url, "CHAKONG-INQUIRIES", "chakong.>", "file", "-1"]).await;
    let theirs = intake_nats(nats.port) + "declare = false\n";
    is_refused(&theirs, &["[intake.nats]", "the consumer chakong", "is not there", "declare = true"]).await;
    client(&["nats-consumer", &url, "CHAKONG-INQUIRIES", "chakong", "chakong.inquiries", "3"]).await;
    is_refused(&theirs, &["[intake.nats]", "max_deliver is 3, and should be -1"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exchange_of_another_type_and_a_wrong_password_are_told_at_the_start() {
    let rabbit = Broker::rabbitmq("").await;
    let port = rabbit.port.to_string();
    client(&["rabbit-make", &port, "chakong.results", "fanout"]).await;
    is_refused(
        &relay_rabbit(rabbit.port, ""),
        &["[relay.rabbitmq]", "chakong.results", "type topic", "fanout"],
    )
    .await;
    is_refused(&relay_rabbit(rabbit.port, "declare = false\n"), &["type topic"]).await;
    let missing = "declare = false\nexchange = \"other\"\n";
    is_refused(&relay_rabbit(rabbit.port, missing), &["other is not there", "declare = true"]).await;
    is_refused(&relay_rabbit(rabbit.port, "vhost = \"none\"\n"), &["vhost"]).await;
    let setup = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(setup.path(), "wrong").expect("a password");
    let wrong = format!("user = \"guest\"\npassword = {{ file = \"{}\" }}\n", setup.path().display());
    is_refused(&relay_rabbit(rabbit.port, &wrong), &["does not accept the user and password"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_made_at_one_broker_where_another_is_unfit() {
    let (nats, rabbit) = (Broker::jetstream().await, Broker::rabbitmq("").await);
    let (port, url) = (rabbit.port.to_string(), format!("nats://127.0.0.1:{}", nats.port));
    client(&["rabbit-make", &port, "chakong.results", "fanout"]).await;
    let tables = [relay_nats(nats.port, ""), relay_rabbit(rabbit.port, ""), intake_nats(nats.port)];
    is_refused(&tables.join("\n"), &["[relay.rabbitmq]", "type topic"]).await;
    is_refused(&relay_nats(nats.port, "declare = false\n"), &["CHAKONG-RESULTS", "is not there"]).await;
    let theirs = intake_nats(nats.port) + "declare = false\n";
    is_refused(&theirs, &["CHAKONG-INQUIRIES", "is not there"]).await;
    // The other way round.
    client(&["nats-make", &url, "CHAKONG-RESULTS", "chakong.results.>", "memory", "4096"]).await;
    let other = relay_rabbit(rabbit.port, "exchange = \"other\"\n");
    let tables = [relay_nats(nats.port, ""), other, intake_rabbit(rabbit.port, "")];
    is_refused(&tables.join("\n"), &["[relay.nats]", "memory"]).await;
    let missing = "declare = false\nexchange = \"other\"\n";
    is_refused(&relay_rabbit(rabbit.port, missing), &["other is not there"]).await;
    let theirs = intake_rabbit(rabbit.port, "declare = false\n");
    is_refused(&theirs, &["[intake.rabbitmq]", "is not there"]).await;
}
