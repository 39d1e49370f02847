//! Counterparts that call us: one inquiry end to end over the postbox, and what they do wrong.

use std::sync::atomic::Ordering;
use std::time::Duration;

use chakong::domain::decide::Act;
use chakong::domain::{EventType, MeasureState, OrderId, OrderState};
use chakong_contract::sandbox::Books;
use reqwest::StatusCode;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::world::database::number_in;
use crate::world::{POSTBOX, World, bank_code, calling_bank, company, customer, inquiry, write_counterpart};

fn yuan(text: &str) -> Decimal {
    text.parse().expect("an amount")
}

/// A bank with one account that polls often.
fn one_account(number: &str, balance: &str, faults: Value) -> Value {
    json!({ "poll_ms": 20, "customers": [customer(&[(number, balance)])], "faults": faults })
}

fn held_in(books: &Books) -> Decimal {
    books.controls.iter().map(|control| yuan(&control.amount)).sum()
}

#[tokio::test]
async fn two_banks_that_call_answer_and_freeze_and_the_ledger_is_as_their_books() {
    let world = World::start(vec![
        calling_bank("bank-1", 1, one_account("9990000000000000011", "600.00", json!([]))),
        calling_bank("bank-2", 2, one_account("9990000000000000037", "900.00", json!([]))),
    ])
    .await;
    let submitted = world.submit(&inquiry(Some("1000.00"), "auto")).await;
    let done = world.until_complete(submitted.id).await;
    let measures = world.measures(done.id).await;
    assert!(measures.iter().all(|measure| measure.state == MeasureState::InForce), "{measures:#?}");
    assert_eq!(measures.iter().map(|measure| measure.held).sum::<Decimal>(), yuan("1000.00"));
    for (name, books) in world.hosted.books() {
        assert_eq!(books.duplicates, 0, "{name}");
        assert!(books.controls.iter().all(|control| control.executed == 1), "{name}: {books:?}");
        let ledger = measures.iter().filter(|measure| measure.counterpart == name);
        assert_eq!(ledger.map(|measure| measure.held).sum::<Decimal>(), held_in(&books), "{name}");
    }
    for order in world.orders(done.id).await {
        let batch = order.batch.expect("a batch").get();
        let sql = format!("SELECT CAST(length(digest) AS BIGINT) FROM batches WHERE id = {batch}");
        let digest = number_in(&world.folder.path().join("data"), &sql);
        assert_eq!(digest, Some(32), "what was offered has its digest: {order:#?}");
    }
    let health = world.board.get("bank-1").expect("a lane");
    world
        .until("both answers are counted", async |_| {
            health.sent.load(Ordering::Relaxed) == 2 && health.answered.load(Ordering::Relaxed) == 2
        })
        .await;
    world.stop().await;
}

#[tokio::test]
async fn a_wrong_password_is_given_nothing_and_the_right_one_afterwards_everything() {
    let faults = json!([{ "do": "wrong_password", "first": 2 }]);
    let world =
        World::start(vec![calling_bank("bank-1", 1, one_account("9990000000000000011", "600.00", faults))])
            .await;
    let submitted = world.submit(&inquiry(None, "auto")).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(world.orders(submitted.id).await.iter().all(|order| order.state == OrderState::Queued));
    assert_eq!(world.hosted.books()["bank-1"].queries, 0);
    world.until_complete(submitted.id).await;
    world.stop().await;
}

#[tokio::test]
async fn what_is_handed_in_twice_or_among_bad_entries_counts_once_and_spoils_nothing() {
    let twice = json!([{ "do": "feeds_twice" }]);
    let bad = json!([{ "do": "bad_entry", "first": 1 }]);
    let world = World::start(vec![
        calling_bank("twice", 1, one_account("9990000000000000011", "600.00", twice)),
        calling_bank("bad-entry", 2, one_account("9990000000000000037", "600.00", bad)),
        calling_bank("well", 3, one_account("9990000000000000045", "600.00", json!([]))),
    ])
    .await;
    let submitted = world.submit(&inquiry(Some("1500.00"), "auto")).await;
    let done = world.until_complete(submitted.id).await;
    // Whatever was handed in twice has arrived by now.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let orders = world.orders(done.id).await;
    assert!(orders.iter().all(|order| order.state == OrderState::Answered), "{orders:#?}");
    let events = world.events(done.id).await;
    let answered = events.iter().filter(|event| event.kind == EventType::OrderAnswered).count();
    assert_eq!(answered, orders.len(), "an answer that comes twice is told once");
    let held: Decimal = world.measures(done.id).await.iter().map(|measure| measure.held).sum();
    assert_eq!(held, yuan("1500.00"));
    assert!(world.hosted.books().values().all(|books| books.controls.iter().all(|one| one.executed == 1)));
    world.stop().await;
}

