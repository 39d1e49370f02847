//! How amounts and rates are written at our own door.

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};

use super::harness::{Reply, account};
use super::{Bench, submission};

/// Spellings that a program or a person may take for another number, or that JSON itself rounds.
fn spellings() -> [Value; 9] {
    [
        json!("1e1"),
        json!("1E1"),
        json!("1.0E+1"),
        json!("+10"),
        json!("1_0"),
        json!("1,0"),
        json!(" 10"),
        json!(10),
        json!(1e1),
    ]
}

async fn send(bench: &Bench, method: Method, path: &str, body: &Value) -> Reply {
    let request =
        Request::builder().method(method).uri(path).header("authorization", "Bearer key-of-approver");
    let request = request.header("content-type", "application/json").header("idempotency-key", "amounts");
    bench.send(request.body(Body::from(body.to_string())).expect("request")).await
}

/// A body as it is read, and each spelling in the place of the amount that a pointer names, which is not.
async fn refuses(bench: &Bench, method: Method, path: &str, body: Value, pointer: &str) {
    let read = send(bench, method.clone(), path, &body).await;
    assert!(!read.text.contains("malformed-body"), "{path} {pointer}: {}", read.text);
    for spelling in spellings() {
        let mut body = body.clone();
        *body.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = spelling.clone();
        let reply = send(bench, method.clone(), path, &body).await;
        assert_eq!(reply.status, 400, "{path} {pointer} {spelling}: {}", reply.text);
        reply.is_problem(400, "malformed-body");
    }
}

#[tokio::test]
async fn amounts_and_rates_of_ours_are_plain_decimal_text_at_every_door() {
    let bench = Bench::new();
    let (inquiry, orders) = bench.submitted("k", &submission()).await;
    bench.answers(&orders[0], account("6200", "600.00"), "aa").await;
    let view = bench.get("officer", &inquiry).await.json();
    let case = view["links"]["case"].as_str().expect("a case").to_owned();
    let measures = bench.get("officer", "/v1/measures").await.json();
    let measure = format!("/v1/measures/{}", measures["measures"][0]["id"].as_str().expect("a measure"));
    let yuan = json!({ "amount": "10", "currency": "CNY" });
    // Nobody has the role for every act, and some do not fit what stands: that is told after the body was read.
    let mut whole = submission();
    whole["mandate"]["living_costs"] = yuan.clone();
    whole["mandate"]["liable_up_to"] = json!([{ "party": "party-1", "amount": yuan }]);
    for pointer in
        ["/mandate/claim/amount", "/mandate/living_costs/amount", "/mandate/liable_up_to/0/amount/amount"]
    {
        refuses_submission(&bench, &whole, pointer).await;
    }
    let claim = format!("{case}/claim");
    let because = |mut body: Value| {
        body["reason"] = json!("测试");
        body
    };
    let raised = because(json!({ "change": { "kind": "raise", "amount": yuan } }));
    refuses(&bench, Method::PUT, &claim, raised, "/change/amount/amount").await;
    let computed = because(json!({
        "change": { "kind": "interest", "principal": yuan, "rate_per_day": "0.000175", "days": 3 }
    }));
    refuses(&bench, Method::PUT, &claim, computed.clone(), "/change/principal/amount").await;
    refuses(&bench, Method::PUT, &claim, computed, "/change/rate_per_day").await;
    let liable = because(json!({ "liable_up_to": [{ "party": "party-1", "amount": yuan }] }));
    refuses(&bench, Method::PUT, &claim, liable, "/liable_up_to/0/amount/amount").await;
    let approval = because(json!({ "limit": yuan, "rate": "7.1" }));
    refuses(&bench, Method::POST, &format!("{measure}/approve"), approval.clone(), "/limit/amount").await;
    refuses(&bench, Method::POST, &format!("{measure}/approve"), approval, "/rate").await;
    let release = because(json!({ "amount": yuan, "ground": "third_party_property" }));
    refuses(&bench, Method::POST, &format!("{measure}/release"), release, "/amount/amount").await;
}

/// A submission, which names its submitter's key.
async fn refuses_submission(bench: &Bench, body: &Value, pointer: &str) {
    for spelling in spellings() {
        let mut body = body.clone();
        *body.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = spelling.clone();
        let reply = bench.submit("amounts", body.to_string()).await;
        assert_eq!(reply.status, 400, "{pointer} {spelling}: {}", reply.text);
        reply.is_problem(400, "malformed-body");
    }
}
