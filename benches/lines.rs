//! What the benchmarks have in common: processes and worlds of the tests, a load for one counterpart, the gateway beside a bare loop,
//! and a postbox with thousands of orders on offer.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chakong::domain::{OrderId, Subject, number_of};
use chakong_contract::{ActionKind, Instruction, Manifest, Moment, Order};
use serde_json::{Value, json};
use tokio::time::Instant;

#[path = "../tests/it/daemon.rs"]
pub mod daemon;
#[path = "lines/shares.rs"]
pub mod shares;
#[path = "../tests/it/world.rs"]
pub mod world;

use self::daemon::Setup;
use self::world::{Played, inquiry, numbered_company, of_another_case, reserved_port};

/// Parties of an inquiry, and so orders to the one counterpart.
const PARTIES: usize = 100;
/// Rounds of bare loop and gateway; odd, for the median.
const ROUNDS: usize = 5;
/// Calls of which the median is told.
const CALLS: usize = 21;

/// Orders as the gateway gives them to a connector: the query of one party, under a number each.
pub fn orders(manifest: &Manifest, count: usize) -> Vec<Order> {
    let body = serde_json::to_vec(&inquiry(None, "auto")).expect("JSON");
    let submission = chakong::intake::read(&body).expect("an inquiry");
    let created: jiff::Timestamp = "2026-11-24T00:00:00Z".parse().expect("a time");
    let needed = manifest.capability(ActionKind::Query).map_or(&[][..], |able| able.documents);
    let subject = Subject { party: 0, document: 0 };
    let order = |row: usize| {
        let number = number_of(OrderId::new(i64::try_from(row).expect("small") + 1), created);
        let head = (number, Moment::from_timestamp(created));
        let query = Instruction::Query { transactions: None };
        submission.order(subject, head, &query, needed).expect("an order")
    };
    (0..count).map(order).collect()
}

#[allow(clippy::cast_precision_loss, reason = "figures for people")]
pub fn rate(count: usize, elapsed: Duration) -> f64 {
    count as f64 / elapsed.as_secs_f64()
}

fn postbox(port: u16) -> String {
    format!("[postbox]\nlisten = \"127.0.0.1:{port}\"\n")
}

fn body() -> Value {
    let mut body = inquiry(None, "auto");
    body["parties"] = (0..).take(PARTIES).map(numbered_company).collect();
    body
}

async fn submit(setup: &Setup, name: &str, orders: usize) {
    for number in 0..orders / PARTIES {
        setup.submit(&format!("{name}-{number}"), &of_another_case(body())).await;
    }
}

/// Everything waits before the lane may begin; the time ends with the last result in the consumer's hands.
async fn through_the_gateway(setup: &Setup, counterpart: &str, name: &str, orders: usize) -> f64 {
    let act = async |act: &str| {
        setup.post(&format!("/v1/counterparts/{counterpart}/{act}"), &json!({ "reason": "benchmark" })).await;
    };
    act("pause").await;
    submit(setup, name, orders).await;
    act("resume").await;
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

/// The gateway with one counterpart and, in turn, a bare loop of as many orders.
pub async fn compare(name: &str, played: Played, orders: usize, bare: impl Fn() -> f64) {
    let counterpart = played.name;
    let mut setup = Setup::new(&[played], None, &postbox(reserved_port()));
    setup.start_daemon().await;
    setup.start_sandbox().await;
    let (mut loops, mut gateways, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    let before = setup.daemon_cpu();
    for round in 0..ROUNDS {
        loops.push(bare());
        gateways.push(through_the_gateway(&setup, counterpart, &format!("round-{round}"), orders).await);
        ratios.push(gateways[round] / loops[round]);
    }
    let cpu = (setup.daemon_cpu() - before) / u32::try_from(ROUNDS * orders).expect("small");
    let books = setup.books().await.expect("books");
    assert!(books.values().all(|books| books.duplicates == 0), "nothing was sent twice");
    let (ratio, low, high) = median(ratios);
    println!(
        "  {name:26} gateway {:7.0} orders/s   bare {:7.0}   ratio {ratio:.3} ({low:.3} to {high:.3})   daemon {cpu:.0?} an order",
        median(gateways).0,
        median(loops).0,
    );
}

/// How a counterpart asks its postbox for queries.
pub struct Asking {
    /// Operation.
    pub operation: &'static str,
    /// Namespace of the service.
    pub namespace: &'static str,
    /// The caller's document, not yet encoded as a whole.
    pub caller: String,
    /// Path of the postbox.
    pub path: &'static str,
    /// How each order of an answer begins.
    pub order: &'static str,
}

impl Asking {
    /// Asks once; gives the time and the number of orders in the answer.
    async fn fetch(&self, client: &reqwest::Client, port: u16) -> (Duration, usize) {
        let Self { operation, namespace, .. } = self;
        let call = format!(
            "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:s=\"{namespace}\"><e:Body>\
             <s:{operation}><arg0>{}</arg0></s:{operation}></e:Body></e:Envelope>",
            STANDARD.encode(&self.caller)
        );
        let started = Instant::now();
        let url = format!("http://127.0.0.1:{port}{}", self.path);
        let answer =
            client.post(url).body(call).send().await.expect("an answer").text().await.expect("a body");
        let elapsed = started.elapsed();
        let sealed =
            answer.split("<return>").nth(1).and_then(|rest| rest.split('<').next()).expect("a return");
        let opened = STANDARD.decode(sealed).expect("Base64");
        (elapsed, String::from_utf8(opened).expect("text").matches(self.order).count())
    }

    /// What it costs to have thousands of orders on offer: `calling` gives a counterpart that asks and never answers, by the most
    /// orders that one answer offers.
    pub async fn measure(&self, calling: impl Fn(usize) -> Played) {
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let (setup, port) = on_offer(calling(1000), 1000).await;
        let (first, found) = self.fetch(&client, port).await;
        assert_eq!(found, 1000);
        let mut again = Vec::new();
        for _ in 0..CALLS {
            let (elapsed, found) = self.fetch(&client, port).await;
            assert_eq!(found, 1000);
            again.push(elapsed);
        }
        again.sort();
        println!(
            "  {} with 1000 waiting orders: {first:.1?} when all are new, {:.1?} when they are on offer (median of {CALLS}, slowest {:.1?})",
            self.operation,
            again[CALLS / 2],
            again[CALLS - 1]
        );
        drop(setup);
        let (setup, port) = on_offer(calling(2000), 10_000).await;
        let before = setup.daemon_memory();
        let mut offered = 0;
        while offered < 10_000 {
            offered += self.fetch(&client, port).await.1;
        }
        println!(
            "  10000 orders on offer in one postbox: {} MiB, {} MiB before they were fetched",
            setup.daemon_memory() >> 20,
            before >> 20
        );
    }
}

async fn on_offer(played: Played, waiting: usize) -> (Setup, u16) {
    let port = reserved_port();
    let mut setup = Setup::new(&[Played { script: Value::Null, ..played }], None, &postbox(port));
    setup.start_daemon().await;
    submit(&setup, "waiting", waiting).await;
    (setup, port)
}

/// Runs a benchmark on two threads.
pub fn run(benchmark: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(benchmark);
}
