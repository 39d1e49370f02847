//! Results to real brokers: what a consumer that is not ours received is compared with the log, whatever happened in between.

pub mod compared;
mod intake;
mod intake_troubles;
mod mutual;
pub mod proxy;
mod returned;
mod secured;
pub mod servers;
mod several;
mod unfit;

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::daemon::Setup;
use crate::world::{inquiry, realty};
use compared::{compare, number};
use proxy::Proxy;
use servers::{Broker, JETSTREAM, client};

/// Longest time for everything to arrive.
const PATIENCE: Duration = Duration::from_secs(90);

pub fn relay_nats(port: u16, more: &str) -> String {
    format!(
        "[relay.nats]\nservers = [\"nats://127.0.0.1:{port}\"]\nlongest_wait = \"1s\"\nack_timeout = \"2s\"\n{more}"
    )
}

fn relay_rabbit(port: u16, more: &str) -> String {
    format!(
        "[relay.rabbitmq]\nservers = [\"amqp://127.0.0.1:{port}\"]\nlongest_wait = \"1s\"\nack_timeout = \"2s\"\n{more}"
    )
}

const QUEUE: &str = "[[relay.rabbitmq.queues]]\nname = \"court\"\n";

/// A daemon with one registry, and these tables.
fn setup(tables: &str) -> Setup {
    Setup::new(&[realty("registry", json!({ "everyone": { "properties": 1 } }))], None, tables)
}

/// An inquiry of one of a few cases.
fn of_case(number: usize) -> Value {
    let mut body = inquiry(None, "auto");
    body["case"]["number"] = json!(format!("(2026)晋10执{}号", 1000 + number));
    body
}

