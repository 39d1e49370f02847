//! Queries to one bank over each line, batched and one by one, beside a bare loop of the same message work; then a postbox with
//! thousands of orders on offer.
//!
//! `cargo bench --bench bank_lines` (two minutes). Sandbox and daemon are processes of their own; the SFTP server is OpenSSH's. The bare
//! loop does what the two processes must do with messages and nothing else: the connector writes, the simulated bank reads
//! and answers, the connector reads; in one thread, without files, HTTP, SSH or a store.
#![allow(
    missing_docs,
    clippy::print_stdout,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a benchmark"
)]

#[path = "../tests/it/daemon.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod daemon;
#[path = "../tests/it/sftp/server.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod server;
#[path = "../tests/it/world.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod world;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chakong_contract::manifest::SettingValue;
use chakong_contract::sandbox::SandboxSpeaks;
use chakong_contract::{Batch, Moment, Order, Secret, Settings, Speaks};
use chakong_testkit::desk::{Desk, round};
use daemon::Setup;
use serde_json::{Value, json};
use server::Sshd;
use tokio::time::Instant;
use world::{PASSWORD, POSTBOX, Played, bank_code, calling_bank, free_port, inquiry};

/// Parties of an inquiry, and so orders to the one bank.
const PARTIES: usize = 100;
/// Rounds of bare loop and gateway; odd, for the median.
const ROUNDS: usize = 5;
/// Calls of which the median is told.
const CALLS: usize = 21;

struct Variant {
    name: &'static str,
    /// Orders in one package, or in one answer of the postbox.
    batch: usize,
    orders: usize,
}

const VARIANTS: [Variant; 6] = [
    Variant { name: "directory, batches of 200", batch: 200, orders: 4000 },
    Variant { name: "directory, one by one", batch: 1, orders: 400 },
    Variant { name: "SFTP, batches of 200", batch: 200, orders: 4000 },
    Variant { name: "SFTP, one by one", batch: 1, orders: 400 },
    Variant { name: "postbox, 200 an answer", batch: 200, orders: 4000 },
    Variant { name: "postbox, one by one", batch: 1, orders: 400 },
];

fn script() -> Value {
    json!({ "poll_ms": 1, "everyone": { "accounts": 1, "balance": "1000.00" } })
}

/// The bank of a variant; the server must live as long as the bank.
fn bank(variant: &Variant) -> (Played, Option<Sshd>) {
    let limits = format!("[limits]\nbatch = {}\nconcurrency = 4\n", variant.batch);
    if variant.name.starts_with("postbox") {
        let mut played = calling_bank("bank", 1, script());
        played.file = format!("{}most_offered = {}\n{limits}", played.file, variant.batch);
        return (played, None);
    }
    let sshd = variant.name.starts_with("SFTP").then(Sshd::start);
    let line = sshd.as_ref().map_or_else(String::new, |sshd| sshd.line(sshd.port));
    let file =
        format!("connector = \"court-bank\"\n{limits}[settings]\nbank_code = \"{}\"\n{line}", bank_code(1));
    (Played { name: "bank", file, script: script() }, sshd)
}

fn postbox(port: u16) -> String {
    format!("[postbox]\nlisten = \"127.0.0.1:{port}\"\n")
}

fn body() -> Value {
    let mut body = inquiry(None, "auto");
    let party = body["parties"][0].clone();
    let named = |number: usize| {
        let mut party = party.clone();
        party["reference"] = json!(format!("debtor-{number}"));
        party
    };
    body["parties"] = json!((0..PARTIES).map(named).collect::<Vec<_>>());
    body
}

