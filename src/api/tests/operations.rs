use axum::http::StatusCode;
use chakong_contract::connector::{Read, ReadContent};
use chakong_contract::{Answer, EntryResult, Fault, FaultKind, Reply};
use serde_json::{Value, json};

use super::{Bench, submission};
use crate::domain::{Pause, RawDirection, RawMessage};
use crate::engine::{Entry, HandedIn};
use crate::lanes::BreakerState;
use crate::store::codec::encode;

#[tokio::test]
async fn counterparts_show_configuration_and_health() {
    let bench = Bench::new();
    bench.submitted("k", &submission()).await;
    bench.open_lane("bank-a");
    let list = bench.get("officer", "/v1/counterparts").await.json();
    let names: Vec<&str> = list["counterparts"]
        .as_array()
        .expect("list")
        .iter()
        .filter_map(|one| one["name"].as_str())
        .collect();
    assert_eq!(names, ["bank-a", "bank-b", "vendor"]);
    let bank = bench.get("ops", "/v1/counterparts/bank-a").await.json();
    assert_eq!(
        (&bank["connector"], &bank["line"], &bank["name_zh"]),
        (&json!("court-bank"), &json!("parcel"), &json!("测试银行"))
    );
    assert_eq!((&bank["health"]["state"], &bank["health"]["waiting"]), (&json!("running"), &json!(1)));
    assert_eq!(
        bench.get("ops", "/v1/counterparts/bank-b").await.json()["health"],
        Value::Null,
        "its lane is not open"
    );
    bench.get("ops", "/v1/counterparts/nobody").await.is_problem(404, "not-found");
    bench.gateway.counterparts.replace(Vec::new());
    let gone = bench.get("ops", "/v1/counterparts/bank-b").await.json();
    assert_eq!((&gone["health"]["state"], &gone["health"]["waiting"]), (&json!("unconfigured"), &json!(1)));
    assert_eq!(gone["connector"], Value::Null);
}

#[tokio::test]
async fn a_pause_reaches_the_lane_and_the_store() {
    let bench = Bench::new();
    let health = bench.open_lane("bank-a");
    let paused = bench.post("ops", "/v1/counterparts/bank-a/pause", &json!({ "reason": "系统维护" })).await;
    assert_eq!(paused.json(), json!({ "name": "bank-a", "paused": true, "until": null }));
    assert!(health.is_paused());
    let stored = bench.gateway.store.read(|reads| reads.paused("bank-a")).await.expect("read");
    assert_eq!(stored, Some(Pause { reason: "系统维护".to_owned(), until: None }));
    let shown = bench.get("ops", "/v1/counterparts/bank-a").await.json();
    assert_eq!((&shown["paused"], &shown["health"]["state"]), (&json!("系统维护"), &json!("paused")));
    let signal = bench.gateway.store.signals().lane("bank-a");
    signal.take_urgent();
    bench.post("ops", "/v1/counterparts/bank-a/resume", &json!({ "reason": "恢复" })).await;
    assert!(!health.is_paused() && signal.take_urgent(), "the lane looks again");
    assert_eq!(bench.gateway.store.read(|reads| reads.paused("bank-a")).await.expect("read"), None);
    let acts = bench.get("officer", "/v1/acts?subject=bank-a").await.json();
    let told = |act: &Value| {
        [&act["act"], &act["actor"], &act["reason"]].map(|part| part.as_str().map(str::to_owned))
    };
    let told: Vec<_> = acts["acts"].as_array().expect("acts").iter().map(told).collect();
    let act = |act: &str, reason: &str| [act, "ops", reason].map(|part| Some(part.to_owned()));
    assert_eq!(told, [act("resume", "恢复"), act("pause", "系统维护")], "newest first");
    bench
        .post("ops", "/v1/counterparts/nobody/pause", &json!({ "reason": "x" }))
        .await
        .is_problem(404, "not-found");
    bench
        .post("ops", "/v1/counterparts/bank-a/pause", &json!({ "reason": "" }))
        .await
        .is_problem(422, "invalid");
}

#[tokio::test]
async fn a_probe_says_whether_the_line_works_and_closes_the_breaker() {
    let bench = Bench::new();
    let health = bench.open_lane("bank-a");
    let fault = chakong_contract::Fault::new(chakong_contract::FaultKind::Transient, "x", "x");
    (0..10).for_each(|_| health.admission.failed(&fault));
    assert_eq!(health.admission.breaker(), BreakerState::Open);
    let probe = |name: &'static str| {
        let bench = &bench;
        async move { bench.post("ops", &format!("/v1/counterparts/{name}/probe"), &json!({})).await.json() }
    };
    let unreachable = probe("bank-a").await;
    assert_eq!(
        (&unreachable["reachable"], &unreachable["fault"]["kind"]),
        (&json!(false), &json!("misconfigured"))
    );
    assert_eq!(health.admission.breaker(), BreakerState::Open);
    for folder in ["out", "in"] {
        std::fs::create_dir_all(bench.folder.path().join("bank-a").join(folder)).expect("folder");
    }
    assert_eq!(probe("bank-a").await, json!({ "reachable": true, "status": null, "fault": null }));
    assert_eq!(health.admission.breaker(), BreakerState::Closed);
    let call = probe("vendor").await;
    assert_eq!((&call["reachable"], &call["fault"]["kind"]), (&json!(false), &json!("transient")), "{call}");
}

