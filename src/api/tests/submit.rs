use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use chakong_contract::id::ResidentId;
use futures_util::stream;
use serde_json::json;

use super::{Bench, submission};
use crate::config::{ApiKey, Problems, Role, digest_of, read_counterpart};
use crate::counterparts::Counterparts;
use crate::domain::people::Courts;

#[tokio::test]
async fn a_new_inquiry_is_created_once_per_key() {
    let bench = Bench::new();
    let body = submission().to_string();
    let first = bench.submit("k1", body.clone()).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
    let view = first.json();
    assert_eq!(first.header("location"), format!("/v1/inquiries/{}", view["id"].as_str().expect("id")));
    assert_eq!(view["case_number"], "（2026）晋10执123号");
    assert_eq!(
        view["orders"],
        json!({ "total": 2, "queued": 2, "sending": 0, "awaiting": 0, "answered": 0,
        "refused": 0, "overdue": 0, "failed": 0, "undetermined": 0, "cancelled": 0 })
    );
    assert_eq!(view["coverage"]["shortfall"]["amount"], "1000.00");
    let again = bench.submit("k1", body.clone()).await;
    assert_eq!(again.status, StatusCode::OK);
    assert_eq!(again.json(), view, "the same inquiry, and what was made up for the first answer was true");
    let other = bench.submit("k1", format!("{body} ")).await;
    other.is_problem(409, "key-reused");
    let next = bench.submit("k2", body).await;
    assert_eq!(next.status, StatusCode::CREATED);
    assert_ne!(next.json()["id"], view["id"]);
}

