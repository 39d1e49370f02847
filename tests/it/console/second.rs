//! Two persons approve a freeze where the court wants it: over the API and in the console.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{CASE, Guest, answered, banks, inquiry, measures, started, until};
use crate::daemon::Setup;
use crate::desk::people::{Clerk, system_key};

/// A case whose one freeze waits for two approvals.
async fn proposed() -> (Setup, String, String) {
    let extra = format!("{}[approvals]\ntwo_approvers = true\n", system_key("key-of-approver", "approver"));
    let setup = started(&banks(&[("9990000000000000011", "600.00")], &[]), &extra).await;
    let id = setup.submit("two", &inquiry(Some("500.00"), "propose")).await;
    until(&setup, &id, "both banks answer", |view| answered(view, 2)).await;
    let measure = measures(&setup).await.remove(0);
    (setup, id, measure)
}

async fn state(setup: &Setup, measure: &str) -> Value {
    setup.get(&format!("/v1/measures/{measure}")).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_persons_approve_in_the_console_and_neither_the_same_one_nor_a_key_is_the_second() {
    let (setup, id, measure) = proposed().await;
    let key = Clerk::at(setup.port, "key-of-approver");
    let by_key = json!({ "reason": "准予冻结" });
    let refused = key.post(&format!("/v1/measures/{measure}/approve"), &by_key).await;
    assert_eq!(refused.0, StatusCode::FORBIDDEN, "{}", refused.1);

    let mut first = Guest::signed_in(setup.port, "approver").await;
    let done = first.approve(&measure, &[("reason", "准予冻结"), ("limit", "400.00")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let told = first.get(done.location()).await;
    assert!(told.text.contains("待另一名审批人审批"), "{}", told.text);
    let waits = state(&setup, &measure).await;
    assert_eq!(
        (&waits["state"], &waits["first_approval"]["by"]),
        (&json!("proposed"), &json!("approver")),
        "{waits}"
    );
    assert_eq!(waits["limit"]["amount"], "400.00", "{waits}");
    let again = first.approve(&measure, &[("reason", "准予冻结"), ("limit", "400.00")]).await;
    assert_eq!(again.status, StatusCode::FORBIDDEN, "{}", again.text);

    let mut second = Guest::signed_in(setup.port, "both").await;
    let list = second.get("/console/approvals").await;
    assert!(list.text.contains("待第二人审批") && list.text.contains("approver"), "{}", list.text);
    // Another amount than the first is refused beside the form, which says what the first one said.
    let pages = [format!("/console/measures/{measure}"), format!("/console/acts/approve/{measure}")];
    for path in pages.iter().map(String::as_str).chain(["/console/tasks", CASE]) {
        let page = second.get(path).await;
        assert!(page.text.contains("name=\"limit\" value=\"400.00\""), "{path}: {}", page.text);
        assert!(page.seen().contains("400.00"), "{path}: {}", page.text);
    }
    let other = second.approve(&measure, &[("reason", "同意"), ("limit", "300.00")]).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", other.text);
    let done = second.approve(&measure, &[("reason", "同意"), ("limit", "400.00")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    until(&setup, &id, "the freeze stands", |view| view["coverage"]["held"]["amount"] == json!("400.00"))
        .await;
    let placed = state(&setup, &measure).await;
    assert_eq!((&placed["approved_by"], &placed["first_approval"]), (&json!("approver、both"), &Value::Null));
    let acts = setup.get(&format!("/v1/inquiries/{id}/acts")).await;
    let approvals = acts["acts"].as_array().expect("acts").iter().filter(|act| act["act"] == "approve");
    let by: Vec<(&str, bool)> =
        approvals.map(|act| (act["actor"].as_str().unwrap_or_default(), act["refused"].is_null())).collect();
    let expected = [
        ("key-of-approver", false),
        ("approver", true),
        ("approver", false),
        ("both", false),
        ("both", true),
    ];
    assert_eq!(by, expected, "a key's, then the first, again, another amount, and the second: {acts}");
    let events = setup.try_results("two").await.expect("results");
    let told = |kind: &str| events.iter().filter(|event| event["type"] == format!("chakong.{kind}")).count();
    assert_eq!((told("measure.first_approved"), told("measure.approved")), (1, 1), "{events:#?}");
}

/// Two approvers who decide at once are the first and the second, and the freeze is sent once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_approvers_at_once_are_the_first_and_the_second() {
    let (setup, id, measure) = proposed().await;
    let (mut one, mut two) =
        (Guest::signed_in(setup.port, "approver").await, Guest::signed_in(setup.port, "both").await);
    let (field, mut seen) = (format!("seen-{measure}"), String::new());
    for guest in [&mut one, &mut two] {
        let page = guest.get("/console/approvals").await;
        seen = page.seen_in(&field);
    }
    let chosen = [
        ("verdict", "approve"),
        ("reason", "准予冻结"),
        ("id", measure.as_str()),
        (field.as_str(), seen.as_str()),
    ];
    let (here, there) =
        tokio::join!(one.act("/console/approvals", &chosen), two.act("/console/approvals", &chosen));
    // The first one is told that another must approve; once the other has, also the first reads that the freeze is approved.
    let both = format!("{}{}", here.text, there.text);
    let said = ["待另一名审批人审批", "已批准"].map(|words| both.matches(words).count());
    assert!(said == [1, 1] || said == [0, 2], "{said:?} {both}");
    let events = setup.try_results("two").await.expect("results");
    let told = |kind: &str| events.iter().filter(|event| event["type"] == format!("chakong.{kind}")).count();
    assert_eq!((told("measure.first_approved"), told("measure.approved")), (1, 1), "{events:#?}");
    until(&setup, &id, "the freeze stands", |view| view["coverage"]["held"]["amount"] == json!("500.00"))
        .await;
    let orders = setup.get("/v1/orders?action=freeze").await;
    assert_eq!(orders["orders"].as_array().map(Vec::len), Some(1), "{orders}");
}

/// A mandate that lets freezes go out by themselves does not do without the second approver.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_freeze_without_approval_waits_for_two_where_the_court_wants_them() {
    let own = "[[approvals.courts]]\ncourt = \"9910\"\ntwo_approvers = true\nfrom = \"500.00\"\n";
    let played = banks(&[("9990000000000000011", "600.00")], &[("9990000000000000022", "499.99")]);
    let setup = started(&played, own).await;
    let id = setup.submit("auto", &inquiry(Some("2000.00"), "auto")).await;
    until(&setup, &id, "the small one is frozen", |view| {
        answered(view, 2) && view["coverage"]["held"]["amount"] == json!("499.99")
    })
    .await;
    let all = setup.get("/v1/measures").await;
    let large = all["measures"].as_array().expect("measures").iter().find(|one| one["state"] == "proposed");
    let large = large.unwrap_or_else(|| panic!("a proposal: {all}"));
    assert_eq!(large["limit"]["amount"], "600.00", "{all}");
    assert!(large["note"].as_str().is_some_and(|note| note.contains("双人审批")), "{large}");
    let measure = large["id"].as_str().expect("an identifier");
    for number in ["approver", "both"] {
        let mut guest = Guest::signed_in(setup.port, number).await;
        let done = guest.approve(measure, &[("reason", "准予冻结")]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{number}: {}", done.text);
    }
    until(&setup, &id, "both freezes stand", |view| view["coverage"]["held"]["amount"] == json!("1099.99"))
        .await;
}
