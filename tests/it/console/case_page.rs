//! A case with much of everything: what is shown, and the way to the rest.

use reqwest::StatusCode;
use serde_json::Value;

use super::{CASE, Guest, answered, inquiry, measures, until, with_banks};
use crate::daemon::Setup;
use crate::world::of_another_case;

/// The numbers of the inquiries of the first case, the oldest first.
async fn inquiries_of_case(setup: &Setup) -> Vec<String> {
    let case = setup.get("/v1/cases/%EF%BC%882026%EF%BC%89%E6%99%8B10%E6%89%A71%E5%8F%B7").await;
    let all = case["inquiries"].as_array().expect("inquiries").iter();
    all.map(|one| one["id"].as_str().expect("an identifier").to_owned()).collect()
}

fn of_id(list: &Value, id: &str) -> usize {
    list["orders"].as_array().expect("orders").iter().filter(|one| one["inquiry"] == id).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_inquiries_the_newest_are_shown_and_the_older_ones_are_named_with_the_way_to_them() {
    let setup = with_banks(&[("9990000000000000011", "600.00")], &[]).await;
    for key in ["one", "two", "three", "four", "five"] {
        let id = setup.submit(key, &inquiry(None, "propose")).await;
        until(&setup, &id, "both banks answer", |view| answered(view, 2)).await;
    }
    let ids = inquiries_of_case(&setup).await;
    assert_eq!(ids.len(), 5);
    let mut guest = Guest::signed_in(setup.port, "officer").await;
    let page = guest.get(CASE).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let (shown, older) =
        page.text.split_once("更早的申请：").unwrap_or_else(|| panic!("older: {}", page.text));
    let older = older.split("</p>").next().expect("a line");
    for (at, id) in ids.iter().enumerate() {
        let link = format!("href=\"/console/inquiries/{id}\"");
        assert_eq!(older.contains(&link), at < 2, "{at}: {older}");
        assert_eq!(shown.contains(&format!("<h3><a {link}")), at >= 2, "{at}: {}", page.text);
        assert_eq!(guest.get(&format!("/console/inquiries/{id}")).await.status, StatusCode::OK);
    }
    // Of assets and of the timeline it is said that the older ones are not in them.
    let without = page.text.matches("未列入更早的 2 件查控申请").count();
    assert_eq!(without, 2, "{}", page.text);
    let orders = setup.get("/v1/orders").await;
    assert_eq!(of_id(&orders, &ids[0]), 2, "they are there all the same: {orders}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_rest_of_a_cases_tasks_is_the_list_of_that_case_and_a_notice_is_a_step_away() {
    let first = [("9990000000000000011", "600.00"), ("9990000000000000012", "500.00")];
    let second = [("9990000000000000022", "400.00"), ("9990000000000000023", "300.00")];
    let setup = with_banks(&first, &second).await;
    let body = inquiry(Some("5000.00"), "propose");
    let id = setup.submit("one", &body).await;
    until(&setup, &id, "both banks answer", |view| answered(view, 2)).await;
    let measure = measures(&setup).await.remove(0);
    let other = setup.submit("other", &of_another_case(inquiry(Some("5000.00"), "propose"))).await;
    until(&setup, &other, "both banks answer", |view| answered(view, 2)).await;
    let mut approver = Guest::signed_in(setup.port, "approver").await;
    let rest = approver.get(CASE).await.first_link("/console/tasks?case_number=", "\">另有 1 项");
    let tasks = approver.get(&rest).await;
    assert_eq!(tasks.status, StatusCode::OK, "{}", tasks.text);
    assert_eq!(tasks.text.matches("<article").count(), 4, "{}", tasks.text);
    assert!(!tasks.text.contains("执1000号"), "of this case alone: {}", tasks.text);
    assert_eq!(tasks.field("case_number"), "（2026）晋10执1号");
    let all = approver.get("/console/tasks").await;
    assert!(all.text.matches("<article").count() > 4, "{}", all.text);
    let unknown = approver.get("/console/tasks?case_number=abc").await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST, "{}", unknown.text);

    let done = approver.approve(&measure, &[("reason", "准予冻结")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let is_held = |view: &Value| {
        view["coverage"]["held"]["amount"].as_str().is_some_and(|held| held.bytes().any(|digit| digit > b'0'))
    };
    until(&setup, &id, "it is frozen", is_held).await;
    let tasks = approver.get("/console/tasks?kind=notify_debtor").await;
    let notice = tasks.first_link("/console/papers/of/", "\">打印冻结告知书");
    assert!(notice.ends_with("?kind=freeze_notice"), "{notice}");
    let papers = approver.open(&notice).await;
    assert_eq!(papers.status, StatusCode::OK, "{}", papers.text);
    assert!(papers.text.contains("<option value=\"freeze_notice\" selected>"), "{}", papers.text);
}
