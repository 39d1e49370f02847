//! What a question that is asked again shows before it is answered, and why it waits.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::json;

use super::{CASE, Guest, answered, inquiry, until, with_banks};
use crate::daemon::Setup;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_asked_again_shows_the_answer_before_as_such_and_why_it_waits() {
    let setup = with_banks(&[("9990000000000000011", "600.00")], &[]).await;
    let id = setup.submit("one", &inquiry(None, "propose")).await;
    until(&setup, &id, "both banks answer", |view| answered(view, 2)).await;
    let orders = setup.get("/v1/orders?counterpart=bank-1&action=query").await;
    let first = orders["orders"][0]["number"].as_str().expect("a number").to_owned();
    let mut guest = Guest::signed_in(setup.port, "officer").await;
    let own = guest.get(&format!("/console/orders/{first}")).await;
    assert!(own.text.contains("有财产") && !own.text.contains("上次反馈"), "{}", own.text);

    setup.post("/v1/counterparts/bank-1/pause", &json!({ "reason": "银行停机维护" })).await;
    let again = setup.post(&format!("/v1/orders/{first}/requery"), &json!({ "reason": "核对余额" })).await;
    let second = again["number"].as_str().expect("a number").to_owned();
    let page = guest.get(&format!("/console/orders/{second}")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let (state, answer) = page.text.split_once("id=\"answer\"").expect("both parts");
    assert!(!state.contains("有财产"), "no outcome of its own: {state}");
    assert!(state.contains("协助单位已暂停：银行停机维护"), "why it waits: {state}");
    assert!(answer.contains("本次尚未反馈；以下为上次反馈"), "{answer}");
    assert!(answer.contains(&format!("href=\"/console/orders/{first}\"")), "{answer}");
    for path in [CASE.to_owned(), format!("/console/inquiries/{id}")] {
        let page = guest.get(&path).await;
        assert!(page.text.contains("协助单位已暂停：银行停机维护"), "{path}: {}", page.text);
    }
}

/// Waits until so many queries were answered, and no more.
async fn until_answered(setup: &Setup, orders: usize) {
    let wait = async {
        loop {
            let listed = setup.get("/v1/orders?action=query").await;
            let all = listed["orders"].as_array().expect("a list");
            if all.len() == orders && all.iter().all(|order| order["state"] == "answered") {
                return;
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), wait).await.expect("so many are answered");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_that_asks_again_asks_once_however_late_it_is_sent_again() {
    let setup = with_banks(&[("9990000000000000011", "600.00")], &[]).await;
    let id = setup.submit("one", &inquiry(None, "propose")).await;
    until_answered(&setup, 2).await;
    let mut guest = Guest::signed_in(setup.port, "officer").await;
    let path = format!("/console/acts/requery-inquiry/{id}");
    let once = guest.get(&path).await.field("once");
    for _ in 0..2 {
        let sent = guest.act(&path, &[("once", &once), ("reason", "核对余额")]).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
        until_answered(&setup, 4).await;
    }
    let another = guest.get(&path).await.field("once");
    assert_ne!(once, another, "another page asks anew");
    let sent = guest.act(&path, &[("once", &another), ("reason", "再次核对")]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    until_answered(&setup, 6).await;
}