/// Orders as the gateway gives them to the connector.
fn orders(count: usize) -> Vec<Order> {
    let body = serde_json::to_vec(&inquiry(None, "auto")).expect("JSON");
    let submission = chakong::intake::read(&body).expect("an inquiry");
    let manifest = chakong_court_bank::plugin().manifest;
    let order = |id: usize| {
        let record = chakong::inquiry::OrderRecord {
            id: i64::try_from(id).expect("small") + 1,
            inquiry: 1,
            lane: "bank".into(),
            party: 0,
            document: 0,
            instruction: chakong_contract::Instruction::Query { transactions: None },
            priority: chakong::inquiry::Priority::Query,
            state: chakong::inquiry::OrderState::Queued,
            attempts: 0,
            created: "2026-11-24T00:00:00Z".parse().expect("a time"),
            due: "2026-11-24T00:00:00Z".parse().expect("a time"),
            deadline: "2026-11-25T00:00:00Z".parse().expect("a time"),
            ticket: None,
            batch: None,
            root: 1,
            stands_in: None,
            measure: None,
            fault: None,
        };
        chakong::lanes::order_for(&record, &submission, &manifest).expect("an order")
    };
    (0..count).map(order).collect()
}

fn settings() -> Settings {
    Settings::default()
        .with("bank_code", SettingValue::Text(bank_code(1)))
        .with("account", SettingValue::Text("YH000001".into()))
        .with("password", SettingValue::Secret(Secret::new(PASSWORD)))
}

#[allow(clippy::cast_precision_loss, reason = "figures for people")]
fn rate(count: usize, elapsed: Duration) -> f64 {
    count as f64 / elapsed.as_secs_f64()
}

/// The message work of a variant and nothing else.
fn bare(variant: &Variant, orders: &[Order]) -> f64 {
    let plugin = chakong_court_bank::plugin();
    let connector = (plugin.build)(&settings()).expect("a connector");
    let mut sandbox = (plugin.sandbox)(&script(), &settings()).expect("a bank");
    let made: Moment = "2026-11-24T09:00:00+08:00".parse().expect("a moment");
    let started = Instant::now();
    let mut answered = 0;
    for (at, chunk) in orders.chunks(variant.batch).enumerate() {
        if variant.name.starts_with("postbox") {
            let mut desk = Desk::new("YH000001", PASSWORD);
            desk.offer(chunk.to_vec());
            let postbox = connector.postbox().expect("a postbox");
            round(&mut desk, postbox, sandbox.postbox().expect("a visitor"), made).expect("a rest");
            answered += desk.taken.len();
            continue;
        }
        let batch = Batch { number: format!("{at:030}"), made, orders: chunk.to_vec(), token: None };
        let (Speaks::Parcel(parcel), SandboxSpeaks::Parcel(bank)) = (connector.speaks(), sandbox.speaks())
        else {
            panic!("parcels")
        };
        for file in parcel.write(&batch).expect("written") {
            for handed in bank.take(&file, made) {
                answered += connector.read(&handed.file).reads.len();
            }
        }
    }
    assert_eq!(answered, orders.len());
    rate(answered, started.elapsed())
}

async fn pause(setup: &Setup, act: &str) {
    setup.post(&format!("/v1/counterparts/bank/{act}"), &json!({ "reason": "benchmark" })).await;
}

async fn submit(setup: &Setup, name: &str, orders: usize) {
    for number in 0..orders / PARTIES {
        setup.submit(&format!("{name}-{number}"), &body()).await;
    }
}

/// Everything waits before the lane may begin; the time ends with the last result in the consumer's hands.
async fn through_the_gateway(setup: &Setup, name: &str, orders: usize) -> f64 {
    pause(setup, "pause").await;
    submit(setup, name, orders).await;
    pause(setup, "resume").await;
    let started = Instant::now();
    let mut answered = 0;
    while answered < orders {
        let page = setup.get("/v1/results?consumer=bench&limit=500&wait=10").await;
        let events = page["events"].as_array().expect("events");
        answered += events.iter().filter(|event| event["type"] == "chakong.order.answered").count();
        setup.post("/v1/results/ack", &json!({ "consumer": "bench", "seq": page["next"] })).await;
    }
    rate(orders, started.elapsed())
}

fn median(mut values: Vec<f64>) -> (f64, f64, f64) {
    values.sort_by(f64::total_cmp);
    (values[values.len() / 2], values[0], values[values.len() - 1])
}

