//! What is being filled in when the process that keeps it is gone, while the session goes on: it is the store's.

use reqwest::StatusCode;
use serde_json::json;

use super::pages::{FILES, filled_in};
use super::{Guest, with_banks};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_outlives_the_process_and_a_draft_that_is_gone_is_told_with_what_was_entered() {
    let mut setup = with_banks(&[("9990000000000000011", "600.00")], &[]).await;
    let mut guest = Guest::signed_in(setup.port, "officer").await;
    let draft = guest.get("/console/new").await.field("draft");
    let preview = guest.upload("/console/new", &filled_in(&draft, "500"), FILES).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.text);
    let draft = preview.field("draft");
    setup.kill_daemon();
    setup.start_daemon().await;
    assert_eq!(guest.get("/console/tasks").await.status, StatusCode::OK, "still signed in");
    let sent = guest.act("/console/new/send", &[("draft", &draft)]).await;
    assert!(sent.status == StatusCode::CONFLICT && sent.text.contains("草稿已不在"), "{}", sent.text);
    let told = guest.upload("/console/new", &filled_in(&draft, "500"), &[]).await;
    assert!(told.status == StatusCode::CONFLICT && told.text.contains("重新选择文件"), "{}", told.text);
    assert!(told.text.contains("value=\"(2026)晋10执8号\""), "what was entered stays: {}", told.text);
    // With the files again it goes on.
    let draft = told.field("draft");
    let preview = guest.upload("/console/new", &filled_in(&draft, "500"), FILES).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.text);
    assert_eq!(setup.get("/v1/inquiries").await["inquiries"], json!([]));
    let sent = guest.send_previewed(&preview).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_belongs_to_its_session_and_nobody_approves_what_they_submitted() {
    let setup = with_banks(&[("9990000000000000011", "600.00")], &[]).await;
    let mut both = Guest::signed_in(setup.port, "both").await;
    let draft = both.get("/console/new").await.field("draft");
    let mut fields = filled_in(&draft, "500");
    for (name, value) in &mut fields {
        if *name == "mode" {
            *value = "propose";
        }
    }
    let preview = both.upload("/console/new", &fields, FILES).await;
    let mut other = Guest::signed_in(setup.port, "both").await;
    other.get("/console/new").await;
    let stolen = other.send_previewed(&preview).await;
    assert_eq!(stolen.status, StatusCode::CONFLICT, "another session of the same person has none of it");
    let sent = both.send_previewed(&preview).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let id = sent.location().rsplit('/').next().expect("an identifier").to_owned();
    crate::process::until(&setup, &id, "both banks answer", |view| crate::process::answered(view, 2)).await;
    let measure = super::measures(&setup).await.remove(0);
    let refused = both.approve(&measure, &[("reason", "我来批")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
    let mut approver = Guest::signed_in(setup.port, "approver").await;
    let approved = approver.approve(&measure, &[("reason", "准予冻结")]).await;
    assert_eq!(approved.status, StatusCode::SEE_OTHER, "{}", approved.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_sent_is_what_was_previewed_and_anything_else_is_previewed_anew() {
    let setup = with_banks(&[("9990000000000000011", "600.00")], &[]).await;
    let mut guest = Guest::signed_in(setup.port, "officer").await;
    let draft = guest.get("/console/new").await.field("draft");
    let first = guest.upload("/console/new", &filled_in(&draft, "500"), FILES).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text);
    // In another window the same draft is changed, and previewed or left in the middle.
    let draft = first.field("draft");
    let other = guest.upload("/console/new", &filled_in(&draft, "400"), FILES).await;
    assert_eq!(other.status, StatusCode::OK, "{}", other.text);
    let told = guest.send_previewed(&first).await;
    assert_eq!(told.status, StatusCode::CONFLICT, "{}", told.text);
    assert!(told.text.contains("在上次预览后已变更") && told.text.contains("400"), "{}", told.text);
    let bare = guest.act("/console/new/send", &[("draft", &draft)]).await;
    assert_eq!(bare.status, StatusCode::CONFLICT, "what says nothing of a preview sends nothing");
    assert_eq!(setup.get("/v1/inquiries").await["inquiries"], json!([]), "nothing was sent");
    let sent = guest.send_previewed(&told).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_counted_as_wrong_is_listed_or_said_to_stand_beside_the_fields() {
    let setup = with_banks(&[("9990000000000000011", "600.00")], &[]).await;
    let mut guest = Guest::signed_in(setup.port, "officer").await;
    let draft = guest.get("/console/new").await.field("draft");
    let mut bad = filled_in(&draft, "500");
    // What belongs to a field, and papers that are missing, which belong to none.
    bad.push(("deadline_hours", "9000"));
    let told = guest.upload("/console/new", &bad, &[]).await;
    assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", told.text);
    assert!(told.text.contains("id=\"f-deadline_hours-fault\""), "{}", told.text);
    let (_, head) = told.text.split_once("id=\"faults\"").expect("what is to be corrected");
    let head = head.split("</section>").next().expect("a head");
    let (_, count) = head.split_once("<h2>").expect("a count");
    let count: usize = count.split(' ').next().and_then(|count| count.parse().ok()).expect("a number");
    let listed = head.matches("<li>").count();
    assert!(listed > 0 && listed < count, "{head}");
    assert!(head.contains(&format!("另有 {} 处", count - listed)), "{head}");
}
