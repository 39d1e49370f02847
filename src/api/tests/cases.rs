//! Cases: their chain, claim, ledger and tasks.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use super::harness::{Reply, account};
use super::{Bench, submission};

fn yuan(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "CNY" })
}

/// The submission about a case of its own, and perhaps one that it continues.
fn about(number: &str, continues: Option<&str>) -> Value {
    let mut body = submission();
    body["case"]["number"] = json!(number);
    if let Some(before) = continues {
        body["case"]["continues"] = json!(before);
    }
    body
}

fn claim_paper() -> Value {
    json!({ "kind": "claim_paper", "title": "和解协议", "format": "pdf", "content": "JVBERi0=" })
}

/// Path of the case of an inquiry.
async fn case_of(bench: &Bench, inquiry: &str) -> String {
    let view = bench.get("officer", inquiry).await.json();
    view["links"]["case"].as_str().expect("a case").to_owned()
}

async fn change(bench: &Bench, case: &str, body: &Value) -> Reply {
    let request = Request::put(format!("{case}/claim")).header("authorization", "Bearer key-of-approver");
    let request = request.header("content-type", "application/json");
    bench.send(request.body(Body::from(body.to_string())).expect("request")).await
}

/// States and limits of the ledger, in order.
async fn ledger(bench: &Bench, case: &str) -> Vec<(String, String)> {
    let view = bench.get("officer", case).await.json();
    let line = |measure: &Value| {
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        (text(&measure["state"]), text(&measure["limit"]["amount"]))
    };
    view["measures"].as_array().expect("measures").iter().map(line).collect()
}

fn lines(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(state, limit)| ((*state).to_owned(), (*limit).to_owned())).collect()
}

#[tokio::test]
async fn a_case_is_found_in_any_spelling_with_its_claim_its_ledger_and_what_is_to_be_done() {
    let bench = Bench::new();
    let (path, orders) = bench.submitted("k", &about("(2026)晋10执77号", None)).await;
    bench.answers(&orders[0], account("6200", "600.00"), "aa").await;
    let case = case_of(&bench, &path).await;
    let view = bench.get("officer", &case).await.json();
    assert_eq!((&view["number"], &view["claim"]["amount"]), (&json!("（2026）晋10执77号"), &yuan("1000.00")));
    assert_eq!(view["coverage"]["asked"], yuan("600.00"));
    assert_eq!(view["parties"][0]["reference"], "party-1");
    assert_eq!(view["inquiries"].as_array().map(Vec::len), Some(1));
    let [task] = view["tasks"].as_array().expect("tasks").as_slice() else { panic!("{view}") };
    assert_eq!((&task["kind"], &task["measure"]), (&json!("approve"), &view["measures"][0]["id"]));
    let encoded = |text: &str| -> String { text.bytes().map(|byte| format!("%{byte:02X}")).collect() };
    for number in ["(2026)晋10执77号", "〔2026〕晋10执77号", "（2026）晋10执77号"] {
        let found = bench.get("officer", &format!("/v1/cases/{}", encoded(number))).await.json();
        assert_eq!(found["id"], view["id"], "{number}");
        let listed = bench.get("officer", &format!("/v1/cases?number={}", encoded(number))).await.json();
        assert_eq!(listed["cases"].as_array().map(Vec::len), Some(1), "{number}");
    }
    for missing in [encoded("(2026)晋10执78号"), "17".to_owned(), "x".to_owned()] {
        bench.get("officer", &format!("/v1/cases/{missing}")).await.is_problem(404, "not-found");
        bench.get("officer", &format!("/v1/cases/{missing}/claim")).await.is_problem(404, "not-found");
    }
}

