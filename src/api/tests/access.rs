use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::Bench;
use super::harness::key;
use crate::config::Role;
use crate::domain::people::Courts;
use crate::people::MATRIX;
use crate::people::matrix::permission_of;

const UID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// Who may, as letters: case system, officer, approver, supervisor, operations, security administrator, auditor. Written by hand and
/// not taken from the matrix: a change of it is a change here.
const LETTERS: [(char, Role); 7] = [
    ('c', Role::CaseSystem),
    ('o', Role::Officer),
    ('a', Role::Approver),
    ('h', Role::Supervisor),
    ('p', Role::Operations),
    ('s', Role::SecurityAdministrator),
    ('u', Role::Auditor),
];

/// Method, path, and who may.
const MAY: &[(&str, &str, &str)] = &[
    ("POST", "/v1/inquiries", "co"),
    ("GET", "/v1/inquiries", "coahu"),
    ("GET", "/v1/inquiries/{id}", "coahu"),
    ("GET", "/v1/inquiries/{id}/orders", "coahu"),
    ("GET", "/v1/inquiries/{id}/assets", "coahu"),
    ("GET", "/v1/inquiries/{id}/companies", "coahu"),
    ("GET", "/v1/inquiries/{id}/measures", "coahu"),
    ("GET", "/v1/inquiries/{id}/certificate", "coahu"),
    ("GET", "/v1/inquiries/{id}/certificates/{number}", "coahu"),
    ("GET", "/v1/inquiries/{id}/acts", "coahu"),
    ("POST", "/v1/inquiries/{id}/requery", "co"),
    ("POST", "/v1/inquiries/{id}/cancel", "co"),
    ("GET", "/v1/cases", "coahu"),
    ("POST", "/v1/cases/search", "coahu"),
    ("GET", "/v1/cases/{id}", "coahu"),
    ("GET", "/v1/cases/{id}/claim", "coahu"),
    ("PUT", "/v1/cases/{id}/claim", "a"),
    ("POST", "/v1/cases/{id}/measures", "a"),
    ("POST", "/v1/cases/{id}/release", "a"),
    ("POST", "/v1/cases/{id}/parties/{reference}/release", "a"),
    ("POST", "/v1/cases/{id}/parties/{reference}/reinstate", "a"),
    ("GET", "/v1/tasks", "coahu"),
    ("POST", "/v1/tasks/{id}/complete", "coah"),
    ("GET", "/v1/acts", "coahu"),
    ("GET", "/v1/orders", "coahu"),
    ("GET", "/v1/orders/{number}", "coahu"),
    ("GET", "/v1/orders/{number}/raw", "oahu"),
    ("GET", "/v1/orders/{number}/raw/{revision}", "oahu"),
    ("POST", "/v1/orders/{number}/requery", "co"),
    ("POST", "/v1/orders/{number}/resolve", "a"),
    ("GET", "/v1/measures", "coahu"),
    ("GET", "/v1/measures/{id}", "coahu"),
    ("GET", "/v1/measures/{id}/receipts/{sha256}", "coahu"),
    ("POST", "/v1/measures/{id}/approve", "a"),
    ("POST", "/v1/measures/{id}/reject", "a"),
    ("POST", "/v1/measures/{id}/reconsider", "a"),
    ("POST", "/v1/measures/{id}/value", "a"),
    ("POST", "/v1/measures/{id}/rate", "a"),
    ("POST", "/v1/measures/{id}/release", "a"),
    ("POST", "/v1/measures/{id}/renew", "a"),
    ("POST", "/v1/measures/{id}/deduct", "a"),
    ("POST", "/v1/measures/{id}/transfer", "a"),
    ("GET", "/v1/desk", "oah"),
    ("GET", "/v1/desk/{number}", "oah"),
    ("GET", "/v1/desk/{number}/scan", "oah"),
    ("POST", "/v1/desk/{number}/take", "oa"),
    ("POST", "/v1/desk/{number}/notice", "oa"),
    ("POST", "/v1/desk/{number}/answer", "oa"),
    ("POST", "/v1/desk/{number}/check", "oa"),
    ("GET", "/v1/results", "c"),
    ("GET", "/v1/results/stream", "c"),
    ("POST", "/v1/results/ack", "c"),
    ("GET", "/v1/consumers", "cp"),
    ("DELETE", "/v1/consumers/{name}", "cp"),
    ("GET", "/v1/relays", "cp"),
    ("GET", "/v1/connectors", "ohp"),
    ("GET", "/v1/connectors/{id}", "ohp"),
    ("GET", "/v1/counterparts", "ohp"),
    ("GET", "/v1/counterparts/{name}", "ohp"),
    ("GET", "/v1/counterparts/{name}/charges", "ohp"),
    ("GET", "/v1/counterparts/{name}/messages", "ohp"),
    ("GET", "/v1/counterparts/{name}/faults", "ohp"),
    ("POST", "/v1/counterparts/{name}/faults/{number}/again", "p"),
    ("POST", "/v1/counterparts/{name}/pause", "p"),
    ("POST", "/v1/counterparts/{name}/resume", "p"),
    ("POST", "/v1/counterparts/{name}/probe", "p"),
    ("GET", "/metrics", "p"),
    ("GET", "/v1/store", "p"),
    ("POST", "/v1/store/move", "p"),
    ("GET", "/v1/replicas", "ohp"),
    ("POST", "/v1/inquiries/preview", "co"),
    ("GET", "/v1/cases/{id}/progress", "coahu"),
    ("GET", "/v1/cases/{id}/papers", "coahu"),
    ("POST", "/v1/cases/{id}/papers", "coah"),
    ("GET", "/v1/papers/{number}", "coahu"),
    ("GET", "/v1/papers/{number}/receipts", "coahu"),
    ("GET", "/v1/cases/{id}/documents", "coahu"),
    ("GET", "/v1/cases/{id}/documents/{document}", "coahu"),
    ("POST", "/v1/papers/batch", "coah"),
    ("GET", "/v1/statistics", "coahu"),
    ("GET", "/openapi.json", "coahpsu"),
    ("GET", "/v1/me", "coahpsu"),
    ("POST", "/v1/me/password", "coahpsu"),
    ("POST", "/v1/me/totp", "coahpsu"),
    ("PUT", "/v1/me/totp", "coahpsu"),
    ("GET", "/v1/sessions", "coahpsu"),
    ("DELETE", "/v1/sessions/{id}", "coahpsu"),
    ("GET", "/v1/people", "s"),
    ("POST", "/v1/people", "s"),
    ("GET", "/v1/people/{id}", "s"),
    ("PATCH", "/v1/people/{id}", "s"),
    ("POST", "/v1/people/{id}/reset", "s"),
    ("GET", "/v1/people/expiring", "s"),
    ("POST", "/v1/people/{id}/sign-in-certificates", "s"),
    ("DELETE", "/v1/people/{id}/sign-in-certificates/{fingerprint}", "s"),
    ("GET", "/v1/keys", "s"),
    ("POST", "/v1/keys", "s"),
    ("DELETE", "/v1/keys/{id}", "s"),
    ("GET", "/v1/looks", "u"),
    ("GET", "/v1/looks.csv", "u"),
    ("GET", "/v1/looks/alarms", "u"),
    ("GET", "/v1/looks/alarms.csv", "u"),
];

