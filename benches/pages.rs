//! How long the pages of the console take, and how large they are, with 10,000 cases and 4,000 counterparts, in the embedded store.
//!
//! `cargo bench --bench pages` (about a minute; `cargo test --bench pages` gives upper bounds without a release build). A daemon runs on a
//! store that is filled before; each page is asked for twenty times by somebody who is signed in; what is shown is the median with
//! its budget, the longest time and the size. A median beyond the budget ends it with a failure.
#![allow(
    missing_docs,
    clippy::print_stdout,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a benchmark"
)]

#[path = "../tests/store/samples.rs"]
#[allow(dead_code, reason = "shared with the tests of stores")]
mod samples;

#[path = "../tests/store/asked.rs"]
#[allow(dead_code, reason = "shared with the tests of stores")]
mod asked;

#[path = "../tests/it/ports.rs"]
mod ports;

#[path = "../tests/it/console/guest.rs"]
#[allow(dead_code, reason = "shared with the tests of the console")]
mod guest;

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use asked::with_terms;
use chakong::app::people::{Added, PeopleDesk};
use chakong::domain::Change;
use chakong::store::Store;
use chakong::store::sqlite::Sqlite;
use guest::Guest;
use ports::reserved_port;
use samples::{measure, whole, write};

/// The password of whoever asks.
pub const PASSWORD: &str = "correct horse battery";
/// Cases.
const CASES: i64 = 10_000;
/// Cases that are written at once.
const AT_ONCE: i64 = 250;
/// One case in so many has a measure.
const WITH_MEASURE: i64 = 10;
/// Counterparts.
const COUNTERPARTS: usize = 4_000;
/// Times that each page is asked for.
const TIMES: usize = 20;
/// What the median of a page may take.
const BUDGET: Duration = Duration::from_millis(50);
/// Pages that may take longer: every counterpart at once, and a month's figures of all cases.
const LONGER: [(&str, Duration); 2] = [
    ("/console/counterparts", Duration::from_millis(150)),
    ("/console/statistics?from=2026-03-01&until=2026-03-31", Duration::from_millis(300)),
];
/// The bearer of the system's key.
const KEY: &str = "a-long-random-text";
/// Pages with who asks for them. `{inquiry}`, `{order}` and `{measure}` stand for the newest of each.
const PAGES: &[(&str, &str)] = &[
    ("officer", "/console/tasks"),
    ("officer", "/console/cases"),
    ("officer", "/console/cases?party=测试777号"),
    ("officer", "/console/cases?officer=%E6%89%BF%E5%8A%9E%E4%BA%BA7"),
    ("officer", "/console/cases/%EF%BC%882026%EF%BC%89%E7%B2%A40304%E6%89%A78234%E5%8F%B7"),
    ("officer", "/console/inquiries/{inquiry}"),
    ("officer", "/console/orders/{order}"),
    ("officer", "/console/measures/{measure}"),
    ("officer", "/console/new"),
    ("officer", "/console/papers"),
    ("officer", "/console/desk"),
    ("officer", "/console/statistics?from=2026-03-01&until=2026-03-31"),
    ("approver", "/console/approvals"),
    ("operations", "/console/counterparts"),
    ("operations", "/console/counterparts?q=c2345"),
    ("operations", "/console/counterparts/c2345"),
    ("operations", "/console/system"),
    ("auditor", "/console/audit"),
    ("auditor", "/console/audit/looks"),
    ("security_administrator", "/console/people"),
    ("security_administrator", "/console/keys"),
];

/// A daemon that ends with the benchmark.
struct Daemon(Child);

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(run());
}