#[tokio::test]
async fn inquiries_of_one_case_share_its_claim_and_another_amount_is_refused_with_what_stands() {
    let bench = Bench::new();
    let (path, orders) = bench.submitted("first", &about("(2026)晋10执77号", None)).await;
    bench.answers(&orders[0], account("6200", "700.00"), "aa").await;
    let (_, orders) = bench.submitted("second", &about("（2026）晋10执77号", None)).await;
    bench.answers(&orders[1], account("6300", "700.00"), "bb").await;
    let case = case_of(&bench, &path).await;
    assert_eq!(ledger(&bench, &case).await, lines(&[("proposed", "700.00"), ("proposed", "300.00")]));
    let mut other = about("(2026)晋10执77号", None);
    other["mandate"]["claim"]["amount"] = json!("1000.01");
    let problem = bench.submit("third", other.to_string()).await.is_problem(422, "invalid");
    let finding = &problem["findings"][0];
    assert_eq!(finding["pointer"], "/mandate/claim/amount");
    assert!(finding["detail"].as_str().is_some_and(|detail| detail.contains("1000.00 yuan")), "{problem}");
    // A case that continues it takes the claim and the ledger over.
    let (path, orders) =
        bench.submitted("fourth", &about("(2026)晋10执恢9号", Some("(2026)晋10执77号"))).await;
    bench.answers(&orders[0], account("6400", "50.00"), "cc").await;
    let later = bench.get("officer", &case_of(&bench, &path).await).await.json();
    let chain: Vec<_> =
        later["chain"].as_array().expect("a chain").iter().map(|case| &case["number"]).collect();
    assert_eq!(chain, ["（2026）晋10执77号", "（2026）晋10执恢9号"]);
    assert_eq!(later["coverage"]["asked"], yuan("1000.00"), "nothing beyond the one claim: {later}");
    let stranger = about("(2026)晋10执恢10号", Some("(2026)晋10执恢10号"));
    let problem = bench.submit("fifth", stranger.to_string()).await.is_problem(422, "invalid");
    assert_eq!(problem["findings"][0]["pointer"], "/case/continues");
}

#[tokio::test]
async fn the_claim_changes_with_its_history_and_the_ledger_follows() {
    let bench = Bench::new();
    let (path, orders) = bench.submitted("k", &about("(2026)晋10执77号", None)).await;
    bench.answers(&orders[0], account("6200", "900.00"), "aa").await;
    bench.answers(&orders[1], account("6300", "900.00"), "bb").await;
    let case = case_of(&bench, &path).await;
    assert_eq!(ledger(&bench, &case).await, lines(&[("proposed", "900.00"), ("proposed", "100.00")]));
    let lower = json!({ "change": { "kind": "lower", "amount": yuan("950.00") }, "reason": "部分放弃",
        "documents": [claim_paper()] });
    let view = change(&bench, &case, &lower).await.json();
    assert_eq!(view["claim"]["amount"], yuan("950.00"), "{view}");
    assert_eq!(ledger(&bench, &case).await, lines(&[("proposed", "900.00"), ("proposed", "50.00")]));
    let paid = json!({ "change": { "kind": "part_payment", "amount": yuan("150.00") }, "reason": "已还",
        "documents": [claim_paper()] });
    assert_eq!(change(&bench, &case, &paid).await.json()["claim"]["amount"], yuan("800.00"));
    let interest = json!({ "change": { "kind": "interest", "principal": yuan("100000.00"), "days": 4 }, "reason": "迟延",
        "documents": [claim_paper()] });
    let view = change(&bench, &case, &interest).await.json();
    assert_eq!(view["claim"]["amount"], yuan("870.00"), "0.175 per mille a day (法释〔2014〕8号): {view}");
    let asked: Vec<&Value> =
        view["history"].as_array().expect("history").iter().map(|one| &one["kind"]).collect();
    assert_eq!(asked, ["stated", "lowered", "part_payment", "interest"]);
    assert_eq!(view["coverage"]["asked"], yuan("870.00"), "{view}");
    for (wrong, kind) in [("870.00", "raise"), ("870.00", "lower"), ("870.00", "part_payment")] {
        let body = json!({ "change": { "kind": kind, "amount": yuan(wrong) }, "reason": "x", "documents": [claim_paper()] });
        change(&bench, &case, &body).await.is_problem(422, "not-allowed");
    }
    let twice =
        json!([{ "party": "party-1", "amount": yuan("1.00") }, { "party": "party-1", "amount": null }]);
    for (body, pointer) in [
        (json!({ "reason": "x" }), ""),
        (json!({ "liable_up_to": twice, "reason": "x" }), "/liable_up_to/1/party"),
        (
            json!({ "change": { "kind": "raise", "amount": yuan("1000000000000000.01") }, "reason": "x" }),
            "/change/amount/amount",
        ),
        (
            json!({ "change": { "kind": "interest", "amount": yuan("1.00"), "principal": yuan("2.00") }, "reason": "x" }),
            "/change",
        ),
        (
            json!({ "change": { "kind": "interest", "principal": yuan("-2.00"), "days": 3 }, "reason": "x" }),
            "/change/principal/amount",
        ),
    ] {
        let problem = change(&bench, &case, &body).await.is_problem(422, "invalid");
        assert_eq!(problem["findings"][0]["pointer"], pointer, "{problem}");
    }
    let nobody = json!({ "liable_up_to": [{ "party": "nobody", "amount": yuan("1.00") }], "reason": "x" });
    change(&bench, &case, &nobody).await.is_problem(404, "not-found");
    let limited =
        json!({ "liable_up_to": [{ "party": "party-1", "amount": yuan("400.00") }], "reason": "限额担保" });
    let problem = change(&bench, &case, &limited).await.is_problem(422, "not-allowed");
    assert!(problem["detail"].as_str().expect("why").contains("须附文书"), "{problem}");
    let mut limited = limited;
    limited["documents"] = json!([claim_paper()]);
    assert_eq!(change(&bench, &case, &limited).await.status, 200);
    let settled = json!({ "state": "settled", "reason": "已履行" });
    let problem = change(&bench, &case, &settled).await.is_problem(422, "not-allowed");
    assert!(problem["detail"].as_str().expect("why").contains("须附文书"), "{problem}");
    let settled = json!({ "state": "settled", "reason": "已履行", "documents": [claim_paper()] });
    let settled = change(&bench, &case, &settled).await.json();
    assert_eq!((&settled["claim"]["state"], &settled["coverage"]["asked"]), (&json!("settled"), &yuan("0")));
    let again = bench.submit("later", about("(2026)晋10执77号", None).to_string()).await;
    let problem = again.is_problem(422, "invalid");
    let pointers: Vec<_> =
        problem["findings"].as_array().expect("findings").iter().map(|one| &one["pointer"]).collect();
    assert_eq!(pointers, ["/mandate/claim/amount", "/mandate"], "{problem}");
}

