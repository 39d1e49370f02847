use chakong_contract::fault::{Fault, FaultKind};
use serde_json::{Value, json};

use super::harness::account;
use super::{Bench, submission};
use crate::domain::MeasureId;
use crate::domain::decide::OrderInput;
use crate::engine::Dispatch;

pub(super) fn because(reason: &str) -> Value {
    json!({ "reason": reason })
}

pub(super) fn yuan(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "CNY" })
}

/// A bench whose inquiry has a proposed freeze, and the path of that measure.
pub(super) async fn with_proposal() -> (Bench, String, Vec<String>, String) {
    let bench = Bench::new();
    let (path, orders) = bench.submitted("k", &submission()).await;
    bench.answers(&orders[0], account("6200", "600.00"), "aa").await;
    let ledger = bench.get("approver", &format!("{path}/measures")).await.json();
    let measure = &ledger["measures"][0];
    assert_eq!((&measure["state"], &measure["limit"]), (&json!("proposed"), &yuan("600.00")), "{ledger}");
    assert_eq!(ledger["coverage"]["asked"]["amount"], "600.00");
    let measure = format!("/v1/measures/{}", measure["id"].as_str().expect("id"));
    (bench, path, orders, measure)
}

pub(super) fn held(amount: &str) -> Value {
    json!({ "reply": { "outcome": "held", "limit": null, "held": yuan(amount),
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
    let told = |act: &Value| {
        let refused = !act["refused"].is_null();
        (act["act"].clone(), act["actor"].clone(), act["reason"].clone(), refused)
    };
    let told: Vec<_> = acts["acts"].as_array().expect("acts").iter().map(told).collect();
    let act =
        |act: &str, actor: &str, reason: &str, refused| (json!(act), json!(actor), json!(reason), refused);
    let all = [
        act("submit", "case", "", false),
        act("approve", "approver", "核对无误", false),
        act("approve", "approver", "again", true),
        act("requery", "officer", "why not", true),
    ];
    assert_eq!(told, all, "what was refused is on record as well");
    let detail = &acts["acts"][1]["detail"];
    let states = [&detail["before"]["state"], &detail["measures"][0]["state"]];
    assert_eq!(states, ["proposed", "asked"], "what it changed: {detail}");
    assert_eq!(detail["orders"], json!([order]));
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
    let approve = format!("/v1/measures/{}/approve", candidate["id"].as_str().expect("id"));
    bench.post("approver", &approve, &because("x")).await.is_problem(422, "claim-covered");
    let least = json!({ "reason": "x", "limit": yuan("0.01") });
    bench.post("approver", &approve, &least).await.is_problem(422, "claim-covered");
    let proposed = lines.iter().find(|line| line["state"] == "proposed").expect("the other");
    let approve = format!("/v1/measures/{}/approve", proposed["id"].as_str().expect("id"));
    let more = json!({ "reason": "x", "limit": yuan("1000.01") });
    bench.post("approver", &approve, &more).await.is_problem(422, "claim-covered");
    let all = json!({ "reason": "x", "limit": yuan("1000.00") });
    assert_eq!(bench.post("approver", &approve, &all).await.json()["limit"], yuan("1000.00"));
}

/// The freeze goes out, as its lane would send it.
pub(super) async fn sent(bench: &Bench, number: &str) {
    let number = number.parse().expect("number");
    let found = bench.gateway.store.read(move |reads| crate::store::order_by_number(reads, &number)).await;
    let order = found.expect("read").expect("order");
    let dispatch = Dispatch {
        lane: order.lane,
        at: bench.gateway.clock.now(),
        orders: vec![order.id],
        batch: None,
        digest: vec![7; 32],
        files: Vec::new(),
        counts: crate::domain::Counted::Not,
        together: true,
    };
    let dispatched = bench.gateway.engine.dispatch(dispatch).await.expect("written");
    assert_eq!(dispatched.going.len(), 1, "it leaves");
}

pub(super) fn document(kind: &str, content: &str) -> Value {
    json!({ "kind": kind, "title": "测试文书", "format": "pdf", "content": content })
}

#[tokio::test]
async fn a_measure_is_released_with_documents_that_came_later() {
    let (bench, _, _, measure) = with_proposal().await;
    let approved = bench.post("approver", &format!("{measure}/approve"), &because("x")).await.json();
    let order = approved["order"].as_str().expect("order");
    sent(&bench, order).await;
    let release = format!("{measure}/release");
    let early = json!({ "reason": "early", "ground": "excess" });
    bench.post("approver", &release, &early).await.is_problem(409, "not-now");
    bench.answers(order, held("600.00"), "cc").await;
    let id = measure.rsplit('/').next().and_then(|id| id.parse().ok()).map(MeasureId::new).expect("a number");
    let papers = async || {
        let found = bench.gateway.store.read(move |reads| {
            let measure = reads.measure(id)?.expect("the measure");
            reads.papers_of_inquiry(measure.inquiry)
        });
        found.await.expect("read")
    };
    let before = papers().await;
    assert_eq!(before.len(), 3, "those that came with the inquiry");
    let bad = json!({ "reason": "", "ground": "excess", "amount": { "amount": "-1", "currency": "USD" },
        "documents": [document("release_ruling", "")] });
    let problem = bench.post("approver", &release, &bad).await.is_problem(422, "invalid");
    assert_eq!(problem["findings"].as_array().map(Vec::len), Some(4), "{problem}");
    let without = bench.post("approver", &release, &early).await.is_problem(422, "not-allowed");
    assert!(
        without["detail"].as_str().is_some_and(|detail| detail.contains("解除")),
        "the papers: {without}"
    );
    let papers_too = json!([document("release_ruling", "JVBERi0="), document("release_notice", "JVBERi0=")]);
    let groundless = json!({ "reason": "已履行", "documents": papers_too });
    bench.post("approver", &release, &groundless).await.is_problem(400, "malformed-body");
    assert_eq!(papers().await, before, "nothing was kept of what was refused");
    let mut good =
        json!({ "reason": "已履行", "ground": "excess", "amount": yuan("600.01"), "documents": papers_too });
    bench.post("approver", &release, &good).await.is_problem(422, "not-allowed");
    good["amount"] = yuan("200.00");
    let released = bench.post("approver", &release, &good).await;
    assert_eq!(released.status, 200, "{}", released.text);
    assert_eq!(
        (&released.json()["state"], &released.json()["releasing"], &released.json()["limit"]),
        (&json!("releasing"), &yuan("200.00"), &yuan("600.00"))
    );
    assert_eq!(papers().await.len(), before.len() + 2, "what came along is kept with the inquiry");
    // The lane sends it with the documents of this act, though the inquiry's own were at hand before.
    let number = released.json()["control"].as_str().expect("a control").parse().expect("number");
    let terms = std::sync::Arc::clone(&bench.gateway.terms);
    let bank = bench.gateway.counterparts.now().get("bank-a").cloned().expect("configured");
    let order = bench.gateway.store.read(move |reads| {
        let record = crate::store::order_by_number(reads, &number)?.expect("order");
        terms.order(reads, &record, &bank)
    });
    let carried: Vec<_> = order.await.expect("read").documents.iter().map(|document| document.kind).collect();
    use chakong_contract::DocumentKind::{ReleaseNotice, ReleaseRuling};
    assert!(carried.contains(&ReleaseRuling) && carried.contains(&ReleaseNotice), "{carried:?}");
}

#[tokio::test]
async fn a_freeze_that_was_not_sent_yet_is_withdrawn_by_its_release() {
    let (bench, _, _, measure) = with_proposal().await;
    let approved = bench.post("approver", &format!("{measure}/approve"), &because("x")).await.json();
    let withdraw = json!({ "reason": "认错人", "ground": "third_party_property" });
    let view = bench.post("approver", &format!("{measure}/release"), &withdraw).await.json();
    assert_eq!((&view["state"], &view["limit"]), (&json!("refused"), &yuan("0")), "{view}");
    let order = approved["order"].as_str().expect("order");
    let shown = bench.get("case", &format!("/v1/orders/{order}")).await.json();
    assert_eq!(shown["order"]["state"], "cancelled");
}

#[tokio::test]
async fn a_limit_in_another_currency_is_refused_and_dollars_where_only_yuan_are_frozen() {
    let (bench, path, orders, measure) = with_proposal().await;
    let dollars = |amount: &str| json!({ "amount": amount, "currency": "USD" });
    let limited = |limit: Value| json!({ "reason": "核对", "rate": null, "limit": limit });
    let approve = format!("{measure}/approve");
    bench.post("approver", &approve, &limited(dollars("300.00"))).await.is_problem(422, "not-allowed");
    let mut foreign = account("6300", "90.00");
    let found = &mut foreign["reply"]["assets"][0]["asset"];
    (found["currency"], found["balance"], found["available"]) =
        (json!("USD"), dollars("90.00"), dollars("90.00"));
    bench.answers(&orders[1], foreign, "dd").await;
    let ledger = bench.get("approver", &format!("{path}/measures")).await.json();
    let id = ledger["measures"][1]["id"].as_str().expect("a line of dollars");
    let refused =
        bench.post("approver", &format!("/v1/measures/{id}/approve"), &limited(dollars("50.00"))).await;
    let problem = refused.is_problem(422, "not-allowed");
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("yuan only")), "{problem}");
    bench.post("approver", &approve, &limited(yuan("300.00"))).await;
    assert_eq!(bench.get("case", &measure).await.json()["limit"], yuan("300.00"));
}

#[tokio::test]
async fn nobody_approves_what_they_submitted_whatever_roles_they_have() {
    let bench = Bench::with(|gateway| {
        let both = [crate::config::Role::CaseSystem, crate::config::Role::Approver];
        gateway.keys.iter_mut().filter(|key| key.name == "case").for_each(|key| key.roles = both.into());
    });
    let (path, orders) = bench.submitted("k", &submission()).await;
    bench.answers(&orders[0], account("6200", "600.00"), "aa").await;
    let ledger = bench.get("case", &format!("{path}/measures")).await.json();
    let approve = format!("/v1/measures/{}/approve", ledger["measures"][0]["id"].as_str().expect("id"));
    bench.post("case", &approve, &because("我来批")).await.is_problem(403, "forbidden");
    assert_eq!(bench.post("approver", &approve, &because("核对无误")).await.json()["state"], "asked");
}

#[tokio::test]
async fn a_deduction_needs_a_freeze_that_stands_its_papers_and_an_account_of_the_court() {
    let (bench, _, _, measure) = with_proposal().await;
    let deduct = format!("{measure}/deduct");
    let elsewhere = json!({ "reason": "", "court_account": "elsewhere", "amount": yuan("0") });
    let problem = bench.post("approver", &deduct, &elsewhere).await.is_problem(422, "invalid");
    assert_eq!(problem["findings"].as_array().map(Vec::len), Some(3), "{problem}");
    let bare = json!({ "reason": "划拨案款", "court_account": "main" });
    bench.post("approver", &deduct, &bare).await.is_problem(409, "not-now");
    let approved = bench.post("approver", &format!("{measure}/approve"), &because("x")).await.json();
    bench.answers(approved["order"].as_str().expect("order"), held("600.00"), "cc").await;
    let problem = bench.post("approver", &deduct, &bare).await.is_problem(422, "not-allowed");
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("扣划裁定书")), "{problem}");
    let mut good = bare.clone();
    good["documents"] = json!([document("deduct_ruling", "JVBERi0="), document("deduct_notice", "JVBERi0=")]);
    good["amount"] = yuan("700.00");
    bench.post("approver", &deduct, &good).await.is_problem(409, "not-now");
    good["amount"]["amount"] = json!("250.00");
    bench.post("officer", &deduct, &good).await.is_problem(403, "forbidden");
    let view = bench.post("approver", &deduct, &good).await;
    assert_eq!(view.status, 200, "{}", view.text);
    assert_eq!((&view.json()["state"], &view.json()["deducting"]), (&json!("deducting"), &yuan("250.00")));
}

