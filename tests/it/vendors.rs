//! Paid queries: what they cost is counted, answers are used again, and one vendor stands in for another.

use std::time::Duration;

use chakong::domain::decide::Act;
use chakong::domain::{EventType, InquiryId, OrderRecord, OrderState, Revision};
use serde_json::{Value, json};

use crate::world::{Played, World, inquiry};

fn everyone(faults: &Value) -> Value {
    json!({ "everyone": { "shareholders": 2 }, "faults": faults })
}

fn tianyancha(more: &str, faults: &Value) -> Played {
    let file = format!(
        "connector = \"tianyancha\"\n{more}\n[settings]\ntoken = {{ file = \"../password\" }}\nlists = \"shareholders\"\n"
    );
    Played { name: "tianyancha", file, script: everyone(faults) }
}

fn qichacha(name: &'static str, more: &str, faults: &Value) -> Played {
    let file = format!(
        "connector = \"qichacha\"\n{more}\n[settings]\napp_key = \"DEMOAPPKEY0000000000000000000001\"\nsecret_key = {{ file = \"../password\" }}\n"
    );
    Played { name, file, script: everyone(faults) }
}

/// An inquiry that differs from others by its deadline.
fn asked(hours: u32, max_age: Option<u32>) -> Value {
    let mut body = inquiry(None, "auto");
    body["deadline_hours"] = hours.into();
    if let Some(age) = max_age {
        body["search"] = json!({ "max_age_seconds": age });
    }
    body
}

async fn ask(world: &World, body: &Value) -> (InquiryId, Vec<OrderRecord>) {
    let submitted = world.submit(body).await;
    let done = world.until_complete(submitted.id).await;
    (done.id, world.orders(done.id).await)
}

async fn revision(world: &World, order: &OrderRecord) -> Revision {
    let root = order.root;
    world.store.read(move |reads| reads.revision(root, None)).await.expect("reads").expect("an answer")
}