#[tokio::test]
async fn a_wrong_person_is_freed_for_good_with_one_act() {
    let bench = Bench::new();
    let (path, orders) = bench.submitted("k", &about("(2026)晋10执77号", None)).await;
    bench.answers(&orders[0], account("6200", "600.00"), "aa").await;
    let case = case_of(&bench, &path).await;
    let free = json!({ "ground": "wrong_person", "reason": "同名误控" });
    bench
        .post("approver", &format!("{case}/parties/nobody/release"), &free)
        .await
        .is_problem(404, "not-found");
    let freed = bench.post("approver", &format!("{case}/parties/party-1/release"), &free).await;
    assert_eq!(freed.json()["measures"].as_array().map(Vec::len), Some(1), "{}", freed.text);
    bench.answers(&orders[1], account("6300", "600.00"), "bb").await;
    let states: Vec<String> = ledger(&bench, &case).await.into_iter().map(|(state, _)| state).collect();
    assert!(!states.iter().any(|state| state == "proposed" || state == "asked"), "{states:?}");
    assert_eq!(bench.get("officer", &case).await.json()["claim"]["state"], "open", "others still owe it");
    let again = json!({ "reason": "误解除，应恢复", "documents": [claim_paper()] });
    let path = format!("{case}/parties/party-1/reinstate");
    bench.post("approver", &path, &again).await.is_problem(403, "forbidden");
    let bare = json!({ "reason": "误解除，应恢复", "documents": [] });
    bench.post("approver-2", &path, &bare).await.is_problem(422, "invalid");
    let freed = bench.get("officer", &case).await.json();
    assert_eq!(freed["parties"][0]["is_freed"], true);
    let owes = bench.post("approver-2", &path, &again).await.json();
    assert_eq!((&owes["party"]["reference"], &owes["party"]["is_freed"]), (&json!("party-1"), &json!(false)));
    bench.post("approver-2", &path, &again).await.is_problem(409, "not-now");
    let states: Vec<String> = ledger(&bench, &case).await.into_iter().map(|(state, _)| state).collect();
    assert!(states.iter().any(|state| state == "proposed" || state == "asked"), "{states:?}");
    bench
        .post("approver", &format!("{case}/release"), &json!({ "reason": "x" }))
        .await
        .is_problem(400, "malformed-body");
}

