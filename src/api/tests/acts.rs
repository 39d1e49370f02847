use serde_json::{Value, json};

use super::harness::account;
use super::{Bench, submission};

fn because(reason: &str) -> Value {
    json!({ "reason": reason })
}

/// A bench whose inquiry has a proposed freeze, and the path of that measure.
async fn with_proposal() -> (Bench, String, Vec<String>, String) {
    let bench = Bench::new();
    let (path, orders) = bench.submitted("k", &submission()).await;
    bench.answers(&orders[0], account("6200", "600.00"), "aa").await;
    let ledger = bench.get("approver", &format!("{path}/measures")).await.json();
    let measure = &ledger["measures"][0];
    assert_eq!((&measure["state"], &measure["asked"]), (&json!("proposed"), &json!("600.00")), "{ledger}");
    assert_eq!(ledger["coverage"]["asked"]["amount"], "600.00");
    let measure = format!("/v1/measures/{}", measure["id"]);
    (bench, path, orders, measure)
}

fn held(amount: &str) -> Value {
    json!({ "reply": { "outcome": "held", "limit": null, "held": { "amount": amount, "currency": "CNY" },
        "uncovered": null, "balance": null, "available": null, "from": null, "until": null, "rank": null },
        "answered_at": null })
}

#[tokio::test]
async fn a_proposal_is_approved_once_and_its_freeze_goes_out() {
    let (bench, path, _, measure) = with_proposal().await;
    let reply = bench.post("approver", &format!("{measure}/approve"), &because("核对无误")).await;
    let view = reply.json();
    assert_eq!((&view["state"], &view["party"]), (&json!("asked"), &json!("party-1")), "{view}");
    let order = view["order"].as_str().expect("order").to_owned();
    let shown = bench.get("case", &format!("/v1/orders/{order}")).await.json();
    assert_eq!(shown["order"]["instruction"]["action"], "freeze");
    let again = bench.post("approver", &format!("{measure}/approve"), &because("again")).await;
    again.is_problem(409, "not-now");
    let declined = bench.post("officer", &format!("/v1/orders/{order}/requery"), &because("why not")).await;
    declined.is_problem(409, "not-now");
    let acts = bench.get("officer", &format!("{path}/acts")).await.json();
    let last = acts["acts"].as_array().and_then(|acts| acts.last()).expect("act").clone();
    assert_eq!(
        (&last["act"], &last["actor"], &last["reason"]),
        (&json!("approve"), &json!("approver"), &json!("核对无误"))
    );
    bench.post("approver", "/v1/measures/999/approve", &because("x")).await.is_problem(404, "not-found");
    bench.get("approver", "/v1/measures/999").await.is_problem(404, "not-found");
}

#[tokio::test]
async fn a_rejected_proposal_gives_its_room_to_the_next_account() {
    let (bench, path, orders, measure) = with_proposal().await;
    bench.answers(&orders[1], account("6300", "2000.00"), "bb").await;
    let ledger = bench.get("approver", &format!("{path}/measures")).await.json();
    assert_eq!(ledger["coverage"]["asked"]["amount"], "1000.00", "{ledger}");
    let rejected = bench.post("approver", &format!("{measure}/reject"), &because("工资账户")).await.json();
    assert_eq!(rejected["state"], "skipped");
    let again = bench.post("approver", &format!("{measure}/reject"), &because("again")).await;
    again.is_problem(409, "not-now");
}

#[tokio::test]
async fn nothing_beyond_the_claim_is_approved() {
    let bench = Bench::new();
    let (path, orders) = bench.submitted("k", &submission()).await;
    bench.answers(&orders[0], account("6300", "2000.00"), "aa").await;
    bench.answers(&orders[1], account("6301", "50.00"), "bb").await;
    let ledger = bench.get("approver", &format!("{path}/measures")).await.json();
    let lines = ledger["measures"].as_array().expect("lines");
    let candidate = lines.iter().find(|line| line["state"] == "candidate").expect("no room for it");
    let approve = format!("/v1/measures/{}/approve", candidate["id"]);
    bench.post("approver", &approve, &because("x")).await.is_problem(409, "claim-covered");
}

#[tokio::test]
async fn a_measure_is_released_with_documents_that_came_later() {
    let (bench, _, _, measure) = with_proposal().await;
    let approved = bench.post("approver", &format!("{measure}/approve"), &because("x")).await.json();
    bench.post("approver", &format!("{measure}/release"), &because("early")).await.is_problem(409, "not-now");
    let order = approved["order"].as_str().expect("order");
    bench.answers(order, held("600.00"), "cc").await;
    let inquiry = 1;
    let before =
        bench.gateway.store.read(move |reads| reads.submission(inquiry)).await.expect("read").expect("one");
    let document = |kind: &str, content: &str| json!({ "kind": kind, "title": "解除", "format": "pdf", "content": content });
    let bad = json!({ "reason": "", "amount": { "amount": "-1", "currency": "USD" }, "documents": [document("release_ruling", "")] });
    let problem =
        bench.post("approver", &format!("{measure}/release"), &bad).await.is_problem(422, "invalid");
    assert_eq!(problem["findings"].as_array().map(Vec::len), Some(4), "{problem}");
    let good = json!({ "reason": "已履行", "amount": { "amount": "200.00", "currency": "CNY" },
        "documents": [document("release_ruling", "JVBERi0="), document("release_notice", "JVBERi0=")] });
    let released = bench.post("approver", &format!("{measure}/release"), &good).await;
    assert_eq!(released.status, 200, "{}", released.text);
    assert_eq!(
        (&released.json()["state"], &released.json()["releasing"]),
        (&json!("releasing"), &json!("200.00"))
    );
    let submissions = std::sync::Arc::clone(&bench.gateway.submissions);
    let after = bench.gateway.store.read(move |reads| submissions.get(reads, inquiry)).await.expect("read");
    assert_eq!(after.documents.len(), before.documents.len() + 2, "what is at hand was forgotten");
}

