//! Every way a called counterpart misbehaves: nothing is lost, nobody else is slowed down.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::Instant;

use chakong::domain::{EventType, OrderState};
use serde_json::{Value, json};

use crate::world::{Played, World, inquiry, numbered_company, realty};

fn faulty(name: &'static str, fault: Value) -> Played {
    realty(name, json!({ "everyone": { "properties": 1 }, "faults": [fault] }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_passes_by_itself_is_asked_again_until_it_is_answered() {
    let world = World::start(vec![
        faulty("busy", json!({ "do": "status", "status": 503, "first": 2 })),
        faulty("busy-until", json!({ "do": "status", "status": 503, "retry_after": 1, "first": 1 })),
        faulty("too-fast", json!({ "do": "status", "status": 429, "first": 2 })),
        faulty("too-fast-until", json!({ "do": "status", "status": 429, "retry_after": 1, "first": 1 })),
        faulty("hangs-up", json!({ "do": "hangup", "first": 2 })),
        faulty("html", json!({ "do": "html", "first": 2 })),
        faulty("truncated", json!({ "do": "truncated", "first": 2 })),
        faulty("empty", json!({ "do": "empty", "first": 2 })),
        faulty("endless", json!({ "do": "endless", "first": 1 })),
        faulty("slow-loris", json!({ "do": "trickle", "first": 1 })),
        faulty("too-slow", json!({ "do": "delay", "ms": 1500, "first": 1 })),
        realty("well", json!({ "everyone": { "properties": 1 } })),
    ])
    .await;
    let started = Instant::now();
    let submitted = world.submit(&inquiry(None, "auto")).await;
    world
        .until("the one that is well answers", async |world| {
            world.board.get("well").is_some_and(|health| health.answered.load(Ordering::Relaxed) == 1)
        })
        .await;
    assert!(started.elapsed() < Duration::from_secs(1), "a slow counterpart slows nobody else down");
    let done = world.until_complete(submitted.id).await;
    for order in world.orders(done.id).await {
        assert_eq!(order.state, OrderState::Answered, "{}: {:?}", order.lane, order.fault);
        let faulted = world.board.get(&order.lane).expect("a lane").faulted.load(Ordering::Relaxed);
        assert_eq!(faulted > 0, order.lane != "well", "{}", order.lane);
        // Being told to wait uses up no attempt.
        assert_eq!(
            order.attempts == 0,
            matches!(order.lane.as_str(), "well" | "too-fast" | "too-fast-until"),
            "{order:?}"
        );
    }
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_person_must_mend_is_told_and_not_repeated() {
    let world = World::start(vec![
        faulty("turned-away", json!({ "do": "status", "status": 401 })),
        faulty("wrong-address", json!({ "do": "status", "status": 404 })),
        realty("well", json!({ "everyone": { "properties": 1 } })),
    ])
    .await;
    let submitted = world.submit(&inquiry(None, "auto")).await;
    let done = world.until_complete(submitted.id).await;
    for order in world.orders(done.id).await.iter().filter(|order| order.lane != "well") {
        assert_eq!(order.state, OrderState::Failed);
        assert_eq!(order.attempts, 1, "asking again would not help");
    }
    let failed =
        world.events(done.id).await.iter().filter(|event| event.kind == EventType::OrderFailed).count();
    assert_eq!(failed, 2);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_breaker_opens_and_the_orders_wait_without_using_up_attempts() {
    // One at a time: an answer to another request would close the breaker again.
    let mut down = faulty("down", json!({ "do": "hangup", "first": 5 }));
    down.file = down.file.replace("[settings]", "[limits]\nconcurrency = 1\n[settings]");
    let world = World::start(vec![down]).await;
    let mut ids = Vec::new();
    for number in 0..20 {
        let mut body = inquiry(None, "auto");
        body["parties"][0]["reference"] = json!("x".repeat(number + 1));
        ids.push(world.submit(&body).await.id);
    }
    world
        .until("the breaker is open", async |world| {
            let health = world.board.get("down").expect("a lane");
            health.admission.breaker() == chakong::lanes::BreakerState::Open
        })
        .await;
    world.board.get("down").expect("a lane").admission.reset();
    world.store.signals().wake("down", true);
    for id in ids {
        let done = world.until_complete(id).await;
        let orders = world.orders(done.id).await;
        assert!(
            orders.iter().all(|order| order.state == OrderState::Answered && order.attempts <= 5),
            "{orders:?}"
        );
    }
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_next_request_does_not_wait_until_the_last_answer_is_written() {
    const ORDERS: usize = 40;
    let mut registry = faulty("registry", json!({ "do": "delay", "ms": 50 }));
    registry.file = registry.file.replace("[settings]", "[limits]\nconcurrency = 1\n[settings]");
    let world = World::start(vec![registry]).await;
    let mut body = inquiry(None, "auto");
    body["parties"] = (0..).take(ORDERS).map(numbered_company).collect();
    let submitted = world.submit(&body).await;
    let health = world.board.get("registry").expect("a lane");
    let sent = || health.sent.load(Ordering::Relaxed);
    world.until("the first has left", async |_| sent() > 0).await;
    // Nothing is written from here on.
    let (held, holds) = std::sync::mpsc::channel();
    let (release, released) = std::sync::mpsc::channel::<()>();
    let store = std::sync::Arc::clone(&world.store);
    let hold = tokio::spawn(async move {
        let wait = move |_: &mut dyn chakong::store::Tx| {
            let _ = held.send(());
            let _ = released.recv();
            Ok(())
        };
        store.transact(wait).await
    });
    tokio::task::spawn_blocking(move || holds.recv()).await.expect("joined").expect("the writer is held");
    // What was written just before may let one leave, and what is under way another; a third is let go by its answer alone.
    let enough = sent() + 3;
    assert!(enough <= u64::try_from(ORDERS).expect("small"), "there are some left to send");
    let leave = world.until("three more leave", async |_| sent() >= enough);
    // A lane looks again every half minute anyway: it must not take that.
    tokio::time::timeout(Duration::from_secs(10), leave).await.expect("they leave soon");
    drop(release);
    hold.await.expect("joined").expect("written");
    let done = world.until_complete(submitted.id).await;
    assert!(world.orders(done.id).await.iter().all(|order| order.state == OrderState::Answered));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_request_of_a_conversation_counts_against_the_days_quota() {
    let mut registry = realty("registry", json!({ "everyone": { "properties": 1 } }));
    registry.file = registry.file.replace("[settings]", "[limits]\nper_day = 1000\n[settings]");
    let world = World::start(vec![registry]).await;
    let mut body = inquiry(None, "auto");
    // A person born in the 1900s is asked for by the number and by its old form: two requests.
    body["parties"][0]["kind"] = json!("person");
    body["parties"][0]["documents"] = json!([{ "kind": "resident_id", "number": "110101190001010014" }]);
    let submitted = world.submit(&body).await;
    let done = world.until_complete(submitted.id).await;
    let day = chakong_contract::Moment::from_timestamp(done.created).date();
    let durable = world.store.read(move |reads| reads.quota_used("registry", day)).await.expect("reads");
    assert_eq!(world.hosted.books()["registry"].queries, 2, "the registry was asked twice");
    assert_eq!(durable.requests, 2, "and a restart would know of both");
    assert_eq!(world.board.get("registry").expect("a lane").admission.quota_left(), Some(998));
    world.stop().await;
}
