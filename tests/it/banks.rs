//! Banks that misbehave in every way over every line, people at banks who take days, and populations: whatever happens, the
//! ledger is what the banks' books say.

use std::collections::BTreeMap;

use chakong::domain::{EventType, MeasureState, OrderState};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::sftp::server::Sshd;
use crate::world::{Played, World, bank, bank_code, calling_bank, inquiry};

/// What must come of a bank's fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comes {
    /// It is made good: the money is held.
    Held,
    /// The bank says no.
    Refused,
    /// Nothing comes, and nobody pretends that something did.
    Silence,
}

/// Name, what the bank does, and what comes of it.
fn faults() -> Vec<(&'static str, Value, Comes)> {
    vec![
        ("well", json!([]), Comes::Held),
        ("silent", json!([{ "do": "silent", "on": "query" }]), Comes::Silence),
        ("returned", json!([{ "do": "return", "on": "query" }]), Comes::Refused),
        ("failing", json!([{ "do": "internal_error", "on": "query" }]), Comes::Refused),
        ("late", json!([{ "do": "late", "after_ms": 300 }]), Comes::Held),
        ("twice", json!([{ "do": "duplicate" }]), Comes::Held),
        ("half", json!([{ "do": "half_file", "first": 1, "after_ms": 300 }]), Comes::Held),
        ("misnamed", json!([{ "do": "wrong_name", "after_ms": 300 }]), Comes::Held),
        (
            "nothing-at-first",
            json!([{ "do": "nothing_for_error", "on": "query", "after_ms": 300 }]),
            Comes::Held,
        ),
        ("wrong-sum", json!([{ "do": "wrong_md5", "on": "control", "first": 1 }]), Comes::Held),
        ("gbk", json!([{ "do": "gbk" }]), Comes::Held),
        ("large", json!([{ "do": "large_documents", "on": "control" }]), Comes::Held),
        ("stranger", json!([{ "do": "unknown_number" }]), Comes::Held),
        (
            "commas",
            json!([{ "do": "comma_amounts" }, { "do": "blank_amounts", "on": "control" }]),
            Comes::Held,
        ),
    ]
}

fn script(faults: &Value) -> Value {
    json!({ "poll_ms": 50, "everyone": { "accounts": 1, "balance": "1000.00" }, "faults": faults })
}

/// Held by lane: as the ledger has it, and as the books have it.
async fn held(world: &World, id: chakong::domain::InquiryId) -> BTreeMap<String, (Decimal, Decimal)> {
    let mut held: BTreeMap<String, (Decimal, Decimal)> = BTreeMap::new();
    for (name, books) in world.hosted.books() {
        let amounts =
            books.holdings.iter().map(|holding| holding.amount.parse::<Decimal>().expect("an amount"));
        held.entry(name).or_default().1 = amounts.sum();
    }
    for measure in world.measures(id).await {
        held.entry(measure.counterpart.clone()).or_default().0 += measure.held;
    }
    held
}

