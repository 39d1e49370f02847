//! Controls that have not left: withdrawn by hand, and at the moment of sending.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::harness::account;
use super::{Bench, submission};
use crate::clock::Clock;
use crate::counterparts::Counterparts;
use crate::domain::{Counted, OrderId, OrderRecord};
use crate::engine::{CurrentRules, Dispatch, Engine};

/// A freeze that was approved and stands in line: its measure and its number.
async fn in_line() -> (Bench, String, String) {
    let bench = Bench::new();
    let (path, orders) = bench.submitted("k", &submission()).await;
    bench.answers(&orders[0], account("6200", "600.00"), "aa").await;
    let ledger = bench.get("approver", &format!("{path}/measures")).await.json();
    let measure = format!("/v1/measures/{}", ledger["measures"][0]["id"].as_str().expect("id"));
    let approved =
        bench.post("approver", &format!("{measure}/approve"), &json!({ "reason": "x" })).await.json();
    let order = approved["order"].as_str().expect("order").to_owned();
    (bench, measure, order)
}

async fn record(bench: &Bench, number: &str) -> OrderRecord {
    let number = number.parse().expect("number");
    let found = bench.gateway.store.read(move |reads| crate::store::order_by_number(reads, &number)).await;
    found.expect("read").expect("order")
}

/// What leaves when a lane sends an order.
async fn sent(engine: &Engine, order: OrderRecord, at: Timestamp) -> HashSet<OrderId> {
    let (lane, orders) = (order.lane, vec![order.id]);
    let (digest, files) = (vec![7; 32], Vec::new());
    let dispatch =
        Dispatch { lane, at, orders, batch: None, digest, files, counts: Counted::Not, together: false };
    engine.dispatch(dispatch).await.expect("written").going
}

fn withdraw() -> Value {
    json!({ "decision": "withdraw", "reason": "当事人已履行" })
}

#[tokio::test]
async fn what_has_not_left_is_withdrawn_by_hand_and_what_may_have_left_is_not() {
    let (bench, measure, order) = in_line().await;
    let resolve = format!("/v1/orders/{order}/resolve");
    bench.post("officer", &resolve, &withdraw()).await.is_problem(403, "forbidden");
    let withdrawn = bench.post("approver", &resolve, &withdraw()).await.json();
    assert_eq!(withdrawn["state"], "cancelled", "{withdrawn}");
    let after = bench.get("approver", &measure).await.json();
    assert_eq!(after["state"], "skipped", "an approver may send it after all: {after}");
    bench.post("approver", &resolve, &withdraw()).await.is_problem(409, "not-now");
    let order = record(&bench, &order).await;
    assert!(sent(&bench.gateway.engine, order, bench.gateway.clock.now()).await.is_empty());

    let (bench, _, order) = in_line().await;
    let resolve = format!("/v1/orders/{order}/resolve");
    let record = record(&bench, &order).await;
    assert_eq!(sent(&bench.gateway.engine, record, bench.gateway.clock.now()).await.len(), 1);
    bench.post("approver", &resolve, &withdraw()).await.is_problem(409, "not-now");
}

/// The data of the newest event of a type.
async fn told(bench: &Bench, kind: &str) -> Value {
    let page = bench.get("case", "/v1/results?consumer=courts&limit=200").await.json();
    let events = page["events"].as_array().expect("events");
    let newest = events.iter().rev().find(|event| event["type"] == kind);
    newest.unwrap_or_else(|| panic!("{kind}: {page}"))["data"].clone()
}

