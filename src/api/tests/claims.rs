//! Claims and who may act for them: papers, plain numbers, years, references, one key with two roles.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use super::harness::{Reply, account};
use super::{Bench, submission};

fn money(amount: &str, currency: &str) -> Value {
    json!({ "amount": amount, "currency": currency })
}

fn paper(kind: &str) -> Value {
    json!({ "kind": kind, "title": "测试文书", "format": "pdf", "content": "JVBERi0=" })
}

async fn case_of(bench: &Bench, inquiry: &str) -> String {
    let view = bench.get("officer", inquiry).await.json();
    view["links"]["case"].as_str().expect("a case").to_owned()
}

async fn change(bench: &Bench, case: &str, body: &Value) -> Reply {
    let request = Request::put(format!("{case}/claim")).header("authorization", "Bearer key-of-approver");
    let request = request.header("content-type", "application/json");
    bench.send(request.body(Body::from(body.to_string())).expect("request")).await
}

#[tokio::test]
async fn a_raise_interest_and_reopening_are_refused_without_a_paper_and_numbers_with_exponents_always() {
    let bench = Bench::new();
    let (path, _) = bench.submitted("k", &submission()).await;
    let case = case_of(&bench, &path).await;
    let settled = json!({ "state": "settled", "reason": "已履行", "documents": [paper("claim_paper")] });
    for body in [
        json!({ "change": { "kind": "raise", "amount": money("1234.56", "CNY") }, "reason": "追加" }),
        json!({ "change": { "kind": "interest", "amount": money("7.89", "CNY") }, "reason": "迟延" }),
        json!({ "change": { "kind": "interest", "principal": money("90000.00", "CNY"), "days": 9,
            "rate_per_day": "0.0002" }, "reason": "迟延" }),
        settled.clone(),
        json!({ "state": "open", "reason": "恢复" }),
    ] {
        let mut bare = body.clone();
        bare.as_object_mut().expect("an object").remove("documents");
        let problem = change(&bench, &case, &bare).await.is_problem(422, "not-allowed");
        assert!(problem["detail"].as_str().expect("why").contains("须附文书"), "{problem}");
        let mut brought = body;
        brought["documents"] = json!([paper("claim_paper")]);
        let reply = change(&bench, &case, &brought).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        let history = reply.json()["history"].as_array().expect("history").clone();
        assert_eq!(history.last().expect("a change")["has_paper"], true);
    }
    for rate in ["1e-4", "1E-4", "+0.0002", "0,0002", ".5", ""] {
        let body = json!({ "change": { "kind": "interest", "principal": money("90000.00", "CNY"), "days": 9,
            "rate_per_day": rate }, "reason": "迟延", "documents": [paper("claim_paper")] });
        change(&bench, &case, &body).await.is_problem(400, "malformed-body");
    }
    let view = change(&bench, &case, &settled).await.json();
    assert_eq!(view["coverage"]["shortfall"], money("0", "CNY"), "what ended wants nothing more: {view}");
    let shown = bench.get("officer", &case).await.json();
    assert_eq!(shown["coverage"]["shortfall"], money("0", "CNY"));
}

#[tokio::test]
async fn interest_or_a_payment_that_is_sent_again_with_what_was_seen_before_is_refused_and_counts_once() {
    let bench = Bench::new();
    let (path, _) = bench.submitted("k", &submission()).await;
    let case = case_of(&bench, &path).await;
    let mut stands = json!("1000.00");
    for (kind, after) in [("interest", json!("1050.00")), ("part_payment", json!("1000.00"))] {
        let seen = json!({ "amount": { "amount": stands, "currency": "CNY" }, "state": "open" });
        let body = json!({ "change": { "kind": kind, "amount": money("50.00", "CNY") }, "seen": seen, "reason": "计算",
            "documents": [paper("claim_paper")] });
        let done = change(&bench, &case, &body).await;
        assert_eq!(done.status, 200, "{kind}: {}", done.text);
        assert_eq!(done.json()["claim"]["amount"]["amount"], after, "{kind}");
        let again = change(&bench, &case, &body).await.is_problem(409, "not-now");
        assert!(again["detail"].as_str().expect("why").contains("可能此前的提交已生效"), "{again}");
        let claim = bench.get("officer", &format!("{case}/claim")).await.json();
        assert_eq!(claim["claim"]["amount"]["amount"], after, "{kind} counts once");
        stands = after;
    }
    let blind = json!({ "change": { "kind": "interest", "amount": money("1.00", "CNY") }, "reason": "计算",
        "documents": [paper("claim_paper")] });
    assert_eq!(change(&bench, &case, &blind).await.status, 200, "a system may leave it out");
}