#[tokio::test]
async fn tasks_acts_orders_and_measures_are_found_in_pages() {
    let bench = Bench::new();
    for number in [71, 72, 73] {
        let body = about(&format!("(2026)晋10执{number}号"), None);
        let (_, orders) = bench.submitted(&format!("k{number}"), &body).await;
        bench.answers(&orders[0], account(&format!("62{number}"), "10.00"), "aa").await;
    }
    for (path, list, total) in [
        ("/v1/tasks?kind=approve", "tasks", 3),
        ("/v1/acts?act=submit&actor=case", "acts", 3),
        ("/v1/orders?counterpart=bank-b&state=queued&action=query", "orders", 3),
        ("/v1/measures?state=proposed&counterpart=bank-a", "measures", 3),
        ("/v1/cases?court=T10", "cases", 3),
        ("/v1/inquiries?state=open", "inquiries", 3),
    ] {
        let mut seen: Vec<Value> = Vec::new();
        let mut next = format!("{path}&limit=2");
        loop {
            let page = bench.get("officer", &next).await.json();
            let rows = page[list].as_array().unwrap_or_else(|| panic!("{path}: {page}"));
            assert!(!rows.is_empty(), "{path}: a page that is announced holds something");
            seen.extend(rows.iter().cloned());
            match &page["next"] {
                Value::Null => break,
                mark => {
                    next = format!("{path}&limit=2&cursor={}", mark.as_str().expect("a cursor is text"));
                }
            }
        }
        for bad in ["cursor=x", "before=1", "after=1"] {
            bench.get("officer", &format!("{path}&{bad}")).await.is_problem(400, "malformed-request");
        }
        let mut once = seen.clone();
        once.dedup();
        assert_eq!((seen.len(), once.len()), (total, total), "{path}: each once");
        bench.get("officer", &format!("{path}&limit=0")).await.is_problem(400, "malformed-request");
    }
    let none = bench.get("officer", "/v1/tasks?court=elsewhere").await.json();
    assert_eq!(none, json!({ "tasks": [], "next": null }));
    let page = bench.get("officer", "/v1/tasks?limit=1").await.json();
    let first = page["tasks"][0]["id"].as_str().expect("id");
    let complete = format!("/v1/tasks/{first}/complete");
    for key in ["officer", "case", "approver"] {
        bench.post(key, &complete, &json!({ "reason": "已办" })).await.is_problem(422, "not-allowed");
    }
    assert_eq!(page["tasks"][0]["may_be_completed"], false);
    let left = bench.get("officer", "/v1/tasks").await.json();
    assert_eq!(left["tasks"].as_array().map(Vec::len), Some(3), "a proposal stands until it is decided");
}

#[tokio::test]
async fn a_case_that_turns_out_to_continue_another_joins_its_chain_and_claim() {
    let bench = Bench::new();
    let (first, orders) = bench.submitted("first", &about("(2026)晋10执7号", None)).await;
    bench.answers(&orders[0], account("6200", "700.00"), "aa").await;
    let (second, orders) = bench.submitted("second", &about("(2026)晋10执恢77号", None)).await;
    bench.answers(&orders[1], account("6300", "700.00"), "bb").await;
    let (own, before) = (case_of(&bench, &second).await, case_of(&bench, &first).await);
    assert_eq!(ledger(&bench, &own).await, lines(&[("proposed", "700.00")]), "each has a claim of its own");
    let (third, orders) =
        bench.submitted("third", &about("(2026)晋10执恢77号", Some("(2026)晋10执7号"))).await;
    let joined = lines(&[("proposed", "700.00"), ("proposed", "300.00")]);
    for case in [own, before, case_of(&bench, &third).await] {
        assert_eq!(ledger(&bench, &case).await, joined, "one claim over both: {case}");
        let view = bench.get("officer", &case).await.json();
        assert_eq!(view["coverage"]["asked"], yuan("1000.00"), "{view}");
        assert_eq!(view["parties"].as_array().map(Vec::len), Some(1), "one party: {view}");
        assert_eq!(view["inquiries"].as_array().map(Vec::len), Some(3), "{view}");
        let chain: Vec<_> =
            view["chain"].as_array().expect("a chain").iter().map(|one| &one["number"]).collect();
        assert_eq!(chain, ["（2026）晋10执7号", "（2026）晋10执恢77号"]);
    }
    bench.answers(&orders[1], account("6400", "900.00"), "cc").await;
    let view = bench.get("officer", &case_of(&bench, &third).await).await.json();
    assert_eq!(view["coverage"]["asked"], yuan("1000.00"), "the next answer finds the one claim: {view}");
    assert!(view["tasks"].as_array().is_some_and(|tasks| tasks.len() == 2), "{view}");
}