#[tokio::test]
async fn only_a_stake_is_transferred_and_only_where_the_counterpart_registers_transfers() {
    let (bench, path, _, measure) = with_proposal().await;
    let transfer = format!("{measure}/transfer");
    let to = json!({ "name": "示例丙投资有限公司", "kind": "organisation",
        "document": { "kind": "uscc", "number": "91000000MADEM0038R" } });
    let wrong = json!({ "reason": "", "to": to, "documents": [{ "kind": "transfer_ruling", "title": "x", "format": "", "content": "" }] });
    let problem = bench.post("approver", &transfer, &wrong).await.is_problem(422, "invalid");
    assert_eq!(problem["findings"].as_array().map(Vec::len), Some(3), "{problem}");
    let good = json!({ "reason": "拍卖成交", "to": to });
    bench.post("officer", &transfer, &good).await.is_problem(403, "forbidden");
    let problem = bench.post("approver", &transfer, &good).await.is_problem(409, "not-now");
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("only a stake")), "{problem}");
    // A stake whose freeze stands at a counterpart that registers no transfers.
    let case = bench.get("officer", &path).await.json()["links"]["case"].as_str().expect("a case").to_owned();
    let stake = json!({
        "party": "party-1", "counterpart": "bank-a", "reason": "纸质冻结", "until": "2026-12-31",
        "target": { "kind": "equity", "company": "示例乙投资有限公司", "company_code": "91000000MADEM002XR" },
        "original_number": "PAPER0001", "original_case": "（2026）晋10执123号",
        "documents": [document("freeze_notice", "JVBERi0=")],
    });
    let entered = bench.post("approver", &format!("{case}/measures"), &stake).await;
    assert_eq!(entered.status, 201, "{}", entered.text);
    let elsewhere = format!("/v1/measures/{}/transfer", entered.json()["id"].as_str().expect("id"));
    let problem = bench.post("approver", &elsewhere, &good).await.is_problem(422, "not-allowed");
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
    assert_eq!(
        all.json()["orders"].as_array().map(Vec::len),
        Some(1),
        "the other one is asked again already"
    );
    bench.answers(new["number"].as_str().expect("number"), account("6200", "600.00"), "aa").await;
    let some = json!({ "reason": "x", "counterparts": ["bank-a"] });
    let some = bench.post("case", &format!("{path}/requery"), &some).await.json();
    assert_eq!(some["orders"].as_array().map(Vec::len), Some(1), "its answer came: {some}");
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
    assert_eq!(listed["orders"].as_array().map(Vec::len), Some(5), "nothing was made by what was refused");
    let missing = bench.post("case", "/v1/orders/CK20260105000000009999/requery", &because("x")).await;
    missing.is_problem(404, "not-found");
}