#[tokio::test]
async fn an_order_that_is_withdrawn_before_it_is_fetched_is_not_offered() {
    let script = json!({ "poll_ms": 20, "everyone": { "accounts": 1, "balance": "1.00" } });
    let world = World::start(vec![calling_bank("bank-1", 1, script)]).await;
    world.pause("bank-1", true).await;
    let submitted = world.submit(&inquiry(None, "auto")).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let before = world.orders(submitted.id).await;
    assert!(before.iter().all(|order| order.state == OrderState::Queued), "a paused lane offers nothing");
    world.act(Act::Cancel(submitted.id), &[]).await.expect("allowed");
    world.pause("bank-1", false).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(world.orders(submitted.id).await.iter().all(|order| order.state == OrderState::Cancelled));
    assert_eq!(world.hosted.books()["bank-1"], Books::default());
    world.stop().await;
}

#[tokio::test]
async fn what_cannot_be_said_to_a_bank_is_refused_at_planning_and_holds_nothing_else_up() {
    let script = json!({ "poll_ms": 20, "everyone": { "accounts": 1, "balance": "1.00" } });
    let world = World::start(vec![calling_bank("bank-1", 1, script)]).await;
    let mut body = inquiry(None, "auto");
    let mut rare = company();
    rare["reference"] = json!("debtor-2");
    // A character that GBK does not have.
    rare["name"] = json!("临汾测试\u{20bb7}业有限公司");
    rare["documents"][0]["number"] = json!("91000000MADEM002XR");
    body["parties"] = json!([rare, company()]);
    let submitted = world.submit(&body).await;
    let done = world.until_complete(submitted.id).await;
    let orders = world.orders(done.id).await;
    assert_eq!(orders.len(), 1, "{orders:#?}");
    assert_eq!((orders[0].state, orders[0].party), (OrderState::Answered, 1));
    let not_asked = world.store.read(move |reads| reads.not_asked(done.id)).await.expect("reads");
    assert_eq!(not_asked.len(), 1, "{not_asked:?}");
    assert!(
        not_asked[0].party == "debtor-2" && not_asked[0].reason.contains("报文无法表达"),
        "{not_asked:?}"
    );
    world.stop().await;
}

/// The inquiry about three companies.
fn about_three() -> Value {
    let mut body = inquiry(None, "auto");
    let numbers = ["91000000MADEM00112", "91000000MADEM002XR", "9100000010000018XN"];
    let one = |(at, number): (usize, &str)| {
        let mut party = company();
        party["reference"] = json!(format!("debtor-{at}"));
        party["documents"][0]["number"] = json!(number);
        party
    };
    body["parties"] = numbers.into_iter().enumerate().map(one).collect();
    body
}

/// A world with one bank that is offered two orders at a time.
async fn two_at_a_time(fault: Value) -> World {
    let everyone = json!({ "accounts": 1, "balance": "1.00" });
    let script = json!({ "poll_ms": 20, "everyone": everyone, "faults": [fault] });
    let mut played = calling_bank("bank-1", 1, script);
    played.file.push_str("most_offered = 2\n");
    World::start(vec![played]).await
}

#[tokio::test]
async fn more_than_one_answer_takes_is_offered_in_turns_and_nobody_starves() {
    let world = two_at_a_time(json!({ "do": "late", "after_ms": 300 })).await;
    let submitted = world.submit(&about_three()).await;
    let done = world.until_complete(submitted.id).await;
    let orders = world.orders(done.id).await;
    assert_eq!(orders.len(), 3);
    assert!(orders.iter().all(|order| order.state == OrderState::Answered), "{orders:#?}");
    world.stop().await;
}