async fn run() {
    let folder = tempfile::tempdir().expect("a folder");
    fill(&folder.path().join("data")).await;
    let port = configure(folder.path());
    let config = folder.path().join("chakong.toml");
    add_people(&config).await;
    let mut command = Command::new(env!("CARGO_BIN_EXE_chakong"));
    command.args(["serve", "--config"]).arg(&config).stdin(Stdio::null()).stdout(Stdio::null());
    let began = Instant::now();
    let _daemon = Daemon(command.spawn().expect("the daemon starts"));
    while reqwest::get(format!("http://127.0.0.1:{port}/readyz")).await.is_err() {
        assert!(began.elapsed() < Duration::from_secs(120), "the daemon is never ready");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let (newest, mut slow) = (newest(port).await, Vec::new());
    for (number, page) in PAGES {
        let mut guest = Guest::signed_in(port, number).await;
        let page = &newest.iter().fold((*page).to_owned(), |page, (name, id)| page.replace(name, id));
        // Whom a search is about stands in no address: what is measured is the page to which it leads.
        let address = match page.split_once("?party=") {
            Some((form, party)) => {
                guest.get(form).await;
                guest.act(form, &[("party", party)]).await.location().to_owned()
            }
            None => page.clone(),
        };
        let (mut times, mut size) = (Vec::with_capacity(TIMES), 0);
        for _ in 0..TIMES {
            let began = Instant::now();
            let shown = guest.open(&address).await;
            times.push(began.elapsed());
            assert!(shown.status.is_success(), "{page}: {}", shown.status);
            size = shown.text.len();
        }
        times.sort_unstable();
        let (median, longest) = (times[TIMES / 2], times.last().copied().unwrap_or(Duration::ZERO));
        let budget = LONGER.iter().find(|(longer, _)| longer == page).map_or(BUDGET, |(_, budget)| *budget);
        println!(
            "{page:<60} median {median:>9.2?} of {budget:.0?}  longest {longest:>9.2?}  {:>6.1} KB",
            size as f64 / 1000.0
        );
        if median > budget {
            slow.push(format!("{page}: {median:.2?} of {budget:.0?}"));
        }
    }
    assert!(slow.is_empty(), "slower than their budgets: {slow:?}");
}

/// What stands for the newest inquiry, its order and the newest measure in addresses of pages.
async fn newest(port: u16) -> [(&'static str, String); 3] {
    let client = reqwest::Client::new();
    let first = async |path: &str, list: &str, name: &str| {
        let asked = client.get(format!("http://127.0.0.1:{port}{path}")).bearer_auth(KEY).send().await;
        let text = asked.expect("an answer").text().await.expect("a body");
        let told: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        told[list][0][name].as_str().unwrap_or_else(|| panic!("no {list}: {text}")).to_owned()
    };
    let inquiry = first("/v1/inquiries?limit=1", "inquiries", "id").await;
    let order = first(&format!("/v1/inquiries/{inquiry}/orders"), "orders", "number").await;
    let measure = first("/v1/measures?limit=1", "measures", "id").await;
    [("{inquiry}", inquiry), ("{order}", order), ("{measure}", measure)]
}

/// Writes the cases: each with a party of its own, and one of fifty officers.
async fn fill(data: &Path) {
    let (store, threads) = Sqlite::open(data).expect("a store");
    let store: Arc<dyn Store> = store;
    for first in (0..CASES).step_by(usize::try_from(AT_ONCE).expect("small")) {
        write(&store, move |tx| {
            for nth in first..first + AT_ONCE {
                let whole = with_terms(whole(&*tx, nth), |terms| {
                    terms["parties"][0]["name"] = format!("测试{nth}号").into();
                    terms["case"]["officers"][0]["name"] = format!("承办人{}", nth % 50).into();
                });
                let mut changes = whole.changes();
                if nth % WITH_MEASURE == 0 {
                    changes.push(Change::NewMeasure(Box::new(measure(&*tx, &whole))));
                }
                tx.write(&changes)?;
            }
            Ok(())
        })
        .await;
    }
    drop(store);
    threads.join();
}

/// Writes the configuration; gives the port.
fn configure(folder: &Path) -> u16 {
    let counterparts = folder.join("counterparts");
    std::fs::create_dir_all(&counterparts).expect("a folder");
    for number in 0..COUNTERPARTS {
        let file = format!(
            "name_zh = \"示例登记中心{number}\"\nconnector = \"court-realty\"\n[settings]\namount_unit = \"yuan\"\n\
             [line]\nkind = \"call\"\nbase_url = \"http://127.0.0.1:9\"\n"
        );
        std::fs::write(counterparts.join(format!("c{number}.toml")), file).expect("a file");
    }
    let port = reserved_port();
    let digest = chakong::config::digest_of(KEY).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    let config = format!(
        "counterparts = \"counterparts\"\n[server]\nlisten = \"127.0.0.1:{port}\"\n[store]\ndirectory = \"{}\"\n\
         [log]\nfilter = \"error\"\n[sign_in]\nsecond_factor = []\n[[keys]]\nname = \"case-system\"\n\
         roles = [\"case_system\"]\nsha256 = \"{digest}\"\n",
        folder.join("data").display()
    );
    std::fs::write(folder.join("chakong.toml"), config).expect("a configuration");
    port
}

async fn add_people(config: &Path) {
    let config = chakong::config::load(config, &chakong::app::plugins()).expect("a configuration");
    let desk = PeopleDesk::open(&config).await.expect("a store");
    for role in ["officer", "approver", "operations", "auditor", "security_administrator"] {
        let (name, number, roles) = ("张测试".to_owned(), role.to_owned(), vec![role.to_owned()]);
        let added = Added { name, number, courts: Vec::new(), roles, phone: String::new() };
        desk.make_ready(added, PASSWORD, "测试").await.expect("added");
    }
    desk.close().await;
}
