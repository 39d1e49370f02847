//! The console from outside, without a browser: sign-in, roles, forms, and attacks on them.

mod approving;
mod attacks;
mod audit;
mod case_page;
mod certificates;
mod demo;
mod desk;
mod drafts;
mod entering;
pub mod foreign;
mod guest;
mod identity_provider;
mod live;
mod own;
mod pages;
mod people;
mod printing;
mod provider;
mod second;
pub mod sheets;
mod slow;
mod uploads;
mod waiting;

use std::path::Path;

use chakong::app::people::{Added, PeopleDesk};
use reqwest::StatusCode;
use serde_json::json;

use crate::daemon::Setup;
use crate::process::{answered, until};
use crate::world::{Played, bank, bank_code, customer, inquiry};
pub use guest::Guest;
pub use own::code;

/// The password of every person of the tests.
pub const PASSWORD: &str = "correct horse battery";
/// Persons by staff number, with their roles: one for each role, and one who is of the case in every way.
pub const PEOPLE: &[(&str, &[&str])] = &[
    ("officer", &["officer"]),
    ("approver", &["approver"]),
    ("supervisor", &["supervisor"]),
    ("operations", &["operations"]),
    ("security", &["security_administrator"]),
    ("auditor", &["auditor"]),
    ("both", &["officer", "approver", "supervisor"]),
];

/// Lines of the configuration by which nobody needs a second factor.
pub const NO_CODES: &str = "[sign_in]\nsecond_factor = []\n";

/// A person of the tests: staff number, roles, codes of courts (none for every court).
pub type TestPerson<'a> = (&'a str, &'a [&'a str], &'a [&'a str]);

/// Makes persons known to the store of a setup whose daemon does not run.
pub async fn add_people<'a>(setup: &Setup, people: impl IntoIterator<Item = TestPerson<'a>>) {
    add_people_at(&setup.config(), people).await;
}

/// The same by the file of a configuration.
pub async fn add_people_at<'a>(config: &Path, people: impl IntoIterator<Item = TestPerson<'a>>) {
    let config = chakong::config::load(config, &chakong::app::plugins()).expect("a configuration");
    let desk = PeopleDesk::open(&config).await.expect("a store");
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    for (number, roles, courts) in people {
        let (name, number, phone) = ("张测试".to_owned(), number.to_owned(), String::new());
        let added = Added { name, number, courts: owned(courts), roles: owned(roles), phone };
        desk.make_ready(added, PASSWORD, "测试").await.expect("added");
    }
    desk.close().await;
}

/// [`PEOPLE`], who see every court.
pub fn everybody() -> impl Iterator<Item = TestPerson<'static>> {
    PEOPLE.iter().map(|(number, roles)| (*number, *roles, &[][..]))
}

/// A daemon with counterparts that are played, and with everybody.
pub async fn started(played: &[Played], extra: &str) -> Setup {
    let mut setup = Setup::new(played, None, &format!("{NO_CODES}{extra}"));
    add_people(&setup, everybody()).await;
    setup.start_sandbox().await;
    setup.start_daemon().await;
    setup
}

/// Two banks with accounts of these balances.
pub fn banks(first: &[(&str, &str)], second: &[(&str, &str)]) -> [Played; 2] {
    let script = |accounts| json!({ "customers": [customer(accounts)] });
    [bank("bank-1", &bank_code(1), script(first)), bank("bank-2", &bank_code(2), script(second))]
}

/// A daemon with two banks that answer.
pub async fn with_banks(first: &[(&str, &str)], second: &[(&str, &str)]) -> Setup {
    started(&banks(first, second), "").await
}

/// The page of the case that tests submit.
pub const CASE: &str = "/console/cases/%EF%BC%882026%EF%BC%89%E6%99%8B10%E6%89%A71%E5%8F%B7";

/// The measures of the store, the oldest first.
pub async fn measures(setup: &Setup) -> Vec<String> {
    let found = setup.get("/v1/measures").await;
    let all = found["measures"].as_array().expect("a list").iter().rev();
    all.map(|measure| measure["id"].as_str().expect("an identifier").to_owned()).collect()
}

