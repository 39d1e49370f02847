//! One inquiry through the whole engine over real lines.

use chakong::inquiry::{EventType, MeasureState, OrderState};
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
    assert!(banks.iter().all(|measure| measure.state == MeasureState::InForce), "{measures:#?}");
    assert_eq!(registry.len(), 2, "each property has its line: {measures:#?}");
    assert!(registry.iter().all(|measure| measure.asked.is_zero() && measure.held.is_zero()));
    for (name, books) in world.hosted.books() {
        assert_eq!(books.duplicates, 0, "{name}");
        assert!(books.controls.iter().all(|control| control.executed == 1), "{name}: {books:?}");
    }
    let events: Vec<EventType> = world.events(done.id).await.iter().map(|event| event.kind).collect();
    assert_eq!(events.first(), Some(&EventType::InquiryAccepted));
    assert_eq!(events.last(), Some(&EventType::InquiryCompleted));
    assert_eq!(events.iter().filter(|kind| **kind == EventType::MeasurePlaced).count(), 3);
    let orders = world.orders(done.id).await;
    assert!(orders.iter().all(|order| order.state == OrderState::Answered), "{orders:#?}");
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
    let act = chakong::store::Act {
        at: first.created,
        actor: "officer".into(),
        act: "requery".into(),
        subject: String::new(),
        reason: "a test".into(),
    };
    let asked = first.clone();
    let again = world.store.write(move |tx| chakong::settle::requery(tx, &asked, act.clone())).await;
    let again = again.expect("written").expect("allowed");
    world
        .until("the re-query is answered", async |world| world.inquiry(done.id).await.completions == 2)
        .await;
    let inquiry = world.inquiry(done.id).await;
    let (revision, certificate) = world
        .store
        .read(move |reads| {
            let revision = reads.revision(first.id, None)?.expect("a revision");
            Ok((revision, chakong::settle::certificate_of(reads, &inquiry, again.created)?))
        })
        .await
        .expect("reads");
    assert_eq!((revision.number, revision.order), (2, again.id));
    // The freeze of the first answer shows in the second.
    let differences = revision.differences.expect("differences");
    assert_eq!(differences["changed"].as_array().map(Vec::len), Some(1), "{differences}");
    for line in certificate.orders.iter().filter(|line| line.action == chakong_contract::ActionKind::Query) {
        assert_eq!(line.outcome.as_deref(), Some("found"), "{line:?}");
    }
    world.stop().await;
}
