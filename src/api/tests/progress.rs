//! What the parties of a case may be shown.

use serde_json::{Value, json};

use super::harness::account;
use super::{Bench, submission};
use crate::domain::progress::{ProgressSettings, ProgressTerms};

fn shown() -> ProgressSettings {
    let general = ProgressTerms { enabled: true, ..ProgressTerms::default() };
    ProgressSettings { general, ..ProgressSettings::default() }
}

fn held(amount: &str) -> Value {
    let yuan = json!({ "amount": amount, "currency": "CNY" });
    json!({ "reply": { "outcome": "held", "limit": null, "held": yuan,
        "uncovered": null, "balance": null, "available": null, "from": null, "until": null, "rank": null },
        "answered_at": null })
}

async fn answer_with_nothing(bench: &Bench, orders: &[String]) {
    for order in orders {
        bench.answers(order, json!({ "reply": { "outcome": "nothing" }, "answered_at": null }), "cc").await;
    }
}

#[tokio::test]
async fn parties_are_shown_nothing_before_the_freeze_stands_and_no_account_after_it() {
    let bench = Bench::with(|gateway| gateway.progress = shown());
    let mut body = submission();
    body["case"]["filed_on"] = json!("2026-01-05");
    let (path, orders) = bench.submitted("k", &body).await;
    let case = bench.get("officer", &path).await.json()["links"]["case"].as_str().expect("a case").to_owned();
    let progress = format!("{case}/progress");
    bench.answers(&orders[0], account("6200998877665544", "600.00"), "aa").await;
    answer_with_nothing(&bench, &orders[1..]).await;
    let hidden = json!({
        "case_number": "（2026）晋10执123号", "is_shown": false, "stages": [], "institutions": null, "property": [],
    });
    assert_eq!(bench.get("case", &progress).await.json(), hidden, "proposed");

    let ledger = bench.get("approver", &format!("{path}/measures")).await.json();
    let measure = format!("/v1/measures/{}", ledger["measures"][0]["id"].as_str().expect("id"));
    let approved =
        bench.post("approver", &format!("{measure}/approve"), &json!({ "reason": "x" })).await.json();
    assert_eq!(bench.get("case", &progress).await.json(), hidden, "under way");
    bench.answers(approved["order"].as_str().expect("order"), held("600.00"), "bb").await;
    let reply = bench.get("case", &progress).await;
    let view = reply.json();
    assert_eq!(view["is_shown"], json!(true), "{view}");
    assert_eq!(view["property"], json!([{ "kind": "deposits", "name": "存款" }]));
    assert_eq!(view["institutions"], json!({ "asked": orders.len(), "answered": orders.len() }), "{view}");
    assert_eq!(view["stages"][0], json!({ "stage": "filed", "name": "立案", "on": "2026-01-05" }));
    for secret in ["6200998877665544", "bank-a", "测试银行", "600.00", "party-1", "测试甲"] {
        assert!(!reply.text.contains(secret), "{secret}: {}", reply.text);
    }
}

#[tokio::test]
async fn a_case_that_continues_another_is_shown_nothing_of_its_own_search_before_its_own_freeze() {
    let bench = Bench::with(|gateway| gateway.progress = shown());
    let (path, orders) = bench.submitted("first", &submission()).await;
    bench.answers(&orders[0], account("6200998877665544", "600.00"), "aa").await;
    answer_with_nothing(&bench, &orders[1..]).await;
    let ledger = bench.get("approver", &format!("{path}/measures")).await.json();
    let measure = format!("/v1/measures/{}", ledger["measures"][0]["id"].as_str().expect("id"));
    let approved =
        bench.post("approver", &format!("{measure}/approve"), &json!({ "reason": "x" })).await.json();
    bench.answers(approved["order"].as_str().expect("order"), held("600.00"), "bb").await;
    let case_of = async |path: &str| {
        bench.get("officer", path).await.json()["links"]["case"].as_str().expect("a case").to_owned()
    };
    let first = format!("{}/progress", case_of(&path).await);
    let before = bench.get("case", &first).await.json();
    assert_eq!(before["is_shown"], json!(true), "{before}");
    let mut body = submission();
    body["case"]["continues"] = body["case"]["number"].take();
    body["case"]["number"] = json!("（2026）晋10执恢8号");
    let (second, orders) = bench.submitted("second", &body).await;
    let second = format!("{}/progress", case_of(&second).await);
    assert_eq!(bench.get("case", &second).await.json()["is_shown"], json!(false), "its queries are out");
    assert_eq!(bench.get("case", &first).await.json(), before, "who knows is told of no further search");
    answer_with_nothing(&bench, &orders).await;
    let after = bench.get("case", &second).await.json();
    assert_eq!((&after["is_shown"], &after["institutions"]), (&json!(false), &json!(null)), "{after}");
}

#[tokio::test]
async fn a_court_that_shows_nothing_shows_nothing_and_a_case_that_is_not_there_is_not_found() {
    let bench = Bench::with(|gateway| {
        let courts = [("T10".to_owned(), ProgressTerms::default())].into();
        gateway.progress = ProgressSettings { courts, ..shown() };
    });
    let (path, _) = bench.submitted("k", &submission()).await;
    let case = bench.get("officer", &path).await.json()["links"]["case"].as_str().expect("a case").to_owned();
    assert_eq!(bench.get("case", &format!("{case}/progress")).await.json()["is_shown"], json!(false));
    bench.get("case", "/v1/cases/999/progress").await.is_problem(404, "not-found");
    bench.get("ops", &format!("{case}/progress")).await.is_problem(403, "forbidden");
}
