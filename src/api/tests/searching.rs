//! Cases are looked for by party, officer, state and days; previews say what an inquiry would cost.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::Request;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::harness::{Bench, key, submission};
use crate::config::Role;
use crate::domain::Shares;
use crate::domain::people::Courts;

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Two cases: of 测试甲 with a claim, and of 测试乙 without one.
async fn two_cases() -> Bench {
    let bench = Bench::with(|gateway| gateway.keys.push(key("auditor", Role::Auditor, Courts::All)));
    let mut first = submission();
    first["case"]["filed_on"] = json!("2026-01-02");
    bench.submitted("a", &first).await;
    let mut other = submission();
    other["case"]["number"] = json!("(2026)晋10执124号");
    other["case"]["officers"][0]["name"] = json!("承办人乙");
    other["parties"][0]["name"] = json!("测试乙");
    other["parties"][0]["documents"] = json!([{ "kind": "passport", "number": "E12345678" }, { "kind": "resident_id", "number": "110101190001010030" }]);
    other.as_object_mut().expect("an object").remove("mandate");
    bench.submitted("b", &other).await;
    bench
}

fn numbers_of(list: &Value) -> Vec<String> {
    let cases = list["cases"].as_array().expect("cases").iter();
    cases.map(|case| case["number"].as_str().expect("a number").to_owned()).collect()
}

async fn numbers(bench: &Bench, query: &str) -> Vec<String> {
    let reply = bench.get("officer", &format!("/v1/cases?{query}")).await;
    assert_eq!(reply.status, 200, "{query}: {}", reply.text);
    numbers_of(&reply.json())
}

async fn searched(bench: &Bench, body: &Value) -> Vec<String> {
    let reply = bench.post("officer", "/v1/cases/search", body).await;
    assert_eq!(reply.status, 200, "{body}: {}", reply.text);
    numbers_of(&reply.json())
}

#[tokio::test]
async fn cases_are_found_by_what_people_know_of_them() {
    let bench = two_cases().await;
    let (first, other) = ("（2026）晋10执123号", "（2026）晋10执124号");
    for (query, expected) in [
        (format!("officer={}", encoded("承办人乙")), vec![other]),
        ("state=open".to_owned(), vec![first]),
        ("state=query_only".to_owned(), vec![other]),
        ("state=settled".to_owned(), vec![]),
        ("submitted_from=2026-01-05&submitted_until=2026-01-05".to_owned(), vec![other, first]),
        ("submitted_until=2026-01-04".to_owned(), vec![]),
        ("filed_from=2026-01-02".to_owned(), vec![first]),
        ("filed_from=2026-01-03".to_owned(), vec![]),
    ] {
        assert_eq!(numbers(&bench, &query).await, expected, "{query}");
    }
    for (body, expected) in [
        (json!({ "party": "测试甲" }), vec![first]),
        (json!({ "party": "110101190001010014" }), vec![first]),
        (json!({ "party": "e1234 5678" }), vec![other]),
        (json!({ "party": "测试" }), vec![]),
        (json!({ "party": "测试乙", "officer": "承办人甲" }), vec![]),
        (json!({ "party": "测试乙", "officer": "承办人乙", "filed_from": null }), vec![other]),
        (json!({ "state": "open" }), vec![first]),
        (json!({}), vec![other, first]),
    ] {
        assert_eq!(searched(&bench, &body).await, expected, "{body}");
    }
    let page = bench.post("officer", "/v1/cases/search", &json!({ "limit": 1 })).await.json();
    let rest = json!({ "limit": 1, "cursor": page["next"] });
    assert_eq!(
        (numbers_of(&page), searched(&bench, &rest).await),
        (vec![other.to_owned()], vec![first.to_owned()])
    );
    bench
        .post("officer", "/v1/cases/search", &json!({ "party": " " }))
        .await
        .is_problem(400, "malformed-request");
    bench
        .post("officer", "/v1/cases/search", &json!({ "name": "x" }))
        .await
        .is_problem(400, "malformed-body");
    let page = bench.get("officer", "/v1/cases?submitted_from=2026-01-01&limit=1").await.json();
    assert_eq!(
        (&page["cases"][0]["number"], &page["cases"][0]["state"]),
        (&json!(other), &json!("query_only"))
    );
    let cursor = page["next"].as_str().expect("more");
    assert_eq!(numbers(&bench, &format!("submitted_from=2026-01-01&limit=1&cursor={cursor}")).await, [first]);
    for bad in [
        // Whom a case is about stands in no address.
        "party=x",
        "officer=-",
        "state=odd",
        "submitted_from=2026-02-01&submitted_until=2026-01-01",
        "filed_from=1066-10-14",
        "filed_until=soon",
    ] {
        bench.get("officer", &format!("/v1/cases?{bad}")).await.is_problem(400, "malformed-request");
    }
}

