//! The daemon is killed at random while the counterparts keep books of what they were asked to do.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use reqwest::Method;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::daemon::Setup;
use crate::own_server::OwnServer;
use crate::world::{Played, bank, bank_code, calling_bank, inquiry, realty, reserved_port};

/// How hard a run is.
pub struct Trial {
    pub kills: usize,
    pub inquiries: u32,
    /// Orders that there are at least.
    pub orders: usize,
    /// Kills that there are at least while a counterpart has orders that it has not answered.
    pub caught: usize,
}

const BANKS: u32 = 10;
const CLAIM: &str = "2500.00";

/// An invented person with a valid number: birth 1900-01-01, sequence `number`.
pub fn person(number: u32) -> Value {
    let first = format!("11010119000101{number:03}");
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = first.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    let check = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'][(sum % 11) as usize];
    json!({
        "reference": "debtor", "kind": "person", "name": format!("测试{number}"), "role": "judgment_debtor",
        "documents": [{ "kind": "resident_id", "number": format!("{first}{check}") }],
    })
}

const NAMES: [&str; BANKS as usize] =
    ["bank-0", "bank-1", "bank-2", "bank-3", "bank-4", "bank-5", "bank-6", "bank-7", "bank-8", "bank-9"];

fn everybody_owns(delay_ms: u64) -> Value {
    json!({ "delay_ms": delay_ms, "everyone": { "accounts": 1, "balance": "300.00" } })
}

fn with_registry(banks: impl Iterator<Item = Played>) -> Vec<Played> {
    banks.chain([realty("realty", json!({ "everyone": { "properties": 1 } }))]).collect()
}

pub fn over_parcels() -> Setup {
    let one = |at: u32| bank(NAMES[at as usize], &bank_code(at + 1), everybody_owns(20 * u64::from(at)));
    Setup::new(&with_registry((0..BANKS).map(one)), None, "")
}

pub fn over_the_postbox() -> Setup {
    let script = |at: u32| {
        let mut script = everybody_owns(0);
        script["poll_ms"] = json!(50 + 30 * at);
        script["faults"] = json!([{ "do": "late", "after_ms": 150 }]);
        script
    };
    let one = |at: u32| calling_bank(NAMES[at as usize], at + 1, script(at));
    let postbox = format!("[postbox]\nlisten = \"127.0.0.1:{}\"\n", reserved_port());
    Setup::new(&with_registry((0..BANKS).map(one)), None, &postbox)
}

/// Takes a page of results if the daemon is there; keeps them by their stable id.
pub async fn collect(setup: &Setup, seen: &mut BTreeMap<String, Value>) {
    for event in setup.try_results("case-system").await.unwrap_or_default() {
        let id = event["id"].as_str().expect("an id").to_owned();
        if let Some(before) = seen.insert(id.clone(), event.clone()) {
            assert_eq!(before, event, "an event that comes again is the same event: {id}");
        }
    }
}

/// How many times as many kills there may be.
const MORE: usize = 4;

