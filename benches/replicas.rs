//! Throughput of one, two and three gateways on one database, from HTTP submit to acknowledged result: as many counterparts and orders
//! for each number of gateways, callers in turn at each of them.
//!
//! `CHAKONG_TEST_STORE=postgres tests/postgres cargo bench --bench replicas` (about a minute). Everything runs on one machine: what grows
//! with the number of gateways is what waits for something else than processors.
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

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use lines::daemon::{KEY, OPERATIONS_KEY, Setup, processor_time};
use lines::rate;
use lines::shares::{Shares, asked, told};
use lines::world::{Played, inquiry, of_another_case, realty, reserved_port};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Counterparts, and so orders per inquiry.
const LANES: usize = 20;
/// Inquiries of a round.
const INQUIRIES: usize = 500;
/// Messages at once per counterpart.
const CONCURRENCY: usize = 4;
/// Submitters at once.
const SUBMITTERS: usize = 16;
/// Rounds for each number of gateways; odd, for the median.
const ROUNDS: usize = 3;
/// Longest time for anything but a round.
const PATIENCE: Duration = Duration::from_secs(60);

/// One gateway of several.
struct Replica {
    port: u16,
    child: Child,
}

impl Drop for Replica {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Several gateways on one database, and their counterparts.
struct Fleet {
    setup: Setup,
    replicas: Vec<Replica>,
    client: Client,
}

impl Fleet {
    async fn start(count: usize) -> Self {
        let mut setup = Setup::new(&counterparts(), None, "");
        setup.start_sandbox().await;
        let client = Client::builder().no_proxy().timeout(PATIENCE).build().expect("a client");
        let replicas = (0..count).map(|number| spawned(&setup, number)).collect();
        let fleet = Self { setup, replicas, client };
        for at in 0..count {
            fleet.until(at, "/readyz", |_| true).await;
        }
        fleet.until(0, "/v1/counterparts", |view| is_spread(view, count)).await;
        fleet
    }

