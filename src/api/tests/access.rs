use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::json;

use super::Bench;

const UID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";
const ROLES: [&str; 4] = ["case", "officer", "approver", "ops"];

/// Method, path, and who may, as letters: case system, officer, approver, operations.
const MATRIX: [(&str, &str, &str); 49] = [
    ("POST", "/v1/inquiries", "c"),
    ("GET", "/v1/inquiries", "coa"),
    ("GET", "/v1/inquiries/{id}", "coa"),
    ("GET", "/v1/inquiries/{id}/orders", "coa"),
    ("GET", "/v1/inquiries/{id}/assets", "coa"),
    ("GET", "/v1/inquiries/{id}/companies", "coa"),
    ("GET", "/v1/inquiries/{id}/measures", "coa"),
    ("GET", "/v1/inquiries/{id}/certificate", "coa"),
    ("GET", "/v1/inquiries/{id}/certificates/1", "coa"),
    ("GET", "/v1/inquiries/{id}/acts", "coa"),
    ("POST", "/v1/inquiries/{id}/requery", "co"),
    ("POST", "/v1/inquiries/{id}/cancel", "co"),
    ("GET", "/v1/cases", "coa"),
    ("GET", "/v1/cases/1", "coa"),
    ("GET", "/v1/cases/1/claim", "coa"),
    ("PUT", "/v1/cases/1/claim", "a"),
    ("POST", "/v1/cases/1/measures", "a"),
    ("POST", "/v1/cases/1/release", "a"),
    ("POST", "/v1/cases/1/parties/debtor/release", "a"),
    ("GET", "/v1/tasks", "coa"),
    ("POST", "/v1/tasks/1/complete", "coa"),
    ("GET", "/v1/acts", "coa"),
    ("GET", "/v1/orders", "coa"),
    ("GET", "/v1/orders/CK1", "coa"),
    ("POST", "/v1/orders/CK1/requery", "co"),
    ("POST", "/v1/orders/CK1/resolve", "a"),
    ("GET", "/v1/measures", "coa"),
    ("GET", "/v1/measures/1", "coa"),
    ("POST", "/v1/measures/1/approve", "a"),
    ("POST", "/v1/measures/1/reject", "a"),
    ("POST", "/v1/measures/1/reconsider", "a"),
    ("POST", "/v1/measures/1/value", "a"),
    ("POST", "/v1/measures/1/release", "a"),
    ("POST", "/v1/measures/1/renew", "a"),
    ("POST", "/v1/measures/1/deduct", "a"),
    ("POST", "/v1/measures/1/transfer", "a"),
    ("GET", "/v1/results?consumer=x", "c"),
    ("POST", "/v1/results/ack", "c"),
    ("GET", "/v1/consumers", "cp"),
    ("GET", "/v1/connectors", "op"),
    ("GET", "/v1/connectors/court-bank", "op"),
    ("GET", "/v1/counterparts", "op"),
    ("GET", "/v1/counterparts/bank-a", "op"),
    ("GET", "/v1/counterparts/bank-a/charges", "op"),
    ("POST", "/v1/counterparts/nobody/pause", "p"),
    ("POST", "/v1/counterparts/nobody/resume", "p"),
    ("POST", "/v1/counterparts/nobody/probe", "p"),
    ("GET", "/metrics", "p"),
    ("GET", "/openapi.json", "coap"),
];

fn request(method: &str, path: &str) -> axum::http::request::Builder {
    Request::builder().method(method).uri(path.replace("{id}", UID))
}

#[tokio::test]
async fn each_role_may_what_it_needs_and_no_more() {
    let bench = Bench::new();
    for (method, path, may) in MATRIX {
        for (who, letter) in ROLES.into_iter().zip(['c', 'o', 'a', 'p']) {
            let request = request(method, path).header("authorization", format!("Bearer key-of-{who}"));
            let reply = bench.send(request.body(Body::from("{}")).expect("request")).await;
            let forbidden = reply.status == StatusCode::FORBIDDEN;
            assert_eq!(forbidden, !may.contains(letter), "{who} {method} {path}: {}", reply.text);
            if forbidden {
                let problem = reply.is_problem(403, "forbidden");
                assert!(problem["detail"].as_str().expect("detail").contains("roles: "), "{problem}");
            }
        }
    }
}

#[tokio::test]
async fn without_a_key_nothing_is_learnt() {
    let bench = Bench::new();
    let unknown = [
        ("GET", "/v1/nothing", ""),
        ("DELETE", "/v1/inquiries", ""),
        ("GET", "/", ""),
        ("GET", "/v1/results/stream?consumer=x", ""),
    ];
    let texts: Vec<_> = MATRIX.into_iter().chain(unknown).collect();
    for (method, path, _) in texts {
        for header in ["Bearer wrong", "Basic key-of-case", "Bearer ", "key-of-case", ""] {
            let request = request(method, path).header("authorization", header);
            let reply = bench.send(request.body(Body::from("{}")).expect("request")).await;
            reply.is_problem(401, "unauthenticated");
            assert!(reply.header("www-authenticate").starts_with("Bearer"));
        }
    }
    for path in ["/healthz", "/readyz"] {
        let reply = bench.send(request("GET", path).body(Body::empty()).expect("request")).await;
        assert_eq!(reply.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn the_key_may_come_in_either_header() {
    let bench = Bench::new();
    for (name, value) in [("authorization", "bearer key-of-case"), ("x-api-key", "key-of-case")] {
        let request = request("GET", "/v1/inquiries").header(name, value);
        let reply = bench.send(request.body(Body::empty()).expect("request")).await;
        assert_eq!(reply.status, StatusCode::OK);
        assert_eq!(reply.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn unknown_paths_and_methods_are_problems() {
    let bench = Bench::new();
    bench.get("case", "/v1/nothing").await.is_problem(404, "not-found");
    bench.get("case", "/v1/inquiries/not-a-uuid").await.is_problem(404, "not-found");
    bench.get("case", "/v1/orders/lower").await.is_problem(404, "not-found");
    bench.get("case", "/v1/measures/x").await.is_problem(404, "not-found");
    bench.post("case", "/v1/consumers", &json!({})).await.is_problem(405, "method-not-allowed");
    bench.get("case", "/v1/inquiries?colour=red").await.is_problem(400, "malformed-request");
}

#[tokio::test]
async fn more_requests_than_slots_are_told_to_come_again() {
    let bench = Bench::with(|gateway| gateway.server.most_requests = 0);
    let reply = bench.get("case", "/v1/inquiries").await;
    reply.is_problem(503, "overloaded");
    assert_eq!(reply.header("retry-after"), "2");
    assert_eq!(bench.get("case", "/healthz").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_given_up() {
    let bench = Bench::with(|gateway| gateway.server.request_timeout = std::time::Duration::ZERO);
    let slow = futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>();
    bench.submit("k", Body::from_stream(slow)).await.is_problem(503, "timed-out");
}