#[tokio::test]
async fn a_case_number_of_a_year_that_no_case_is_of_is_refused_with_the_years_that_are() {
    let bench = Bench::new();
    for (number, continues, pointer) in [
        ("(1850)晋10执7号", None, "/case/number"),
        ("(1948)晋10执7号", None, "/case/number"),
        ("(2027)晋10执7号", None, "/case/number"),
        ("(2026)晋10执7号", Some("(9999)晋10执3号"), "/case/continues"),
        ("(2026)晋10执7号", Some("(0012)晋10执3号"), "/case/continues"),
    ] {
        let mut body = submission();
        (body["case"]["number"], body["case"]["continues"]) = (json!(number), json!(continues));
        let problem = bench.submit("k", body.to_string()).await.is_problem(422, "invalid");
        let finding = &problem["findings"][0];
        assert_eq!(finding["pointer"], pointer, "{number} {continues:?}");
        let detail = finding["detail"].as_str().expect("why");
        assert!(detail.contains("1949") && detail.contains("2026"), "{detail}");
    }
    let mut body = submission();
    (body["case"]["number"], body["case"]["continues"]) =
        (json!("(2026)晋10执恢7号"), json!("(1999)晋10执字第3号"));
    bench.submitted("k", &body).await;
}

#[tokio::test]
async fn a_party_is_found_by_the_reference_of_each_inquiry_and_the_case_shows_both() {
    let bench = Bench::new();
    let (first, orders) = bench.submitted("first", &submission()).await;
    bench.answers(&orders[0], account("6200", "600.00"), "aa").await;
    let mut later = submission();
    later["parties"][0]["reference"] = json!("BZXR-0042");
    let (second, _) = bench.submitted("second", &later).await;
    let case = case_of(&bench, &first).await;
    let view = bench.get("officer", &case).await.json();
    let parties = view["parties"].as_array().expect("parties");
    assert_eq!(parties.len(), 1, "{view}");
    assert_eq!(parties[0]["references"], json!(["BZXR-0042", "party-1"]), "{view}");
    for (inquiry, reference) in [(&first, "party-1"), (&second, "BZXR-0042")] {
        let orders = bench.get("officer", &format!("{inquiry}/orders")).await.json();
        assert_eq!(orders["orders"][0]["party"], reference, "{orders}");
    }
    for (name, amount) in [("party-1", "400.00"), ("BZXR-0042", "300.00")] {
        let limited = json!({ "liable_up_to": [{ "party": name, "amount": money(amount, "CNY") }], "reason": "担保",
            "documents": [paper("claim_paper")] });
        assert_eq!(change(&bench, &case, &limited).await.status, 200);
        let view = bench.get("officer", &case).await.json();
        assert_eq!(view["parties"][0]["liable_up_to"], money(amount, "CNY"), "{name}");
        let acts = bench.get("approver", "/v1/acts?act=update_claim").await.json();
        let newest = &acts["acts"][0]["detail"];
        assert_eq!(newest["claim"]["liable_up_to"][0]["amount"], money(amount, "CNY"), "{acts}");
        assert_ne!(newest["before"]["claim"]["liable_up_to"], newest["claim"]["liable_up_to"], "{acts}");
    }
    let id = bench.get("officer", &case).await.json()["parties"][0]["id"].clone();
    for (one, other) in
        [(json!("party-1"), id.clone()), (id, json!("BZXR-0042")), (json!("BZXR-0042"), json!("party-1"))]
    {
        let limit = |party: &Value, amount: &str| json!({ "party": party, "amount": money(amount, "CNY") });
        let twice = json!({ "liable_up_to": [limit(&one, "200.00"), limit(&other, "100.00")], "reason": "担保",
            "documents": [paper("claim_paper")] });
        let problem = change(&bench, &case, &twice).await.is_problem(422, "invalid");
        assert_eq!(problem["findings"][0]["pointer"], "/liable_up_to/1/party", "{problem}");
        let view = bench.get("officer", &case).await.json();
        assert_eq!(view["parties"][0]["liable_up_to"], money("300.00", "CNY"), "nothing changed");
    }
    let free = json!({ "ground": "wrong_person", "reason": "同名误控" });
    let freed = bench.post("approver", &format!("{case}/parties/party-1/release"), &free).await;
    assert_eq!(freed.status, 200, "{}", freed.text);
}

