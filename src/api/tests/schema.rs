use std::collections::BTreeSet;
use std::sync::LazyLock;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::Value;

use super::Bench;

/// The document, read once.
static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(&super::super::openapi()).expect("JSON"));

/// Asserts that the document knows this end of a request, if it knows the request at all.
pub(super) fn assert_documented(method: &str, path: &str, status: u16) {
    let fits = |pattern: &str| {
        let same = |(known, part): (&str, &str)| known == part || known.starts_with('{');
        let (known, parts) = (pattern.split('/'), path.split('/'));
        known.clone().count() == parts.clone().count() && known.zip(parts).all(same)
    };
    let operation = operations(&DOCUMENT).into_iter().find(|(route, _)| {
        route.split_once(' ').is_some_and(|(known, pattern)| known == method && fits(pattern))
    });
    if let Some((route, operation)) = operation {
        let documented = operation["responses"].get(status.to_string()).is_some();
        assert!(documented, "{status} of {route} is not documented");
    }
}

/// Every route of the API.
const ROUTES: &[&str] = &[
    "delete /v1/consumers/{name}",
    "delete /v1/keys/{id}",
    "delete /v1/people/{id}/sign-in-certificates/{fingerprint}",
    "delete /v1/sessions/{id}",
    "get /healthz",
    "get /metrics",
    "get /openapi.json",
    "get /readyz",
    "get /v1/acts",
    "get /v1/cases",
    "get /v1/cases/{id}",
    "get /v1/cases/{id}/claim",
    "get /v1/cases/{id}/documents",
    "get /v1/cases/{id}/documents/{document}",
    "get /v1/cases/{id}/papers",
    "get /v1/cases/{id}/progress",
    "get /v1/connectors",
    "get /v1/connectors/{id}",
    "get /v1/consumers",
    "get /v1/counterparts",
    "get /v1/counterparts/{name}",
    "get /v1/counterparts/{name}/charges",
    "get /v1/counterparts/{name}/faults",
    "get /v1/counterparts/{name}/messages",
    "get /v1/desk",
    "get /v1/desk/{number}",
    "get /v1/desk/{number}/scan",
    "get /v1/inquiries",
    "get /v1/inquiries/{id}",
    "get /v1/inquiries/{id}/acts",
    "get /v1/inquiries/{id}/assets",
    "get /v1/inquiries/{id}/certificate",
    "get /v1/inquiries/{id}/certificates/{number}",
    "get /v1/inquiries/{id}/companies",
    "get /v1/inquiries/{id}/measures",
    "get /v1/inquiries/{id}/orders",
    "get /v1/keys",
    "get /v1/looks",
    "get /v1/looks.csv",
    "get /v1/looks/alarms",
    "get /v1/looks/alarms.csv",
    "get /v1/me",
    "get /v1/measures",
    "get /v1/measures/{id}",
    "get /v1/measures/{id}/receipts/{sha256}",
    "get /v1/orders",
    "get /v1/orders/{number}",
    "get /v1/orders/{number}/raw",
    "get /v1/orders/{number}/raw/{revision}",
    "get /v1/papers/{number}",
    "get /v1/papers/{number}/receipts",
    "get /v1/people",
    "get /v1/people/expiring",
    "get /v1/people/{id}",
    "get /v1/relays",
    "get /v1/replicas",
    "get /v1/results",
    "get /v1/results/stream",
    "get /v1/sessions",
    "get /v1/statistics",
    "get /v1/store",
    "get /v1/tasks",
    "patch /v1/people/{id}",
    "post /v1/cases/search",
    "post /v1/cases/{id}/measures",
    "post /v1/cases/{id}/papers",
    "post /v1/cases/{id}/parties/{reference}/reinstate",
    "post /v1/cases/{id}/parties/{reference}/release",
    "post /v1/cases/{id}/release",
    "post /v1/counterparts/{name}/faults/{number}/again",
    "post /v1/counterparts/{name}/pause",
    "post /v1/counterparts/{name}/probe",
    "post /v1/counterparts/{name}/resume",
    "post /v1/desk/{number}/answer",
    "post /v1/desk/{number}/check",
    "post /v1/desk/{number}/notice",
    "post /v1/desk/{number}/take",
    "post /v1/inquiries",
    "post /v1/inquiries/preview",
    "post /v1/inquiries/{id}/cancel",
    "post /v1/inquiries/{id}/requery",
    "post /v1/keys",
    "post /v1/me/password",
    "post /v1/me/totp",
    "post /v1/measures/{id}/approve",
    "post /v1/measures/{id}/deduct",
    "post /v1/measures/{id}/rate",
    "post /v1/measures/{id}/reconsider",
    "post /v1/measures/{id}/reject",
    "post /v1/measures/{id}/release",
    "post /v1/measures/{id}/renew",
    "post /v1/measures/{id}/transfer",
    "post /v1/measures/{id}/value",
    "post /v1/orders/{number}/requery",
    "post /v1/orders/{number}/resolve",
    "post /v1/papers/batch",
    "post /v1/people",
    "post /v1/people/{id}/reset",
    "post /v1/people/{id}/sign-in-certificates",
    "post /v1/results/ack",
    "post /v1/sessions",
    "post /v1/store/move",
    "post /v1/tasks/{id}/complete",
    "put /v1/cases/{id}/claim",
    "put /v1/me/totp",
];

fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().expect("paths");
    paths
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().expect("methods").iter();
            methods.map(move |(method, operation)| (format!("{method} {path}"), operation))
        })
        .collect()
}

#[test]
fn the_document_knows_every_route_and_says_what_each_is() {
    let document: Value = serde_json::from_str(&super::super::openapi()).expect("JSON");
    assert!(document["openapi"].as_str().expect("version").starts_with("3.1"));
    assert_eq!(document["components"]["securitySchemes"]["key"]["scheme"], "bearer");
    let operations = operations(&document);
    let known: BTreeSet<&str> = operations.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(known, ROUTES.iter().copied().collect());
    let tags: Vec<&str> =
        document["tags"].as_array().expect("tags").iter().filter_map(|tag| tag["name"].as_str()).collect();
    let mut ids = BTreeSet::new();
    for (name, operation) in &operations {
        assert!(!operation["summary"].as_str().unwrap_or_default().is_empty(), "{name} has no summary");
        assert!(tags.contains(&operation["tags"][0].as_str().expect("tag")), "{name} has no tag");
        assert!(ids.insert(operation["operationId"].as_str().expect("id")), "{name} has the id of another");
        let responses = operation["responses"].as_object().expect("responses");
        let good: Vec<&Value> = responses
            .iter()
            .filter(|(code, _)| code.starts_with('2'))
            .map(|(_, response)| response)
            .collect();
        assert!(!good.is_empty(), "{name} has no good end");
        assert!(good.iter().all(|response| response["content"].is_object()), "{name} answers with nothing");
        let is_open = name == "post /v1/sessions";
        if name.contains("/v1/") && !is_open {
            assert_eq!(operation["security"][0]["key"], serde_json::json!([]), "{name} asks for no key");
            assert!(!operation["x-roles"].as_array().expect("roles").is_empty(), "{name}");
            for code in ["401", "403"] {
                assert!(responses[code]["content"]["application/problem+json"].is_object(), "{name} {code}");
            }
        }
        let has_body = !name.starts_with("get")
            && !name.starts_with("delete")
            && !name.ends_with("/probe")
            && !name.ends_with("/take")
            && !name.ends_with("/totp");
        if has_body {
            let body = &operation["requestBody"]["content"]["application/json"]["schema"];
            assert!(body.is_object(), "{name} has no body");
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document: Value = serde_json::from_str(&super::super::openapi()).expect("JSON");
    let mut pending = vec![&document];
    let mut seen = 0;
    while let Some(value) = pending.pop() {
        match value {
            Value::Object(fields) => {
                if let Some(Value::String(target)) = fields.get("$ref") {
                    let pointer = target.strip_prefix('#').expect("local");
                    assert!(document.pointer(pointer).is_some(), "{target} leads nowhere");
                    seen += 1;
                }
                pending.extend(fields.values());
            }
            Value::Array(items) => pending.extend(items),
            _ => {}
        }
    }
    assert!(seen > 50, "{seen}");
}

#[tokio::test]
async fn every_documented_route_exists() {
    let bench = Bench::with(|gateway| {
        let roles = crate::config::Role::ALL.map(|(role, _)| role).into_iter().collect();
        gateway.keys.push(crate::config::ApiKey {
            consumer: None,
            name: "all".into(),
            roles,
            courts: Default::default(),
            digest: crate::config::digest_of("key-of-all"),
        });
    });
    for route in ROUTES.iter().filter(|route| !route.contains("stream")) {
        let (method, path) = route.split_once(' ').expect("route");
        let uid = "01890a5d-ac96-774b-bcce-b302099a8057";
        let path = path
            .replace("/inquiries/{id}", &format!("/inquiries/{uid}"))
            .replace("{id}", "1")
            .replace("{number}", "CK1")
            .replace("{name}", "x")
            .replace("{reference}", "x");
        let request = Request::builder()
            .method(method.to_uppercase().as_str())
            .uri(&path)
            .header("x-api-key", "key-of-all");
        let reply = bench.send(request.body(Body::from("{}")).expect("request")).await;
        assert_ne!(reply.status, StatusCode::METHOD_NOT_ALLOWED, "{route}");
        assert!(!reply.text.contains("nothing at this path"), "{route}");
    }
    let served = bench.get("all", "/openapi.json").await;
    assert_eq!(served.text, super::super::openapi());
}
