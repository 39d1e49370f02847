//! Bytes that the store keeps an order, over a call line and in packages, and where they are.
//!
//! `cargo bench --bench store_bytes` (half a minute; `cargo test --bench store_bytes` gives the same figures without a release build).
//! Sandbox and daemon are processes of their own; every result is read and acknowledged before the file is measured.
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

use lines::daemon::Setup;
use lines::world::{Played, bank, bank_code, inquiry, numbered_company, of_another_case, realty};
use rusqlite::Connection;
use serde_json::{Value, json};

/// Counterparts on call lines, and so orders an inquiry.
const LANES: usize = 20;
/// Inquiries to them.
const INQUIRIES: usize = 100;
/// Parties of an inquiry to the one bank.
const PARTIES: usize = 100;
/// Inquiries to the bank.
const PACKAGES: usize = 20;
/// Tables and indexes that are shown.
const SHOWN: i64 = 14;

fn main() {
    lines::run(async {
        let names =
            (0..LANES).map(|at| -> &'static str { Box::leak(format!("registry-{at:02}").into_boxed_str()) });
        let registries: Vec<Played> =
            names.map(|name| realty(name, json!({ "everyone": { "properties": 1 } }))).collect();
        let one = inquiry(None, "auto");
        measure("call lines, one by one", registries, INQUIRIES, LANES, &one).await;
        let script = json!({ "poll_ms": 1, "everyone": { "accounts": 1, "balance": "1000.00" } });
        let mut banked = bank("bank", &bank_code(1), script);
        banked.file = banked.file.replace("[settings]", "[limits]\nbatch = 200\n[settings]");
        let mut many = inquiry(None, "auto");
        many["parties"] = (0..).take(PARTIES).map(numbered_company).collect();
        measure("a bank, packages of 200", vec![banked], PACKAGES, PARTIES, &many).await;
    });
}

async fn measure(name: &str, played: Vec<Played>, inquiries: usize, each: usize, body: &Value) {
    let mut setup = Setup::new(&played, None, "");
    setup.start_sandbox().await;
    setup.start_daemon().await;
    for number in 0..inquiries {
        setup.submit(&format!("bytes-{number}"), &of_another_case(body.clone())).await;
    }
    let mut completed = 0;
    while completed < inquiries {
        let page = setup.get("/v1/results?consumer=bench&limit=500&wait=10").await;
        let events = page["events"].as_array().expect("events");
        completed += events.iter().filter(|event| event["type"] == "chakong.inquiry.completed").count();
        setup.post("/v1/results/ack", &json!({ "consumer": "bench", "seq": page["next"] })).await;
    }
    setup.signal_daemon("TERM");
    assert_eq!(setup.wait_for_end().await, Some(0));
    let orders = inquiries * each;
    let file = setup.folder.path().join("data/chakong.sqlite");
    let bytes = usize::try_from(std::fs::metadata(&file).expect("the store").len()).expect("a size");
    println!("{name}: {} bytes an order ({bytes} bytes for {orders} orders)", bytes / orders);
    let store = Connection::open(file).expect("the store");
    let sql = "SELECT name, SUM(pgsize), SUM(payload) FROM dbstat GROUP BY name ORDER BY 2 DESC LIMIT ?1";
    let mut query = store.prepare(sql).expect("a query");
    let rows = query.query_map([SHOWN], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
    });
    let each_order = i64::try_from(orders).expect("a count");
    for row in rows.expect("rows") {
        let (table, pages, payload) = row.expect("a row");
        println!("  {table:32} {:6} in pages, {:6} in rows", pages / each_order, payload / each_order);
    }
}
