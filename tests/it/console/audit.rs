//! Looks on record: reasons, lists, tables, alarms; and another court's cases by address.

use reqwest::StatusCode;
use serde_json::json;

use super::{CASE, Guest, add_people, banks, everybody, measures, with_proposals};
use crate::console::NO_CODES;
use crate::daemon::Setup;
use crate::process::{answered, until};
use crate::world::inquiry;

/// The number of the case that tests submit, in another spelling.
const NUMBER: &str = "%282026%29%E6%99%8B10%E6%89%A71%E5%8F%B7";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_not_of_the_case_says_why_once_and_it_goes_on_record() {
    let (setup, id) = with_proposals().await;
    let mut officer = Guest::signed_in(setup.port, "officer").await;
    assert_eq!(officer.get(CASE).await.status, StatusCode::OK, "nobody asks the officer");
    let mut auditor = Guest::signed_in(setup.port, "auditor").await;
    let asked = auditor.get(CASE).await;
    assert_eq!(asked.status, StatusCode::FORBIDDEN);
    assert!(
        asked.text.contains("请说明查看理由") && !asked.text.contains("9990000000000000011"),
        "{}",
        asked.text
    );
    let (case, next) = (asked.field("case"), asked.field("next"));
    assert_eq!((case.as_str(), next.as_str()), ("（2026）晋10执1号", CASE));
    let fields = [("case", case.as_str()), ("next", next.as_str())];
    let silent = auditor.act("/console/reason", &fields).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", silent.text);
    let given = auditor.act("/console/reason", &[&fields[..], &[("reason", "信访核查")][..]].concat()).await;
    assert_eq!((given.status, given.location()), (StatusCode::SEE_OTHER, CASE));
    let shown = auditor.get(CASE).await;
    assert!(shown.status == StatusCode::OK && shown.text.contains("****0011"), "{}", shown.text);
    assert!(shown.text.contains("不动产权证号可全部显示"), "what is not masked is not told to be");
    assert!(shown.text.contains("仅显示末四位") && !officer.get(CASE).await.text.contains("仅显示末四位"));
    // By role: of an account the end alone, wherever it stands. Who works on the case sees it whole.
    let measure = format!("/console/measures/{}", measures(&setup).await[0]);
    for page in [CASE, &measure, &format!("/console/inquiries/{id}")] {
        let (whole, masked) = (officer.get(page).await, auditor.get(page).await);
        assert_eq!((whole.status, masked.status), (StatusCode::OK, StatusCode::OK), "{page}");
        let shows = |text: &str, begin: &str| {
            ["0011", "0022"].iter().any(|end| text.contains(&format!("{begin}{end}")))
        };
        assert!(
            shows(&whole.text, "999000000000000") && shows(&masked.text, "****"),
            "{page}: {}",
            masked.text
        );
        assert!(!shows(&masked.text, "999000000000000"), "{page}: {}", masked.text);
    }
    let inquiry = format!("/console/inquiries/{id}");
    assert_eq!(auditor.get(&inquiry).await.status, StatusCode::OK, "the same case");
    let away = [("case", case.as_str()), ("reason", "x"), ("next", "https://bank.example/")];
    assert_eq!(auditor.act("/console/reason", &away).await.location(), "/console", "no link leads away");
    // Another session is asked again, and so is who only looks on.
    let mut again = Guest::signed_in(setup.port, "auditor").await;
    assert_eq!(again.get(&inquiry).await.status, StatusCode::FORBIDDEN);
    // The audit shows both, with the reason, by case in any spelling, by person, by kind and by day.
    let all = auditor.get(&format!("/console/audit/looks?case={NUMBER}")).await;
    assert!(all.text.contains("信访核查") && all.text.contains(">officer 张测试<"), "{}", all.text);
    let rows = |text: &str| text.matches("<tr>").count() - usize::from(text.contains("<thead>"));
    let count = rows(&all.text);
    assert!(count >= 4, "{}", all.text);
    for (query, is_less) in [
        ("actor=officer", true),
        ("kind=case", true),
        ("day=2020-01-01", true),
        ("case=%EF%BC%882026%EF%BC%89%E6%99%8B10%E6%89%A72%E5%8F%B7", true),
        ("", false),
    ] {
        let page = auditor.get(&format!("/console/audit/looks?{query}")).await;
        assert_eq!(page.status, StatusCode::OK, "{query}");
        assert_eq!(rows(&page.text) < count, is_less, "{query}:\n{}", page.text);
    }
    assert_eq!(auditor.get("/console/audit/looks?day=yesterday").await.status, StatusCode::BAD_REQUEST);
    let table = auditor.get(&format!("/console/audit/looks.csv?case={NUMBER}")).await;
    assert!(table.header("content-disposition").contains("looks.csv"));
    assert_eq!(table.text.lines().count(), count + 1, "the same as the page, with a head:\n{}", table.text);
    assert_eq!(officer.get("/console/audit/looks").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_audit_names_cases_persons_and_properties_and_no_identifiers() {
    let (setup, id) = with_proposals().await;
    let measure = measures(&setup).await.remove(0);
    let mut approver = Guest::signed_in(setup.port, "approver").await;
    approver.get(&format!("/console/measures/{measure}")).await;
    let done = approver.approve(&measure, &[("reason", "同意冻结")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let mut auditor = Guest::signed_in(setup.port, "auditor").await;
    let acts = auditor.get("/console/audit").await;
    for shown in [
        "（2026）晋10执1号</a>",
        "存款账户 ****00",
        " · bank-",
        "<td data-label=\"操作人\">approver 张测试</td>",
    ] {
        assert!(acts.text.contains(shown), "{shown}: {}", acts.text);
    }
    assert!(!acts.text.contains(&format!(">{id}<")), "an identifier: {}", acts.text);
    assert!(!acts.text.contains("99900000000000000"), "numbers of accounts are masked: {}", acts.text);
    let mut supervisor = Guest::signed_in(setup.port, "supervisor").await;
    let tasks = supervisor.get("/console/tasks?kind=approve").await;
    assert!(tasks.text.contains("存款账户 ****00"), "the end, as on the page of the case: {}", tasks.text);
    let looks = auditor.get("/console/audit/looks?kind=measures").await;
    assert!(looks.text.contains(">存款账户 ****00"), "{}", looks.text);
    let row = setup.get("/v1/cases").await["cases"][0]["id"].as_str().expect("a case").to_owned();
    for act in ["claim-lower", "enter-measure"] {
        let form = approver.get(&format!("/console/acts/{act}/{row}")).await;
        assert!(form.text.contains("案件 <b>（2026）晋10执1号</b>"), "{act}: {}", form.text);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_stands_out_in_the_looks_of_a_day_is_told_and_lists_are_turned() {
    let mut setup = Setup::new(
        &banks(&[("9990000000000000011", "1.00")], &[]),
        None,
        &format!("{NO_CODES}[looks]\nalarm_at = 2\n"),
    );
    add_people(&setup, everybody()).await;
    setup.start_sandbox().await;
    setup.start_daemon().await;
    let id = setup.submit("one", &inquiry(Some("1000.00"), "propose")).await;
    until(&setup, &id, "both banks answer", |view| answered(view, 2)).await;
    let mut auditor = Guest::signed_in(setup.port, "auditor").await;
    let quiet = auditor.get("/console/audit/alarms?day=2020-01-01").await;
    assert!(quiet.text.contains("当日没有需要注意的查看"), "{}", quiet.text);
    let mut officer = Guest::signed_in(setup.port, "officer").await;
    officer.get(CASE).await;
    officer.get(&format!("/console/inquiries/{id}")).await;
    let told = auditor.get("/console/audit/alarms").await;
    assert!(told.text.contains("大量查看") && told.text.contains(">officer 张测试<"), "{}", told.text);
    let details =
        told.text.split("href=\"").find(|rest| rest.starts_with("/console/audit/looks?actor=officer"));
    let details = details
        .and_then(|rest| rest.split('"').next())
        .expect("a link")
        .replace("&#38;", "&")
        .replace("&amp;", "&");
    let shown = auditor.get(&details).await;
    assert!(shown.status == StatusCode::OK && shown.text.contains("财产清单"), "{}", shown.text);
    // More acts than are on a page: the second page shows others.
    for _ in 0..30 {
        setup.post("/v1/counterparts/bank-1/pause", &json!({ "reason": "维护" })).await;
        setup.post("/v1/counterparts/bank-1/resume", &json!({ "reason": "维护结束" })).await;
    }
    let first = auditor.get("/console/audit").await;
    let next = first.text.split("href=\"").find(|rest| rest.starts_with("/console/audit?before="));
    let next = next.and_then(|rest| rest.split('"').next()).expect("a second page").to_owned();
    let second = auditor.get(&next).await;
    assert!(second.status == StatusCode::OK && second.text.contains("提交查控"), "{}", second.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn by_address_another_courts_things_are_not_there() {
    let mut setup = Setup::new(
        &banks(&[("9990000000000000011", "600.00")], &[("9990000000000000022", "500.00")]),
        None,
        NO_CODES,
    );
    let roles: &[&str] = &["officer", "approver", "supervisor"];
    add_people(&setup, [("own", roles, &["9910"][..]), ("other", roles, &["9911"][..])]).await;
    setup.start_sandbox().await;
    setup.start_daemon().await;
    let mut body = inquiry(Some("1000.00"), "propose");
    body["case"]["court_code"] = json!("9910");
    let id = setup.submit("one", &body).await;
    until(&setup, &id, "both banks answer", |view| answered(view, 2)).await;
    let measure = measures(&setup).await.remove(0);
    let orders = setup.get("/v1/orders").await;
    let order = orders["orders"][0]["number"].as_str().expect("a number").to_owned();
    let case = setup.get("/v1/cases").await["cases"][0]["id"].as_str().expect("a case").to_owned();
    let paths = [
        CASE.to_owned(),
        format!("/console/cases/{case}"),
        format!("/console/cases?number={NUMBER}"),
        format!("/console/inquiries/{id}"),
        format!("/console/inquiries/{id}/certificates/1"),
        format!("/console/orders/{order}"),
        format!("/console/measures/{measure}"),
        format!("/console/live?topic=case:{case}"),
        format!("/console/live?topic=measure:{measure}"),
    ];
    let mut own = Guest::signed_in(setup.port, "own").await;
    let mut other = Guest::signed_in(setup.port, "other").await;
    for path in &paths {
        let hidden = other.get(path).await;
        assert_eq!(hidden.status, StatusCode::NOT_FOUND, "{path}: {}", hidden.text);
        assert!(
            !hidden.text.contains("9990000000000000011") && !hidden.text.contains("临汾测试矿业"),
            "{path}"
        );
        if !path.contains("/live") && !path.contains("/certificates/") {
            assert_eq!(own.open(path).await.status, StatusCode::OK, "{path}");
        }
    }
    assert!(!other.get("/console/audit").await.text.contains("提交查控</span>"), "what was done there");
    for path in ["/console/tasks", "/console/cases", "/console/approvals"] {
        let (mine, theirs) = (own.get(path).await, other.get(path).await);
        let shows = |text: &str| text.contains("晋10执1号");
        assert!(shows(&mine.text), "{path}: {}", mine.text);
        assert!(theirs.status == StatusCode::OK && !shows(&theirs.text), "{path}: {}", theirs.text);
    }
    let seen = json!({ "state": "proposed", "limit": { "amount": "500.00", "currency": "CNY" }, "exemption": "free" });
    let entered = [("reason", "越权"), ("seen", &seen.to_string())];
    let approved = other.act(&format!("/console/acts/approve/{measure}"), &entered).await;
    assert_eq!(approved.status, StatusCode::NOT_FOUND, "{}", approved.text);
    assert_eq!(setup.get("/v1/measures?state=proposed").await["measures"].as_array().map(Vec::len), Some(2));
}
