//! Persons in a real browser: the first sign-in, people, reasons.

use serde_json::json;

use super::driver::Browser;
use super::{enter, go, signed_in};
use crate::console::{CASE, Guest, PASSWORD, add_people, code, with_banks, with_proposals};
use crate::daemon::Setup;

/// The page of a person, by staff number.
pub async fn page_of(setup: &Setup, number: &str) -> String {
    let mut security = Guest::signed_in(setup.port, "security").await;
    let list = security.get(&format!("/console/people?q={number}")).await;
    list.first_link("/console/people/", &format!("\">{number}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_sets_the_second_factor_up_at_the_first_sign_in_and_shows_a_code_from_then_on() {
    let mut setup = Setup::new(&[], None, "[sign_in]\nsecond_factor = [\"approver\"]\n");
    let approver: &[&str] = &["approver"];
    add_people(&setup, [("gh001", approver, &[][..])]).await;
    setup.start_daemon().await;
    let browser = Browser::open(390).await;
    go(&browser, &setup, "/console/approvals").await;
    enter(&browser, "gh001", PASSWORD).await;
    browser.until_shown("您的角色须绑定动态口令").await;
    browser.click("form[action=\"/console/me/factor\"] button").await;
    browser.until_shown("密钥只显示这一次").await;
    browser.picture("factor-code-390-zh").await;
    let secret = browser.run("return document.getElementById('secret').innerText", json!([])).await;
    let secret = secret.as_str().expect("a secret").to_owned();
    let drawn = "const box = document.querySelector('svg.qr').getBoundingClientRect(); return box.width > 150 && box.height > 150";
    assert_eq!(browser.run(drawn, json!([])).await, json!(true), "the code is large enough for a camera");
    browser.write("#code", "000").await;
    browser.click("form[action=\"/console/me/factor/proof\"] button").await;
    browser.until_shown("动态口令不正确").await;
    browser.write("#code", &code(&secret, 0)).await;
    browser.click("form[action=\"/console/me/factor/proof\"] button").await;
    browser.until_shown("动态口令已绑定").await;
    browser.click("form[action=\"/console/sign-out\"] button").await;
    browser.until_shown("登录查控工作台").await;
    browser.write("#code", &code(&secret, 1)).await;
    enter(&browser, "gh001", PASSWORD).await;
    browser.until_shown("没有待办").await;
    let told = browser.complaints().await;
    assert!(
        told.iter().all(|one| one.contains("/factor/proof ") && one.contains("a status of 4")),
        "{told:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_security_administrator_adds_somebody_who_signs_in_with_what_was_shown() {
    let setup = with_banks(&[], &[]).await;
    let browser = signed_in(&setup, 1280, "security").await;
    go(&browser, &setup, "/console/people/new").await;
    let field = |name: &str| format!("[id=\"add-{name}\"]");
    for (name, text) in [("number", "gh002"), ("name", "赵测试"), ("courts", "9910"), ("reason", "入职")]
    {
        browser.write(&field(name), text).await;
    }
    browser.click("input[name=role][value=officer]").await;
    browser.click("input[name=role][value=auditor]").await;
    browser.click("form[action=\"/console/people/new\"] button").await;
    browser.until_shown("不得由同一人兼任").await;
    browser.picture("person-fault-1280-zh").await;
    browser.click("input[name=role][value=auditor]").await;
    browser.click("form[action=\"/console/people/new\"] button").await;
    browser.until_shown("只显示这一次").await;
    browser.picture("person-secret-1280-zh").await;
    let initial = browser.run("return document.getElementById('secret').innerText", json!([])).await;
    let newcomer = Browser::open(1280).await;
    go(&newcomer, &setup, "/console").await;
    enter(&newcomer, "gh002", initial.as_str().expect("a password")).await;
    newcomer.until_shown("请先设置自己的密码").await;
    newcomer.write("#old", initial.as_str().expect("a password")).await;
    newcomer.write("#new", PASSWORD).await;
    newcomer.write("#again", PASSWORD).await;
    newcomer.click("form[action=\"/console/me/password\"] button").await;
    newcomer.until_shown("密码已修改").await;
    assert_eq!(newcomer.complaints().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_auditor_says_why_and_finds_the_own_look_in_the_list() {
    let (setup, _) = with_proposals().await;
    let browser = signed_in(&setup, 1280, "auditor").await;
    go(&browser, &setup, CASE).await;
    browser.until_shown("请说明查看理由").await;
    browser.write("#reason", "信访核查").await;
    browser.click(".sign-in button").await;
    browser.until_shown("冻结台账").await;
    browser.until_shown("实时更新中").await;
    go(&browser, &setup, "/console/audit/looks").await;
    browser.until_shown("信访核查").await;
    browser.picture("looks-filled-1280-zh").await;
    go(&browser, &setup, "/console/audit/alarms").await;
    browser.until_shown("查看预警").await;
}
