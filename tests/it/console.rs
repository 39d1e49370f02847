//! The console from outside, without a browser: sign-in, roles, forms, and attacks on them.

mod attacks;
mod guest;
mod pages;

use reqwest::StatusCode;
use serde_json::json;

use crate::daemon::Setup;
use crate::process::{answered, until};
use crate::world::{Played, bank, bank_code, customer, inquiry};
pub use guest::Guest;

/// Keys of persons with one role each, beside the one of the tests, which has all.
pub const KEYS: &[(&str, &str)] = &[
    ("officer", "key-of-the-officer"),
    ("approver", "key-of-the-approver"),
    ("operations", "key-of-operations"),
];

/// Lines of the configuration for [`KEYS`]. The officer may submit, too.
pub fn keys() -> String {
    let line = |(name, key): &(&str, &str)| {
        let digest: String =
            chakong::config::digest_of(key).iter().map(|byte| format!("{byte:02x}")).collect();
        let roles = if *name == "officer" {
            "\"officer\", \"case_system\"".to_owned()
        } else {
            format!("\"{name}\"")
        };
        format!("[[keys]]\nname = \"{name}\"\nroles = [{roles}]\nsha256 = \"{digest}\"\n")
    };
    KEYS.iter().map(line).collect()
}

/// The key of a name.
pub fn key_of(name: &str) -> &'static str {
    KEYS.iter().find(|(known, _)| *known == name).expect("a key").1
}

/// Two banks with accounts of these balances.
pub fn banks(first: &[(&str, &str)], second: &[(&str, &str)]) -> [Played; 2] {
    let script = |accounts| json!({ "customers": [customer(accounts)] });
    [bank("bank-1", &bank_code(1), script(first)), bank("bank-2", &bank_code(2), script(second))]
}

/// A daemon with two banks that answer.
pub async fn with_banks(first: &[(&str, &str)], second: &[(&str, &str)]) -> Setup {
    let mut setup = Setup::new(&banks(first, second), None, &keys());
    setup.start_sandbox().await;
    setup.start_daemon().await;
    setup
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
async fn nobody_sees_a_page_without_a_key_and_the_right_one_leads_to_the_page_that_was_asked_for() {
    let setup = with_banks(&[], &[]).await;
    let mut guest = Guest::new(setup.port);
    let refused = guest.get("/console/cases?court=9910").await;
    assert_eq!(refused.status, StatusCode::SEE_OTHER);
    assert_eq!(refused.location(), "/console/sign-in?next=%2Fconsole%2Fcases%3Fcourt%3D9910");
    let form = guest.get(refused.location()).await;
    let (mark, next) = (form.field("mark"), form.field("next"));
    assert_eq!(next, "/console/cases?court=9910");
    let fields = |key: &str| [("mark", mark.clone()), ("next", next.clone()), ("key", key.to_owned())];
    let wrong = guest.post("/console/sign-in", &fields("no-key-of-anybody")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        wrong.text.contains("密钥无效") && !guest.cookies.contains_key("chakong_session"),
        "{}",
        wrong.text
    );
    let mark = wrong.field("mark");
    let right = [("mark", mark), ("next", next), ("key", key_of("officer").to_owned())];
    let entered = guest.post("/console/sign-in", &right).await;
    assert_eq!((entered.status, entered.location()), (StatusCode::SEE_OTHER, "/console/cases?court=9910"));
    let cookie = entered.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    assert_eq!(guest.get("/console/cases").await.status, StatusCode::OK);
    let left = guest.act("/console/sign-out", &[]).await;
    assert_eq!(left.status, StatusCode::SEE_OTHER);
    assert_eq!(guest.get("/console/cases").await.status, StatusCode::SEE_OTHER, "the session is over");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_role_sees_its_pages_and_acts_and_no_others() {
    let (setup, _) = with_proposals().await;
    let measure = measures(&setup).await.remove(0);
    let expected = [
        ("officer", ["200", "200", "200", "403", "200", "200", "200"]),
        ("approver", ["200", "200", "403", "200", "403", "200", "403"]),
        ("operations", ["403", "403", "403", "403", "200", "403", "200"]),
    ];
    let pages = ["tasks", "cases", "new", "approvals", "counterparts", "audit", "system"];
    for (name, statuses) in expected {
        let mut guest = Guest::signed_in(setup.port, key_of(name)).await;
        let home = guest.open("/console").await;
        assert_eq!(home.status, StatusCode::OK, "{name}");
        for (page, status) in pages.iter().zip(statuses) {
            let path = format!("/console/{page}");
            let shown = guest.get(&path).await;
            assert_eq!(shown.status.as_str(), status, "{name}: {path}");
            let is_offered = home.text.contains(&format!("<a href=\"{path}\""));
            assert_eq!(is_offered, status == "200", "{name}: {path} in the navigation");
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
    let mut guest = Guest::signed_in(setup.port, crate::daemon::KEY).await;
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
