//! Events a second that a relay brings to each broker: the same log, from its first event until the broker has acknowledged the last.
//!
//! `cargo bench --bench relays` (two minutes; `cargo test --bench relays` gives lower bounds without a release build). It needs
//! nats-server and rabbitmq-server. Broker and gateway share the machine; each broker writes to its disk before it acknowledges.
#![allow(
    missing_docs,
    clippy::print_stdout,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a benchmark"
)]

#[path = "lines.rs"]
#[allow(dead_code, reason = "shared with the other benchmarks")]
mod lines;
#[path = "../tests/it/brokers/servers.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod servers;

/// What the brokers of the tests need of the tests' other modules.
mod tidy {
    use std::path::Path;

    pub fn root() -> &'static Path {
        Path::new(env!("CARGO_MANIFEST_DIR"))
    }
}

use std::time::Duration;

use lines::daemon::Setup;
use lines::rate;
use lines::world::{self, Played, inquiry, of_another_case, realty};
use rusqlite::Connection;
use serde_json::json;
use servers::Broker;
use tokio::time::Instant;

/// Counterparts, and so orders per inquiry.
const LANES: usize = 10;
/// Inquiries, each about a case of its own: events of one case go one after the other.
const INQUIRIES: usize = 500;
/// Rounds for each broker; odd, for the median.
const ROUNDS: usize = 3;
/// Longest time for anything.
const PATIENCE: Duration = Duration::from_secs(120);

fn main() {
    lines::run(async {
        let names =
            (0..LANES).map(|at| -> &'static str { Box::leak(format!("registry-{at:02}").into_boxed_str()) });
        let registries: Vec<Played> =
            names.map(|name| realty(name, json!({ "everyone": { "properties": 1 } }))).collect();
        let mut setup = Setup::new(&registries, None, "");
        let events = fill(&mut setup).await;
        println!("{events} events of {INQUIRIES} cases");
        let (nats, rabbit) = (Broker::jetstream().await, Broker::rabbitmq("").await);
        let tables = [
            ("NATS JetStream", format!("[relay.nats]\nservers = [\"nats://127.0.0.1:{}\"]\n", nats.port)),
            (
                "RabbitMQ",
                format!(
                    "[relay.rabbitmq]\nservers = [\"amqp://127.0.0.1:{}\"]\n[[relay.rabbitmq.queues]]\nname = \"court\"\n",
                    rabbit.port
                ),
            ),
        ];
        for (name, table) in tables {
            let mut rates = Vec::new();
            for _ in 0..ROUNDS {
                rates.push(relayed(&mut setup, &table).await);
            }
            rates.sort_by(f64::total_cmp);
            println!("{name:16} {:.0} events a second (median of {rates:.0?})", rates[ROUNDS / 2]);
        }
    });
}

/// Fills the log, and gives how many events it has.
async fn fill(setup: &mut Setup) -> i64 {
    setup.start_sandbox().await;
    setup.start_daemon().await;
    for number in 0..INQUIRIES {
        setup.submit(&format!("relays-{number}"), &of_another_case(inquiry(None, "auto"))).await;
    }
    let started = Instant::now();
    let events = loop {
        let open = setup.get("/v1/inquiries?state=open&limit=1").await;
        if open["inquiries"].as_array().is_some_and(Vec::is_empty) {
            break setup.get("/v1/relays").await["last_event"].as_i64().expect("a number");
        }
        assert!(started.elapsed() < PATIENCE, "orders stay open");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    end(setup).await;
    events
}

async fn end(setup: &mut Setup) {
    setup.signal_daemon("TERM");
    assert_eq!(setup.wait_for_end().await, Some(0));
}

/// Runs the gateway with a relay that has told nothing yet; gives events a second.
async fn relayed(setup: &mut Setup, table: &str) -> f64 {
    let before = std::fs::read_to_string(setup.config()).expect("the configuration");
    std::fs::write(setup.config(), format!("{before}{table}")).expect("a configuration");
    Connection::open(setup.folder.path().join("data/chakong.sqlite"))
        .and_then(|store| store.execute("DELETE FROM consumers", []))
        .expect("a place at the beginning");
    setup.start_daemon().await;
    let (started, mut first): (Instant, Option<(Instant, u64)>) = (Instant::now(), None);
    let told = loop {
        let all = setup.get("/v1/relays").await;
        let relay = &all["relays"][0];
        let (now, delivered) = (Instant::now(), relay["delivered"].as_u64().unwrap_or_default());
        match first {
            _ if relay["lag"] == 0 => break (now, delivered),
            None if relay["state"] == "running" => first = Some((now, delivered)),
            _ => {}
        }
        assert!(started.elapsed() < PATIENCE, "it does not come to its end: {all:#}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    let (began, delivered) = first.expect("it was seen at work");
    end(setup).await;
    std::fs::write(setup.config(), before).expect("a configuration");
    rate(usize::try_from(told.1 - delivered).expect("a count"), told.0.duration_since(began))
}
