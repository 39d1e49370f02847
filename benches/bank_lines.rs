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

#[path = "lines.rs"]
#[allow(dead_code, reason = "shared with the other benchmarks")]
mod lines;
#[path = "../tests/it/sftp/server.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod server;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chakong_contract::manifest::SettingValue;
use chakong_contract::{Batch, Moment, Order, Secret, Settings};
use chakong_testkit::fake_postbox::{FakePostbox, round};
use lines::world::{self, PASSWORD, POSTBOX, Played, bank_code, calling_bank};
use lines::{Asking, rate};
use serde_json::{Value, json};
use server::Sshd;
use tokio::time::Instant;

const ACCOUNT: &str = "YH000001";

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

fn settings() -> Settings {
    Settings::default()
        .with("bank_code", SettingValue::Text(bank_code(1)))
        .with("account", SettingValue::Text(ACCOUNT.into()))
        .with("password", SettingValue::Secret(Secret::new(PASSWORD)))
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
            let mut fake = FakePostbox::new(ACCOUNT, PASSWORD);
            fake.offer(chunk.to_vec());
            let postbox = connector.postbox().expect("a postbox");
            round(&mut fake, postbox, sandbox.postbox().expect("a polling sandbox"), made).expect("a rest");
            answered += fake.taken.len();
            continue;
        }
        let batch = Batch { number: format!("{at:030}"), made, orders: chunk.to_vec(), token: None };
        let (parcel, bank) = (connector.parcel().expect("parcels"), sandbox.parcel().expect("parcels"));
        for file in parcel.write(&batch).expect("written") {
            for handed in bank.take(&file, made) {
                answered += parcel.read(&handed.file).reads.len();
            }
        }
    }
    assert_eq!(answered, orders.len());
    rate(answered, started.elapsed())
}

fn main() {
    lines::run(async {
        println!("bank_lines: queries to one bank over each line");
        for variant in &VARIANTS {
            let (played, _server) = bank(variant);
            let orders = lines::orders(&chakong_court_bank::plugin().manifest, variant.orders);
            lines::compare(variant.name, played, variant.orders, || bare(variant, &orders)).await;
        }
        let value = |text: &str| STANDARD.encode(text);
        let caller = format!(
            "<usermarker><condition username=\"{}\" password=\"{}\"></condition></usermarker>",
            value(ACCOUNT),
            value(PASSWORD)
        );
        let asking = Asking {
            operation: "getXzcxList",
            namespace: "http://syyh.service.webService.ckw.tdh/",
            caller,
            path: POSTBOX,
            order: "<cxqq ",
        };
        let calling = |most: usize| {
            let mut played = calling_bank("bank", 1, Value::Null);
            played.file = format!("{}most_offered = {most}\n", played.file);
            played
        };
        asking.measure(calling).await;
    });
}