#[tokio::test]
async fn the_key_is_required_and_bounded() {
    let bench = Bench::new();
    let request = Request::post("/v1/inquiries").header("authorization", "Bearer key-of-case");
    let without = bench.send(request.body(Body::from("{}")).expect("request")).await;
    without.is_problem(400, "malformed-request");
    for key in ["", "with space", &"k".repeat(129)] {
        bench.submit(key, submission().to_string()).await.is_problem(400, "malformed-request");
    }
    assert_eq!(bench.submit(&"k".repeat(128), submission().to_string()).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn what_cannot_be_read_is_named_by_its_place() {
    let bench = Bench::new();
    bench.submit("k", "not json").await.is_problem(400, "malformed-body");
    let mut body = submission();
    body["parties"][0]["nick_name"] = json!("x");
    let problem = bench.submit("k", body.to_string()).await.is_problem(400, "malformed-body");
    assert!(
        problem["findings"][0]["pointer"].as_str().expect("pointer").starts_with("/parties/0"),
        "{problem}"
    );
    assert_eq!(problem["instance"], "/v1/inquiries");
}

#[tokio::test]
async fn every_broken_rule_is_listed() {
    let bench = Bench::new();
    let mut body = submission();
    body["mandate"]["claim"]["amount"] = json!("0");
    body["case"]["court_name"] = json!(" ");
    body["search"] = json!({ "counterparts": ["nobody"] });
    let problem = bench.submit("k", body.to_string()).await.is_problem(422, "invalid");
    let findings = problem["findings"].as_array().expect("findings");
    let pointers: Vec<&str> = findings.iter().filter_map(|finding| finding["pointer"].as_str()).collect();
    for pointer in ["/mandate/claim/amount", "/case/court_name", "/search/counterparts/0"] {
        assert!(pointers.contains(&pointer), "{pointer}: {pointers:?}");
    }
    let list = bench.get("case", "/v1/inquiries").await.json();
    assert_eq!(list["inquiries"], json!([]), "nothing of it was kept");
}

#[tokio::test]
async fn large_bodies_are_refused_whether_announced_or_in_chunks() {
    let bench = Bench::new();
    let large = "x".repeat((128 << 10) + 1);
    bench.submit("k", large.clone()).await.is_problem(413, "too-large");
    let chunks = large
        .into_bytes()
        .chunks(1000)
        .map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec()))
        .collect::<Vec<_>>();
    bench.submit("k", Body::from_stream(stream::iter(chunks))).await.is_problem(413, "too-large");
    let whole = submission().to_string().into_bytes();
    let chunks = whole.chunks(100).map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec())).collect::<Vec<_>>();
    assert_eq!(bench.submit("k", Body::from_stream(stream::iter(chunks))).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_content_type_other_than_json_is_refused() {
    let bench = Bench::new();
    let send = |kind: &'static str| {
        let request = Request::post("/v1/inquiries")
            .header("authorization", "Bearer key-of-case")
            .header("idempotency-key", "k")
            .header("content-type", kind);
        bench.send(request.body(Body::from(submission().to_string())).expect("request"))
    };
    send("text/xml").await.is_problem(415, "not-json");
    assert_eq!(send("application/json; charset=utf-8").await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn intake_stops_while_the_disk_is_nearly_full() {
    let bench = Bench::with(|gateway| gateway.min_free = u64::MAX);
    let reply = bench.submit("k", submission().to_string()).await;
    reply.is_problem(503, "store-full");
    assert_eq!(reply.header("retry-after"), "60");
    assert_eq!(bench.get("case", "/v1/inquiries").await.status, StatusCode::OK, "reading goes on");
    let ready = bench.get("nobody", "/readyz").await.is_problem(503, "not-ready");
    assert!(ready["detail"].as_str().expect("detail").contains("disk"), "{ready}");
}

#[tokio::test]
async fn a_code_that_fails_its_check_stands_on_an_officers_word_with_a_reason() {
    let bench = Bench::with(|gateway| {
        let digest = digest_of("key-of-both");
        let roles = [Role::CaseSystem, Role::Officer].into();
        gateway.keys.push(ApiKey {
            name: "both".to_owned(),
            roles,
            courts: Courts::All,
            consumer: None,
            digest,
        });
    });
    let mut body = submission();
    body["parties"][0]["kind"] = json!("organisation");
    body["parties"][0]["name"] = json!("测试矿业有限公司");
    body["parties"][0]["documents"] = json!([{ "kind": "unverified_uscc", "number": "91000000MADEM00114" }]);
    let send = async |who: &str, body: &serde_json::Value| {
        let request = Request::post("/v1/inquiries")
            .header("authorization", format!("Bearer key-of-{who}"))
            .header("idempotency-key", "word");
        bench.send(request.body(Body::from(body.to_string())).expect("request")).await
    };
    let pointers = |problem: serde_json::Value| -> Vec<String> {
        let findings = problem["findings"].as_array().expect("findings").clone();
        findings.iter().map(|one| one["pointer"].as_str().expect("pointer").to_owned()).collect()
    };
    let refused = send("case", &body).await.is_problem(422, "invalid");
    assert_eq!(pointers(refused), ["/parties/0/documents/0", "/unverified_reason"]);
    let refused = send("both", &body).await.is_problem(422, "invalid");
    assert_eq!(pointers(refused), ["/unverified_reason"], "the role alone is no reason");
    body["unverified_reason"] = json!("登记机关档案即为此代码");
    let refused = send("case", &body).await.is_problem(422, "invalid");
    assert_eq!(pointers(refused), ["/parties/0/documents/0"], "nor is a reason alone a word");
    let accepted = send("both", &body).await;
    assert_eq!(accepted.status, StatusCode::CREATED, "{}", accepted.text);
    let path = accepted.header("location").to_owned();
    let acts = bench.get("officer", &format!("{path}/acts")).await.json();
    let submit = &acts["acts"][0];
    assert_eq!((&submit["actor"], &submit["reason"]), (&json!("both"), &json!("登记机关档案即为此代码")));
    assert_eq!(submit["detail"]["unverified_documents_of"], json!(["party-1"]));
}

#[tokio::test]
async fn a_case_with_its_day_of_filing_has_the_clocks_of_the_law_on_its_list() {
    let bench = Bench::new();
    let mut body = submission();
    body["case"]["filed_on"] = json!("2026-01-05");
    bench.submitted("k", &body).await;
    let tasks = bench.get("officer", "/v1/tasks").await.json();
    let of = |kind: &str| {
        let all = tasks["tasks"].as_array().expect("tasks");
        all.iter().find(|task| task["kind"] == kind).cloned().unwrap_or_default()
    };
    assert_eq!(of("start_inquiry")["due_at"], "2026-01-07T15:59:59Z");
    assert_eq!(of("file_results")["due_at"], "2026-01-08T15:59:59Z");
    for (query, found) in [
        ("officer=%E6%89%BF%E5%8A%9E%E4%BA%BA%E7%94%B2", 2),
        ("officer=%E5%8F%A6%E4%B8%80%E4%BA%BA", 0),
        ("submitted_by=case", 2),
        ("submitted_by=gh001", 0),
        ("submitted_by=case&officer=%E5%8F%A6%E4%B8%80%E4%BA%BA", 0),
    ] {
        let list = bench.get("officer", &format!("/v1/tasks?{query}")).await.json();
        assert_eq!(list["tasks"].as_array().map(Vec::len), Some(found), "{query}: {list}");
    }
    bench.get("officer", "/v1/tasks?officer=%20").await.is_problem(400, "malformed-request");
    let id = of("file_results")["id"].as_str().expect("id").to_owned();
    assert_eq!(of("file_results")["may_be_completed"], true);
    let complete = format!("/v1/tasks/{id}/complete");
    assert_eq!(bench.post("officer", &complete, &json!({ "reason": "已入卷" })).await.status, 200);
    bench.post("officer", &complete, &json!({ "reason": "again" })).await.is_problem(404, "not-found");
    let left = bench.get("officer", "/v1/tasks?kind=file_results").await.json();
    assert_eq!(left["tasks"], json!([]));
    body["case"]["filed_on"] = json!("2199-01-05");
    let problem = bench.submit("k2", body.to_string()).await.is_problem(422, "invalid");
    assert_eq!(problem["findings"][0]["pointer"], "/case/filed_on");
}

#[tokio::test]
async fn a_bank_that_asks_for_two_officers_is_not_asked_by_one() {
    let text = "connector = \"court-bank\"\nofficers_required = 2\n[line]\nkind = \"parcel\"\noutgoing = \"out\"\n\
                incoming = \"in\"\n[settings]\nbank_code = \"E999H110000000003\"\n";
    let bench = Bench::with(|gateway| {
        let mut problems = Problems::default();
        let plugins = [chakong_court_bank::plugin()];
        let path = std::path::Path::new("/nowhere/strict-bank.toml");
        let config = read_counterpart(path, text, &plugins, &mut problems).expect("a counterpart");
        assert!(problems.is_empty(), "{problems}");
        gateway.counterparts = Arc::new(Counterparts::new(vec![config]));
    });
    let mut body = submission();
    let problem = bench.submit("one", body.to_string()).await.is_problem(422, "invalid");
    assert!(problem["findings"].to_string().contains("双人双证"), "{problem}");
    let mut second = body["case"]["officers"][0].clone();
    body["case"]["officers"] = json!([second.clone(), second.clone()]);
    bench.submit("twice", body.to_string()).await.is_problem(422, "invalid");
    second["name"] = json!("协查人乙");
    second["work_certificate"] = json!("W2");
    second["enforcement_certificate"] = json!("E2");
    body["case"]["officers"][1] = second;
    assert_eq!(bench.submit("two", body.to_string()).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_claim_and_liabilities_beyond_all_measure_for_nothing_or_twice_are_refused() {
    let bench = Bench::new();
    let yuan = |amount: &str| json!({ "amount": amount, "currency": "CNY" });
    let mut body = submission();
    body["mandate"]["claim"] = yuan("1000000000000000.01");
    body["mandate"]["living_costs"] = yuan("2000000000000000");
    body["mandate"]["liable_up_to"] = json!([{ "party": "party-1", "amount": yuan("0.00") }, { "party": "party-1", "amount": yuan("5.00") }]);
    let problem = bench.submit("k", body.to_string()).await.is_problem(422, "invalid");
    let pointers: Vec<&str> = problem["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter_map(|finding| finding["pointer"].as_str())
        .collect();
    let expected = [
        "/mandate/claim/amount",
        "/mandate/living_costs/amount",
        "/mandate/liable_up_to/0/amount/amount",
        "/mandate/liable_up_to/1/party",
    ];
    assert_eq!(pointers, expected, "{problem}");
}

#[tokio::test]
async fn nobody_is_born_after_today() {
    let bench = Bench::new();
    let mut body = submission();
    let number = |birth: &str| {
        let mut numbers = "0123456789X".chars().map(|check| format!("110101{birth}001{check}"));
        numbers.find(|number| number.parse::<ResidentId>().is_ok()).expect("a check digit that is right")
    };
    body["parties"][0]["documents"] = json!([{ "kind": "resident_id", "number": number("20990101") }]);
    let refused = bench.submit("k", body.to_string()).await.is_problem(422, "invalid");
    assert_eq!(refused["findings"][0]["pointer"], "/parties/0/documents/0", "{refused}");
    body["parties"][0]["documents"][0]["number"] = json!(number("19000101"));
    assert_eq!(bench.submit("k", body.to_string()).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn that_nobody_can_freeze_is_not_said_where_those_who_can_lack_papers_alone() {
    let bench = Bench::new();
    let mut body = submission();
    body["parties"][0]["kind"] = json!("organisation");
    body["parties"][0]["name"] = json!("测试矿业有限公司");
    body["parties"][0]["documents"] = json!([{ "kind": "uscc", "number": "91000000MADEM00112" }]);
    let documents = body["documents"].take();
    body["documents"] = json!([]);
    let told = bench.submit("without", body.to_string()).await.is_problem(422, "invalid");
    assert!(told.to_string().contains("/documents"), "the papers are asked for: {told}");
    assert!(!told.to_string().contains("不支持网络冻结"), "the banks can freeze: {told}");
    body["documents"] = documents;
    body["search"] = json!({ "counterparts": ["vendor"] });
    let told = bench.submit("vendor", body.to_string()).await.is_problem(422, "invalid");
    assert!(told.to_string().contains("所查单位均不支持网络冻结"), "{told}");
}
