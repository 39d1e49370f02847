//! Accounts in a foreign currency in the console, and what lists say of the property that something is about.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{Guest, answered, banks, inquiry, started, until};
use crate::daemon::Setup;

/// A case of which one account holds yuan and the other dollars; both wait for an approval. Gives the inquiry too.
pub async fn proposed(extra: &str, mode: &str) -> (Setup, String) {
    let mut played = banks(&[("9990000000000000011", "600.00")], &[("9990000000000000022", "3000.00")]);
    let account = &mut played[1].script["customers"][0]["accounts"][0];
    account["currency"] = json!("USD");
    account["class"] = json!("外汇结算账户（经常项目、资本项目合并，境内机构）");
    let setup = started(&played, extra).await;
    let id = setup.submit("foreign", &inquiry(Some("50000.00"), mode)).await;
    until(&setup, &id, "both banks answer", |view| answered(view, 2)).await;
    (setup, id)
}

/// The measure of the task of a kind whose property is in a currency, and the property.
async fn task_of(setup: &Setup, kind: &str, currency: &str) -> (String, Value) {
    let found = setup.get(&format!("/v1/tasks?kind={kind}")).await;
    let tasks = found["tasks"].as_array().expect("tasks").iter();
    let task = tasks.clone().find(|task| task["property"]["currency"] == currency);
    let task = task.unwrap_or_else(|| panic!("a task in {currency}: {found}"));
    (task["measure"].as_str().expect("a measure").to_owned(), task["property"].clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_approval_of_a_foreign_account_is_entered_in_its_own_currency_with_the_rate_at_which_it_counts() {
    let (setup, _) = proposed("", "propose").await;
    let (dollars, property) = task_of(&setup, "approve", "USD").await;
    let told = ["kind", "number", "counterpart", "currency", "state"].map(|field| property[field].as_str());
    assert_eq!(told.map(Option::unwrap_or_default), ["account", "****0022", "bank-2", "USD", "proposed"]);
    assert_eq!((&property["limit"]["currency"], &property["first_approval"]), (&json!("USD"), &json!(null)));
    let (yuan, _) = task_of(&setup, "approve", "CNY").await;
    let mut approver = Guest::signed_in(setup.port, "approver").await;
    let older = approver.get("/console/tasks?age=day").await;
    assert!(older.text.contains("没有待办。"), "nothing has been on the list for a day: {}", older.text);
    let tasks = approver.get("/console/tasks").await;
    assert!(tasks.text.contains("账户 ****0022 · bank-2"), "{}", tasks.text);
    assert!(!tasks.text.contains("9990000000000000022"), "{}", tasks.text);
    let own = approver.get(&format!("/console/measures/{yuan}")).await;
    assert!(own.text.contains("name=\"limit_currency\" value=\"CNY\""), "{}", own.text);
    assert!(!own.text.contains("name=\"rate\""), "yuan have no rate: {}", own.text);
    let approve = format!("/console/acts/approve/{dollars}");
    for page in [format!("/console/measures/{dollars}"), approve.clone(), "/console/tasks".to_owned()] {
        let form = approver.get(&page).await.text;
        assert!(form.contains("name=\"limit_currency\" value=\"USD\""), "{page}: {form}");
        assert!(form.contains("1 USD 折人民币元"), "{page}: {form}");
    }
    let bare = approver.approve(&dollars, &[("reason", "准予冻结"), ("limit_currency", "USD")]).await;
    assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", bare.text);
    assert!(bare.text.contains("name=\"limit_currency\" value=\"USD\""), "{}", bare.text);
    let entered = [("reason", "准予冻结"), ("limit", "2,500"), ("limit_currency", "USD"), ("rate", "7.1")];
    // What was entered is understood; that bank freezes yuan alone, and says so.
    let told = approver.approve(&dollars, &entered).await;
    assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", told.text);
    assert!(told.text.contains("该单位只办理人民币冻结"), "{}", told.text);
    assert!(told.text.contains("value=\"2,500\"") && told.text.contains("value=\"7.1\""), "{}", told.text);
    let stays = setup.get(&format!("/v1/measures/{dollars}")).await;
    assert_eq!(stays["state"], "proposed", "{stays}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_content_of_a_counterparts_messages_is_a_step_away_for_those_who_may_look() {
    let (setup, _) = proposed("", "propose").await;
    let page = "/console/counterparts/bank-1";
    let mut operations = Guest::signed_in(setup.port, "operations").await;
    let seen = operations.get(page).await.text;
    assert!(seen.contains("最近的往来报文") && !seen.contains("/raw\""), "{seen}");
    assert!(seen.contains("查控员、审批人、指挥中心负责人、审计员"), "{seen}");
    let mut both = Guest::signed_in(setup.port, "both").await;
    let seen = both.get(page).await.text;
    let link = seen.split("href=\"").find(|at| at.split('"').next().is_some_and(|to| to.ends_with("/raw")));
    let link = link.and_then(|at| at.split('"').next()).unwrap_or_else(|| panic!("a link: {seen}"));
    let content = both.get(link).await;
    assert_eq!(content.status, StatusCode::OK, "{}", content.text);
    assert!(content.text.contains("SHA-256"), "{}", content.text);
}
