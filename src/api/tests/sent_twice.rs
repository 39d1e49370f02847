//! What is sent once more with what was on the page: it is not done a second time.

use serde_json::{Value, json};

use super::Bench;
use super::acts::{because, document, held, sent, with_proposal, yuan};

/// A bench with a freeze that holds 600 yuan until a day, and the path of its measure.
async fn standing() -> (Bench, String) {
    let (bench, _, _, measure) = with_proposal().await;
    let approved = bench.post("approver", &format!("{measure}/approve"), &because("核对无误")).await.json();
    let order = approved["order"].as_str().expect("order").to_owned();
    sent(&bench, &order).await;
    let mut answer = held("600.00");
    answer["reply"]["from"] = json!("2026-01-05");
    answer["reply"]["until"] = json!("2026-12-31");
    bench.answers(&order, answer, "cc").await;
    (bench, measure)
}

/// What a page says of the measure.
async fn seen(bench: &Bench, measure: &str) -> Value {
    let shown = bench.get("approver", measure).await.json();
    json!({ "state": shown["state"], "limit": shown["limit"], "held": shown["held"], "until": shown["until"] })
}

/// Sends an act twice, with the counterpart's answer between: the second is refused with what stands now.
async fn sent_twice(act: &str, mut body: Value, said: impl Fn(&Value) -> Value) -> String {
    let (bench, measure) = standing().await;
    let path = format!("{measure}/{act}");
    body["seen"] = seen(&bench, &measure).await;
    let done = bench.post("approver", &path, &body).await;
    assert_eq!(done.status, 200, "{}", done.text);
    let order = done.json()["control"].as_str().expect("its order").to_owned();
    sent(&bench, &order).await;
    let shown = bench.get("approver", &format!("/v1/orders/{order}")).await.json();
    let answer = json!({ "reply": said(&shown["order"]["instruction"]), "answered_at": null });
    bench.answers(&order, answer, "dd").await;
    let stands = bench.get("approver", &measure).await.json();
    assert_eq!(stands["state"], "in_force", "{stands}");
    let again = bench.post("approver", &path, &body).await;
    let detail = again.is_problem(409, "not-now")["detail"].as_str().expect("a detail").to_owned();
    let after = bench.get("approver", &measure).await.json();
    assert_eq!(after, stands, "nothing was ordered");
    body["seen"] = seen(&bench, &measure).await;
    let meant = bench.post("approver", &path, &body).await;
    assert_eq!(meant.status, 200, "who looks again may do it once more: {}", meant.text);
    detail
}

#[tokio::test]
async fn a_deduction_that_is_sent_again_takes_nothing_twice() {
    let papers = [document("deduct_ruling", "JVBERi0="), document("deduct_notice", "JVBERi0=")];
    let deduct = json!({ "reason": "划拨案款", "court_account": "main", "amount": yuan("250.00"), "documents": papers });
    let told =
        sent_twice("deduct", deduct, |_| json!({ "outcome": "deducted", "amount": yuan("250.00") })).await;
    assert!(told.contains("可能此前的提交已生效") && told.contains("350.00"), "{told}");
}

#[tokio::test]
async fn a_part_that_is_released_again_is_given_back_once() {
    let papers = [document("release_ruling", "JVBERi0="), document("release_notice", "JVBERi0=")];
    let release =
        json!({ "reason": "部分解除", "ground": "excess", "amount": yuan("100.00"), "documents": papers });
    let told =
        sent_twice("release", release, |_| json!({ "outcome": "released", "amount": yuan("100.00") })).await;
    assert!(told.contains("500.00"), "{told}");
}

#[tokio::test]
async fn a_renewal_that_is_sent_again_adds_no_second_term() {
    let papers = [document("renew_ruling", "JVBERi0="), document("renew_notice", "JVBERi0=")];
    let renew = json!({ "reason": "续行冻结", "days": 30, "documents": papers });
    let renewed = |instruction: &Value| {
        let mut reply = held("600.00")["reply"].clone();
        reply["until"] = instruction["until"].clone();
        reply
    };
    let told = sent_twice("renew", renew, renewed).await;
    assert!(told.contains("2027-01-30"), "{told}");
}
