//! How long it takes to find cases among a million orders, in the embedded store.
//!
//! `cargo bench --bench search` (about a minute; `cargo test --bench search` gives upper bounds without a release build). Each search is
//! done fifty times; what is shown is its median with its budget, and its longest time. A median beyond the budget ends it with a failure.
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
mod asked;

use std::sync::Arc;
use std::time::{Duration, Instant};

use asked::with_terms;
use chakong::domain::people::Courts;
use chakong::domain::{CaseState, Change, ClaimState, IdKind, InquiryId, OrderId, OrderRecord, found_by};
use chakong::store::sqlite::Sqlite;
use chakong::store::{CaseFilter, Store};
use samples::{Whole, at, day, whole, write};

/// Cases.
const CASES: i64 = 25_000;
/// Orders of each.
const ORDERS: i64 = 40;
/// Cases that are written at once.
const AT_ONCE: i64 = 250;
/// Times that each search is done.
const TIMES: usize = 50;
/// What the median of a search may take.
const BUDGET: Duration = Duration::from_millis(100);

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(measure());
}

async fn measure() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, _threads) = Sqlite::open(folder.path()).expect("a store");
    let store: Arc<dyn Store> = store;
    let began = Instant::now();
    for first in (0..CASES).step_by(usize::try_from(AT_ONCE).expect("small")) {
        write(&store, move |tx| {
            for nth in first..first + AT_ONCE {
                let mut whole = with_terms(whole(&*tx, nth), |terms| named(terms, nth));
                // One case in a thousand is settled, and the oldest are.
                if nth < CASES / 1000 {
                    whole.chain.claim.as_mut().expect("a claim").state = ClaimState::Settled;
                }
                let mut changes = whole.changes();
                changes.extend(orders(&whole, |kind| tx.next(kind)));
                tx.write(&changes)?;
            }
            Ok(())
        })
        .await;
    }
    println!("{} orders of {CASES} cases written in {:.1?}", CASES * ORDERS, began.elapsed());
    let mut slow = Vec::new();
    for (name, filter) in searches() {
        let mut times = Vec::with_capacity(TIMES);
        let mut found = 0;
        for _ in 0..TIMES {
            let asked = CaseFilter { limit: 51, ..filter.clone() };
            let began = Instant::now();
            found = store.read(move |reads| reads.find_cases(&asked)).await.expect("a read").len();
            times.push(began.elapsed());
        }
        times.sort_unstable();
        let (median, longest) = (times[TIMES / 2], times.last().copied().unwrap_or(Duration::ZERO));
        println!(
            "{name:<36} {found:>3} found  median {median:>9.2?} of {BUDGET:.0?}  longest {longest:>9.2?}"
        );
        assert!(found > 0, "{name} finds something");
        if median > BUDGET {
            slow.push(format!("{name}: {median:.2?}"));
        }
    }
    assert!(slow.is_empty(), "more than {BUDGET:.0?}: {slow:?}");
}

/// A party and a day of its own for each case, and one of fifty officers.
fn named(terms: &mut serde_json::Value, nth: i64) {
    terms["parties"][0]["name"] = format!("测试{nth}号").into();
    terms["case"]["officers"][0]["name"] = format!("承办人{}", nth % 50).into();
    terms["case"]["filed_on"] = format!("2026-{:02}-{:02}", 1 + nth * 12 / CASES, 1 + nth % 28).into();
}

fn orders(whole: &Whole, mut next: impl FnMut(IdKind) -> i64) -> Vec<Change> {
    let inquiry: InquiryId = whole.inquiry().id;
    let others = (1..ORDERS).map(|_| {
        let id = OrderId::new(next(IdKind::Order));
        let order = OrderRecord { id, root: id, inquiry, ..whole.order.clone() };
        Change::NewOrder(Box::new(order))
    });
    others.collect()
}

fn searches() -> Vec<(&'static str, CaseFilter)> {
    let by = |words: [Option<String>; 2]| CaseFilter {
        found_by: words.into_iter().flatten().collect(),
        ..CaseFilter::default()
    };
    let state = |state| CaseFilter { state: Some(state), ..CaseFilter::default() };
    let number = "（2026）粤0304执9000号".to_owned();
    vec![
        ("newest", CaseFilter::default()),
        ("number", CaseFilter { number: Some(number), ..CaseFilter::default() }),
        ("party, one case", by([found_by::of_party("测试777号"), None])),
        ("document number, every case", by([found_by::of_party(samples::NUMBER), None])),
        ("officer", by([found_by::of_officer("承办人7"), None])),
        ("party and officer", by([found_by::of_party("测试777号"), found_by::of_officer("承办人27")])),
        ("state, usual", state(CaseState::Open)),
        ("state, rare and old", state(CaseState::Settled)),
        ("court and state", CaseFilter { courts: Courts::one("440301"), ..state(CaseState::Settled) }),
        (
            "filed in a month",
            CaseFilter { filed: Some((day("2026-01-01"), day("2026-01-31"))), ..CaseFilter::default() },
        ),
        ("submitted in an hour", CaseFilter { submitted: Some((at(0), at(3600))), ..CaseFilter::default() }),
        (
            "submitted at any time",
            CaseFilter { submitted: Some((at(0), at(9_999_999))), ..CaseFilter::default() },
        ),
    ]
}
