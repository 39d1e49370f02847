//! 补录在控措施: a measure that stands is entered on the case page, or out of the task that asks for it.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{CASE, Guest, answered, inquiry, started, until, with_banks};
use crate::daemon::Setup;
use crate::world::{bank, bank_code, customer};

const RULING: (&str, &str, &[u8]) = ("paper.freeze_ruling", "裁定书.pdf", b"%PDF-1.4 invented");

/// A day within the longest term of a freeze.
fn in_a_year() -> String {
    let today = jiff::Zoned::now().with_time_zone(jiff::tz::TimeZone::fixed(jiff::tz::offset(8))).date();
    today.saturating_add(jiff::Span::new().days(360)).to_string()
}

async fn ledger(setup: &Setup) -> Vec<Value> {
    setup.get("/v1/measures").await["measures"].as_array().expect("measures").clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_measure_that_stands_is_entered_on_the_case_page_and_counts() {
    let setup = with_banks(&[("9990000000000000011", "600.00")], &[]).await;
    let id = setup.submit("one", &inquiry(Some("1000.00"), "propose")).await;
    until(&setup, &id, "both banks answer", |view| answered(view, 2)).await;
    let mut officer = Guest::signed_in(setup.port, "officer").await;
    assert!(!officer.get(CASE).await.text.contains("acts/enter-measure"), "officers enter none");
    let mut approver = Guest::signed_in(setup.port, "approver").await;
    let path = approver.get(CASE).await.first_link("/console/acts/enter-measure/", "\">补录在控措施");
    let form = approver.get(&path).await;
    assert!(form.text.contains("name=\"original_case\" value=\"（2026）晋10执1号\""), "{}", form.text);
    assert!(form.text.contains("selected>临汾测试矿业有限公司"), "the only party: {}", form.text);
    let cases = setup.get("/v1/cases").await;
    let case = setup.get(&format!("/v1/cases/{}", cases["cases"][0]["id"].as_str().expect("an id"))).await;
    let party = case["parties"][0]["id"].to_string().replace('"', "");
    let until_day = in_a_year();
    let mut fields = vec![
        ("party", party.as_str()),
        ("counterpart", "bank-2"),
        ("kind", "account"),
        ("number", "9990000000000000099"),
        ("class", "一般存款账户"),
        ("limit", "1,50.00 元"),
        ("until", &until_day),
        ("original_number", "CK1"),
        ("original_case", "（2026）晋10执1号"),
        ("reason", "线下冻结补录"),
    ];
    let bare = approver.upload(&path, &fields, &[]).await;
    assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", bare.text);
    assert!(bare.text.contains("须附冻结、查封文书") && bare.text.contains("value=\"CK1\""), "{}", bare.text);
    fields.retain(|(name, _)| *name != "until");
    let none = approver.upload(&path, &fields, &[RULING]).await;
    assert!(none.text.contains("-until-fault"), "{}", none.text);
    fields.push(("until", &until_day));
    let done = approver.upload(&path, &fields, &[RULING]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert!(approver.get(done.location()).await.text.contains("已补录"));
    let all = ledger(&setup).await;
    let entered = all.iter().find(|one| one["origin"] == "entered").unwrap_or_else(|| panic!("{all:#?}"));
    assert_eq!((&entered["state"], &entered["held"]["amount"]), (&json!("in_force"), &json!("150.00")));
    assert_eq!(entered["until"], json!(until_day));
    let twice = approver.upload(&path, &fields, &[RULING]).await;
    assert_eq!(twice.status, StatusCode::CONFLICT, "{}", twice.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_freeze_of_ours_that_a_bank_lists_is_completed_out_of_its_task() {
    let mut customer = customer(&[("9990000000000000011", "600.00")]);
    customer["accounts"][0]["branch"] = json!("测试支行");
    customer["accounts"][0]["freezes"] = json!([
        { "court": "临汾市测试中级人民法院", "document": "（2026）晋10执1号", "amount": 200, "until": in_a_year() },
    ]);
    let played = [
        bank("bank-1", &bank_code(1), json!({ "customers": [customer] })),
        bank("bank-2", &bank_code(2), json!({ "customers": [] })),
    ];
    let setup = started(&played, "").await;
    let id = setup.submit("one", &inquiry(Some("1000.00"), "propose")).await;
    until(&setup, &id, "both banks answer", |view| answered(view, 2)).await;
    let all = ledger(&setup).await;
    let known = all.iter().find(|one| one["origin"] == "recognised").unwrap_or_else(|| panic!("{all:#?}"));
    let mut approver = Guest::signed_in(setup.port, "approver").await;
    let tasks = approver.get("/console/tasks?kind=review").await;
    let path = tasks.first_link("/console/acts/enter-measure/", "\">补录在控措施");
    let form = approver.get(&path).await;
    let limit = known["limit"]["amount"].as_str().expect("a limit");
    for (name, value) in [("number", "9990000000000000011"), ("counterpart", "bank-1"), ("limit", limit)] {
        assert_eq!(form.field(name), value, "{name}: {}", form.text);
    }
    let mut fields: Vec<(&str, String)> =
        ["counterpart", "institution", "number", "class", "limit", "until", "original_case"]
            .into_iter()
            .map(|name| (name, form.field(name)))
            .collect();
    let party =
        form.text.split("selected>临汾测试矿业有限公司").next().and_then(|before| before.rsplit('"').nth(1));
    fields.extend([
        ("party", party.expect("the party is chosen").to_owned()),
        ("target", form.seen_in("target")),
        ("kind", "account".to_owned()),
        ("original_number", "CK202601".to_owned()),
        ("reason", "补录原请求单号".to_owned()),
    ]);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let done = approver.upload(&path, &fields, &[RULING]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let completed = setup.get(&format!("/v1/measures/{}", known["id"].as_str().expect("an id"))).await;
    assert_eq!(completed["origin"], "entered", "{completed}");
    assert!(!completed["tasks"].as_array().expect("tasks").contains(&json!("review")), "{completed}");
    assert_eq!(completed["target"], known["target"], "nothing of the property is lost");
    let tasks = approver.get("/console/tasks?kind=review").await;
    assert!(!tasks.text.contains("acts/enter-measure"), "{}", tasks.text);
}