/// Submits what was not accepted yet; a submission whose answer was lost is sent again under the same key.
pub async fn submit_some(setup: &Setup, trial: &Trial, submitted: &mut BTreeMap<u32, String>, most: usize) {
    let missing: Vec<u32> =
        (0..trial.inquiries).filter(|number| !submitted.contains_key(number)).take(most).collect();
    for number in missing {
        let mut body = inquiry(Some(CLAIM), "auto");
        body["case"]["number"] = json!(format!("(2026)晋10执{}号", number + 1));
        body["parties"] = json!([person(number + 1)]);
        if let Some((status, view)) = setup.try_submit(&format!("inquiry-{number}"), &body).await
            && status.is_success()
        {
            submitted.insert(number, view["id"].as_str().expect("an identifier").to_owned());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_freeze_is_doubled_none_lost_no_result_lost_whenever_it_is_killed() {
    killed_at_random(over_parcels(), &Trial { kills: 55, inquiries: 25, orders: 500, caught: 5 }).await;
}

/// The daemon, and now and then the database server under it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_doubled_or_lost_whenever_the_daemon_or_its_database_is_killed() {
    let (setup, server) = (over_parcels(), std::sync::Arc::new(OwnServer::start()));
    server.serve(&setup);
    let is_over = std::sync::Arc::new(AtomicBool::new(false));
    // A test that fails does not go on killing.
    let _at_the_end = AtTheEnd(std::sync::Arc::clone(&is_over));
    let killing = {
        let (server, is_over) = (std::sync::Arc::clone(&server), std::sync::Arc::clone(&is_over));
        tokio::task::spawn_blocking(move || {
            let (mut chance, mut kills) = (StdRng::seed_from_u64(20_261_129), 0);
            while !is_over.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(chance.random_range(300..2500)));
                server.kill();
                kills += 1;
                std::thread::sleep(Duration::from_millis(chance.random_range(0..400)));
                server.again();
            }
            kills
        })
    };
    let trial = Trial { kills: 45, inquiries: 15, orders: 300, caught: 1 };
    killed_at_random_until(setup, &trial, async {
        is_over.store(true, Ordering::Relaxed);
        assert!(killing.await.expect("kills of the server") > 5);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_on_offer_when_it_is_killed_is_neither_doubled_nor_lost() {
    killed_at_random(over_the_postbox(), &Trial { kills: 10, inquiries: 10, orders: 200, caught: 3 }).await;
}

/// Says when it goes that it is over.
struct AtTheEnd(std::sync::Arc<AtomicBool>);

impl Drop for AtTheEnd {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Whether a counterpart has orders that it has not answered.
async fn is_under_way(setup: &Setup) -> bool {
    let answer = setup.try_call(Method::GET, "/v1/counterparts", None).await;
    let counterparts = answer.and_then(|(_, view)| view["counterparts"].as_array().cloned());
    let awaiting = |each: &Value| each["orders"]["awaiting"].as_u64() > Some(0);
    counterparts.is_some_and(|all| all.iter().any(awaiting))
}

async fn killed_at_random(setup: Setup, trial: &Trial) {
    killed_at_random_until(setup, trial, async {}).await;
}

/// `calm` ends what else is killed meanwhile.
async fn killed_at_random_until(mut setup: Setup, trial: &Trial, calm: impl Future<Output = ()>) {
    setup.start_sandbox().await;
    let mut chance = StdRng::seed_from_u64(20_261_124);
    let (mut submitted, mut seen, mut caught) = (BTreeMap::new(), BTreeMap::new(), 0);
    // A busy machine needs more kills before some meet an order under way: it goes on with longer lives, and what comes in is spread over
    // them.
    let most = MORE * trial.kills;
    let mut kill = 0;
    while kill < trial.kills || (caught < trial.caught && kill < most) {
        let pace = if caught < trial.caught { most } else { trial.kills };
        setup.spawn_daemon();
        let longer = 30 * u64::try_from(kill.saturating_sub(trial.kills)).expect("few");
        let lives = Duration::from_millis(chance.random_range(40..600) + longer);
        let born = Instant::now();
        while born.elapsed() < lives {
            // All of them come in during the first half, once enough kills met one.
            if submitted.len() * pace < 2 * (kill + 1) * trial.inquiries as usize {
                submit_some(&setup, trial, &mut submitted, 1 + kill / 20).await;
            }
            collect(&setup, &mut seen).await;
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
        caught += usize::from(is_under_way(&setup).await);
        setup.kill_daemon();
        kill += 1;
    }
    assert!(caught >= trial.caught, "only {caught} of {kill} kills met an order under way");
    calm.await;
    setup.start_daemon().await;
    complete(&setup, trial, &mut submitted, &mut seen).await;
}

/// Submits what is missing, waits until everything is answered, and compares the books.
pub async fn complete(
    setup: &Setup,
    trial: &Trial,
    submitted: &mut BTreeMap<u32, String>,
    seen: &mut BTreeMap<String, Value>,
) {
    submit_some(setup, trial, submitted, usize::MAX).await;
    assert_eq!(submitted.len(), trial.inquiries as usize);
    let deadline = Instant::now() + Duration::from_secs(120);
    while !all_complete(setup, submitted).await {
        assert!(Instant::now() < deadline, "inquiries stay open:\n{}", setup.log());
        collect(setup, seen).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // Nothing more is on its way; what is left in the log is read to its end.
    loop {
        let before = seen.len();
        collect(setup, seen).await;
        if seen.len() == before {
            break;
        }
    }
    check(setup, trial, submitted, seen).await;
}

pub async fn all_complete(setup: &Setup, submitted: &BTreeMap<u32, String>) -> bool {
    for id in submitted.values() {
        if setup.get(&format!("/v1/inquiries/{id}")).await["state"] != "completed" {
            return false;
        }
    }
    true
}

pub async fn check(
    setup: &Setup,
    trial: &Trial,
    submitted: &BTreeMap<u32, String>,
    seen: &BTreeMap<String, Value>,
) {
    let books = setup.books().await.expect("the books");
    let (mut asked, mut held_there) = (BTreeSet::new(), BTreeMap::<String, Decimal>::new());
    for (bank, books) in &books {
        for control in &books.controls {
            assert_eq!(control.executed, 1, "{bank} executed {} more than once", control.number);
            assert!(asked.insert(control.number.clone()), "{} stands twice in the books", control.number);
            held_there.insert(control.number.clone(), control.amount.parse().expect("an amount"));
        }
    }
    let answered: BTreeSet<&str> = seen
        .values()
        .filter(|event| event["type"] == "chakong.order.answered" || event["type"] == "chakong.order.refused")
        .map(|event| event["data"]["order"].as_str().expect("a number"))
        .collect();
    let claim: Decimal = CLAIM.parse().expect("an amount");
    let (mut orders, mut freezes) = (0, 0);
    for id in submitted.values() {
        let certificate = setup.get(&format!("/v1/inquiries/{id}/certificate")).await;
        let held: Decimal =
            certificate["coverage"]["held"]["amount"].as_str().expect("held").parse().expect("an amount");
        assert!(held <= claim, "{id} holds {held}");
        let mut held_by_banks = Decimal::ZERO;
        for line in certificate["orders"].as_array().expect("orders") {
            orders += 1;
            let number = line["number"].as_str().expect("a number");
            assert_eq!(line["state"], "answered", "{line}");
            assert!(answered.contains(number), "the answer to {number} never came out of the queue");
            if line["action"] == "freeze" {
                freezes += 1;
                held_by_banks +=
                    held_there.get(number).unwrap_or_else(|| panic!("{number} never reached its bank"));
            }
        }
        assert_eq!(held, held_by_banks, "the ledger of {id} and the banks' books agree");
        assert_eq!(held, claim, "and the claim is covered: nothing was lost");
    }
    assert_eq!(freezes, asked.len(), "every freeze in the books is one of ours");
    assert!(orders >= trial.orders, "{orders} orders only");
}