#[tokio::test]
async fn a_deduction_needs_a_freeze_that_stands_its_papers_and_an_account_of_the_court() {
    let (bench, _, _, measure) = with_proposal().await;
    let deduct = format!("{measure}/deduct");
    let elsewhere =
        json!({ "reason": "", "court_account": "elsewhere", "amount": { "amount": "0", "currency": "CNY" } });
    let problem = bench.post("approver", &deduct, &elsewhere).await.is_problem(422, "invalid");
    assert_eq!(problem["findings"].as_array().map(Vec::len), Some(3), "{problem}");
    let bare = json!({ "reason": "划拨案款", "court_account": "main" });
    bench.post("approver", &deduct, &bare).await.is_problem(409, "not-now");
    let approved = bench.post("approver", &format!("{measure}/approve"), &because("x")).await.json();
    bench.answers(approved["order"].as_str().expect("order"), held("600.00"), "cc").await;
    let problem = bench.post("approver", &deduct, &bare).await.is_problem(409, "not-now");
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("扣划裁定书")), "{problem}");
    let document =
        |kind: &str| json!({ "kind": kind, "title": "扣划", "format": "pdf", "content": "JVBERi0=" });
    let mut good = bare.clone();
    good["documents"] = json!([document("deduct_ruling"), document("deduct_notice")]);
    good["amount"] = json!({ "amount": "700.00", "currency": "CNY" });
    bench.post("approver", &deduct, &good).await.is_problem(409, "not-now");
    good["amount"]["amount"] = json!("250.00");
    bench.post("officer", &deduct, &good).await.is_problem(403, "forbidden");
    let view = bench.post("approver", &deduct, &good).await;
    assert_eq!(view.status, 200, "{}", view.text);
    assert_eq!((&view.json()["state"], &view.json()["deducting"]), (&json!("deducting"), &json!("250.00")));
}

#[tokio::test]
async fn only_a_stake_is_transferred_and_only_where_the_counterpart_registers_transfers() {
    let (bench, _, _, measure) = with_proposal().await;
    let transfer = format!("{measure}/transfer");
    let to = json!({ "name": "示例丙投资有限公司", "kind": "organisation",
        "document": { "kind": "uscc", "number": "91000000MADEM0038R" } });
    let wrong = json!({ "reason": "", "to": to, "documents": [{ "kind": "transfer_ruling", "title": "x", "format": "", "content": "" }] });
    let problem = bench.post("approver", &transfer, &wrong).await.is_problem(422, "invalid");
    assert_eq!(problem["findings"].as_array().map(Vec::len), Some(3), "{problem}");
    let good = json!({ "reason": "拍卖成交", "to": to });
    bench.post("officer", &transfer, &good).await.is_problem(403, "forbidden");
    let problem = bench.post("approver", &transfer, &good).await.is_problem(409, "not-now");
    assert!(
        problem["detail"].as_str().is_some_and(|detail| detail.contains("takes no transfer")),
        "{problem}"
    );
    bench.post("approver", "/v1/measures/99/transfer", &good).await.is_problem(404, "not-found");
    let mut nobody = good;
    nobody["to"]["document"]["number"] = json!("91000000MADEM0038X");
    bench.post("approver", &transfer, &nobody).await.is_problem(400, "malformed-body");
}

