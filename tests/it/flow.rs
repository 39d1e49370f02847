//! One inquiry through the whole engine over real lines.

use chakong::domain::decide::{Act, Release, ReleaseScope};
use chakong::domain::rules::release_reasons::ReleaseReason;
use chakong::domain::{EventType, Measure, MeasureState, OrderState};
use rust_decimal::Decimal;
use serde_json::json;

use crate::world::{World, bank, bank_code, customer, inquiry, realty};

fn yuan(text: &str) -> Decimal {
    text.parse().expect("an amount")
}

#[tokio::test]
async fn freezes_as_balances_come_in_and_never_more_than_the_claim() {
    let world = World::start(vec![
        bank("bank-1", &bank_code(1), json!({ "customers": [customer(&[("9990000000000000011", "600.00"), ("9990000000000000029", "300.00")])] })),
        bank("bank-2", &bank_code(2), json!({ "delay_ms": 100, "customers": [customer(&[("9990000000000000037", "500.00")])] })),
        bank("bank-3", &bank_code(3), json!({})),
        realty("realty", json!({ "everyone": { "properties": 2 } })),
    ])
    .await;
    let submitted = world.submit(&inquiry(Some("1000.00"), "auto")).await;
    let done = world.until_complete(submitted.id).await;
    let measures = world.measures(done.id).await;
    let held: Decimal = measures.iter().map(|measure| measure.held).sum();
    assert_eq!(held, yuan("1000.00"), "{measures:#?}");
    let (banks, registry): (Vec<_>, Vec<_>) =
        measures.iter().partition(|measure| measure.counterpart != "realty");
    // Whichever bank answers first: what the claim does not need waits as a candidate.
    let (placed, waiting): (Vec<&Measure>, Vec<&Measure>) =
        banks.iter().copied().partition(|measure| measure.state == MeasureState::InForce);
    assert!(placed.len() >= 2 && placed.iter().all(|measure| measure.held > Decimal::ZERO), "{measures:#?}");
    assert!(
        waiting.iter().all(|measure| measure.state == MeasureState::Candidate && measure.limit.is_zero()),
        "{measures:#?}"
    );
    assert_eq!(banks.len(), 3, "{measures:#?}");
    assert_eq!(registry.len(), 2, "each property has its line: {measures:#?}");
    assert!(registry.iter().all(|measure| measure.limit.is_zero() && measure.held.is_zero()));
    for (name, books) in world.hosted.books() {
        assert_eq!(books.duplicates, 0, "{name}");
        assert!(books.controls.iter().all(|control| control.executed == 1), "{name}: {books:?}");
    }
    let events: Vec<EventType> = world.events(done.id).await.iter().map(|event| event.kind).collect();
    assert_eq!(events.first(), Some(&EventType::InquiryAccepted));
    assert_eq!(events.last(), Some(&EventType::InquiryCompleted));
    assert_eq!(events.iter().filter(|kind| **kind == EventType::MeasurePlaced).count(), placed.len());
    let orders = world.orders(done.id).await;
    assert!(orders.iter().all(|order| order.state == OrderState::Answered), "{orders:#?}");
    world.stop().await;
}