async fn compare(variant: &Variant) {
    let (played, _server) = bank(variant);
    let mut setup = Setup::new(&[played], None, &postbox(free_port()));
    setup.start_daemon().await;
    setup.start_sandbox().await;
    let orders = orders(variant.orders);
    let (mut loops, mut gateways, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    let before = setup.daemon_cpu();
    for round in 0..ROUNDS {
        loops.push(bare(variant, &orders));
        gateways.push(through_the_gateway(&setup, &format!("round-{round}"), variant.orders).await);
        ratios.push(gateways[round] / loops[round]);
    }
    let cpu = (setup.daemon_cpu() - before) / u32::try_from(ROUNDS * variant.orders).expect("small");
    let books = setup.books().await.expect("books");
    assert!(books.values().all(|books| books.duplicates == 0), "nothing was sent twice");
    let (ratio, low, high) = median(ratios);
    println!(
        "  {:26} gateway {:7.0} orders/s   bare {:7.0}   ratio {ratio:.3} ({low:.3} to {high:.3})   daemon {cpu:.0?} an order",
        variant.name,
        median(gateways).0,
        median(loops).0,
    );
}

/// The body of a call that asks for queries.
fn ask() -> Vec<u8> {
    let value = |text: &str| STANDARD.encode(text);
    let caller = format!(
        "<usermarker><condition username=\"{}\" password=\"{}\"></condition></usermarker>",
        value("YH000001"),
        value(PASSWORD)
    );
    format!(
        "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:s=\"http://syyh.service.webService.ckw.tdh/\"><e:Body>\
         <s:getXzcxList><arg0>{}</arg0></s:getXzcxList></e:Body></e:Envelope>",
        STANDARD.encode(caller)
    )
    .into_bytes()
}

/// Asks once; gives the time and the number of orders in the answer.
async fn fetch(client: &reqwest::Client, port: u16) -> (Duration, usize) {
    let started = Instant::now();
    let url = format!("http://127.0.0.1:{port}{POSTBOX}");
    let answer = client.post(url).body(ask()).send().await.expect("an answer").text().await.expect("a body");
    let elapsed = started.elapsed();
    let sealed = answer.split("<return>").nth(1).and_then(|rest| rest.split('<').next()).expect("a return");
    let opened = STANDARD.decode(sealed).expect("Base64");
    (elapsed, String::from_utf8(opened).expect("text").matches("<cxqq ").count())
}

/// A postbox whose bank asks and never answers.
async fn on_offer(waiting: usize, most_offered: usize) -> (Setup, u16) {
    let port = free_port();
    let mut played = calling_bank("bank", 1, Value::Null);
    played.file = format!("{}most_offered = {most_offered}\n", played.file);
    let mut setup = Setup::new(&[played], None, &postbox(port));
    setup.start_daemon().await;
    submit(&setup, "waiting", waiting).await;
    (setup, port)
}

async fn desk() {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let (setup, port) = on_offer(1000, 1000).await;
    let (first, found) = fetch(&client, port).await;
    assert_eq!(found, 1000);
    let mut again = Vec::new();
    for _ in 0..CALLS {
        let (elapsed, found) = fetch(&client, port).await;
        assert_eq!(found, 1000);
        again.push(elapsed);
    }
    again.sort();
    println!(
        "  getXzcxList with 1000 waiting orders: {first:.1?} when all are new, {:.1?} when they are on offer (median of {CALLS}, slowest {:.1?})",
        again[CALLS / 2],
        again[CALLS - 1]
    );
    drop(setup);
    let (setup, port) = on_offer(10_000, 2000).await;
    let before = setup.daemon_memory();
    let mut offered = 0;
    while offered < 10_000 {
        offered += fetch(&client, port).await.1;
    }
    println!(
        "  10000 orders on offer in one postbox: {} MiB, {} MiB before they were fetched",
        setup.daemon_memory() >> 20,
        before >> 20
    );
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        println!("bank_lines: queries to one bank, {ROUNDS} rounds each");
        for variant in &VARIANTS {
            compare(variant).await;
        }
        desk().await;
    });
}
