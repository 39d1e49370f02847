//! N inquiries × M orders from HTTP submit to acknowledged result, against the call sandbox, with a bare reqwest + serde
//! loop against the same sandbox in the same run.
//!
//! `cargo bench --bench end_to_end` (about a minute). The sandbox and the daemon are processes of their own.
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
use std::time::Duration;

use chakong_contract::Settings;
use chakong_contract::connector::{Batch, Input, Step};
use chakong_contract::message::HttpRequest;
use lines::daemon::{OPERATIONS_KEY, Setup};
use lines::rate;
use lines::shares::{Shares, asked, told};
use lines::world::{Played, inquiry, numbered_company, of_another_case, realty};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Counterparts, and so orders per inquiry.
const LANES: usize = 20;
/// Inquiries in the throughput run.
const INQUIRIES: usize = 1000;
/// Messages at once per counterpart.
const CONCURRENCY: usize = 4;
/// Rounds of bare loop and gateway; odd, for the median.
const ROUNDS: usize = 5;
/// Submitters at once.
const SUBMITTERS: usize = 16;
/// Inquiries in the latency run, one after the other.
const SAMPLES: usize = 400;
/// Orders in the waiting run.
const WAITING: usize = 100_000;

fn counterparts() -> Vec<Played> {
    let names =
        (0..LANES).map(|at| -> &'static str { Box::leak(format!("registry-{at:02}").into_boxed_str()) });
    let limits = format!("[limits]\nconcurrency = {CONCURRENCY}\n");
    names
        .map(|name| {
            let mut played = realty(name, json!({ "everyone": { "properties": 1 } }));
            played.file = played.file.replace("[settings]", &format!("{limits}[settings]"));
            played
        })
        .collect()
}

fn base_urls(setup: &Setup, played: &[Played]) -> Vec<String> {
    let url = |each: &Played| {
        let path = setup.folder.path().join("counterparts").join(format!("{}.toml", each.name));
        let text = std::fs::read_to_string(path).expect("the counterpart's file");
        text.split("base_url = \"")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .expect("a base_url")
            .to_owned()
    };
    played.iter().map(url).collect()
}

/// The request that the connector makes of an order of the inquiry.
fn request() -> HttpRequest {
    let plugin = chakong_court_realty::plugin();
    let orders = lines::orders(&plugin.manifest, 1);
    let connector = (plugin.build)(&Settings::of_examples(plugin.manifest.settings)).expect("a connector");
    let batch = Batch { number: "1".into(), made: orders[0].created, orders, token: None };
    let Some(call) = connector.call() else { panic!("a call connector") };
    let mut dialogue = call.open(&batch, None).expect("a dialogue");
    match dialogue.next(Input::Start) {
        Step::Send(request) => request,
        other => panic!("{other:?}"),
    }
}

async fn ask(client: &Client, url: &str, request: &HttpRequest) -> Value {
    let method = if request.body.is_empty() { Method::GET } else { Method::POST };
    let mut builder = client.request(method, format!("{url}{}", request.path)).query(&request.query);
    for (name, value) in &request.headers {
        builder = builder.header(name, value);
    }
    let body =
        builder.body(request.body.clone()).send().await.expect("an answer").bytes().await.expect("a body");
    serde_json::from_slice(&body).expect("JSON")
}

/// The bare loop: as many requests, as many at once, read with serde and forgotten.
async fn bare(urls: &[String], request: &Arc<HttpRequest>) -> f64 {
    let next = Arc::new(AtomicUsize::new(0));
    let total = INQUIRIES * LANES;
    let started = Instant::now();
    let mut workers = JoinSet::new();
    for worker in 0..LANES * CONCURRENCY {
        let (url, request, next) = (urls[worker % LANES].clone(), Arc::clone(request), Arc::clone(&next));
        let client = Client::builder().no_proxy().tcp_nodelay(true).build().expect("a client");
        workers.spawn(async move {
            while next.fetch_add(1, Ordering::Relaxed) < total {
                std::hint::black_box(ask(&client, &url, &request).await);
            }
        });
    }
    workers.join_all().await;
    rate(total, started.elapsed())
}

/// What a case system needs of a page of results to go on.
#[derive(Debug, serde::Deserialize)]
struct Page {
    events: Vec<Event>,
    next: i64,
}

#[derive(Debug, serde::Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
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
        let page: Page = setup.get_as("/v1/results?consumer=bench&limit=500&wait=10").await;
        for event in &page.events {
            completed += usize::from(event.kind == "chakong.inquiry.completed");
            answered += usize::from(event.kind == "chakong.order.answered");
        }
        setup.post("/v1/results/ack", &json!({ "consumer": "bench", "seq": page.next })).await;
    }
    let elapsed = started.elapsed();
    submitters.join_all().await;
    assert_eq!(answered, INQUIRIES * LANES, "every order was answered");
    rate(answered, elapsed)
}

#[allow(clippy::cast_precision_loss, reason = "figures for people")]
const fn figure(count: usize) -> f64 {
    count as f64
}

fn percentile(sorted: &[Duration], per_cent: usize) -> Duration {
    sorted[(sorted.len() * per_cent / 100).min(sorted.len() - 1)]
}