#[tokio::test]
async fn an_order_and_an_inquiry_are_asked_again() {
    let bench = Bench::new();
    let (path, orders) = bench.submitted("k", &submission()).await;
    let reply =
        bench.post("officer", &format!("/v1/orders/{}/requery", orders[0]), &because("余额有变")).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    let new = reply.json();
    assert_eq!(reply.header("location"), format!("/v1/orders/{}", new["number"].as_str().expect("number")));
    assert_eq!((&new["requery_of"], &new["priority"]), (&json!(orders[0]), &json!("requery")));
    let all = bench.post("case", &format!("{path}/requery"), &because("定期")).await;
    assert_eq!(all.status, 201);
    assert_eq!(all.json()["orders"].as_array().map(Vec::len), Some(2), "one per first order");
    let some = json!({ "reason": "x", "counterparts": ["bank-b"] });
    let some = bench.post("case", &format!("{path}/requery"), &some).await.json();
    assert_eq!(some["orders"].as_array().map(Vec::len), Some(1));
    let unknown = json!({ "reason": "x", "counterparts": ["bank-b", "vendor"] });
    let problem = bench.post("case", &format!("{path}/requery"), &unknown).await.is_problem(422, "invalid");
    assert_eq!(problem["findings"][0]["pointer"], "/counterparts/1");
    for reason in [String::new(), "  ".into(), "长".repeat(501)] {
        let problem = bench
            .post("case", &format!("{path}/requery"), &because(&reason))
            .await
            .is_problem(422, "invalid");
        assert_eq!(problem["findings"][0]["pointer"], "/reason");
    }
    let listed = bench.get("case", &format!("{path}/orders")).await.json();
    assert_eq!(listed["orders"].as_array().map(Vec::len), Some(6), "nothing was made by what was refused");
    let missing = bench.post("case", "/v1/orders/CK20260105000000009999/requery", &because("x")).await;
    missing.is_problem(404, "not-found");
}

#[tokio::test]
async fn a_cancelled_inquiry_sends_nothing_more() {
    let bench = Bench::new();
    let (path, orders) = bench.submitted("k", &submission()).await;
    let view = bench.post("officer", &format!("{path}/cancel"), &because("已和解")).await.json();
    assert_eq!((&view["state"], &view["orders"]["cancelled"]), (&json!("cancelled"), &json!(2)), "{view}");
    assert_eq!(bench.post("officer", &format!("{path}/cancel"), &because("twice")).await.status, 200);
    let requery = bench.post("officer", &format!("/v1/orders/{}/requery", orders[0]), &because("x")).await;
    requery.is_problem(409, "not-now");
    bench.post("officer", &format!("{path}/requery"), &because("x")).await.is_problem(409, "not-now");
    let missing = "/v1/inquiries/01890a5d-ac96-774b-bcce-b302099a8057/cancel";
    bench.post("officer", missing, &because("x")).await.is_problem(404, "not-found");
    bench
        .post("officer", &format!("{path}/cancel"), &json!({ "reason": "x", "colour": 1 }))
        .await
        .is_problem(400, "malformed-body");
}

#[tokio::test]
async fn a_held_order_is_decided_by_a_person() {
    use crate::settle::Happening;
    use chakong_contract::fault::{Fault, FaultKind};
    let (bench, _, orders, measure) = with_proposal().await;
    let resolve = |order: &str, body: Value| {
        let path = format!("/v1/orders/{order}/resolve");
        let bench = &bench;
        async move { bench.post("approver", &path, &body).await }
    };
    resolve(&orders[0], json!({ "decision": "not_done", "reason": "x" })).await.is_problem(409, "not-now");
    let approved = bench.post("approver", &format!("{measure}/approve"), &because("x")).await.json();
    let order = approved["order"].as_str().expect("order").to_owned();
    let mut sending = bench
        .gateway
        .store
        .read({
            let number = order.parse().expect("number");
            move |reads| crate::store::order_by_number(reads, &number)
        })
        .await
        .expect("read")
        .expect("order");
    sending.state = crate::inquiry::OrderState::Sending;
    bench.gateway.store.write(move |tx| tx.save_order(&sending)).await.expect("saved");
    let fault = Fault::new(FaultKind::OutcomeUnknown, "call the counterpart", "the connection failed");
    bench.happens(&order, Happening::Faulted(fault), "").await;
    for bad in [
        json!({ "decision": "done", "reason": "x" }),
        json!({ "decision": "not_done", "reason": "x", "held": { "amount": "1", "currency": "CNY" } }),
        json!({ "decision": "done", "reason": "x", "held": { "amount": "1", "currency": "USD" } }),
    ] {
        let problem = resolve(&order, bad).await.is_problem(422, "invalid");
        assert_eq!(problem["findings"][0]["pointer"], "/held");
    }
    let good = json!({ "decision": "done", "reason": "电话核实", "held": { "amount": "600.00", "currency": "CNY" } });
    let view = resolve(&order, good).await;
    assert_eq!(view.json()["state"], "answered", "{}", view.text);
    let line = bench.get("case", &measure).await.json();
    assert_eq!((&line["state"], &line["held"]), (&json!("in_force"), &json!("600.00")));
}

#[tokio::test]
async fn only_what_may_bring_documents_may_be_large() {
    let bench = Bench::new();
    let (path, orders) = bench.submitted("k", &submission()).await;
    let padded = format!("{}{}", because("x"), " ".repeat(65 << 10));
    for small in
        [format!("{path}/cancel"), format!("{path}/requery"), format!("/v1/orders/{}/requery", orders[0])]
    {
        let request = axum::http::Request::post(&small).header("x-api-key", "key-of-officer");
        let body = axum::body::Body::from(padded.clone());
        bench.send(request.body(body).expect("request")).await.is_problem(413, "too-large");
    }
    let request = axum::http::Request::post("/v1/measures/1/release").header("x-api-key", "key-of-approver");
    let reply = bench.send(request.body(axum::body::Body::from(padded)).expect("request")).await;
    reply.is_problem(404, "not-found");
}