/// Submits so many inquiries about five cases, whenever the daemon is there.
async fn submit_many(setup: &Setup, name: &str, count: usize) {
    for at in 0..count {
        let started = Instant::now();
        while !setup
            .try_submit(&format!("{name}-{at}"), &of_case(at % 5))
            .await
            .is_some_and(|(status, _)| status.is_success())
        {
            assert!(started.elapsed() < PATIENCE, "it is never accepted:\n{}", setup.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Every event of the log.
pub async fn log_of(setup: &Setup) -> Vec<Value> {
    let (mut all, mut after) = (Vec::new(), 0);
    loop {
        let page = setup.get(&format!("/v1/results?consumer=oracle&limit=500&after={after}")).await;
        let events = page["events"].as_array().expect("events").clone();
        if events.is_empty() {
            return all;
        }
        all.extend(events);
        after = page["next"].as_i64().expect("a number");
    }
}

/// How a relay is.
async fn relay(setup: &Setup, name: &str) -> Value {
    let all = setup.get("/v1/relays").await;
    let relays = all["relays"].as_array().expect("relays").iter();
    relays.clone().find(|relay| relay["name"] == name).unwrap_or_else(|| panic!("{all}")).clone()
}

/// Waits until a relay is as it should be.
pub async fn until(setup: &Setup, name: &str, what: &str, done: impl Fn(&Value) -> bool) -> Value {
    let started = Instant::now();
    loop {
        let now = relay(setup, name).await;
        if done(&now) {
            return now;
        }
        assert!(started.elapsed() < PATIENCE, "{name} never came to this: {what}\n{now:#}\n{}", setup.log());
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}

/// Waits until an intake has answered so many messages since the start.
async fn until_intake(setup: &Setup, name: &str, answered: u64) {
    let started = Instant::now();
    loop {
        let all = setup.get("/v1/relays").await;
        let intakes = all["intakes"].as_array().expect("intakes");
        let intake = intakes.iter().find(|intake| intake["name"] == name).unwrap_or_else(|| panic!("{all}"));
        if intake["answered"].as_u64() >= Some(answered) {
            return;
        }
        assert!(
            started.elapsed() < PATIENCE,
            "{name} never answered {answered}: {intake:#}\n{}",
            setup.log()
        );
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}

/// Waits until every order was answered and every relay has told all of it.
async fn all_told(setup: &Setup, relays: &[&str]) {
    let started = Instant::now();
    loop {
        let open = setup.get("/v1/inquiries?state=open").await;
        if open["inquiries"].as_array().is_some_and(Vec::is_empty) {
            break;
        }
        assert!(started.elapsed() < PATIENCE, "never complete: {open}\n{}", setup.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for name in relays {
        until(setup, name, "nothing lags", |relay| relay["lag"] == 0).await;
    }
}

async fn metrics(setup: &Setup) -> String {
    let metrics = reqwest::Client::new().get(format!("http://127.0.0.1:{}/metrics", setup.port));
    let answer = metrics.bearer_auth(crate::daemon::OPERATIONS_KEY).send().await.expect("metrics");
    answer.text().await.expect("text")
}

pub async fn nats_received(port: u16) -> Vec<Value> {
    client(&["nats-read", &format!("nats://127.0.0.1:{port}"), "CHAKONG-RESULTS", "chakong.results.>"]).await
}

/// Waits until every server of a cluster has all the results.
async fn nats_current(port: u16) {
    client(&["nats-current", &format!("nats://127.0.0.1:{port}"), "CHAKONG-RESULTS"]).await;
}

async fn rabbit_received(port: u16, queue: &str) -> Vec<Value> {
    client(&["rabbit-read", &port.to_string(), queue]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_brokers_get_every_result_as_the_http_consumers_see_it_with_its_headers() {
    let (nats, rabbit) = tokio::join!(Broker::jetstream(), Broker::rabbitmq(""));
    let mut setup = setup(&(relay_nats(nats.port, "") + &relay_rabbit(rabbit.port, QUEUE)));
    setup.start_sandbox().await;
    setup.start_daemon().await;
    submit_many(&setup, "k", 10).await;
    all_told(&setup, &["nats", "rabbitmq"]).await;
    let log = log_of(&setup).await;
    let from_nats = nats_received(nats.port).await;
    assert_eq!(compare(&from_nats, &log), 0, "nothing came twice");
    let from_rabbit = rabbit_received(rabbit.port, "court").await;
    assert_eq!(compare(&from_rabbit, &log), 0, "nothing came twice");
    let is_answer = |message: &&Value| message["data"]["type"] == "chakong.order.answered";
    let message = from_nats.iter().find(is_answer).expect("an answer");
    assert_eq!(message["subject"], "chakong.results.9910.order.answered");
    let (headers, event) = (&message["headers"], &message["data"]);
    assert_eq!(headers["Content-Type"], "application/cloudevents+json; charset=utf-8");
    assert_eq!((&headers["ce-id"], &headers["ce-type"]), (&event["id"], &event["type"]));
    assert_eq!((&headers["ce-source"], &headers["ce-time"]), (&event["source"], &event["time"]));
    assert!(
        headers["Nats-Msg-Id"].as_str().is_some_and(|id| id.starts_with("urn:chakong:test:")),
        "{headers}"
    );
    let message = from_rabbit.iter().find(is_answer).expect("an answer");
    assert_eq!(message["subject"], "9910.order.answered");
    assert_eq!((&message["mode"], &message["type"]), (&json!(2), &json!("chakong.order.answered")));
    assert_eq!(message["media"], "application/cloudevents+json; charset=utf-8");
    // A restart begins behind what was acknowledged.
    setup.kill_daemon();
    setup.start_daemon().await;
    setup.submit("later", &of_case(1)).await;
    all_told(&setup, &["nats", "rabbitmq"]).await;
    let more = rabbit_received(rabbit.port, "court").await;
    assert!(
        more.iter().all(|message| number(&message["data"]) > log.iter().map(number).max().unwrap_or(0)),
        "{more:?}"
    );
    let metrics = metrics(&setup).await;
    for line in [
        "chakong_relay_state{relay=\"nats\",state=\"running\"} 1",
        "chakong_relay_state{relay=\"rabbitmq\",state=\"running\"} 1",
        "chakong_consumer_lag{consumer=\"relay:nats\"} 0",
        "chakong_relay_failures_total{relay=\"nats\"} 0",
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_out_of_order_whatever_is_killed_cut_or_stopped_under_load() {
    let (mut nats, mut rabbit) = tokio::join!(Broker::jetstream(), Broker::rabbitmq(""));
    let (to_nats, to_rabbit) = tokio::join!(Proxy::before(nats.port), Proxy::before(rabbit.port));
    let mut setup = setup(&(relay_nats(to_nats.port, "") + &relay_rabbit(to_rabbit.port, QUEUE)));
    setup.start_sandbox().await;
    setup.start_daemon().await;
    for round in 0..6 {
        let name = format!("round-{round}");
        let disturbed = async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            match round {
                0 | 3 => {
                    for _ in 0..8 {
                        to_nats.cut();
                        to_rabbit.cut();
                        tokio::time::sleep(Duration::from_millis(150)).await;
                    }
                }
                1 => {
                    nats.kill();
                    tokio::time::sleep(Duration::from_millis(500)).await;
                    nats.start().await;
                }
                2 => {
                    rabbit.kill();
                    rabbit.start().await;
                }
                4 => {
                    // It is there and says nothing, for longer than an acknowledgement may take.
                    nats.signal("STOP");
                    rabbit.signal("STOP");
                    tokio::time::sleep(Duration::from_secs(4)).await;
                    nats.signal("CONT");
                    rabbit.signal("CONT");
                }
                _ => {}
            }
        };
        tokio::join!(submit_many(&setup, &name, 30), disturbed);
        if round == 5 {
            setup.kill_daemon();
            setup.start_daemon().await;
        }
    }
    all_told(&setup, &["nats", "rabbitmq"]).await;
    let log = log_of(&setup).await;
    let (from_nats, from_rabbit) =
        tokio::join!(nats_received(nats.port), rabbit_received(rabbit.port, "court"));
    let twice = (compare(&from_nats, &log), compare(&from_rabbit, &log));
    assert!(log.len() >= 180 * 3, "there was load: {}", log.len());
    assert_eq!(twice.0, 0, "NATS knows what comes twice");
    let relays = setup.get("/v1/relays").await;
    for relay in relays["relays"].as_array().expect("relays") {
        assert!(relay["failures"].is_u64() && relay["state"] == "running", "{relays:#}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_is_gone_or_full_delays_nobody_and_is_told() {
    let mut nats = Broker::nats(JETSTREAM).await;
    let tables = relay_nats(nats.port, "max_bytes_mib = 1\n");
    let mut setup = setup(&tables);
    setup.start_sandbox().await;
    nats.kill();
    // The daemon starts without its broker, and works.
    setup.start_daemon().await;
    submit_many(&setup, "gone", 5).await;
    all_told(&setup, &[]).await;
    let gone = until(&setup, "nats", "it waits", |relay| relay["state"] == "waiting").await;
    assert_eq!(gone["last_error"]["kind"], "unreachable", "{gone}");
    assert!(gone["lag"].as_i64() > Some(0), "{gone}");
    let ready = setup.get("/readyz").await;
    assert_eq!((&ready["status"], &ready["relays"]["nats"]), (&json!("ok"), &json!("waiting")));
    nats.start().await;
    until(&setup, "nats", "nothing lags", |relay| relay["lag"] == 0).await;
    // Somebody fills the stream; what is there already is read and kept for the comparison.
    let url = format!("nats://127.0.0.1:{}", nats.port);
    let mut received = nats_received(nats.port).await;
    client(&["nats-fill", &url, "chakong.results.junk"]).await;
    submit_many(&setup, "full", 5).await;
    let full = until(&setup, "nats", "it is full", |relay| relay["last_error"]["kind"] == "full").await;
    assert!(
        full["last_error"]["detail"].as_str().is_some_and(|said| said.contains("maximum bytes")),
        "{full}"
    );
    client(&["nats-purge", &url, "CHAKONG-RESULTS", "chakong.results.junk"]).await;
    all_told(&setup, &["nats"]).await;
    let later = client(&["nats-read", &url, "CHAKONG-RESULTS", "chakong.results.9910.>"]).await;
    received.extend(later);
    let log = log_of(&setup).await;
    let mut first: Vec<Value> = Vec::new();
    for message in received {
        if !first.iter().any(|known| known["data"]["id"] == message["data"]["id"]) {
            first.push(message);
        }
    }
    assert_eq!(compare(&first, &log), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_no_queue_takes_is_not_delivered_and_waits_until_one_is_bound() {
    let rabbit = Broker::rabbitmq("").await;
    let mut setup = setup(&relay_rabbit(rabbit.port, ""));
    setup.start_sandbox().await;
    setup.start_daemon().await;
    submit_many(&setup, "k", 5).await;
    let told = until(&setup, "rabbitmq", "it is told", |relay| relay["last_error"]["kind"] == "full").await;
    let detail = told["last_error"]["detail"].as_str().expect("a sentence");
    assert!(detail.contains("no queue takes") && detail.contains("9910."), "{detail}");
    assert_eq!((&told["acknowledged"], &told["delivered"]), (&json!(0), &json!(0)));
    client(&["rabbit-bind", &rabbit.port.to_string(), "late", "chakong.results", "#"]).await;
    all_told(&setup, &["rabbitmq"]).await;
    compare(&rabbit_received(rabbit.port, "late").await, &log_of(&setup).await);
    // The place of a relay that is configured cannot be removed under it.
    let (status, problem) = setup
        .try_call(reqwest::Method::DELETE, "/v1/consumers/relay:rabbitmq", None)
        .await
        .expect("an answer");
    assert_eq!(
        (status.as_u16(), &problem["type"]),
        (409, &json!("urn:chakong:problem:not-now")),
        "{problem}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_court_without_a_queue_keeps_no_other_back_and_nothing_is_sent_to_others_again_and_again() {
    let rabbit = Broker::rabbitmq("").await;
    let own = format!("{QUEUE}keys = [\"9910.#\"]\n");
    let mut setup = setup(&relay_rabbit(rabbit.port, &own));
    setup.start_sandbox().await;
    setup.start_daemon().await;
    let mut elsewhere = of_case(9);
    elsewhere["case"]["court_code"] = json!("9920");
    setup.submit("elsewhere", &elsewhere).await;
    // More than one page behind it.
    submit_many(&setup, "k", 120).await;
    all_told(&setup, &[]).await;
    // Some attempts later.
    let before = relay(&setup, "rabbitmq").await["failures"].as_u64().expect("a number");
    let told =
        until(&setup, "rabbitmq", "it tries", |relay| relay["failures"].as_u64() > Some(before + 3)).await;
    assert!(
        told["last_error"]["detail"].as_str().is_some_and(|said| said.contains("9920.inquiry.accepted")),
        "{told}"
    );
    let log = log_of(&setup).await;
    let of_court = |there: bool| -> Vec<Value> {
        let is_there = |event: &&Value| {
            event["data"]["case_number"].as_str().is_some_and(|case| case.contains("执1009号")) == there
        };
        log.iter().filter(is_there).cloned().collect()
    };
    let (others, waiting) = (of_court(false), of_court(true));
    assert!(!waiting.is_empty() && others.len() > 300, "{} and {}", waiting.len(), others.len());
    let held = json!([{ "court": "9920", "events": waiting.len() }]);
    let is_told = |relay: &Value| relay["delivered"] == others.len() && relay["held_back"] == held;
    let told = until(&setup, "rabbitmq", "all others are sent", is_told).await;
    assert_eq!(told["state"], "waiting");
    let line = format!("chakong_relay_held_back{{relay=\"rabbitmq\",court=\"9920\"}} {}", waiting.len());
    assert!(metrics(&setup).await.contains(&line), "{line}");
    assert_eq!(compare(&rabbit_received(rabbit.port, "court").await, &others), 0, "none twice");
    client(&["rabbit-bind", &rabbit.port.to_string(), "late", "chakong.results", "9920.#"]).await;
    all_told(&setup, &["rabbitmq"]).await;
    assert_eq!(compare(&rabbit_received(rabbit.port, "late").await, &waiting), 0);
    let told = until(&setup, "rabbitmq", "it runs again", |relay| relay["state"] == "running").await;
    assert_eq!(told["held_back"], json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_that_is_too_large_goes_without_its_data_and_says_where_it_is() {
    // The smallest message that the server takes holds the envelope and little more.
    let nats = Broker::nats(&format!("{JETSTREAM}\nmax_payload: 5200")).await;
    let mut setup = setup(&relay_nats(nats.port, ""));
    setup.start_sandbox().await;
    setup.start_daemon().await;
    submit_many(&setup, "k", 2).await;
    all_told(&setup, &["nats"]).await;
    let (log, received) = (log_of(&setup).await, nats_received(nats.port).await);
    assert_eq!(received.len(), log.len());
    let short: Vec<&Value> =
        received.iter().map(|message| &message["data"]).filter(|event| event["data"].is_null()).collect();
    assert!(!short.is_empty(), "{received:?}");
    for event in short {
        let path = event["dataref"].as_str().expect("a reference").replace("NAME", "reader");
        let whole = setup.get(&path).await["events"][0].clone();
        assert_eq!((&whole["id"], &whole["type"]), (&event["id"], &event["type"]));
        assert!(whole["data"].is_object());
    }
}