/// Milliseconds from submit to the result in the consumer's hands, and of the bare request, one at a time.
async fn latency(setup: &Setup, url: &str, request: &HttpRequest) -> (Vec<Duration>, Vec<Duration>) {
    let client = Client::builder().no_proxy().tcp_nodelay(true).build().expect("a client");
    let (mut whole, mut alone) = (Vec::new(), Vec::new());
    let mut body = inquiry(None, "auto");
    body["search"] = json!({ "counterparts": ["registry-00"] });
    for sample in 0..SAMPLES {
        let started = Instant::now();
        ask(&client, url, request).await;
        alone.push(started.elapsed());
        let after = setup.get("/v1/results?consumer=bench&limit=500&wait=0").await["next"].clone();
        let started = Instant::now();
        setup.submit(&format!("latency-{sample}"), &of_another_case(body.clone())).await;
        let mut seq = after;
        loop {
            let page = setup.get(&format!("/v1/results?consumer=bench&limit=500&wait=10&after={seq}")).await;
            seq = page["next"].clone();
            let events = page["events"].as_array().expect("events");
            if events.iter().any(|event| event["type"] == "chakong.order.answered") {
                break;
            }
        }
        whole.push(started.elapsed());
        setup.post("/v1/results/ack", &json!({ "consumer": "bench", "seq": seq })).await;
    }
    whole.sort();
    alone.sort();
    (whole, alone)
}

/// Memory with so many orders waiting, and how long a restart takes.
async fn waiting(setup: &mut Setup) -> (u64, Duration, u64) {
    for at in 0..LANES {
        setup
            .post(&format!("/v1/counterparts/registry-{at:02}/pause"), &json!({ "reason": "benchmark" }))
            .await;
    }
    let mut body = inquiry(None, "auto");
    body["parties"] = (0..100).map(numbered_company).collect();
    for number in 0..WAITING / (100 * LANES) {
        setup.submit(&format!("waiting-{number}"), &of_another_case(body.clone())).await;
    }
    for at in 0..LANES {
        setup
            .post(&format!("/v1/counterparts/registry-{at:02}/resume"), &json!({ "reason": "benchmark" }))
            .await;
        setup
            .post(&format!("/v1/counterparts/registry-{at:02}/pause"), &json!({ "reason": "benchmark" }))
            .await;
    }
    let memory = setup.daemon_memory();
    setup.signal_daemon("TERM");
    assert_eq!(setup.wait_for_end().await, Some(0));
    let ready = setup.start_daemon().await;
    (memory, ready, setup.daemon_memory())
}

fn main() {
    lines::run(run());
}

async fn run() {
    let played = counterparts();
    let mut setup = Setup::new(&played, None, "");
    setup.start_sandbox().await;
    setup.start_daemon().await;
    let (urls, request) = (base_urls(&setup, &played), Arc::new(request()));
    println!("end_to_end: {INQUIRIES} inquiries x {LANES} orders, {} requests at once", LANES * CONCURRENCY);
    let mut shared = Arc::new(setup);
    // In turn, so that both meet the same machine.
    let (mut loops, mut gateways) = (Vec::new(), Vec::new());
    let asked_before = asked(shared.port, OPERATIONS_KEY).await;
    for round in 0..ROUNDS {
        loops.push(bare(&urls, &request).await);
        let before = Shares::now(shared.daemon_cpu(), shared.sandbox_cpu());
        gateways.push(through_the_gateway(&shared, &format!("round-{round}")).await);
        let shares = Shares::now(shared.daemon_cpu(), shared.sandbox_cpu());
        println!(
            "  round {round}: bare {:8.0} orders/s   gateway {:8.0} orders/s   {}",
            loops[round],
            gateways[round],
            shares.told(&before, INQUIRIES * LANES)
        );
    }
    if let (Some(now), Some(before)) = (asked(shared.port, OPERATIONS_KEY).await, asked_before) {
        println!("  of the database: {}", told(&now, &before, figure(ROUNDS * INQUIRIES * LANES)));
    }
    let mut ratios: Vec<f64> = gateways.iter().zip(&loops).map(|(gateway, bare)| gateway / bare).collect();
    ratios.sort_by(f64::total_cmp);
    println!(
        "  ratio to the bare loop, unbatched: median {:.2}, {:.2} to {:.2}",
        ratios[ROUNDS / 2],
        ratios[0],
        ratios[ROUNDS - 1]
    );
    println!(
        "  memory of the daemon after {} orders: {} MiB",
        ROUNDS * INQUIRIES * LANES,
        shared.daemon_memory() >> 20
    );
    let (whole, alone) = latency(&shared, &urls[0], &request).await;
    let added = |per_cent| percentile(&whole, per_cent).saturating_sub(percentile(&alone, per_cent));
    println!("  added latency, one at a time: p50 {:.2?}, p99 {:.2?}", added(50), added(99));
    let setup = Arc::get_mut(&mut shared).expect("nobody else holds it");
    let (memory, ready, after) = waiting(setup).await;
    println!(
        "  {WAITING} waiting orders: {} MiB, {} MiB after a restart that was ready in {ready:.2?}",
        memory >> 20,
        after >> 20
    );
}
