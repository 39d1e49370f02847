//! What counterparts answered, as it came.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Bench;
use super::harness::{account, key, submission};
use crate::config::Role;
use crate::domain::decide::OrderInput;
use crate::domain::people::Courts;
use crate::domain::{RawDirection, RawMessage};
use crate::engine::{Conversation, Settlement};
use crate::store::codec::encode;
use crate::store::order_by_number;

/// One message in which a bank answers several orders.
async fn answered_together(bench: &Bench, numbers: &[&str], bytes: &[u8]) {
    let mut outcomes = Vec::new();
    for (nth, number) in numbers.iter().enumerate() {
        let number = number.parse().expect("a number");
        let found = bench.gateway.store.read(move |reads| order_by_number(reads, &number)).await;
        let answer = serde_json::from_value(account(&format!("62{nth}"), "10.00")).expect("an answer");
        outcomes.push((found.expect("a read").expect("an order").id, OrderInput::Answered(Arc::new(answer))));
    }
    let raw = RawMessage {
        lane: "bank-a".to_owned(),
        batch: None,
        direction: RawDirection::In,
        name: "feedback".to_owned(),
        at: bench.gateway.clock.now(),
        bytes: encode(bytes),
    };
    let conversation = Conversation {
        raw,
        digest: "ab".repeat(32),
        unsent: Vec::new(),
        counts: crate::domain::Counted::Not,
        charges: Default::default(),
        keys: Vec::new(),
    };
    let connector = "court-bank/0.1.0".to_owned();
    let settlement = Settlement { outcomes, conversation: Some(conversation), connector };
    bench.gateway.engine.settle(settlement).await.expect("settled");
}

fn bench() -> Bench {
    Bench::with(|gateway| {
        for court in ["T10", "T11"] {
            let officer = key(&format!("officer-{court}"), Role::Officer, Courts::one(court));
            let case = key(&format!("case-{court}"), Role::CaseSystem, Courts::one(court));
            gateway.keys.extend([officer, case]);
        }
        gateway.keys.push(key("auditor", Role::Auditor, Courts::All));
    })
}

async fn submitted(bench: &Bench, court: &str, number: &str) -> String {
    let mut body = submission();
    body["case"]["court_code"] = json!(court);
    body["case"]["number"] = json!(number);
    let once: String = number.chars().filter(char::is_ascii_alphanumeric).collect();
    let (_, mut orders) = bench.submitted(&once, &body).await;
    orders.remove(0)
}

#[tokio::test]
async fn a_message_is_shown_whole_only_to_who_sees_all_that_it_tells_of() {
    let bench = bench();
    let own = submitted(&bench, "T10", "（2026）晋10执7号").await;
    let same = submitted(&bench, "T10", "（2026）晋10执8号").await;
    let other = submitted(&bench, "T11", "（2026）晋11执9号").await;
    let entry = |number: &str, name: &str| format!("<E><N>{number}</N><XM>{name}</XM></E>");
    let of_both = format!("<R>{}{}</R>", entry(&own, "测试甲"), entry(&other, "测试乙"));
    answered_together(&bench, &[&own, &other], of_both.as_bytes()).await;
    let alone = format!("<R>{}</R>", entry(&same, "测试丙"));
    answered_together(&bench, &[&same], alone.as_bytes()).await;

    let raw = |number: &str| format!("/v1/orders/{number}/raw");
    let list = bench.get("officer-T10", &raw(&own)).await;
    let message = &list.json()["messages"][0];
    assert_eq!((&message["is_whole"], &message["revision"]), (&json!(false), &json!(1)));
    assert_eq!(message["text"], json!(entry(&own, "测试甲")));
    assert!(!list.text.contains("测试乙") && !list.text.contains(&other), "{}", list.text);
    bench.get("officer-T10", &format!("{}/1", raw(&own))).await.is_problem(403, "forbidden");
    bench.get("officer-T10", &raw(&other)).await.is_problem(404, "not-found");
    bench.get("officer-T10", &format!("{}/1", raw(&other))).await.is_problem(404, "not-found");
    // Who sees both courts sees the whole, as it came.
    let whole = bench.get("officer", &raw(&own)).await.json();
    assert_eq!(
        (&whole["messages"][0]["is_whole"], &whole["messages"][0]["text"]),
        (&json!(true), &json!(of_both))
    );
    let file = bench.get("officer", &format!("{}/1", raw(&own))).await;
    assert_eq!((file.status, file.text.as_str()), (StatusCode::OK, of_both.as_str()));
    assert_eq!(file.header("content-disposition"), "attachment");
    let file = bench.get("officer-T10", &format!("{}/1", raw(&same))).await;
    assert_eq!((file.status, file.text.as_str()), (StatusCode::OK, alone.as_str()), "{}", file.text);
    bench.get("officer-T10", &format!("{}/2", raw(&same))).await.is_problem(404, "not-found");
    // By role, with a reason where the role is not of the case, and on record.
    bench.get("case-T10", &raw(&own)).await.is_problem(403, "forbidden");
    bench.get("auditor", &raw(&own)).await.is_problem(403, "reason-wanted");
    assert_eq!(bench.get("auditor", &format!("{}?reason=x", raw(&own))).await.status, StatusCode::OK);
    let looks = bench.get("auditor", "/v1/looks?kind=raw&actor=officer-T10").await.json();
    let seen: Vec<&Value> =
        looks["looks"].as_array().expect("looks").iter().map(|look| &look["subject"]).collect();
    assert_eq!(seen, [&json!(same), &json!(own)], "newest first, each once");
}

#[tokio::test]
async fn what_is_no_text_or_very_long_is_fetched_and_what_a_person_entered_has_no_message() {
    let bench = bench();
    let binary = submitted(&bench, "T10", "（2026）晋10执7号").await;
    answered_together(&bench, &[&binary], b"PK\x03\x04\x00\x01").await;
    let path = format!("/v1/orders/{binary}/raw");
    let message = &bench.get("officer-T10", &path).await.json()["messages"][0];
    assert_eq!((&message["text"], &message["size"]), (&json!(null), &json!(6)));
    assert_eq!(bench.get("officer-T10", &format!("{path}/1")).await.status, StatusCode::OK);
    let long = submitted(&bench, "T10", "（2026）晋10执8号").await;
    answered_together(&bench, &[&long], "汉".repeat(30_000).as_bytes()).await;
    let message = &bench.get("officer-T10", &format!("/v1/orders/{long}/raw")).await.json()["messages"][0];
    assert_eq!((&message["is_cut"], &message["size"]), (&json!(true), &json!(90_000)));
    assert!(message["text"].as_str().expect("text").len() <= 64 << 10);
    let unanswered = submitted(&bench, "T10", "（2026）晋10执9号").await;
    let none = bench.get("officer-T10", &format!("/v1/orders/{unanswered}/raw")).await.json();
    assert_eq!(none, json!({ "messages": [] }));
}
