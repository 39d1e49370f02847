//! Approvals of what somebody looked at a while ago.

use axum::body::Body;
use axum::http::Request;
use serde_json::json;

use super::acts::{with_proposal, yuan};

#[tokio::test]
async fn what_is_approved_is_what_was_looked_at() {
    let (bench, path, _, measure) = with_proposal().await;
    let approve = format!("{measure}/approve");
    let seen = |state: &str, limit: &str, exemption: &str| json!({ "reason": "核对无误", "seen": { "state": state, "limit": yuan(limit), "exemption": exemption } });
    for other in [
        seen("candidate", "600.00", "free"),
        seen("proposed", "599.00", "free"),
        seen("proposed", "600.00", "doubtful"),
    ] {
        let told = bench.post("approver", &approve, &other).await.is_problem(409, "not-now");
        assert!(told["detail"].as_str().is_some_and(|detail| detail.contains("已变更")), "{told}");
    }
    // It was looked at; then the claim is lowered, and less is proposed.
    let looked_at = seen("proposed", "600.00", "free");
    let case = bench.get("officer", &path).await.json()["links"]["case"].as_str().expect("a case").to_owned();
    let paper = json!({ "kind": "claim_paper", "title": "收款凭证", "format": "pdf", "content": "JVBERi0=" });
    let lower = json!({ "change": { "kind": "lower", "amount": yuan("400.00") }, "reason": "部分履行", "documents": [paper] });
    let request = Request::put(format!("{case}/claim"))
        .header("authorization", "Bearer key-of-approver")
        .header("content-type", "application/json");
    let lowered = bench.send(request.body(Body::from(lower.to_string())).expect("request")).await;
    assert!(lowered.status.is_success(), "{}", lowered.text);
    let ledger = bench.get("approver", &format!("{path}/measures")).await.json();
    assert_eq!(ledger["measures"][0]["limit"], yuan("400.00"), "{ledger}");
    bench.post("approver", &approve, &looked_at).await.is_problem(409, "not-now");
    let done = bench.post("approver", &approve, &seen("proposed", "400", "free")).await;
    assert_eq!(done.json()["state"], "asked", "{}", done.text);
}