async fn charges(world: &World, lane: &'static str) -> u64 {
    let days = world.store.read(move |reads| reads.charges(lane, 10)).await.expect("reads");
    days.iter().map(|(_, requests)| requests).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_vendor_charges_is_counted_and_its_numbers_are_kept() {
    let world = World::start(vec![tianyancha("", &json!([])), qichacha("qichacha", "", &json!([]))]).await;
    let (_, orders) = ask(&world, &asked(24, None)).await;
    let books = world.hosted.books();
    for order in &orders {
        assert_eq!(order.state, OrderState::Answered, "{order:?}");
        let booked = books.get(&order.lane).expect("its books").queries;
        let lane: &'static str = if order.lane == "qichacha" { "qichacha" } else { "tianyancha" };
        assert_eq!(charges(&world, lane).await, booked, "{lane}: as the vendor's own books");
        let id = order.id;
        let kept = world.store.read(move |reads| reads.charge_references(id)).await.expect("reads");
        let numbers = if lane == "qichacha" { usize::try_from(booked).expect("few") } else { 0 };
        assert_eq!(kept.len(), numbers, "{lane}");
        assert!(kept.iter().all(|kept| kept.reference.starts_with("SIM")));
    }
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_young_answer_is_used_again_and_says_so_and_an_inquiry_may_ask_afresh() {
    let world = World::start(vec![tianyancha("[cache]\nage = \"24h\"", &json!([]))]).await;
    let (_, first) = ask(&world, &asked(24, None)).await;
    let paid = charges(&world, "tianyancha").await;
    assert!(paid > 0);
    let (id, second) = ask(&world, &asked(240, None)).await;
    assert_eq!(charges(&world, "tianyancha").await, paid, "nothing was sent");
    let (old, again) = (revision(&world, &first[0]).await, revision(&world, &second[0]).await);
    assert_eq!((old.cached_from, again.cached_from), (None, Some(old.at)));
    assert_eq!((again.answer, again.raw_digest), (old.answer, old.raw_digest));
    assert_eq!(world.certificate(id).await["orders"][0]["cached_from"], json!(old.at));
    let (_, third) = ask(&world, &asked(2400, Some(0))).await;
    assert_eq!(revision(&world, &third[0]).await.cached_from, None);
    assert_eq!(charges(&world, "tianyancha").await, 2 * paid, "asked afresh");
    // A person who asks again wants to know how it is now.
    let made = world.act(Act::Requery(vec![second[0].id]), &[]).await.expect("may");
    let [made] = made.orders.as_slice() else { panic!("{made:?}") };
    let made = *made;
    world
        .until("the re-query is answered", async |world| {
            let order = world.store.read(move |reads| reads.order(made)).await.expect("reads");
            order.is_some_and(|order| order.state == OrderState::Answered)
        })
        .await;
    assert_eq!(charges(&world, "tianyancha").await, 3 * paid);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_one_court_was_given_is_not_given_to_another() {
    let world = World::start(vec![tianyancha("[cache]\nage = \"24h\"", &json!([]))]).await;
    let (_, first) = ask(&world, &asked(24, None)).await;
    let paid = charges(&world, "tianyancha").await;
    let mut body = asked(240, None);
    body["case"]["number"] = json!("（2026）晋11执9号");
    body["case"]["court_code"] = json!("T11");
    let (id, theirs) = ask(&world, &body).await;
    assert_eq!(
        revision(&world, &theirs[0]).await.cached_from,
        None,
        "nothing tells that another court asked"
    );
    assert_eq!(world.certificate(id).await["orders"][0]["cached_from"], json!(null));
    assert_eq!(charges(&world, "tianyancha").await, 2 * paid);
    assert_eq!(revision(&world, &first[0]).await.cached_from, None);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_asked_afresh_is_the_answer_that_is_used_again_and_what_is_not_whole_is_not() {
    let faults = json!([{ "do": "error_code", "code": 300_005, "path": "/holder/" }]);
    let world = World::start(vec![tianyancha("[cache]\nage = \"24h\"", &faults)]).await;
    let (_, first) = ask(&world, &asked(24, None)).await;
    assert_eq!(revision(&world, &first[0]).await.answer.reply.outcome(), "partial");
    let paid = charges(&world, "tianyancha").await;
    let (_, second) = ask(&world, &asked(240, None)).await;
    assert_eq!(revision(&world, &second[0]).await.cached_from, None);
    assert_eq!(charges(&world, "tianyancha").await, 2 * paid);
    world.stop().await;
}

const STANDS_IN: &str = "[routing]\nstand_ins = [\"qichacha\"]";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_vendor_stands_in_for_the_other_and_the_certificate_shows_both() {
    for (code, word) in [(300_006, "quota_spent"), (300_009, "unauthorised"), (300_005, "misconfigured")] {
        let faults = json!([{ "do": "error_code", "code": code }]);
        let world =
            World::start(vec![tianyancha(STANDS_IN, &faults), qichacha("qichacha", "", &json!([]))]).await;
        let (id, orders) = ask(&world, &asked(24, None)).await;
        let [failed, answered] = orders.as_slice() else { panic!("{code}: {orders:?}") };
        assert_eq!((failed.lane.as_str(), failed.state), ("tianyancha", OrderState::Failed));
        assert_eq!((answered.lane.as_str(), answered.state), ("qichacha", OrderState::Answered));
        assert_eq!(answered.stands_in, Some(failed.id));
        let shown = world.certificate(id).await;
        assert_eq!(shown["orders"][0]["passed_on_to"], json!(answered.number()));
        assert_eq!(shown["orders"][1]["stands_in_for"], json!(failed.number()));
        let (questions, not_asked) = (&shown["questions"], shown["not_asked"].as_array().map(Vec::len));
        assert_eq!(
            (&questions["answered"], &questions["failed"], &questions["total"], not_asked),
            (&json!(1), &json!(0), &json!(1), Some(1)),
            "one question, asked of the second only in its turn"
        );
        let told = world.events(id).await;
        let told = told.iter().find(|event| event.kind == EventType::OrderFailed).expect("it is told");
        let data: Value = serde_json::from_str(told.data.as_ref().expect("data")).expect("JSON");
        assert_eq!((data["passed_on_to"].as_str(), data["kind"].as_str()), (Some("qichacha"), Some(word)));
        world.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_waits_for_an_open_breaker_or_tomorrows_quota_where_another_stands_in() {
    let hangs_up = json!([{ "do": "hangup" }]);
    let breaker = format!("{STANDS_IN}\n[breaker]\nfailures = 1\nopen = \"10m\"");
    let quota = format!("{STANDS_IN}\n[limits]\nper_day = 0");
    for (more, faults, word) in [(breaker, hangs_up, "breaker"), (quota, json!([]), "quota")] {
        let third = qichacha("third", "", &json!([]));
        let world = World::start(vec![
            tianyancha(&more, &faults),
            qichacha("qichacha", "[routing]\nstand_ins = [\"third\"]\n[limits]\nper_day = 0", &json!([])),
            third,
        ])
        .await;
        let (id, orders) = ask(&world, &asked(24, None)).await;
        let states: Vec<_> = orders.iter().map(|order| (order.lane.as_str(), order.state)).collect();
        let want = [
            ("tianyancha", OrderState::Failed),
            ("qichacha", OrderState::Failed),
            ("third", OrderState::Answered),
        ];
        assert_eq!(states, want, "{word}");
        let fault = orders[0].fault.as_ref().expect("a fault");
        assert!(fault.detail.contains(word), "{fault}");
        let questions = world.certificate(id).await["questions"].clone();
        assert_eq!((&questions["failed"], &questions["answered"]), (&json!(0), &json!(1)));
        world.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_in_turn_fails_visibly_and_who_is_named_stands_in_for_nobody() {
    let faults = json!([{ "do": "error_code", "code": 300_009 }]);
    let refused = json!([{ "do": "error_code", "code": 101 }]);
    let world = World::start(vec![tianyancha(STANDS_IN, &faults), qichacha("qichacha", "", &refused)]).await;
    let (id, orders) = ask(&world, &asked(24, None)).await;
    assert_eq!(orders.len(), 2);
    assert!(orders.iter().all(|order| order.state == OrderState::Failed), "{orders:?}");
    let questions = world.certificate(id).await["questions"].clone();
    assert_eq!(
        (&questions["failed"], &questions["total"]),
        (&json!(1), &json!(1)),
        "one question is left without an answer"
    );
    let mut named = asked(240, None);
    named["search"] = json!({ "counterparts": ["tianyancha", "qichacha"] });
    let (_, orders) = ask(&world, &named).await;
    assert_eq!(orders.len(), 2, "both were asked, once");
    assert!(orders.iter().all(|order| order.stands_in.is_none()));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vendor_that_comes_back_is_asked_first_again() {
    let faults = json!([{ "do": "hangup", "first": 1 }]);
    let more = format!("{STANDS_IN}\n[breaker]\nfailures = 1\nopen = \"1ms\"");
    let world = World::start(vec![tianyancha(&more, &faults), qichacha("qichacha", "", &json!([]))]).await;
    let (_, orders) = ask(&world, &asked(24, None)).await;
    assert!(orders.iter().any(|order| order.state == OrderState::Answered));
    tokio::time::timeout(Duration::from_secs(10), async {
        let (_, orders) = ask(&world, &asked(240, None)).await;
        let states: Vec<_> = orders.iter().map(|order| (order.lane.as_str(), order.state)).collect();
        assert_eq!(states, [("tianyancha", OrderState::Answered)]);
    })
    .await
    .expect("in time");
    world.stop().await;
}
