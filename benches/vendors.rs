//! Orders through the gateway to each business connector, from HTTP submit to acknowledged result, and in turn a bare reqwest +
//! serde loop that sends the same requests to the same simulated counterparts.
//!
//! `cargo bench --bench vendors` (about a minute). The sandbox and the daemon are processes of their own.
#![allow(
    missing_docs,
    clippy::print_stdout,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a benchmark"
)]

#[path = "lines.rs"]
#[allow(dead_code, reason = "shared with the other benchmarks")]
mod lines;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chakong::app::plugins;
use chakong::clock::{Clock as _, SystemClock};
use chakong::config::{CounterpartConfig, Problems, read_counterpart};
use chakong_contract::connector::{Batch, Input, Step};
use chakong_contract::message::{HttpRequest, HttpResponse};
use chakong_contract::{Moment, Order};
use lines::daemon::Setup;
use lines::rate;
use lines::world::{Played, inquiry, of_another_case};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Counterparts of one connector, and so orders per inquiry.
const LANES: usize = 8;
/// Inquiries in a run.
const INQUIRIES: usize = 500;
/// Conversations at once per counterpart.
const CONCURRENCY: usize = 4;
/// Rounds of bare loop and gateway; odd, for the median.
const ROUNDS: usize = 5;
/// Submitters at once.
const SUBMITTERS: usize = 8;
/// Most requests of one conversation.
const MOST_STEPS: usize = 100;

/// A connector with the settings and the script of its counterparts.
fn subjects() -> Vec<(&'static str, String, Value)> {
    let secret = "{ file = \"../password\" }";
    let vehicles = include_str!("../connectors/declarative/examples/vehicles.toml");
    let boat = json!({ "plateNo": "示A00001", "type": "K33", "state": "A" });
    vec![
        (
            "tianyancha",
            format!("token = {secret}\n"),
            json!({ "everyone": { "shareholders": 3, "changes": 5 } }),
        ),
        (
            "qichacha",
            format!("app_key = \"DEMOAPPKEY0000000000000000000001\"\nsecret_key = {secret}\n"),
            json!({ "everyone": { "shareholders": 3 } }),
        ),
        ("gleif", String::new(), json!({ "everyone": {} })),
        (
            "declarative",
            format!("description = '''\n{vehicles}'''\nsecret = {secret}\n"),
            json!({ "everyone": boat }),
        ),
        ("market-regulator", format!("token = {secret}\n"), json!({ "everyone": { "stakes": 2 } })),
    ]
}

fn played(connector: &str, settings: &str, script: &Value) -> Vec<Played> {
    let name = |at: usize| -> &'static str { Box::leak(format!("{connector}-{at}").into_boxed_str()) };
    let file =
        format!("connector = \"{connector}\"\n[limits]\nconcurrency = {CONCURRENCY}\n[settings]\n{settings}");
    (0..LANES).map(|at| Played { name: name(at), file: file.clone(), script: script.clone() }).collect()
}

fn configured(setup: &Setup, played: &Played) -> CounterpartConfig {
    let path = setup.folder.path().join("counterparts").join(format!("{}.toml", played.name));
    let text = std::fs::read_to_string(&path).expect("the counterpart's file");
    let mut problems = Problems::default();
    read_counterpart(&path, &text, &plugins(), &mut problems).unwrap_or_else(|| panic!("{problems}"))
}

fn address(config: &CounterpartConfig) -> String {
    config.line.call().expect("a call line").base_url.clone()
}

fn client() -> Client {
    Client::builder().no_proxy().tcp_nodelay(true).build().expect("a client")
}

async fn send(client: &Client, url: &str, request: &HttpRequest) -> HttpResponse {
    let method = if request.body.is_empty() { Method::GET } else { Method::POST };
    let mut builder = client.request(method, format!("{url}{}", request.path)).query(&request.query);
    for (name, value) in &request.headers {
        builder = builder.header(name, value);
    }
    for (name, value) in &request.secret_headers {
        builder = builder.header(name, value.expose());
    }
    let answer = builder.body(request.body.clone()).send().await.expect("an answer");
    let status = answer.status().as_u16();
    HttpResponse { status, headers: Vec::new(), body: answer.bytes().await.expect("a body").to_vec() }
}