#[tokio::test]
async fn connectors_show_their_manifests() {
    let bench = Bench::new();
    let list = bench.get("ops", "/v1/connectors").await.json();
    assert_eq!(list["connectors"].as_array().map(Vec::len), Some(2));
    let one = bench.get("officer", "/v1/connectors/court-bank").await.json();
    assert_eq!((&one["id"], &one["idempotent"]), (&json!("court-bank"), &json!(true)));
    bench.get("ops", "/v1/connectors/none").await.is_problem(404, "not-found");
}

#[tokio::test]
async fn metrics_count_requests_by_pattern_and_show_lanes() {
    let bench = Bench::new();
    let (path, _) = bench.submitted("k", &submission()).await;
    let fault = Fault::new(FaultKind::Misconfigured, "read a file", "permission denied");
    bench.open_lane("bank-a").stuck_files((3, Some(&fault)));
    bench.gateway.registry.turned_away();
    bench.get("case", "/v1/not-there/110101190001010014").await;
    bench.post("case", "/v1/results/ack", &json!({ "consumer": "courts", "seq": 0 })).await;
    let reply = bench.get("ops", "/metrics").await;
    assert_eq!(reply.status, StatusCode::OK);
    assert!(reply.header("content-type").starts_with("text/plain"));
    for line in [
        "chakong_http_requests_total{route=\"/v1/inquiries\",method=\"POST\",status=\"201\"} 1",
        "chakong_http_requests_total{route=\"/v1/inquiries/{id}/orders\",method=\"GET\",status=\"200\"} 1",
        "chakong_http_requests_total{route=\"unmatched\",method=\"GET\",status=\"404\"} 1",
        "chakong_orders_waiting{counterpart=\"bank-a\"} 1",
        "chakong_orders_waiting{counterpart=\"bank-b\"} 1",
        "chakong_counterpart_sent_total{counterpart=\"bank-a\"} 0",
        "chakong_counterpart_breaker{counterpart=\"bank-a\",state=\"closed\"} 1",
        "chakong_counterpart_files_stuck{counterpart=\"bank-a\"} 3",
        "chakong_postbox_turned_away_total 1",
        "chakong_consumer_lag{consumer=\"courts\"} 1",
        "chakong_events_last_seq 1",
    ] {
        assert!(reply.text.contains(line), "{line} is not in\n{}", reply.text);
    }
    for name in [
        "chakong_http_request_duration_seconds_bucket",
        "chakong_store_free_bytes",
        "process_resident_memory_bytes",
    ] {
        assert!(reply.text.contains(name), "{name}");
    }
    let uid = path.rsplit('/').next().expect("uid");
    assert!(
        !reply.text.contains(uid) && !reply.text.contains("110101190001010014"),
        "no identifiers in metrics"
    );
}

#[tokio::test]
async fn a_store_that_is_older_than_what_a_counterpart_handed_in_says_so() {
    let bench = Bench::new();
    let handed_in = |epoch: i64| {
        let row = epoch * crate::domain::ROWS_PER_EPOCH + 77_777;
        let number = Some(format!("CK20260302{row:018}").parse().expect("a number"));
        let content = ReadContent::Answer(Box::new(Answer::of(Reply::Nothing)));
        let raw = RawMessage {
            lane: "bank-a".to_owned(),
            batch: None,
            direction: RawDirection::In,
            name: "feedback.zip".to_owned(),
            at: bench.gateway.clock.now(),
            bytes: encode(b"an invented feedback"),
        };
        let entries = vec![Entry { read: Read { number, content }, receipt: None }];
        HandedIn { entries, raw, digest: "ab".to_owned(), connector: "court-bank".to_owned() }
    };
    let own = bench.gateway.store.epoch();
    let verdicts = bench.gateway.engine.receive(handed_in(own + 5)).await.expect("kept");
    assert_eq!(
        (&verdicts.entries[0].1, verdicts.beyond),
        (&EntryResult::Unknown, None),
        "another installation's"
    );
    assert_eq!(bench.get("nobody", "/readyz").await.status, StatusCode::OK);
    let verdicts = bench.gateway.engine.receive(handed_in(own)).await.expect("kept");
    assert_eq!(verdicts.entries[0].1, EntryResult::Unknown, "it is kept, and belongs to no order");
    assert!(verdicts.beyond.is_some());
    let ready = bench.get("nobody", "/readyz").await.is_problem(503, "not-ready");
    assert!(ready["detail"].as_str().expect("detail").contains("--restored"), "{ready}");
    let acts = bench.get("officer", "/v1/acts?act=store_older").await.json();
    assert_eq!(acts["acts"][0]["detail"]["counterpart"], "bank-a", "{acts}");
}