/// What the banks' books say is held, all banks together.
fn held_in_books(world: &World) -> Decimal {
    let books = world.hosted.books();
    let holdings = books.values().flat_map(|books| &books.holdings);
    holdings.map(|holding| yuan(&holding.amount)).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn inquiries_of_one_case_hold_no_more_than_its_one_claim_and_one_act_gives_all_of_it_back() {
    let world = World::start(vec![
        bank(
            "bank-1",
            &bank_code(1),
            json!({ "customers": [customer(&[("9990000000000000011", "600.00")])] }),
        ),
        bank(
            "bank-2",
            &bank_code(2),
            json!({ "customers": [customer(&[("9990000000000000037", "700.00")])] }),
        ),
    ])
    .await;
    let about = |bank: &str| {
        let mut body = inquiry(Some("1000.00"), "auto");
        body["search"] = json!({ "counterparts": [bank] });
        body
    };
    let bodies = (about("bank-1"), about("bank-2"));
    let (first, second) = tokio::join!(world.submit_as("one", &bodies.0), world.submit_as("two", &bodies.1));
    let (first, second) = (first.expect("accepted"), second.expect("accepted"));
    assert_eq!(first.chain, second.chain);
    world.until_complete(first.id).await;
    world.until_complete(second.id).await;
    let held = async || {
        let (mut all, more) = (world.measures(first.id).await, world.measures(second.id).await);
        all.extend(more);
        all
    };
    assert_eq!(held().await.iter().map(|measure| measure.held).sum::<Decimal>(), yuan("1000.00"));
    assert_eq!(held_in_books(&world), yuan("1000.00"), "as the banks' books say");
    let paid = Release { scope: ReleaseScope::Case, ground: ReleaseReason::DebtPaid };
    let act = Act::Release(paid);
    let released = world.act_on(Some(first.chain), act, &[]).await.expect("one set of papers is there");
    assert_eq!(released.measures.len(), 2);
    world
        .until("everything is given back", async |_| {
            held().await.iter().all(|measure| measure.state == MeasureState::Released)
        })
        .await;
    assert_eq!(held_in_books(&world), Decimal::ZERO);
    let freezes = world.hosted.books().into_values().flat_map(|books| books.controls).count();
    assert_eq!(freezes, 4, "two freezes and two releases: nothing was frozen instead");
    let later = world.submit_as("three", &about("bank-2")).await;
    assert!(later.is_err(), "the claim is closed until somebody opens it again");
    world.stop().await;
}

#[tokio::test]
async fn a_mixed_batch_with_a_bad_entry_and_every_fault_of_a_package_loses_nothing_else() {
    let world = World::start(vec![
        bank("cut", &bank_code(1), json!({ "everyone": { "accounts": 1, "balance": "1000.00" }, "faults": [{ "do": "truncated_zip", "first": 1 }] })),
        bank("bomb", &bank_code(2), json!({ "everyone": { "accounts": 1, "balance": "1000.00" }, "faults": [{ "do": "zip_bomb", "first": 1 }] })),
        bank("path", &bank_code(3), json!({ "everyone": { "accounts": 1, "balance": "1000.00" }, "faults": [{ "do": "path_trick", "first": 1 }] })),
        bank("twice", &bank_code(4), json!({ "everyone": { "accounts": 1, "balance": "1000.00" }, "faults": [{ "do": "duplicate" }] })),
        bank("stranger", &bank_code(5), json!({ "everyone": { "accounts": 1, "balance": "1000.00" }, "faults": [{ "do": "unknown_number" }] })),
        bank("gbk", &bank_code(6), json!({ "everyone": { "accounts": 1, "balance": "1000.00" }, "faults": [{ "do": "gbk" }] })),
        bank("commas", &bank_code(7), json!({ "everyone": { "accounts": 1, "balance": "1234567.00" }, "faults": [{ "do": "comma_amounts" }] })),
        bank("entities", &bank_code(8), json!({ "everyone": { "accounts": 1, "balance": "1000.00" }, "faults": [{ "do": "entities", "first": 1 }] })),
        bank("well", &bank_code(9), json!({ "everyone": { "accounts": 1, "balance": "1000.00" } })),
    ])
    .await;
    let submitted = world.submit(&inquiry(None, "auto")).await;
    let done = world.until_complete(submitted.id).await;
    for order in world.orders(done.id).await {
        assert_eq!(order.state, OrderState::Answered, "{}: {order:#?}", order.lane);
    }
    let problems = |name: &str| {
        let health = world.board.get(name).expect("a lane");
        health.problems.load(std::sync::atomic::Ordering::Relaxed)
    };
    assert!(problems("stranger") > 0, "an answer to a request never made is shown");
    assert!(problems("cut") > 0 && problems("bomb") > 0 && problems("path") > 0 && problems("entities") > 0);
    assert_eq!(problems("well"), 0);
    world.stop().await;
}

#[tokio::test]
async fn a_requery_is_a_revision_with_its_differences_and_the_certificate_shows_both() {
    let script = json!({ "customers": [customer(&[("9990000000000000011", "600.00")])] });
    let world = World::start(vec![bank("bank-1", &bank_code(1), script)]).await;
    let submitted = world.submit(&inquiry(Some("100.00"), "auto")).await;
    let done = world.until_complete(submitted.id).await;
    let first = world.orders(done.id).await.remove(0);
    let again = world.act(Act::Requery(vec![first.id]), &[]).await.expect("allowed").orders;
    world
        .until("the re-query is answered", async |world| world.inquiry(done.id).await.completions == 2)
        .await;
    let revision = world.store.read(move |reads| reads.revision(first.id, None)).await.expect("reads");
    let revision = revision.expect("a revision");
    assert_eq!((revision.number, vec![revision.order]), (2, again));
    // The freeze of the first answer shows in the second.
    let differences = revision.differences.expect("differences");
    assert_eq!(differences["changed"].as_array().map(Vec::len), Some(1), "{differences}");
    let certificate = world.certificate(done.id).await;
    let lines = certificate["orders"].as_array().expect("orders");
    let queries: Vec<_> = lines.iter().filter(|line| line["action"] == "query").collect();
    assert!(queries.len() == 2 && queries.iter().all(|line| line["outcome"] == "found"), "{queries:#?}");
    assert_eq!((&certificate["number"], &certificate["questions"]["total"]), (&json!(2), &json!(1)));
    world.stop().await;
}