/// A freeze of a foreign account that was placed on paper.
fn on_paper(limit: &Value) -> Value {
    json!({
        "party": "party-1", "counterpart": "bank-a", "institution": "E999", "reason": "纸质冻结", "until": "2026-11-30",
        "target": { "kind": "account", "number": "6288", "sub_account": null, "class": "", "branch": "",
            "branch_code": "", "whole": false },
        "limit": limit, "original_number": "PAPER0077", "original_case": "（2026）晋10执123号",
        "documents": [paper("freeze_notice")],
    })
}

#[tokio::test]
async fn a_freeze_on_paper_is_entered_in_its_own_currency_and_its_amounts_are_never_taken_for_yuan() {
    let bench = Bench::new();
    let (path, _) = bench.submitted("k", &submission()).await;
    let enter = format!("{}/measures", case_of(&bench, &path).await);
    for (held, rate, pointer) in [
        (money("20.00", "CNY"), json!("7.1"), "/held/currency"),
        (money("20.00", "HKD"), json!("0"), "/rate"),
        (money("120.00", "HKD"), json!("0.9"), "/held/amount"),
    ] {
        let mut wrong = on_paper(&money("90.00", "HKD"));
        (wrong["held"], wrong["rate"]) = (held, rate);
        let problem = bench.post("approver", &enter, &wrong).await.is_problem(422, "invalid");
        assert_eq!(problem["findings"][0]["pointer"], pointer, "{problem}");
    }
    let mut exponent = on_paper(&money("90.00", "HKD"));
    exponent["rate"] = json!("9e-1");
    bench.post("approver", &enter, &exponent).await.is_problem(400, "malformed-body");
    let entered = bench.post("approver", &enter, &on_paper(&money("90.00", "HKD"))).await;
    assert_eq!(entered.status, 201, "{}", entered.text);
    let measure = entered.json();
    assert_eq!(measure["limit"], money("90.00", "HKD"), "{measure}");
    let coverage = bench.get("officer", &path).await.json()["coverage"].clone();
    assert_eq!(coverage["held"], money("0", "CNY"), "without a rate it counts for nothing: {coverage}");
    let measure = format!("/v1/measures/{}", measure["id"].as_str().expect("id"));
    let release = json!({ "amount": money("5.00", "CNY"), "ground": "excess", "reason": "超额" });
    let deduct = json!({ "amount": money("5.00", "CNY"), "court_account": "main", "reason": "划拨" });
    for (act, body) in [("release", release), ("deduct", deduct)] {
        let problem =
            bench.post("approver", &format!("{measure}/{act}"), &body).await.is_problem(422, "invalid");
        assert_eq!(problem["findings"][0]["pointer"], "/amount/currency", "{problem}");
        assert!(problem["findings"][0]["detail"].as_str().expect("why").contains("HKD"), "{problem}");
    }
}

#[tokio::test]
async fn one_key_with_two_roles_submits_in_auto_mode_and_has_nothing_deducted_but_gives_back() {
    let bench = Bench::with(|gateway| {
        let both = [crate::config::Role::CaseSystem, crate::config::Role::Approver];
        gateway.keys.iter_mut().filter(|key| key.name == "case").for_each(|key| key.roles = both.into());
    });
    let mut body = submission();
    body["mandate"]["mode"] = json!("auto");
    let (path, orders) = bench.submitted("k", &body).await;
    bench.answers(&orders[0], account("6200", "600.00"), "aa").await;
    let ledger = bench.get("case", &format!("{path}/measures")).await.json();
    let measure = &ledger["measures"][0];
    let held = json!({ "reply": { "outcome": "held", "limit": null, "held": money("600.00", "CNY"), "uncovered": null,
        "balance": null, "available": null, "from": null, "until": null, "rank": null }, "answered_at": null });
    bench.answers(measure["order"].as_str().expect("order"), held, "cc").await;
    let path = format!("/v1/measures/{}", measure["id"].as_str().expect("id"));
    let deduct = json!({ "court_account": "main", "reason": "划拨", "documents": [paper("deduct_ruling"), paper("deduct_notice")] });
    bench.post("case", &format!("{path}/deduct"), &deduct).await.is_problem(403, "forbidden");
    let release = json!({ "ground": "excess", "reason": "解除",
        "documents": [paper("release_ruling"), paper("release_notice")] });
    assert_eq!(bench.post("case", &format!("{path}/release"), &release).await.json()["state"], "releasing");
}