#[tokio::test]
async fn who_looks_for_a_party_is_on_record_and_a_list_alone_is_no_look() {
    let bench = two_cases().await;
    numbers(&bench, "state=open").await;
    let looks = async || bench.get("auditor", "/v1/looks?actor=officer").await.json()["looks"].clone();
    assert_eq!(looks().await, json!([]));
    searched(&bench, &json!({ "state": "open" })).await;
    assert_eq!(looks().await, json!([]), "nobody in particular");
    searched(&bench, &json!({ "party": "测试甲" })).await;
    let looks = looks().await;
    assert_eq!((looks.as_array().map(Vec::len), &looks[0]["kind"]), (Some(1), &json!("case")));
    assert!(!looks.to_string().contains("测试甲"), "{looks}");
    // Who is asked for next is another look, and the same again is not.
    for name in ["测试乙", "测试乙", "测试甲"] {
        searched(&bench, &json!({ "party": name })).await;
    }
    let looks = bench.get("auditor", "/v1/looks?actor=officer").await.json()["looks"].clone();
    assert_eq!(looks.as_array().map(Vec::len), Some(2), "{looks}");
    let party = json!({ "party": "测试甲" });
    bench.post("auditor", "/v1/cases/search", &party).await.is_problem(403, "reason-wanted");
    let request = Request::post("/v1/cases/search")
        .header("authorization", "Bearer key-of-auditor")
        .header("content-type", "application/json")
        .header("x-reason", encoded("核查"));
    let found = bench.send(request.body(Body::from(party.to_string())).expect("request")).await;
    assert_eq!((found.status.as_u16(), numbers_of(&found.json()).len()), (200, 1), "{}", found.text);
    let looks = bench.get("auditor", "/v1/looks?actor=auditor").await.json()["looks"].clone();
    assert_eq!((looks.as_array().map(Vec::len), &looks[0]["reason"]), (Some(1), &json!("核查")));
}

#[tokio::test]
async fn a_preview_says_what_it_costs_and_what_is_left_of_each_quota() {
    let court = submission()["case"]["court_code"].as_str().expect("a court").to_owned();
    let bench = Bench::with(|gateway| {
        let mut configs: Vec<_> = gateway.counterparts.now().values().map(|one| (**one).clone()).collect();
        for config in configs.iter_mut().filter(|config| config.name == "bank-a") {
            config.limits.price = Some(Decimal::new(150, 2));
            config.limits.per_day = Some(7);
            config.limits.shares = Shares::of(7, BTreeMap::from([(court.clone(), 3)]));
        }
        gateway.counterparts.replace(configs);
    });
    let mut body = submission();
    body["parties"][0]["documents"] = json!([
        { "kind": "resident_id", "number": "110101190001010014" }, { "kind": "passport", "number": "E12345678" },
    ]);
    let preview = bench.post("case", "/v1/inquiries/preview", &body).await.json();
    let of = |name: &str| -> Value {
        let all = preview["counterparts"].as_array().expect("counterparts").iter();
        all.clone().find(|one| one["counterpart"] == name).expect(name).clone()
    };
    let (priced, free) = (of("bank-a"), of("bank-b"));
    let orders = priced["orders"].as_u64().expect("a number");
    assert_eq!((&priced["quota_left"], &priced["charged_today"]), (&json!(7), &json!(0)));
    assert_eq!((&priced["share_left"], &free["share_left"]), (&json!(3), &json!(null)));
    let expected = format!("{:.2}", Decimal::new(150, 2) * Decimal::from(orders));
    assert_eq!(priced["cost"], json!({ "amount": expected, "currency": "CNY" }));
    assert_eq!((&free["cost"], &free["quota_left"]), (&json!(null), &json!(null)));
    assert_eq!(preview["cost"], priced["cost"]);
}