    async fn until(&self, at: usize, path: &str, is: impl Fn(&Value) -> bool) {
        let (started, url) = (Instant::now(), format!("http://127.0.0.1:{}{path}", self.replicas[at].port));
        loop {
            if let Ok(answer) = self.client.get(&url).bearer_auth(OPERATIONS_KEY).send().await
                && answer.status().is_success()
                && is(&answer.json().await.unwrap_or_default())
            {
                return;
            }
            assert!(started.elapsed() < PATIENCE, "{path} never came to what it should");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn url(&self, turn: usize, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.replicas[turn % self.replicas.len()].port)
    }

    fn shares(&self) -> Shares {
        let daemons = self.replicas.iter().filter_map(|one| processor_time(one.child.id())).sum();
        Shares::now(daemons, self.setup.sandbox_cpu())
    }

    /// What was asked of the database by all of them.
    async fn asked(&self) -> [f64; 4] {
        let mut all = [0.0; 4];
        for replica in &self.replicas {
            let one =
                asked(replica.port, OPERATIONS_KEY).await.expect("a database: CHAKONG_TEST_STORE=postgres");
            all.iter_mut().zip(one).for_each(|(all, one)| *all += one);
        }
        all
    }
}

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

/// The same configuration, with an address and a folder of its own.
fn spawned(setup: &Setup, number: usize) -> Replica {
    let port = reserved_port();
    let text = std::fs::read_to_string(setup.config()).expect("the configuration");
    let text = text
        .replace(&format!("127.0.0.1:{}", setup.port), &format!("127.0.0.1:{port}"))
        .replace(
            "[server]",
            &format!("[replicas]\nlease = \"5s\"\nhold = \"1s\"\n[server]\nreplica = \"r{number}\""),
        )
        .replace("/data\"", &format!("/data-{number}\""));
    let config: PathBuf = setup.folder.path().join(format!("r{number}.toml"));
    std::fs::write(&config, text).expect("a configuration");
    let log = std::fs::File::create(setup.folder.path().join(format!("r{number}.log"))).expect("a log");
    let mut command = Command::new(env!("CARGO_BIN_EXE_chakong"));
    command.args(["serve", "--config"]).arg(&config).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
    Replica { port, child: command.spawn().expect("the gateway starts") }
}

/// Whether every lane is somebody's, and nobody has many more than others.
fn is_spread(view: &Value, count: usize) -> bool {
    let all = view["counterparts"].as_array().cloned().unwrap_or_default();
    let of = |number: usize| all.iter().filter(|one| one["replica"] == format!("r{number}").as_str()).count();
    let counts: Vec<usize> = (0..count).map(of).collect();
    counts.iter().sum::<usize>() == LANES && counts.iter().all(|one| *one + 3 > LANES / count)
}

/// Submits everything, reads and acknowledges results until every inquiry is complete.
async fn round(fleet: &Arc<Fleet>, name: &str) -> f64 {
    let next = Arc::new(AtomicUsize::new(0));
    let started = Instant::now();
    let mut submitters = JoinSet::new();
    for _ in 0..SUBMITTERS {
        let (fleet, next, name) = (Arc::clone(fleet), Arc::clone(&next), name.to_owned());
        submitters.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= INQUIRIES {
                    return;
                }
                let request = fleet.client.post(fleet.url(number, "/v1/inquiries")).bearer_auth(KEY);
                let request = request.header("idempotency-key", format!("{name}-{number}"));
                let answer = request.json(&of_another_case(inquiry(None, "auto"))).send().await;
                assert!(answer.expect("an answer").status().is_success(), "every submission is accepted");
            }
        });
    }
    let (mut completed, mut answered, mut turn) = (0, 0, 0);
    while completed < INQUIRIES {
        let path = "/v1/results?consumer=bench&limit=500&wait=10";
        let page = fleet.client.get(fleet.url(turn, path)).bearer_auth(KEY).send().await.expect("a page");
        let page: Value = page.json().await.expect("JSON");
        for event in page["events"].as_array().expect("events") {
            completed += usize::from(event["type"] == "chakong.inquiry.completed");
            answered += usize::from(event["type"] == "chakong.order.answered");
        }
        let seen = json!({ "consumer": "bench", "seq": page["next"] });
        let acknowledged = fleet.client.post(fleet.url(turn, "/v1/results/ack")).bearer_auth(KEY);
        assert!(acknowledged.json(&seen).send().await.expect("an answer").status().is_success());
        turn += 1;
    }
    let elapsed = started.elapsed();
    submitters.join_all().await;
    assert_eq!(answered, INQUIRIES * LANES, "every order was answered");
    rate(answered, elapsed)
}

fn main() {
    lines::run(run());
}

#[allow(clippy::cast_precision_loss, reason = "figures for people")]
async fn run() {
    println!(
        "replicas: {INQUIRIES} inquiries x {LANES} orders a round, {} requests at once",
        LANES * CONCURRENCY
    );
    let orders = ROUNDS * INQUIRIES * LANES;
    let mut first = None;
    for count in 1..=3 {
        let fleet = Arc::new(Fleet::start(count).await);
        round(&fleet, "warm").await;
        let (before, asked) = (fleet.shares(), fleet.asked().await);
        let mut rates = Vec::new();
        for at in 0..ROUNDS {
            rates.push(round(&fleet, &format!("round-{at}")).await);
        }
        rates.sort_by(f64::total_cmp);
        let (median, base) = (rates[ROUNDS / 2], *first.get_or_insert(rates[ROUNDS / 2]));
        println!(
            "  {count} at work: {median:6.0} orders/s ({:.0} to {:.0}), {:.2} of one alone   {}",
            rates[0],
            rates[ROUNDS - 1],
            median / base,
            fleet.shares().told(&before, orders)
        );
        println!("    of the database: {}", told(&fleet.asked().await, &asked, orders as f64));
        let books = fleet.setup.books().await.expect("books");
        assert!(books.values().all(|books| books.duplicates == 0), "nothing was sent twice");
    }
}