#[tokio::test]
async fn those_on_offer_take_turns_until_their_time_is_over() {
    let world = two_at_a_time(json!({ "do": "silent" })).await;
    let id = world.submit(&about_three()).await.id;
    world
        .until("all are on offer", async |world| {
            world.orders(id).await.iter().all(|order| order.state == OrderState::Awaiting)
        })
        .await;
    let orders = world.orders(id).await;
    let ids: Vec<_> = orders.iter().map(|order| order.id).collect();
    let (now, deadline) = (orders[0].created, orders[0].deadline);
    let offers = async |after, at, control| {
        let read = world.store.read(move |reads| reads.offers("bank-1", at, control, after, 2)).await;
        read.expect("reads").iter().map(|order| order.id).collect::<Vec<_>>()
    };
    assert_eq!(offers(OrderId::default(), now, false).await, [ids[0], ids[1]]);
    assert_eq!(offers(ids[1], now, false).await, [ids[2], ids[0]]);
    assert!(offers(OrderId::default(), now, true).await.is_empty(), "queries are no controls");
    assert!(offers(OrderId::default(), deadline, false).await.is_empty(), "their time is over");
    world.stop().await;
}

#[tokio::test]
async fn nobody_answers_elsewhere_and_calls_are_bounded() {
    let mut played = calling_bank("bank-1", 1, json!({}));
    played.file.push_str("largest_call_mib = 1\n");
    let world = World::start(vec![played]).await;
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let post = async |path: &str, body: Vec<u8>| {
        let sent = client.post(format!("http://{}{path}", world.postbox)).body(body).send().await;
        sent.expect("an answer").status()
    };
    assert_eq!(post("/elsewhere", Vec::new()).await, StatusCode::NOT_FOUND);
    assert_eq!(post(POSTBOX, vec![b' '; (1 << 20) + 1]).await, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(post(POSTBOX, b"<nothing/>".to_vec()).await, StatusCode::INTERNAL_SERVER_ERROR);
    let wsdl = client.get(format!("http://{}{POSTBOX}?wsdl", world.postbox)).send().await.expect("an answer");
    assert_eq!(wsdl.status(), StatusCode::OK);
    let described = wsdl.text().await.expect("text");
    assert!(described.contains(&format!("location=\"http://{}{POSTBOX}\"", world.postbox)), "{described}");
    world.stop().await;
}

#[tokio::test]
async fn a_bank_that_is_configured_later_is_answered_without_a_restart() {
    let world = World::start(vec![calling_bank("bank-1", 1, Value::Null)]).await;
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let url = format!("http://{}/elsewhere?wsdl", world.postbox);
    let status = async || client.get(&url).send().await.expect("an answer").status();
    assert_eq!(status().await, StatusCode::NOT_FOUND);
    let mut second = calling_bank("bank-2", 2, Value::Null);
    second.file = second.file.replace(POSTBOX, "/elsewhere");
    write_counterpart(world.folder.path(), &second);
    world.until("the second bank is answered", async |_| status().await == StatusCode::OK).await;
    world.stop().await;
}

#[test]
fn accounts_that_cannot_be_told_apart_and_a_missing_postbox_are_configuration_problems() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("counterparts")).expect("a folder");
    let mut second = calling_bank("bank-2", 1, json!({}));
    second.file = second.file.replace(&bank_code(1), &bank_code(2));
    let mut without = calling_bank("bank-3", 3, json!({}));
    without.file = without.file.lines().filter(|line| !line.contains("word") && !line.contains("acc")).fold(
        String::new(),
        |mut text, line| {
            text.push_str(line);
            text.push('\n');
            text
        },
    );
    for played in [&calling_bank("bank-1", 1, json!({})), &second, &without] {
        write_counterpart(folder.path(), played);
    }
    let config = folder.path().join("chakong.toml");
    let said = |text: &str| {
        std::fs::write(&config, text).expect("written");
        let problems = chakong::config::load(&config, &chakong::app::plugins()).expect_err("problems");
        problems.to_string()
    };
    let without_postbox = said("");
    assert!(without_postbox.contains("add a [postbox] table"), "{without_postbox}");
    let with_postbox = said("[postbox]\n");
    assert!(!with_postbox.contains("add a [postbox] table"), "{with_postbox}");
    assert!(with_postbox.contains("bank-1 has the same account"), "{with_postbox}");
    assert!(with_postbox.contains("needs the account and the password"), "{with_postbox}");
}
