//! What the page of a case is told while it stands open.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Guest, with_banks};
use crate::process::{answered, until};
use crate::world::inquiry;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_of_a_case_is_told_of_an_answer_that_changes_nothing_but_an_order() {
    let setup = with_banks(&[("9990000000000000011", "600.00")], &[("9990000000000000022", "500.00")]).await;
    for bank in ["bank-1", "bank-2"] {
        setup.post(&format!("/v1/counterparts/{bank}/pause"), &json!({ "reason": "测试" })).await;
    }
    let id = setup.submit("one", &inquiry(None, "propose")).await;
    let case = setup.get("/v1/cases").await["cases"][0]["id"].as_str().expect("a case").to_owned();
    let shown = async || -> Value { setup.get(&format!("/v1/cases/{case}")).await };
    let before = shown().await;
    let officer = Guest::signed_in(setup.port, "officer").await;
    let topic = format!("/console/live?topic=case:{case}");
    let mut stream = officer.request(Method::GET, &topic).send().await.expect("a stream");
    assert_eq!(stream.status(), StatusCode::OK);
    setup.post("/v1/counterparts/bank-1/resume", &json!({ "reason": "测试" })).await;
    until(&setup, &id, "one bank answers", |view| answered(view, 1)).await;
    let told = async {
        let mut text = String::new();
        while !text.contains("event: changed") {
            let chunk = stream.chunk().await.expect("the stream goes on").expect("it does not end");
            text.push_str(&String::from_utf8_lossy(&chunk));
        }
    };
    tokio::time::timeout(Duration::from_secs(30), told).await.expect("the page is told");
    assert_eq!(shown().await, before, "the case itself holds none of its orders");
}