async fn survives(played: Vec<Played>, expected: Vec<(&'static str, Comes)>) {
    let world = World::start(played).await;
    let submitted = world.submit(&inquiry(Some("1000000.00"), "auto")).await;
    let thousand = Decimal::ONE_THOUSAND;
    let sent = |comes: Comes| if comes == Comes::Held { thousand } else { Decimal::ZERO };
    let names = || expected.iter().copied();
    world
        .until("everybody's books and the ledger say what must come", async |world| {
            let held = held(world, submitted.id).await;
            names().all(|(name, comes)| held.get(name) == Some(&(sent(comes), sent(comes))))
        })
        .await;
    let orders = world.orders(submitted.id).await;
    for (name, comes) in names() {
        let query = orders.iter().find(|order| order.lane == name && !order.is_control()).expect("a query");
        let state = match comes {
            Comes::Held => OrderState::Answered,
            Comes::Refused => OrderState::Refused,
            Comes::Silence => OrderState::Awaiting,
        };
        assert_eq!(query.state, state, "{name}: {query:?}");
    }
    for (name, books) in world.hosted.books() {
        assert!(books.controls.iter().all(|control| control.executed <= 1), "{name}: {books:?}");
        assert_eq!(books.duplicates, 0, "{name}");
    }
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_banks_do_over_packages_the_ledger_is_their_books() {
    let sshd = Sshd::start();
    let (mut played, mut expected, mut number) = (Vec::new(), Vec::new(), 0);
    for (name, faults, comes) in faults() {
        number += 1;
        played.push(bank(name, &bank_code(number), script(&faults)));
        expected.push((name, comes));
    }
    // The same over SFTP, where what lies in a folder matters.
    for (name, of) in [
        ("half-by-sftp", "half"),
        ("misnamed-by-sftp", "misnamed"),
        ("large-by-sftp", "large"),
        ("twice-by-sftp", "twice"),
    ] {
        let (_, faults, comes) = faults().into_iter().find(|(name, ..)| *name == of).expect("a fault");
        number += 1;
        let file = format!(
            "connector = \"court-bank\"\n[settings]\nbank_code = \"{}\"\n{}",
            bank_code(number),
            sshd.line_below(name)
        );
        played.push(Played { name, file, script: script(&faults) });
        expected.push((name, comes));
    }
    survives(played, expected).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_banks_do_over_the_postbox_the_ledger_is_their_books() {
    let (mut played, mut expected) = (Vec::new(), Vec::new());
    for ((name, faults, comes), number) in faults().into_iter().zip(1..) {
        played.push(calling_bank(name, number, script(&faults)));
        expected.push((name, comes));
    }
    survives(played, expected).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_at_the_bank_answer_days_later_and_the_order_is_overdue_until_then() {
    let script = || {
        json!({ "poll_ms": 50, "everyone": { "accounts": 1, "balance": "1000.00" },
                "desk": { "controls_percent": 100, "days": 3 } })
    };
    let world =
        World::start(vec![bank("files", &bank_code(1), script()), calling_bank("calling", 2, script())])
            .await;
    let submitted = world.submit(&inquiry(Some("2000.00"), "auto")).await;
    let asked = async |world: &World, state: OrderState| {
        let orders = world.orders(submitted.id).await;
        orders.iter().filter(|order| order.is_control() && order.state == state).count() == 2
    };
    world.until("both freezes are with people", async |world| asked(world, OrderState::Awaiting).await).await;
    world
        .until("the banks have them", async |world| {
            world.hosted.books().values().all(|books| books.controls.len() == 1)
        })
        .await;
    assert!(world.measures(submitted.id).await.iter().all(|measure| measure.state == MeasureState::Asked));
    world.clock.pass(2 * 24);
    world.until("they are overdue", async |world| asked(world, OrderState::Overdue).await).await;
    world.clock.pass(10 * 24);
    let thousand = Decimal::ONE_THOUSAND;
    world
        .until("the freezes stand, in the ledger and in the books", async |world| {
            held(world, submitted.id).await.values().all(|held| *held == (thousand, thousand))
        })
        .await;
    let done = world.until_complete(submitted.id).await;
    let kinds: Vec<EventType> = world.events(done.id).await.iter().map(|event| event.kind).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == EventType::OrderOverdue).count(), 2, "{kinds:?}");
    assert_eq!(kinds.iter().filter(|kind| **kind == EventType::MeasurePlaced).count(), 2, "{kinds:?}");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_a_population_owns_never_more_is_held_than_claimed_and_the_books_agree() {
    let population = |seed: u32| json!({ "poll_ms": 50, "population": { "seed": seed, "customers_percent": 90, "most_accounts": 6 } });
    let names = ["pop-1", "pop-2", "pop-3", "pop-4", "pop-5", "pop-6"];
    let played = names.iter().zip(1..).map(|(name, at)| match at % 2 {
        0 => bank(name, &bank_code(at), population(at)),
        _ => calling_bank(name, at, population(at)),
    });
    let world = World::start(played.collect()).await;
    let submitted = world.submit(&inquiry(Some("100000.00"), "auto")).await;
    let done = world.until_complete(submitted.id).await;
    let measures = world.measures(done.id).await;
    let total: Decimal = measures.iter().map(|measure| measure.held).sum();
    assert!(total <= Decimal::new(10_000_000, 2) && total > Decimal::ZERO, "{total}");
    for (name, (ledger, books)) in held(&world, done.id).await {
        assert_eq!(ledger, books, "{name}: {measures:#?}");
    }
    assert!(measures.len() > 5, "{measures:#?}");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_failures_in_one_batch_are_both_told_and_made_good() {
    let accounts = json!({ "accounts": 3, "balance": "1000.00" });
    let faults = json!([{ "do": "wrong_md5", "on": "control", "first": 3 }]);
    let world =
        World::start(vec![bank("bank-1", &bank_code(1), json!({ "everyone": accounts, "faults": faults }))])
            .await;
    let submitted = world.submit(&inquiry(Some("3000.00"), "auto")).await;
    let done = world.until_complete(submitted.id).await;
    let thousand = Decimal::ONE_THOUSAND;
    assert!(world.measures(done.id).await.iter().all(|measure| measure.held == thousand));
    let orders = world.orders(done.id).await;
    let batches: std::collections::BTreeSet<_> =
        orders.iter().filter(|order| order.is_control()).map(|order| order.batch).collect();
    assert_eq!(batches.len(), 1, "they went in one batch");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bank_that_feeds_the_same_fault_back_for_ever_is_not_answered_for_ever() {
    let faults = json!([{ "do": "wrong_md5", "on": "control" }, { "do": "stubborn" }]);
    let script = json!({ "everyone": { "accounts": 1, "balance": "1000.00" }, "faults": faults });
    let world = World::start(vec![bank("bank-1", &bank_code(1), script)]).await;
    let submitted = world.submit(&inquiry(Some("1000.00"), "auto")).await;
    world
        .until("somebody is told", async |world| {
            let health = world.board.get("bank-1").expect("its lane").view(Default::default());
            health.last_fault.is_some_and(|fault| fault.contains("a person must talk to it"))
        })
        .await;
    // Eleven feedbacks, each a fault of the order; the bank waits for an acknowledgement, and none comes.
    let parcels = world.folder.path().join("parcels/bank-1");
    let left: Vec<_> = std::fs::read_dir(parcels.join("out")).expect("a folder").collect();
    assert!(left.is_empty(), "{left:?}");
    let measures = world.measures(submitted.id).await;
    assert!(measures.iter().all(|measure| measure.held.is_zero()), "{measures:?}");
    let control =
        world.orders(submitted.id).await.into_iter().find(|order| order.is_control()).expect("a control");
    assert_eq!(control.state, OrderState::Awaiting, "{control:?}");
    world.stop().await;
}

#[tokio::test]
async fn what_could_not_be_sent_back_is_sent_by_the_next_lane_though_its_file_is_put_away() {
    let world = World::start(vec![bank("bank-1", &bank_code(1), Value::Null)]).await;
    let parcels = world.folder.path().join("parcels/bank-1");
    // Something stands where the folder was: nothing can be handed over.
    std::fs::remove_dir(parcels.join("out")).expect("removed");
    std::fs::write(parcels.join("out"), "in the way").expect("a file");
    let name = format!("CXFK{}{:030}.zip", bank_code(1), 1);
    std::fs::write(parcels.join("in").join(&name), b"PK\x03\x04 cut short").expect("a file");
    let shows = async |world: &World, word: &str| {
        let health = world.board.get("bank-1").map(|health| health.view(Default::default()));
        health.and_then(|health| health.last_fault).is_some_and(|fault| fault.contains(word))
    };
    world.until("it cannot be answered", async |world| shows(world, "hand files over").await).await;
    assert!(!parcels.join("in").join(&name).exists(), "it was put away");
    let path = world.folder.path().join("counterparts/bank-1.toml");
    let file = std::fs::read_to_string(&path).expect("the counterpart's file");
    std::fs::write(path, file.replace("/out\"", "/elsewhere\"")).expect("the counterpart's file");
    let receipt = parcels.join("elsewhere").join(name.replace("CXFK", "CXHZ"));
    world.until("the successor sent it", async |_| receipt.exists()).await;
    world.stop().await;
}