#[tokio::test]
async fn cases_whose_claims_contradict_are_not_joined_and_the_finding_says_what_stands() {
    let bench = Bench::new();
    let (first, _) = bench.submitted("first", &about("(2026)晋10执7号", None)).await;
    let mut other = about("(2026)晋10执恢77号", None);
    other["mandate"]["claim"]["amount"] = json!("2000.00");
    let (second, _) = bench.submitted("second", &other).await;
    other["case"]["continues"] = json!("(2026)晋10执7号");
    let problem = bench.submit("third", other.to_string()).await.is_problem(422, "invalid");
    let finding = &problem["findings"][0];
    assert_eq!(finding["pointer"], "/case/continues");
    let detail = finding["detail"].as_str().expect("why");
    assert!(detail.contains("2000.00 yuan") && detail.contains("1000.00 yuan"), "{detail}");
    let chain = bench.get("officer", &case_of(&bench, &second).await).await.json();
    assert_eq!(chain["chain"].as_array().map(Vec::len), Some(1), "nothing was joined: {chain}");
    // Made equal, they are joined.
    let raise = json!({ "change": { "kind": "raise", "amount": yuan("2000.00") }, "reason": "判决",
        "documents": [claim_paper()] });
    assert_eq!(change(&bench, &case_of(&bench, &first).await, &raise).await.status, 200);
    bench.submitted("fourth", &other).await;
    let chain = bench.get("officer", &case_of(&bench, &second).await).await.json();
    assert_eq!(chain["chain"].as_array().map(Vec::len), Some(2), "{chain}");
}

#[tokio::test]
async fn a_reference_that_names_two_parties_is_told_and_each_is_named_by_its_identifier() {
    let bench = Bench::new();
    let (path, orders) = bench.submitted("first", &about("(2026)晋10执77号", None)).await;
    bench.answers(&orders[0], account("6200", "600.00"), "aa").await;
    let mut other = about("(2026)晋10执77号", None);
    other["parties"][0]["name"] = json!("临汾测试矿业有限公司");
    other["parties"][0]["kind"] = json!("organisation");
    other["parties"][0]["documents"] = json!([{ "kind": "uscc", "number": "91000000MADEM00112" }]);
    bench.submitted("second", &other).await;
    let case = case_of(&bench, &path).await;
    let view = bench.get("officer", &case).await.json();
    let parties = view["parties"].as_array().expect("parties");
    assert_eq!(parties.len(), 2, "{view}");
    let free = json!({ "ground": "wrong_person", "reason": "同名误控" });
    let release =
        async |name: &str| bench.post("approver", &format!("{case}/parties/{name}/release"), &free).await;
    let problem = release("party-1").await.is_problem(409, "not-now");
    assert!(problem["detail"].as_str().expect("why").contains("2 parties"), "{problem}");
    let strange = parties.iter().find(|party| party["kind"] == "organisation").expect("the company");
    let freed = release(strange["id"].as_str().expect("an identifier")).await;
    assert_eq!(freed.status, 200, "{}", freed.text);
    assert_eq!(ledger(&bench, &case).await, lines(&[("proposed", "600.00")]), "the other's stands");
}

#[tokio::test]
async fn a_case_does_not_continue_one_that_continues_it() {
    let bench = Bench::new();
    bench.submitted("first", &about("(2026)晋10执恢9号", Some("(2026)晋10执77号"))).await;
    let round = about("(2026)晋10执77号", Some("(2026)晋10执恢9号"));
    let problem = bench.submit("second", round.to_string()).await.is_problem(422, "invalid");
    assert_eq!(problem["findings"][0]["pointer"], "/case/continues", "{problem}");
}
