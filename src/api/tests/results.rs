use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use chakong_contract::fault::{Fault, FaultKind};
use futures_util::StreamExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::harness::{account, key};
use super::{Bench, submission};
use crate::config::{ApiKey, Role};
use crate::domain::decide::OrderInput;
use crate::domain::people::Courts;

async fn read(bench: &Bench, query: &str) -> Value {
    let reply = bench.get("case", &format!("/v1/results?consumer=courts&{query}")).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()
}

#[tokio::test]
async fn events_are_cloud_events_with_the_answer_of_their_own_revision() {
    let bench = Bench::new();
    let (path, orders) = bench.submitted("k", &submission()).await;
    bench.answers(&orders[0], account("6200", "300.00"), "aa").await;
    let first = read(&bench, "").await;
    let answered = &first["events"][1];
    let uid = path.rsplit('/').next().expect("uid");
    assert_eq!(answered["specversion"], "1.0");
    assert_eq!((&answered["id"], &answered["sequence"]), (&json!("2"), &json!("00000000000000000002")));
    assert_eq!(answered["source"], "urn:chakong:test");
    assert_eq!(answered["type"], "chakong.order.answered");
    assert_eq!((&answered["subject"], &answered["time"]), (&json!(uid), &json!("2026-01-05T01:00:00Z")));
    assert_eq!(answered["datacontenttype"], "application/json");
    let data = &answered["data"];
    assert_eq!(data["order"], orders[0]);
    assert_eq!((&data["party"], &data["counterpart"]), (&json!("party-1"), &json!("bank-a")));
    assert_eq!((&data["revision"], &data["outcome"]), (&json!(1), &json!("found")));
    assert_eq!(data["reply"]["assets"][0]["asset"]["number"], "6200");
    assert_eq!(data["unknown"], json!([{ "field": "ZHLB", "value": "99" }]));
    assert_eq!(data["provenance"]["raw_digest"], "aa");
    let receipt = &data["receipts"][0];
    assert!(receipt.get("content").is_none(), "bytes stay out of events");
    assert_eq!((&receipt["size"], receipt["sha256"].as_str().map(str::len)), (&json!(5), Some(64)));
    // A later revision changes nothing of what was told.
    bench.answers(&orders[0], account("6200", "250.00"), "bb").await;
    let second = read(&bench, "").await;
    assert_eq!(second["events"][1], *answered);
    let events = second["events"].as_array().expect("events");
    let corrected =
        events.iter().rev().find(|event| event["type"] == "chakong.order.answered").expect("second");
    assert_eq!(corrected["data"]["revision"], 2);
    assert_eq!(corrected["data"]["differences"]["changed"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_failure_keeps_its_fault_when_the_answer_comes_after_all() {
    let bench = Bench::new();
    let (_, orders) = bench.submitted("k", &submission()).await;
    let fault = Fault::new(FaultKind::Unauthorised, "ask", "the counterpart does not know us").status(401);
    bench.happens(&orders[0], OrderInput::Faulted(fault), "").await;
    let failed = read(&bench, "after=1").await["events"][0].clone();
    assert_eq!(failed["type"], "chakong.order.failed");
    assert_eq!(failed["data"]["fault"]["kind"], "unauthorised");
    assert_eq!(failed["data"]["fault"]["status"], "401");
    assert_eq!(failed["data"]["reply"], Value::Null);
    bench.answers(&orders[0], json!({ "reply": { "outcome": "nothing" }, "answered_at": null }), "aa").await;
    assert_eq!(read(&bench, "after=1").await["events"][0], failed);
}

#[tokio::test]
async fn events_come_again_until_they_are_acknowledged() {
    let bench = Bench::new();
    for key in ["a", "b", "c"] {
        bench.submitted(key, &submission()).await;
    }
    let page = read(&bench, "limit=2").await;
    assert_eq!((page["events"].as_array().map(Vec::len), &page["next"]), (Some(2), &json!(2)));
    assert_eq!(read(&bench, "limit=2").await, page, "nothing was acknowledged");
    assert_eq!(read(&bench, "limit=2&after=2").await["next"], 3);
    let ack = |seq: i64| json!({ "consumer": "courts", "seq": seq });
    let reply = bench.post("case", "/v1/results/ack", &ack(2)).await;
    assert_eq!(reply.json(), json!({ "consumer": "courts", "acknowledged": 2 }));
    assert_eq!(read(&bench, "").await["events"][0]["id"], "3");
    let back = bench.post("case", "/v1/results/ack", &ack(1)).await;
    assert_eq!(back.json()["acknowledged"], 2, "never back");
    for beyond in [4, -1] {
        let problem = bench.post("case", "/v1/results/ack", &ack(beyond)).await.is_problem(422, "invalid");
        assert_eq!(problem["findings"][0]["pointer"], "/seq");
    }
    let consumers = bench.get("ops", "/v1/consumers").await.json();
    assert_eq!(consumers["consumers"], json!([{ "name": "courts", "acknowledged": 2, "lag": 1 }]));
    let other = bench.get("case", "/v1/results?consumer=archive").await.json();
    assert_eq!(other["events"].as_array().map(Vec::len), Some(3), "consumers do not disturb each other");
}

#[tokio::test]
async fn only_the_types_that_are_named_are_given_and_the_others_are_passed_over() {
    let bench = Bench::new();
    let mut all_orders = Vec::new();
    for key in ["a", "b", "c"] {
        all_orders.push(bench.submitted(key, &submission()).await.1);
    }
    for orders in &all_orders {
        bench.answers(&orders[0], account("6200", "300.00"), "aa").await;
    }
    let types = |page: &Value| -> Vec<String> {
        let events = page["events"].as_array().expect("events").iter();
        events.map(|event| event["type"].as_str().unwrap_or_default().to_owned()).collect()
    };
    let answered = read(&bench, "types=chakong.order.answered").await;
    assert_eq!(types(&answered), ["chakong.order.answered"; 3]);
    let everything = read(&bench, "").await;
    let last = everything["next"].as_i64().expect("a number");
    assert_eq!(answered["next"], last, "what was passed over is not looked at again");
    let two = read(&bench, "types=chakong.inquiry.accepted,chakong.order.answered&limit=2").await;
    assert_eq!((types(&two), &two["next"]), (vec!["chakong.inquiry.accepted".to_owned(); 2], &json!(2)));
    let none = read(&bench, "types=chakong.measure.lapsed").await;
    assert_eq!(none, json!({ "events": [], "next": last }));
    let mut polling = Box::pin(read(&bench, "types=chakong.inquiry.accepted&wait=60&after=3"));
    assert!(
        tokio::time::timeout(Duration::from_millis(300), &mut polling).await.is_err(),
        "nothing of it yet"
    );
    bench.submitted("d", &submission()).await;
    let page = tokio::time::timeout(Duration::from_secs(4), polling).await.expect("woken");
    assert_eq!(types(&page), ["chakong.inquiry.accepted"]);
    for query in ["types=chakong.nothing", "types=", "types=chakong.order.answered;x"] {
        let reply = bench.get("case", &format!("/v1/results?consumer=courts&{query}")).await;
        reply.is_problem(400, "malformed-request");
    }
}

#[tokio::test]
async fn reading_begins_again_from_a_time() {
    let bench = Bench::new();
    for key in ["a", "b", "c"] {
        bench.submitted(key, &submission()).await;
    }
    bench.post("case", "/v1/results/ack", &json!({ "consumer": "courts", "seq": 3 })).await;
    assert_eq!(read(&bench, "").await["events"], json!([]));
    for (time, count) in [
        ("2026-01-05T01:00:00Z", 3),
        ("2026-01-05T09:00:00%2B08:00", 3),
        ("2020-01-01T00:00:00Z", 3),
        ("2026-01-05T01:02:00Z", 0),
        ("9999-01-01T00:00:00Z", 0),
        ("-009999-01-02T01:59:59Z", 3),
    ] {
        let page = read(&bench, &format!("after={time}")).await;
        assert_eq!(page["events"].as_array().map(Vec::len), Some(count), "{time}: {page}");
    }
    let reply = bench.get("case", "/v1/results?consumer=courts&after=yesterday").await;
    reply.is_problem(400, "malformed-request");
}

#[tokio::test]
async fn a_consumer_that_reads_no_more_is_removed_with_its_lag() {
    let bench = Bench::new();
    for key in ["a", "b", "c"] {
        bench.submitted(key, &submission()).await;
    }
    bench.post("case", "/v1/results/ack", &json!({ "consumer": "archive", "seq": 2 })).await;
    let remove = async |who: &str, name: &str| {
        let request = Request::delete(format!("/v1/consumers/{name}"));
        let request = request.header("authorization", format!("Bearer key-of-{who}"));
        bench.send(request.body(Body::empty()).expect("request")).await
    };
    remove("officer", "archive").await.is_problem(403, "forbidden");
    remove("ops", "another").await.is_problem(404, "not-found");
    let removed = remove("ops", "archive").await;
    assert_eq!(removed.json(), json!({ "name": "archive", "acknowledged": 2, "lag": 1 }));
    remove("ops", "archive").await.is_problem(404, "not-found");
    let consumers = bench.get("ops", "/v1/consumers").await.json();
    assert_eq!(consumers["consumers"], json!([]));
    let again = bench.get("case", "/v1/results?consumer=archive").await.json();
    assert_eq!(again["events"][0]["id"], "1", "it begins with the first event");
    let acts = bench.get("officer", "/v1/acts?act=remove_consumer").await.json();
    assert_eq!((&acts["acts"][0]["subject"], &acts["acts"][0]["actor"]), (&json!("archive"), &json!("ops")));
}

#[tokio::test]
async fn parameters_have_bounds() {
    let bench = Bench::new();
    for query in [
        "consumer=Upper",
        "consumer=",
        "",
        "consumer=a%20b",
        "consumer=x&limit=0",
        "consumer=x&limit=501",
        "consumer=x&wait=61",
        "consumer=x&after=-1",
        "consumer=x&colour=red",
    ] {
        let reply = bench.get("case", &format!("/v1/results?{query}")).await;
        reply.is_problem(400, "malformed-request");
    }
    let reply = bench.post("case", "/v1/results/ack", &json!({ "consumer": "No!", "seq": 0 })).await;
    reply.is_problem(422, "invalid");
}

#[tokio::test]
async fn a_long_poll_is_woken_by_an_event() {
    let bench = Bench::new();
    let mut polling = Box::pin(read(&bench, "wait=60"));
    // Polled until it waits; what follows can only end it by waking it.
    assert!(
        tokio::time::timeout(Duration::from_millis(300), &mut polling).await.is_err(),
        "nothing to read yet"
    );
    bench.submitted("k", &submission()).await;
    let page =
        tokio::time::timeout(Duration::from_secs(4), polling).await.expect("woken before the fallback looks");
    assert_eq!(page["events"][0]["type"], "chakong.inquiry.accepted");
}

#[tokio::test]
async fn a_long_poll_ends_when_the_gateway_stops() {
    let bench = Bench::new();
    let mut polling = Box::pin(read(&bench, "wait=60"));
    assert!(
        tokio::time::timeout(Duration::from_millis(300), &mut polling).await.is_err(),
        "nothing to read yet"
    );
    bench.gateway.tasks.soft().cancel();
    let page = tokio::time::timeout(Duration::from_secs(4), polling).await.expect("ended early");
    assert_eq!(page, json!({ "events": [], "next": 0 }));
}

/// Reads a stream until it ends or `most` events were read.
async fn stream(bench: &Bench, last: Option<&str>, most: usize) -> Vec<(String, String, Value)> {
    let mut request =
        Request::get("/v1/results/stream?consumer=courts").header("authorization", "Bearer key-of-case");
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    let request = request.body(Body::empty()).expect("request");
    let response = bench.router.clone().oneshot(request).await.expect("infallible");
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut body = response.into_body().into_data_stream();
    let mut text = String::new();
    while text.matches("\n\n").count() < most {
        let Some(chunk) = body.next().await else { break };
        text.push_str(std::str::from_utf8(&chunk.expect("chunk")).expect("text"));
    }
    let event = |block: &str| {
        let field = |name: &str| {
            let line = block.lines().find_map(|line| line.strip_prefix(name)).expect("field");
            line.trim_start_matches(": ").to_owned()
        };
        (field("id"), field("event"), serde_json::from_str(&field("data")).expect("JSON"))
    };
    text.split("\n\n").filter(|block| block.contains("data")).map(event).collect()
}

#[tokio::test]
async fn a_stream_goes_on_where_it_broke_and_ends_with_the_gateway() {
    let bench = Bench::new();
    for key in ["a", "b", "c"] {
        bench.submitted(key, &submission()).await;
    }
    let all = stream(&bench, None, 3).await;
    let ids: Vec<&str> = all.iter().map(|(id, ..)| id.as_str()).collect();
    assert_eq!(ids, ["1", "2", "3"]);
    assert_eq!(all[0].1, "chakong.inquiry.accepted");
    assert_eq!(all[0].2, read(&bench, "").await["events"][0]);
    bench.post("case", "/v1/results/ack", &json!({ "consumer": "courts", "seq": 1 })).await;
    assert_eq!(stream(&bench, None, 2).await[0].0, "2", "after what was acknowledged");
    assert_eq!(stream(&bench, Some("2"), 1).await[0].0, "3", "after the last one seen");
    bench.gateway.tasks.soft().cancel();
    let ended = tokio::time::timeout(Duration::from_secs(4), stream(&bench, Some("3"), 1)).await;
    assert_eq!(ended.expect("ends"), Vec::new());
    let reply = bench.get("case", "/v1/results/stream?consumer=No!").await;
    reply.is_problem(400, "malformed-request");
}

#[tokio::test]
async fn a_key_that_is_revoked_receives_nothing_more_over_what_it_has_open() {
    let security = key("security", Role::SecurityAdministrator, Courts::All);
    let bench = Bench::with(|gateway| gateway.keys.push(security));
    bench.submitted("a", &submission()).await;
    let new = json!({ "name": "integration", "roles": ["case_system"], "courts": null, "reason": "接入" });
    let made = bench.post("security", "/v1/keys", &new).await.json();
    let secret = made["secret"].as_str().expect("a secret").to_owned();
    let get = |path: &str| {
        let request = Request::get(path).header("authorization", format!("Bearer {secret}"));
        request.body(Body::empty()).expect("request")
    };
    let streaming = bench.router.clone().oneshot(get("/v1/results/stream?consumer=courts")).await;
    let mut body = streaming.expect("infallible").into_body().into_data_stream();
    let first = body.next().await.expect("an event").expect("a chunk");
    assert!(std::str::from_utf8(&first).expect("text").contains("chakong.inquiry.accepted"));
    let polling = bench.router.clone().oneshot(get("/v1/results?consumer=p&after=1&wait=60"));
    let revoking = async {
        let id = made["key"]["id"].as_str().expect("id");
        let revoke = Request::delete(format!("/v1/keys/{id}"))
            .header("authorization", "Bearer key-of-security")
            .header("content-type", "application/json")
            .body(Body::from(json!({ "reason": "泄露" }).to_string()));
        assert_eq!(bench.send(revoke.expect("request")).await.status, StatusCode::OK);
        bench.submitted("b", &submission()).await;
    };
    // Both wait before the key is revoked: they are polled first.
    let all = async { tokio::join!(biased; body.next(), polling, revoking) };
    let (more, polled, ()) = tokio::time::timeout(Duration::from_secs(10), all).await.expect("they end");
    assert!(more.is_none(), "the stream ends without another event: {more:?}");
    assert_eq!(polled.expect("infallible").status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_court_that_has_made_all_its_consumers_leaves_another_its_own() {
    let bench = Bench::with(|gateway| {
        let systems = ["T10", "T11"].map(|court| key(court, Role::CaseSystem, Courts::one(court)));
        gateway.keys.extend(systems);
    });
    let ack = async |who: &str, consumer: &str| {
        bench.post(who, "/v1/results/ack", &json!({ "consumer": consumer, "seq": 0 })).await
    };
    for nth in 0..100 {
        assert_eq!(ack("T10", &format!("c{nth}")).await.status, StatusCode::OK, "{nth}");
    }
    let full = ack("T10", "c100").await.is_problem(422, "invalid");
    assert_eq!(full["findings"][0]["pointer"], "/consumer");
    assert_eq!(ack("T10", "c7").await.status, StatusCode::OK, "one that is known goes on");
    assert_eq!(ack("T11", "c100").await.status, StatusCode::OK, "another court's");
    assert_eq!(ack("case", "c100").await.status, StatusCode::OK, "that of every court");
}

#[test]
fn the_schema_of_events_names_every_type() {
    let schema = crate::queue::event_schema();
    assert_eq!(schema["properties"]["type"]["$ref"], "#/$defs/EventType");
    let names = schema["$defs"]["EventType"]["enum"].as_array().expect("names");
    assert_eq!(names.len(), crate::domain::EventType::ALL.len());
    assert!(schema["$defs"]["OrderResult"]["properties"]["provenance"].is_object(), "{schema}");
}

/// Two systems with the same courts: neither moves the place of the other.
#[tokio::test]
async fn a_key_that_is_bound_to_a_consumer_reads_and_acknowledges_as_no_other() {
    let bench = Bench::with(|gateway| {
        let bound = key("bound", Role::CaseSystem, Courts::All);
        gateway.keys.push(ApiKey { consumer: Some("mine".to_owned()), ..bound });
    });
    bench.submitted("k", &submission()).await;
    let ack = |consumer: &str| json!({ "consumer": consumer, "seq": 1 });
    assert_eq!(bench.post("case", "/v1/results/ack", &ack("courts")).await.status, 200);
    for path in ["/v1/results?consumer=courts", "/v1/results/stream?consumer=courts"] {
        bench.get("bound", path).await.is_problem(403, "forbidden");
    }
    bench.post("bound", "/v1/results/ack", &ack("courts")).await.is_problem(403, "forbidden");
    let remove = Request::delete("/v1/consumers/courts").header("x-api-key", "key-of-bound");
    bench.send(remove.body(Body::empty()).expect("request")).await.is_problem(403, "forbidden");
    assert_eq!(bench.get("bound", "/v1/consumers").await.json()["consumers"], json!([]), "nor sees it");
    assert_eq!(bench.get("bound", "/v1/results?consumer=mine").await.status, 200);
    assert_eq!(bench.post("bound", "/v1/results/ack", &ack("mine")).await.status, 200);
    let seen = bench.get("bound", "/v1/consumers").await.json();
    assert_eq!(seen["consumers"][0]["name"], "mine");
    assert_eq!(
        bench.get("case", "/v1/consumers").await.json()["consumers"].as_array().map(Vec::len),
        Some(2)
    );
}
