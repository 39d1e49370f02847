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

#[path = "lines.rs"]
#[allow(dead_code, reason = "shared with the other benchmarks")]
mod lines;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chakong_contract::manifest::SettingValue;
use chakong_contract::{Moment, Order, Plugin, Secret, Settings};
use chakong_testkit::drive;
use chakong_testkit::fake_postbox::{FakePostbox, round};
use lines::world::{PASSWORD, Played};
use lines::{Asking, rate};
use serde_json::{Value, json};
use tokio::time::Instant;

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

fn settings(plugin: &Plugin) -> Settings {
    let unit = Settings::default().with("amount_unit", SettingValue::Text("yuan".into()));
    if plugin.manifest.id == "court-realty" {
        return unit;
    }
    unit.with("account", SettingValue::Text(ACCOUNT.into()))
        .with("password", SettingValue::Secret(Secret::new(PASSWORD)))
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
            let mut fake = FakePostbox::new(ACCOUNT, PASSWORD);
            fake.offer(chunk.to_vec());
            let caller = sandbox.postbox().expect("a polling sandbox");
            round(&mut fake, connector.postbox().expect("a postbox"), caller, made).expect("a rest");
            answered += fake.answers.len();
        }
    }
    assert_eq!(answered, orders.len());
    rate(answered, started.elapsed())
}

fn main() {
    lines::run(async {
        println!("realty_lines: queries to one registry over each line");
        for variant in &VARIANTS {
            let orders = lines::orders(&(variant.plugin)().manifest, variant.orders);
            lines::compare(variant.name, registry(variant), variant.orders, || bare(variant, &orders)).await;
        }
        let value = |text: &str| STANDARD.encode(text);
        let caller = format!(
            "<USERMARKER><CONDITION><USERNAME>{}</USERNAME><PASSWORD>{}</PASSWORD></CONDITION></USERMARKER>",
            value(ACCOUNT),
            value(PASSWORD)
        );
        let asking = Asking {
            operation: "cxBdcQL",
            namespace: "http://ip.service.webService.ckw.tdh/",
            caller,
            path: PATH,
            order: "<BDCCXQQ>",
        };
        let calling = |most: usize| {
            let mut played = registry(&VARIANTS[0]);
            let most = format!("most_offered = {most}\n");
            played.file = played.file.replace("most_offered = 200\n", &most);
            played
        };
        asking.measure(calling).await;
    });
}