/// Each question is one that a vendor may charge.
#[tokio::test]
async fn a_requery_that_is_sent_twenty_times_at_once_asks_each_question_once() {
    let bench = Bench::new();
    let (path, orders) = bench.submitted("k", &submission()).await;
    let (again, why) = (format!("{path}/requery"), because("余额有变"));
    let sent = (0..20).map(|_| bench.post("officer", &again, &why));
    let replies = futures_util::future::join_all(sent).await;
    let made: usize = replies.iter().filter(|reply| reply.status == 201).count();
    assert_eq!((made, replies.len()), (1, 20));
    for refused in replies.iter().filter(|reply| reply.status != 201) {
        refused.is_problem(409, "not-now");
        assert!(refused.text.contains("已于2026-01-0"), "since when: {}", refused.text);
    }
    let listed = bench.get("case", &format!("{path}/orders")).await.json();
    assert_eq!(listed["orders"].as_array().map(Vec::len), Some(4), "{listed}");
    let of_first = format!("/v1/orders/{}/requery", orders[0]);
    bench.post("officer", &of_first, &why).await.is_problem(409, "not-now");
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
async fn a_control_of_unknown_outcome_is_decided_by_a_person() {
    let (bench, _, orders, measure) = with_proposal().await;
    let resolve = |order: &str, body: Value| {
        let path = format!("/v1/orders/{order}/resolve");
        let bench = &bench;
        async move { bench.post("approver", &path, &body).await }
    };
    resolve(&orders[0], json!({ "decision": "not_done", "reason": "x" })).await.is_problem(409, "not-now");
    let approved = bench.post("approver", &format!("{measure}/approve"), &because("x")).await.json();
    let order = approved["order"].as_str().expect("order").to_owned();
    resolve(&order, json!({ "decision": "give_up", "reason": "x" })).await.is_problem(409, "not-now");
    sent(&bench, &order).await;
    let fault = Fault::new(FaultKind::OutcomeUnknown, "call the counterpart", "the connection failed");
    bench.happens(&order, OrderInput::Faulted(fault), "").await;
    let shown = bench.get("case", &format!("/v1/orders/{order}")).await.json();
    assert_eq!(shown["order"]["state"], "undetermined");
    assert_eq!(bench.get("case", &measure).await.json()["tasks"], json!(["resolve"]), "somebody must look");
    for bad in [
        json!({ "decision": "not_done", "reason": "x", "held": yuan("1") }),
        json!({ "decision": "done", "reason": "x", "held": { "amount": "1", "currency": "USD" } }),
        json!({ "decision": "done", "reason": "x", "held": yuan("-1") }),
    ] {
        let problem = resolve(&order, bad).await.is_problem(422, "invalid");
        assert_eq!(problem["findings"][0]["pointer"], "/held");
    }
    let unstated = json!({ "decision": "done", "reason": "x" });
    resolve(&order, unstated).await.is_problem(422, "not-allowed");
    let good = json!({ "decision": "done", "reason": "电话核实", "held": yuan("600.00") });
    let view = resolve(&order, good.clone()).await;
    assert_eq!(view.json()["state"], "answered", "{}", view.text);
    let line = bench.get("case", &measure).await.json();
    assert_eq!((&line["state"], &line["held"]), (&json!("in_force"), &yuan("600.00")));
    assert!(!line["tasks"].as_array().expect("tasks").contains(&json!("resolve")), "{line}");
    resolve(&order, good).await.is_problem(409, "not-now");
}

#[tokio::test]
async fn only_what_may_bring_documents_may_be_large() {
    let bench = Bench::new();
    let (path, orders) = bench.submitted("k", &submission()).await;
    let padded = format!("{}{}", json!({ "reason": "x", "ground": "debt_paid" }), " ".repeat(65 << 10));
    let of_officers =
        [format!("{path}/cancel"), format!("{path}/requery"), format!("/v1/orders/{}/requery", orders[0])];
    let of_approvers = [
        "measures/1/reject",
        "measures/1/reconsider",
        "measures/1/value",
        "measures/1/rate",
        "tasks/1/complete",
    ];
    let small = of_officers.into_iter().map(|path| (path, "key-of-officer"));
    for (path, key) in small.chain(of_approvers.map(|path| (format!("/v1/{path}"), "key-of-approver"))) {
        let request = axum::http::Request::post(&path).header("x-api-key", key);
        let body = axum::body::Body::from(padded.clone());
        bench.send(request.body(body).expect("request")).await.is_problem(413, "too-large");
    }
    let request = axum::http::Request::post("/v1/measures/1/release").header("x-api-key", "key-of-approver");
    let reply = bench.send(request.body(axum::body::Body::from(padded)).expect("request")).await;
    reply.is_problem(404, "not-found");
}
