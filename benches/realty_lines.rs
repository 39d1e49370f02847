//! Queries to one real-estate registry over each of its lines, beside a bare loop of the same message work; then a postbox with
//! thousands of orders on offer.
//!
//! `cargo bench --bench realty_lines` (three minutes). Sandbox and daemon are processes of their own. The bare loop does what the two
//! processes must do with messages and nothing else: the same requests with their papers and certificates, the same answers; the connector
//! and the simulated registry in one thread, without HTTP or a store.
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
#[path = "../tests/it/world.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod world;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chakong_contract::manifest::SettingValue;
use chakong_contract::{Moment, Order, Plugin, Secret, Settings};
use chakong_testkit::desk::{Desk, round};
use chakong_testkit::drive;
use daemon::Setup;
use serde_json::{Value, json};
use tokio::time::Instant;
use world::{PASSWORD, Played, free_port, inquiry};

/// Parties of an inquiry, and so orders to the one registry.
const PARTIES: usize = 100;
/// Rounds of bare loop and gateway; odd, for the median.
const ROUNDS: usize = 5;
/// Calls of which the median is told.
const CALLS: usize = 21;
const PATH: &str = "/ckwIpWebService/IpConvertDataAll";
const ACCOUNT: &str = "IP000001";

struct Variant {
    name: &'static str,
    plugin: fn() -> Plugin,
    /// What its file says of the line and its limits.
    line: &'static str,
    /// Orders in one answer of the postbox; 0 where we call.
    offered: usize,
    orders: usize,
}

const VARIANTS: [Variant; 4] = [
    Variant {
        name: "A postbox, 200 an answer",
        plugin: chakong_court_realty::postbox_plugin,
        line: "[line]\nkind = \"postbox\"\npath = \"/ckwIpWebService/IpConvertDataAll\"\nmost_offered = 200\n",
        offered: 200,
        orders: 2000,
    },
    Variant {
        name: "B platform, 10 an answer",
        plugin: chakong_court_realty::platform_plugin,
        line: "[line]\nkind = \"postbox\"\npath = \"/realestate-supervise-exchange/api/v1\"\nmost_offered = 10\n",
        offered: 10,
        orders: 2000,
    },
    Variant {
        name: "C call",
        plugin: chakong_court_realty::plugin,
        line: "[limits]\nconcurrency = 16\n",
        offered: 0,
        orders: 4000,
    },
    Variant {
        name: "E form",
        plugin: chakong_court_realty::form_plugin,
        line: "[limits]\nconcurrency = 16\n",
        offered: 0,
        orders: 4000,
    },
];

fn script(variant: &Variant) -> Value {
    let mut script = json!({ "everyone": { "properties": 1, "mortgaged": true } });
    if variant.offered > 0 {
        script["poll_ms"] = json!(1);
    }
    script
}