/// The requests of one conversation, as the connector makes them.
async fn conversation(config: &CounterpartConfig) -> Vec<HttpRequest> {
    let body = serde_json::to_vec(&inquiry(None, "auto")).expect("JSON");
    let submission = chakong::intake::read(&body).expect("an inquiry");
    let party = &submission.parties[0];
    let now = Moment::from_timestamp(SystemClock.now());
    let order = Order {
        number: "BENCH1".parse().expect("a number"),
        created: now,
        case: Arc::clone(&submission.case),
        party_kind: party.kind,
        name: party.name.clone(),
        document: party.documents[0].clone(),
        instruction: chakong_contract::Instruction::Query { transactions: None },
        documents: Vec::new(),
    };
    let Some(call) = config.connector.call() else { panic!("a call connector") };
    let batch = Batch { number: "1".into(), made: now, orders: vec![order], token: None };
    let mut dialogue = call.open(&batch, None).expect("a dialogue");
    let (client, url, mut input, mut requests) = (client(), address(config), Input::Start, Vec::new());
    for _ in 0..MOST_STEPS {
        match dialogue.next(input) {
            Step::Send(request) => {
                input = Input::Response(send(&client, &url, &request).await);
                requests.push(request);
            }
            Step::Done(_) => return requests,
            other => panic!("{other:?}"),
        }
    }
    panic!("no end")
}

/// The bare loop: as many conversations, as many at once, each answer read with serde and forgotten.
async fn bare(urls: &[String], requests: &Arc<Vec<HttpRequest>>) -> f64 {
    let next = Arc::new(AtomicUsize::new(0));
    let total = INQUIRIES * LANES;
    let started = Instant::now();
    let mut workers = JoinSet::new();
    for worker in 0..LANES * CONCURRENCY {
        let (url, requests, next) = (urls[worker % LANES].clone(), Arc::clone(requests), Arc::clone(&next));
        workers.spawn(async move {
            let client = client();
            while next.fetch_add(1, Ordering::Relaxed) < total {
                for request in requests.iter() {
                    let answer = send(&client, &url, request).await;
                    let value: Value = serde_json::from_slice(&answer.body).expect("JSON");
                    std::hint::black_box(value);
                }
            }
        });
    }
    workers.join_all().await;
    rate(total, started.elapsed())
}

/// Submits everything, reads and acknowledges results until every inquiry is complete.
async fn through_the_gateway(setup: &Arc<Setup>, name: &str) -> f64 {
    let next = Arc::new(AtomicUsize::new(0));
    let started = Instant::now();
    let mut submitters = JoinSet::new();
    for _ in 0..SUBMITTERS {
        let (setup, next, name) = (Arc::clone(setup), Arc::clone(&next), name.to_owned());
        submitters.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= INQUIRIES {
                    return;
                }
                setup.submit(&format!("{name}-{number}"), &of_another_case(inquiry(None, "auto"))).await;
            }
        });
    }
    let (mut completed, mut answered) = (0, 0);
    while completed < INQUIRIES {
        let page = setup.get("/v1/results?consumer=bench&limit=500&wait=10").await;
        for event in page["events"].as_array().expect("events") {
            completed += usize::from(event["type"] == "chakong.inquiry.completed");
            answered += usize::from(event["type"] == "chakong.order.answered");
        }
        setup.post("/v1/results/ack", &json!({ "consumer": "bench", "seq": page["next"] })).await;
    }
    let elapsed = started.elapsed();
    submitters.join_all().await;
    assert_eq!(answered, INQUIRIES * LANES, "every order was answered");
    rate(answered, elapsed)
}

fn main() {
    lines::run(run());
}

async fn run() {
    println!(
        "vendors: {INQUIRIES} inquiries x {LANES} orders, {} conversations at once",
        LANES * CONCURRENCY
    );
    for (connector, settings, script) in subjects() {
        let played = played(connector, &settings, &script);
        let mut setup = Setup::new(&played, None, "");
        setup.start_sandbox().await;
        setup.start_daemon().await;
        let configs: Vec<CounterpartConfig> = played.iter().map(|each| configured(&setup, each)).collect();
        let urls: Vec<String> = configs.iter().map(address).collect();
        let requests = Arc::new(conversation(&configs[0]).await);
        let shared = Arc::new(setup);
        // In turn, so that both meet the same machine.
        let (mut loops, mut gateways) = (Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            loops.push(bare(&urls, &requests).await);
            gateways.push(through_the_gateway(&shared, &format!("{connector}-{round}")).await);
        }
        let mut ratios: Vec<f64> =
            gateways.iter().zip(&loops).map(|(gateway, bare)| gateway / bare).collect();
        ratios.sort_by(f64::total_cmp);
        loops.sort_by(f64::total_cmp);
        gateways.sort_by(f64::total_cmp);
        println!(
            "  {connector:17} {:2} requests an order: bare {:7.0} orders/s, gateway {:7.0} orders/s, ratio median {:.2}, {:.2} to {:.2}",
            requests.len(),
            loops[ROUNDS / 2],
            gateways[ROUNDS / 2],
            ratios[ROUNDS / 2],
            ratios[0],
            ratios[ROUNDS - 1]
        );
    }
}