#[tokio::test]
async fn events_about_a_control_name_its_order_its_party_and_what_was_decided() {
    let (bench, measure, order) = in_line().await;
    let asked = told(&bench, "chakong.measure.approved").await;
    assert_eq!((&asked["order"], &asked["counterpart"]), (&json!(order), &json!("bank-a")), "{asked}");
    assert_eq!(asked["party"], "party-1");
    let resolve = format!("/v1/orders/{order}/resolve");
    bench.post("approver", &resolve, &withdraw()).await.json();
    let withdrawn = told(&bench, "chakong.order.withdrawn").await;
    let names = |data: &Value| {
        ["order", "counterpart", "party", "action"]
            .map(|name| data[name].as_str().expect("a name").to_owned())
    };
    assert_eq!(names(&withdrawn), [order.as_str(), "bank-a", "party-1", "freeze"], "{withdrawn}");
    assert!(withdrawn["reason"].as_str().expect("why").contains("当事人已履行"), "{withdrawn}");
    let resolved = told(&bench, "chakong.order.resolved").await;
    assert_eq!(
        (&resolved["decision"], &resolved["sent_as"]),
        (&json!("withdraw"), &Value::Null),
        "{resolved}"
    );
    assert_eq!(names(&resolved), names(&withdrawn));
    assert_eq!(bench.get("approver", &measure).await.json()["state"], "skipped");
}

#[tokio::test]
async fn the_event_of_an_answer_that_does_not_fit_says_so() {
    let (bench, _, order) = in_line().await;
    let freeze = record(&bench, &order).await;
    sent(&bench.gateway.engine, freeze, bench.gateway.clock.now()).await;
    let yuan = |amount: &str| json!({ "amount": amount, "currency": "CNY" });
    let held = json!({ "reply": { "outcome": "held", "limit": yuan("7.00"), "held": yuan("7.00"), "uncovered": null,
        "balance": null, "available": null, "from": null, "until": null, "rank": null }, "answered_at": null });
    bench.answers(&order, held, "bb").await;
    let told = told(&bench, "chakong.order.undetermined").await;
    assert_eq!((&told["order"], &told["fault"]["kind"]), (&json!(order), &json!("malformed")), "{told}");
    assert!(told["fault"]["detail"].as_str().is_some_and(|detail| detail.contains("限额低于")), "{told}");
}

/// A day on which the term of a freeze is over.
#[derive(Debug)]
struct Later;

impl Clock for Later {
    fn now(&self) -> Timestamp {
        "2027-01-06T01:00:00Z".parse().expect("instant")
    }
}

#[tokio::test]
async fn a_renewal_does_not_leave_on_the_day_after_the_last_though_nobody_looked_since() {
    let (bench, measure, order) = in_line().await;
    let freeze = record(&bench, &order).await;
    sent(&bench.gateway.engine, freeze, bench.gateway.clock.now()).await;
    let held = json!({ "amount": "600.00", "currency": "CNY" });
    let held = json!({ "reply": { "outcome": "held", "limit": null, "held": held, "uncovered": null, "balance": null,
        "available": null, "from": null, "until": null, "rank": null }, "answered_at": null });
    bench.answers(&order, held, "bb").await;
    let paper =
        |kind: &str| json!({ "kind": kind, "title": "测试文书", "format": "pdf", "content": "JVBERi0=" });
    let renew = json!({ "reason": "x", "documents": [paper("renew_ruling"), paper("renew_notice")] });
    let renewing = bench.post("approver", &format!("{measure}/renew"), &renew).await.json();
    let number = renewing["control"].as_str().unwrap_or_else(|| panic!("{renewing}")).to_owned();
    let rules: Arc<dyn CurrentRules> = Arc::<Counterparts>::clone(&bench.gateway.counterparts);
    let engine = Engine::new(Arc::clone(&bench.gateway.store), Arc::new(Later), rules);
    assert!(sent(&engine, record(&bench, &number).await, Later.now()).await.is_empty(), "it does not leave");
    let order = bench.get("approver", &format!("/v1/orders/{number}")).await.json();
    assert_eq!(order["order"]["state"], "cancelled", "{order}");
    let measure = bench.get("approver", &measure).await.json();
    assert_eq!((&measure["state"], &measure["control"]), (&json!("in_force"), &Value::Null), "{measure}");
}
