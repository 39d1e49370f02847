//! Submissions and previews about cases of other courts: refused before anything of the case is looked at.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};

use super::courts::{bench, of_court, submit_as};
use super::{Bench, Reply};

async fn preview_as(bench: &Bench, who: &str, body: &Value) -> Reply {
    let request =
        Request::post("/v1/inquiries/preview").header("authorization", format!("Bearer key-of-{who}"));
    bench.send(request.body(Body::from(body.to_string())).expect("request")).await
}

/// The one finding of a refusal.
fn only_finding(reply: &Reply) -> Value {
    let problem = reply.is_problem(422, "invalid");
    assert_eq!(problem["findings"].as_array().map(Vec::len), Some(1), "{problem}");
    problem["findings"][0].clone()
}

fn path_of(number: &str) -> String {
    let escaped = |byte: &u8| format!("%{byte:02X}");
    format!("/v1/cases/{}", number.as_bytes().iter().map(escaped).collect::<String>())
}

#[tokio::test]
async fn a_case_that_is_known_by_its_number_alone_is_no_other_courts_to_take() {
    let bench = bench();
    let mut first = of_court("T10", "(2026)晋10执恢9号");
    first["case"]["continues"] = json!("(2025)晋10执88号");
    assert_eq!(submit_as(&bench, "case-T10", "a", &first).await.status, StatusCode::CREATED);
    let mut taken = of_court("T11", "(2025)晋10执88号");
    taken.as_object_mut().expect("a body").remove("mandate");
    for refused in
        [submit_as(&bench, "case-T11", "b", &taken).await, preview_as(&bench, "case-T11", &taken).await]
    {
        assert_eq!(only_finding(&refused)["pointer"], "/case/court_code");
    }
    bench.get("officer-T11", &path_of("（2025）晋10执88号")).await.is_problem(404, "not-found");
    bench.get("officer-T11", &path_of("（2026）晋10执恢9号")).await.is_problem(404, "not-found");
    let own = of_court("T10", "(2025)晋10执88号");
    assert_eq!(submit_as(&bench, "case-T10", "c", &own).await.status, StatusCode::CREATED, "its own court's");
}

#[tokio::test]
async fn a_case_of_which_no_court_is_known_is_a_centralised_desks_alone() {
    let bench = bench();
    let nobodys = of_court("", "(2026)晋10执123号");
    assert_eq!(submit_as(&bench, "case", "a", &nobodys).await.status, StatusCode::CREATED);
    let taken = of_court("T11", "(2026)晋10执123号");
    assert_eq!(
        only_finding(&submit_as(&bench, "case-T11", "b", &taken).await)["pointer"],
        "/case/court_code"
    );
    assert_eq!(submit_as(&bench, "case", "c", &taken).await.status, StatusCode::CREATED, "a desk says whose");
    assert_eq!(submit_as(&bench, "case-T11", "d", &taken).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_refusal_says_nothing_of_what_stands_in_another_courts_case() {
    let bench = bench();
    let theirs = of_court("T10", "(2026)晋10执123号");
    assert_eq!(submit_as(&bench, "case-T10", "a", &theirs).await.status, StatusCode::CREATED);
    let own = of_court("T11", "(2026)晋11执7号");
    assert_eq!(submit_as(&bench, "case-T11", "b", &own).await.status, StatusCode::CREATED);
    // Another claim, another name for a number that is known there, a limit of its liability, and its own case that would join it.
    let mut probes = of_court("T11", "(2026)晋10执123号");
    probes["mandate"]["claim"]["amount"] = json!("1.00");
    probes["mandate"]["mode"] = json!("auto");
    probes["mandate"]["liable_up_to"] =
        json!([{ "party": "party-1", "amount": { "amount": "1.00", "currency": "CNY" } }]);
    probes["parties"][0]["name"] = json!("测试乙");
    let mut joins = probes.clone();
    joins["case"]["number"] = json!("(2026)晋11执7号");
    joins["case"]["continues"] = json!("(2026)晋10执123号");
    joins["case"]["filed_on"] = json!("2026-01-05");
    for (body, pointer) in [(probes, "/case/court_code"), (joins, "/case/continues")] {
        let submitted = submit_as(&bench, "case-T11", "c", &body).await;
        for refused in [submitted, preview_as(&bench, "case-T11", &body).await] {
            let finding = only_finding(&refused);
            assert_eq!(finding["pointer"], pointer);
            for told in ["1000", "测试甲", "标的", "当事人"] {
                assert!(!refused.text.contains(told), "{told}: {}", refused.text);
            }
        }
    }
}