/// Routes that need no key.
const OPEN: [&str; 3] = ["GET /healthz", "GET /readyz", "POST /v1/sessions"];

fn request(method: &str, path: &str) -> axum::http::request::Builder {
    let inquiry = path.contains("/inquiries/");
    let path = path
        .replace("{id}", if inquiry { UID } else { "1" })
        .replace("{number}", if inquiry { "1" } else { "CK1" })
        .replace("{reference}", "debtor")
        .replace("{name}", "nobody")
        .replace("{document}", "1")
        .replace("{revision}", "1")
        .replace("{fingerprint}", "00")
        .replace("{sha256}", "00");
    let path =
        if path.starts_with("/v1/results") && method == "GET" { format!("{path}?consumer=x") } else { path };
    Request::builder().method(method).uri(path)
}

/// A gateway with a key for every role.
fn bench() -> Bench {
    Bench::with(|gateway| {
        gateway.keys = Role::ALL.map(|(role, word)| key(word, role, Courts::All)).into();
    })
}

#[tokio::test]
async fn each_role_may_what_it_needs_and_no_more() {
    let bench = bench();
    for (method, path, may) in MAY {
        for (letter, role) in LETTERS {
            let who = role.word();
            let request = request(method, path).header("authorization", format!("Bearer key-of-{who}"));
            let response = bench.router.clone().oneshot(request.body(Body::from("{}")).expect("request"));
            let response = response.await.expect("infallible");
            let status = response.status();
            // Streams have no end to be read to.
            let is_stream = status == StatusCode::OK;
            let body = if is_stream { Body::empty() } else { response.into_body() };
            let told = axum::body::to_bytes(body, 1 << 20).await.expect("a body");
            let by_role = String::from_utf8_lossy(&told).contains("one of the roles");
            assert_eq!(by_role, !may.contains(letter), "{who} {method} {path}: {status}");
            assert!(!by_role || status == StatusCode::FORBIDDEN, "{who} {method} {path}: {status}");
        }
    }
    let problem = bench.get("auditor", "/v1/counterparts").await.is_problem(403, "forbidden");
    assert!(problem["detail"].as_str().expect("detail").contains("roles: officer, supervisor"), "{problem}");
}

#[test]
fn the_matrix_is_what_the_routes_ask_for_and_nothing_else() {
    let document: Value = serde_json::from_str(&crate::api::openapi()).expect("JSON");
    let mut served = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let place = format!("{} {path}", method.to_uppercase());
            let row = permission_of(&place);
            assert_eq!(row.map(|row| row.act), operation["x-act"].as_str(), "{place}");
            assert_eq!(row.is_none(), OPEN.contains(&place.as_str()), "{place}");
            served.insert(place);
        }
    }
    let listed: BTreeSet<String> =
        MATRIX.iter().flat_map(|row| row.places).map(|place| (*place).to_owned()).collect();
    let of_api =
        |place: &String| place.contains(" /v1/") || place.ends_with(".json") || place.ends_with("/metrics");
    let stale: Vec<&String> =
        listed.iter().filter(|place| of_api(place) && !served.contains(*place)).collect();
    assert!(stale.is_empty(), "{stale:?}");
    let by_hand: BTreeSet<String> = MAY.iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    let expected: BTreeSet<String> =
        served.into_iter().filter(|place| !OPEN.contains(&place.as_str())).collect();
    assert_eq!(by_hand, expected, "the table by hand names every route");
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
    let texts: Vec<_> = MAY.iter().copied().chain(unknown).collect();
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