fn registry(variant: &Variant) -> Played {
    let id = (variant.plugin)().manifest.id;
    let account = match id {
        "court-realty" => String::new(),
        _ => format!("account = \"{ACCOUNT}\"\npassword = {{ file = \"../password\" }}\n"),
    };
    let file = format!("connector = \"{id}\"\n[settings]\namount_unit = \"yuan\"\n{account}{}", variant.line);
    Played { name: "registry", file, script: script(variant) }
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
fn orders(plugin: &Plugin, count: usize) -> Vec<Order> {
    let body = serde_json::to_vec(&inquiry(None, "auto")).expect("JSON");
    let submission = chakong::intake::read(&body).expect("an inquiry");
    let order = |id: usize| {
        let record = chakong::inquiry::OrderRecord {
            id: i64::try_from(id).expect("small") + 1,
            inquiry: 1,
            lane: "registry".into(),
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
        chakong::lanes::order_for(&record, &submission, &plugin.manifest).expect("an order")
    };
    (0..count).map(order).collect()
}

fn settings(plugin: &Plugin) -> Settings {
    let unit = Settings::default().with("amount_unit", SettingValue::Text("yuan".into()));
    if plugin.manifest.id == "court-realty" {
        return unit;
    }
    unit.with("account", SettingValue::Text(ACCOUNT.into()))
        .with("password", SettingValue::Secret(Secret::new(PASSWORD)))
}

#[allow(clippy::cast_precision_loss, reason = "figures for people")]
fn rate(count: usize, elapsed: Duration) -> f64 {
    count as f64 / elapsed.as_secs_f64()
}

/// The message work of a variant and nothing else.
fn bare(variant: &Variant, orders: &[Order]) -> f64 {
    let plugin = (variant.plugin)();
    let settings = settings(&plugin);
    let connector = (plugin.build)(&settings).expect("a connector");
    let mut sandbox = (plugin.sandbox)(&script(variant), &settings).expect("a registry");
    let made: Moment = "2026-11-24T09:00:00+08:00".parse().expect("a moment");
    let started = Instant::now();
    let mut answered = 0;
    if variant.offered == 0 {
        for order in orders {
            let batch = drive::batch(vec![order.clone()]);
            let talk = drive::converse(&*connector, &mut *sandbox, &batch).expect("an end");
            answered += talk.reads().len();
        }
    } else {
        for chunk in orders.chunks(variant.offered) {
            let mut desk = Desk::new(ACCOUNT, PASSWORD);
            desk.offer(chunk.to_vec());
            let visitor = sandbox.postbox().expect("a visitor");
            round(&mut desk, connector.postbox().expect("a postbox"), visitor, made).expect("a rest");
            answered += desk.answers.len();
        }
    }
    assert_eq!(answered, orders.len());
    rate(answered, started.elapsed())
}

async fn pause(setup: &Setup, act: &str) {
    setup.post(&format!("/v1/counterparts/registry/{act}"), &json!({ "reason": "benchmark" })).await;
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
    let mut setup = Setup::new(&[registry(variant)], None, &postbox(free_port()));
    setup.start_daemon().await;
    setup.start_sandbox().await;
    let orders = orders(&(variant.plugin)(), variant.orders);
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
        "<USERMARKER><CONDITION><USERNAME>{}</USERNAME><PASSWORD>{}</PASSWORD></CONDITION></USERMARKER>",
        value(ACCOUNT),
        value(PASSWORD)
    );
    format!(
        "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:s=\"http://ip.service.webService.ckw.tdh/\"><e:Body>\
         <s:cxBdcQL><arg0>{}</arg0></s:cxBdcQL></e:Body></e:Envelope>",
        STANDARD.encode(caller)
    )
    .into_bytes()
}

/// Asks once; gives the time and the number of orders in the answer.
async fn fetch(client: &reqwest::Client, port: u16) -> (Duration, usize) {
    let started = Instant::now();
    let url = format!("http://127.0.0.1:{port}{PATH}");
    let answer = client.post(url).body(ask()).send().await.expect("an answer").text().await.expect("a body");
    let elapsed = started.elapsed();
    let sealed = answer.split("<return>").nth(1).and_then(|rest| rest.split('<').next()).expect("a return");
    let opened = STANDARD.decode(sealed).expect("Base64");
    (elapsed, String::from_utf8(opened).expect("text").matches("<BDCCXQQ>").count())
}

/// A postbox whose registry asks and never answers.
async fn on_offer(waiting: usize, most_offered: usize) -> (Setup, u16) {
    let port = free_port();
    let mut played = registry(&VARIANTS[0]);
    let most = format!("most_offered = {most_offered}\n");
    played.file = played.file.replace("most_offered = 200\n", &most);
    let mut setup = Setup::new(&[Played { script: Value::Null, ..played }], None, &postbox(port));
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
        "  cxBdcQL with 1000 waiting orders: {first:.1?} when all are new, {:.1?} when they are on offer (median of {CALLS}, slowest {:.1?})",
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
        println!("realty_lines: queries to one registry, {ROUNDS} rounds each");
        for variant in &VARIANTS {
            compare(variant).await;
        }
        desk().await;
    });
}
