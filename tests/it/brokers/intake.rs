//! Inquiries from real brokers: the same checks, roles and answers as over HTTP; what is no inquiry is kept with the reason.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::servers::{Broker, body_file, client};
use super::{PATIENCE, all_told, log_of, of_case, setup, until_intake};
use crate::daemon::Setup;
use crate::world::inquiry;

pub fn intake_nats(port: u16) -> String {
    format!(
        "[intake.nats]\nservers = [\"nats://127.0.0.1:{port}\"]\nsubmitter = \"tests\"\nlongest_wait = \"1s\"\n"
    )
}

pub fn intake_rabbit(port: u16, more: &str) -> String {
    format!(
        "[intake.rabbitmq]\nservers = [\"amqp://127.0.0.1:{port}\"]\nsubmitter = \"tests\"\nlongest_wait = \"1s\"\n{more}"
    )
}

/// Bodies for the client: one that is right, one that breaks a rule, one that is no inquiry.
pub fn bodies(setup: &Setup) -> [String; 3] {
    let folder = setup.folder.path();
    let mut wrong = inquiry(None, "auto");
    wrong["parties"] = json!([]);
    let paths = [
        body_file(folder, "right.json", &of_case(1)),
        body_file(folder, "wrong.json", &wrong),
        body_file(folder, "none.json", &json!("nonsense")),
    ];
    paths.map(|path| path.display().to_string())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_inquiry_over_nats_is_answered_like_one_over_http_and_poison_is_kept_with_its_reason() {
    let mut nats = Broker::jetstream().await;
    let mut setup = setup(&intake_nats(nats.port));
    setup.start_sandbox().await;
    setup.start_daemon().await;
    let [right, wrong, none] = bodies(&setup);
    let url = format!("nats://127.0.0.1:{}", nats.port);
    let ask = async |path: &str, key: &str, submitter: &str, reply: &str, times: &str| {
        client(&["nats-ask", &url, "chakong.inquiries", path, key, submitter, reply, times]).await
    };
    let twice = ask(&right, "one", "", "inbox", "2").await;
    assert_eq!((&twice[0]["status"], &twice[1]["status"]), (&json!(201), &json!(200)));
    let id = twice[0]["answer"]["id"].as_str().expect("an id");
    assert_eq!(twice[1]["answer"]["id"], id, "the same key gives the same inquiry");
    assert_eq!(setup.get(&format!("/v1/inquiries/{id}")).await["submitted_by"], "tests");
    let (status, over_http) = setup
        .try_submit(
            "two",
            &serde_json::from_str(&std::fs::read_to_string(&wrong).expect("a body")).expect("JSON"),
        )
        .await
        .expect("an answer");
    let broken = &ask(&wrong, "two", "tests", "inbox", "1").await[0];
    assert_eq!(
        (broken["status"].as_u64(), &broken["answer"]),
        (Some(u64::from(status.as_u16())), &over_http)
    );
    let other = &ask(&right, "one-more", "somebody", "inbox", "1").await[0];
    assert_eq!(
        (&other["status"], &other["answer"]["type"]),
        (&json!(403), &json!("urn:chakong:problem:forbidden"))
    );
    assert_eq!(ask(&right, "", "", "inbox", "1").await[0]["status"], 400, "without a key");
    assert_eq!(ask(&none, "three", "", "inbox", "1").await[0]["status"], 400);
    // A message may not have its answer written where it likes.
    ask(&right, "four", "", "chakong.answers.forged", "1").await;
    until_intake(&setup, "nats", 7).await;
    let dead = client(&["nats-read", &url, "CHAKONG-INQUIRIES", "chakong.dead-letters"]).await;
    let reasons: Vec<_> = dead
        .iter()
        .map(|letter| letter["headers"]["Dead-Letter-Status"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(reasons, ["422", "403", "400", "400"], "{dead:?}");
    assert!(
        dead[0]["headers"]["Dead-Letter-Reason"].as_str().is_some_and(|why| why.contains("invalid")),
        "{dead:?}"
    );
    assert_eq!(dead[3]["data"], json!("nonsense"), "the message itself is kept");
    let answers = client(&["nats-read", &url, "CHAKONG-INQUIRIES", "chakong.answers.>"]).await;
    let subjects: Vec<&Value> = answers.iter().map(|answer| &answer["subject"]).collect();
    let of = |outcome: &str| {
        subjects.iter().filter(|subject| ***subject == format!("chakong.answers.{outcome}")).count()
    };
    // The second time is the same answer to the same message, which the server knows.
    assert_eq!((of("accepted"), of("refused"), of("forged")), (2, 4, 0), "{subjects:?}");
    assert_eq!(answers[0]["data"]["data"]["answer"]["id"], id);
    // What comes while the broker is killed and started again is taken once.
    nats.kill();
    nats.start().await;
    let later = ask(&right, "five", "", "inbox", "1").await;
    assert_eq!(later[0]["status"], 201, "{later:?}");
    setup.kill_daemon();
    let sent = ask(&right, "six", "", "", "3").await;
    assert!(sent.is_empty());
    setup.start_daemon().await;
    until_intake(&setup, "nats", 3).await;
    let known = setup.get("/v1/inquiries?limit=100").await;
    assert_eq!(known["inquiries"].as_array().map(Vec::len), Some(4), "one, four, five and six: {known}");
    all_told(&setup, &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_inquiry_over_a_broker_is_taken_once_whatever_is_killed() {
    const EACH: usize = 40;
    let (mut nats, rabbit) = tokio::join!(Broker::jetstream(), Broker::rabbitmq(""));
    let mut setup = setup(&(intake_nats(nats.port) + &intake_rabbit(rabbit.port, "")));
    setup.start_sandbox().await;
    setup.start_daemon().await;
    let [right, ..] = bodies(&setup);
    let (url, port) = (format!("nats://127.0.0.1:{}", nats.port), rabbit.port.to_string());
    let count = EACH.to_string();
    let (over_nats, over_rabbit) = (
        ["nats-send", &url, "chakong.inquiries", &right, "nats", &count],
        ["rabbit-send", &port, "chakong.inquiries", &right, "rabbit", &count],
    );
    let disturbed = async {
        for round in 0..4_u64 {
            tokio::time::sleep(Duration::from_millis(150 + 70 * round)).await;
            setup.kill_daemon();
            if round == 2 {
                nats.kill();
                nats.start().await;
            }
            setup.start_daemon().await;
        }
    };
    // The daemon is killed while they are sent, and while they are worked on.
    tokio::join!(client(&over_rabbit), disturbed);
    client(&over_nats).await;
    setup.kill_daemon();
    setup.start_daemon().await;
    let started = Instant::now();
    let known = loop {
        let known = setup.get("/v1/inquiries?limit=100").await;
        let known = known["inquiries"].as_array().expect("inquiries").len();
        if known >= 2 * EACH || started.elapsed() > PATIENCE {
            break known;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    assert_eq!(known, 2 * EACH, "each once:\n{}", setup.log());
    all_told(&setup, &[]).await;
    let accepted =
        log_of(&setup).await.iter().filter(|event| event["type"] == "chakong.inquiry.accepted").count();
    assert_eq!(accepted, 2 * EACH);
    assert!(client(&["rabbit-read", &port, "chakong.dead-letters"]).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_inquiry_over_rabbitmq_is_answered_like_one_over_http_and_poison_is_kept_with_its_reason() {
    let mut rabbit = Broker::rabbitmq("").await;
    let mut setup = setup(&intake_rabbit(rabbit.port, "users = [\"guest\"]\n"));
    setup.start_sandbox().await;
    setup.start_daemon().await;
    let [right, wrong, none] = bodies(&setup);
    let port = rabbit.port.to_string();
    let ask = async |path: &str, key: &str, submitter: &str, user: &str, times: &str| {
        client(&["rabbit-ask", &port, "chakong.inquiries", path, key, submitter, "own", user, times]).await
    };
    let twice = ask(&right, "one", "", "guest", "2").await;
    let id = twice[0]["answer"]["id"].as_str().expect("an id");
    assert_eq!((&twice[1]["answer"]["id"], &twice[1]["correlation"]), (&json!(id), &json!("1")));
    assert_eq!(twice[0]["outcome"], "accepted");
    let broken = &ask(&wrong, "two", "", "guest", "1").await[0];
    assert_eq!(
        (&broken["media"], &broken["answer"]["status"]),
        (&json!("application/problem+json"), &json!(422))
    );
    assert_eq!(ask(&none, "three", "", "guest", "1").await[0]["answer"]["status"], 400);
    assert_eq!(
        ask(&right, "four", "", "", "1").await[0]["answer"]["status"],
        403,
        "no user that the broker checked"
    );
    assert_eq!(ask(&right, "five", "other", "guest", "1").await[0]["answer"]["status"], 403);
    let forged =
        ["rabbit-ask", &port, "chakong.inquiries", &right, "six", "", "chakong.inquiries", "guest", "1"];
    assert!(
        client(&forged).await.is_empty(),
        "an answer to the queue of inquiries would go round in circles"
    );
    until_intake(&setup, "rabbitmq", 7).await;
    let dead = client(&["rabbit-read", &port, "chakong.dead-letters"]).await;
    let reasons: Vec<_> = dead.iter().map(|letter| letter["headers"]["dead-letter-status"].clone()).collect();
    assert_eq!(reasons, ["422", "400", "403", "403"], "{dead:?}");
    rabbit.kill();
    rabbit.start().await;
    assert_eq!(ask(&right, "seven", "", "guest", "1").await[0]["outcome"], "accepted");
    let known = setup.get("/v1/inquiries?limit=100").await;
    assert_eq!(known["inquiries"].as_array().map(Vec::len), Some(3), "one, six and seven: {known}");
}

/// What repeats a key of that size is larger than the broker takes: the message is buried without it, and does not come again for ever.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_with_a_huge_key_is_buried_and_the_next_ones_are_taken() {
    // What both brokers take at most: the headers of a message in JetStream, a frame of RabbitMQ.
    const HEADERS: usize = 64 << 10;
    const FRAME: usize = 128 << 10;
    let (nats, rabbit) = tokio::join!(Broker::jetstream(), Broker::rabbitmq(""));
    let mut setup = setup(&(intake_nats(nats.port) + &intake_rabbit(rabbit.port, "")));
    setup.start_sandbox().await;
    setup.start_daemon().await;
    let [right, ..] = bodies(&setup);
    let (url, port) = (format!("nats://127.0.0.1:{}", nats.port), rabbit.port.to_string());
    let over_nats = async |path: &str, key: &str| {
        client(&["nats-ask", &url, "chakong.inquiries", path, key, "", "inbox", "1"]).await
    };
    let over_rabbit = async |path: &str, key: &str| {
        client(&["rabbit-ask", &port, "chakong.inquiries", path, key, "", "own", "", "1"]).await
    };
    let key = format!("*{}", HEADERS - 150);
    assert_eq!(over_nats(&right, &key).await[0]["status"], 400);
    assert_eq!(over_nats(&right, "next").await[0]["status"], 201);
    let key = format!("*{}", FRAME - 180);
    assert_eq!(over_rabbit(&right, &key).await[0]["answer"]["status"], 400);
    assert_eq!(over_rabbit(&right, "after").await[0]["outcome"], "accepted");
    let dead = client(&["nats-read", &url, "CHAKONG-INQUIRIES", "chakong.dead-letters"]).await;
    let (headers, body) = (&dead[0]["headers"], &dead[0]["data"]);
    assert_eq!(
        (dead.len(), &headers["Dead-Letter-Status"], body),
        (1, &json!("400"), &of_case(1)),
        "{headers}"
    );
    assert_eq!(headers["Idempotency-Key"].as_str().map(str::len), Some(128));
    let dead = client(&["rabbit-read", &port, "chakong.dead-letters"]).await;
    let headers = &dead[0]["headers"];
    assert_eq!((dead.len(), &headers["dead-letter-status"]), (1, &json!("400")), "{headers}");
    assert_eq!(headers["idempotency-key"].as_str().map(str::len), Some(128));
}