/// A case whose two freezes wait for an approval.
pub async fn with_proposals() -> (Setup, String) {
    let setup = with_banks(&[("9990000000000000011", "600.00")], &[("9990000000000000022", "500.00")]).await;
    let id = setup.submit("one", &inquiry(Some("1000.00"), "propose")).await;
    until(&setup, &id, "both banks answer", |view| answered(view, 2)).await;
    (setup, id)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_sees_a_page_who_has_not_signed_in_and_the_sign_in_leads_to_the_page_that_was_asked_for() {
    let setup = with_banks(&[], &[]).await;
    let mut guest = Guest::new(setup.port);
    let refused = guest.get("/console/cases?court=9910").await;
    assert_eq!(refused.status, StatusCode::SEE_OTHER);
    assert_eq!(refused.location(), "/console/sign-in?next=%2Fconsole%2Fcases%3Fcourt%3D9910");
    let form = guest.get(refused.location()).await;
    assert_eq!(form.field("next"), "/console/cases?court=9910");
    let mut form = form;
    for (number, password) in
        [("officer", "wrong"), ("nobody", PASSWORD), ("", ""), ("tests", crate::daemon::KEY)]
    {
        form = guest.signs_in(&form, number, password).await;
        assert_eq!(form.status, StatusCode::UNPROCESSABLE_ENTITY, "{number}");
        assert!(form.text.contains("不正确") && !guest.is_signed_in(), "{}", form.text);
        assert!(!form.text.contains(password) || password.is_empty(), "a password comes back nowhere");
    }
    let entered = guest.signs_in(&form, "officer", PASSWORD).await;
    assert_eq!((entered.status, entered.location()), (StatusCode::SEE_OTHER, "/console/cases?court=9910"));
    let cookie = entered.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    assert_eq!(guest.get("/console/cases").await.status, StatusCode::OK);
    let session = guest.cookies.clone();
    let left = guest.act("/console/sign-out", &[]).await;
    assert_eq!(left.status, StatusCode::SEE_OTHER);
    guest.cookies = session;
    assert_eq!(
        guest.get("/console/cases").await.status,
        StatusCode::SEE_OTHER,
        "the session is over, not only forgotten"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_role_sees_its_pages_and_acts_and_no_others() {
    let (setup, _) = with_proposals().await;
    let measure = measures(&setup).await.remove(0);
    let expected = [
        ("officer", ["200", "200", "200", "403", "200", "403", "403", "200", "403", "200", "200", "200"]),
        ("approver", ["200", "200", "403", "200", "403", "403", "403", "200", "403", "200", "200", "200"]),
        ("supervisor", ["200", "200", "403", "403", "200", "403", "403", "200", "403", "200", "200", "200"]),
        ("operations", ["403", "403", "403", "403", "200", "403", "403", "403", "200", "403", "403", "403"]),
        ("security", ["403", "403", "403", "403", "403", "200", "200", "403", "403", "403", "403", "403"]),
        (
            "auditor",
            ["reason", "200", "403", "403", "403", "403", "403", "200", "403", "reason", "200", "403"],
        ),
    ];
    let pages = [
        "tasks",
        "cases",
        "new",
        "approvals",
        "counterparts",
        "people",
        "keys",
        "audit",
        "system",
        "papers",
        "statistics",
        "desk",
    ];
    for (name, statuses) in expected {
        let mut guest = Guest::signed_in(setup.port, name).await;
        let home = guest.open("/console").await;
        assert_eq!(home.status, StatusCode::OK, "{name}");
        for (page, status) in pages.iter().zip(statuses) {
            let path = format!("/console/{page}");
            let shown = guest.get(&path).await;
            // Whose role is not of the cases is asked why they look.
            let is_asked = status == "reason";
            assert_eq!(shown.status.as_str(), if is_asked { "403" } else { status }, "{name}: {path}");
            assert_eq!(shown.text.contains("action=\"/console/reason\""), is_asked, "{name}: {path}");
            let is_offered = home.text.contains(&format!("<a href=\"{path}\""));
            assert_eq!(is_offered, is_asked || status == "200", "{name}: {path} in the navigation");
        }
        for own in ["/console/me", "/console/me/password", "/console/me/factor"] {
            assert_eq!(guest.get(own).await.status, StatusCode::OK, "{name}: {own}");
        }
        for (path, who) in [("/console/audit/looks", "auditor"), ("/console/people/new", "security")] {
            assert_eq!(guest.get(path).await.status == StatusCode::OK, name == who, "{name}: {path}");
        }
        let approves = guest.get(&format!("/console/measures/{measure}")).await;
        let approves = approves.text.contains(&format!("/console/acts/approve/{measure}"));
        assert_eq!(approves, name == "approver", "{name}");
        for (act, who) in [("approve", "approver"), ("pause", "operations")] {
            let subject = if act == "approve" { measure.as_str() } else { "bank-1" };
            let shown = guest.get(&format!("/console/acts/{act}/{subject}")).await;
            assert_eq!(shown.status == StatusCode::OK, name == who, "{name}: {act}");
            if name != who {
                let done = guest.act(&format!("/console/acts/{act}/{subject}"), &[("reason", "试")]).await;
                assert_eq!(done.status, StatusCode::FORBIDDEN, "{name}: {act}");
            }
        }
    }
    let measures = setup.get("/v1/measures?state=proposed").await;
    assert_eq!(measures["measures"].as_array().map(Vec::len), Some(2), "nothing was approved");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_there_is_a_page_that_says_so() {
    let setup = with_banks(&[], &[]).await;
    let mut guest = Guest::signed_in(setup.port, "both").await;
    for path in [
        "/console/cases/99",
        "/console/cases/no-number",
        "/console/measures/77",
        "/console/orders/CK1",
        "/console/nothing",
        "/console/inquiries/00000000-0000-0000-0000-000000000000",
        "/console/counterparts/nobody",
        "/console/acts/approve",
        "/console/acts/no-such-act/1",
        "/console/assets/none.css",
        "/console/live?topic=nothing",
        "/console/cases/..%2F..%2Freadyz",
        "/console/measures/%2e%2e",
    ] {
        let page = guest.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}: {}", page.text);
        assert!(page.text.contains("没有找到"), "{path}");
    }
    let unknown = guest.get("/console/cases?number=2026%E6%99%8B10%E6%89%A7404%E5%8F%B7").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    let wrong = guest.get("/console/cases?number=abc").await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert!(wrong.text.contains("案号无法识别"), "{}", wrong.text);
}
