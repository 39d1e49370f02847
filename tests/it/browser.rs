//! The console in a real browser: sign-in, every page, acts, what changes by itself, attacks.

mod driver;
mod pages;
mod persons;

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::console::{CASE, Guest, PASSWORD, measures, started, with_banks, with_proposals};
use crate::daemon::Setup;
use crate::desk::people::{Courthouse, PDF};
use crate::process::{answered, until};
use crate::world::{bank, bank_code, inquiry};
use driver::Browser;

/// Signs in as a person does.
async fn signed_in(setup: &Setup, width: u32, number: &str) -> Browser {
    let browser = Browser::open(width).await;
    browser.go(&format!("http://127.0.0.1:{}/console", setup.port)).await;
    enter(&browser, number, PASSWORD).await;
    let started = tokio::time::Instant::now();
    while browser.url().await.contains("sign-in") {
        assert!(started.elapsed().as_secs() < 30, "nobody is signed in:\n{}", browser.text().await);
    }
    browser
}

/// Fills in the form of the sign-in and sends it.
async fn enter(browser: &Browser, number: &str, password: &str) {
    browser.write("#number", number).await;
    browser.write("#password", password).await;
    browser.click(".sign-in button").await;
}

async fn go(browser: &Browser, setup: &Setup, path: &str) {
    browser.go(&format!("http://127.0.0.1:{}{path}", setup.port)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_number_of_tasks_and_a_case_change_by_themselves_while_somebody_looks() {
    let setup = with_banks(&[("9990000000000000011", "600.00")], &[("9990000000000000022", "500.00")]).await;
    let tasks = signed_in(&setup, 1280, "approver").await;
    go(&tasks, &setup, "/console/tasks").await;
    tasks.until_shown("没有待办").await;
    tasks.until_shown("实时更新中").await;
    let id = setup.submit("one", &inquiry(Some("1000.00"), "propose")).await;
    until(&setup, &id, "both banks answer", |view| answered(view, 2)).await;
    tasks.until_title("(2) 待办").await;
    let case = signed_in(&setup, 1280, "officer").await;
    go(&case, &setup, CASE).await;
    case.until_shown("待审批").await;
    case.until_shown("实时更新中").await;
    // The approver approves in the list, with the keyboard's means only a reason and a button.
    let first = measures(&setup).await.remove(0);
    tasks.click(&format!("#act-approve-{first} summary")).await;
    tasks.write(&format!("#approve-{first}-reason"), "同意冻结").await;
    tasks.click(&format!("#act-approve-{first} form button")).await;
    tasks.until_shown("已批准").await;
    case.until_shown("已冻结").await;
    case.until_shown("同意冻结").await;
    assert_eq!((tasks.complaints().await, case.complaints().await), (vec![], vec![]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn operations_see_a_counterpart_change_and_pause_and_resume_it() {
    let setup = with_banks(&[], &[]).await;
    let list = signed_in(&setup, 1280, "operations").await;
    go(&list, &setup, "/console/counterparts").await;
    list.until_shown("实时更新中").await;
    let one = signed_in(&setup, 390, "operations").await;
    go(&one, &setup, "/console/counterparts/bank-1").await;
    one.click("#act-pause-bank-1 summary").await;
    one.write("#pause-bank-1-reason", "银行停机维护").await;
    one.click("#act-pause-bank-1 form button").await;
    one.until_shown("已暂停").await;
    list.until_shown("银行停机维护").await;
    one.click("#act-resume-bank-1 summary").await;
    one.write("#resume-bank-1-reason", "维护结束").await;
    one.click("#act-resume-bank-1 form button").await;
    one.until_shown("已恢复").await;
    assert!(setup.get("/v1/counterparts/bank-1").await["paused"].is_null());
    one.click("form[action=\"/console/acts/probe/bank-1\"] button").await;
    one.until_shown("可以连接").await;
    assert_eq!((list.complaints().await, one.complaints().await), (vec![], vec![]));
}

/// What somebody is entering is not taken from them by what changes meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_somebody_is_entering_stays_while_the_page_is_kept_up_to_date() {
    let (setup, _) = with_proposals().await;
    let ids = measures(&setup).await;
    let field = format!("#reject-{}-reason", ids[1]);
    // The bank of the freeze that is approved rests, so that it is not placed at once: a freeze that stands is a task again, to tell
    // the debtor of it. Which bank that is follows from which answered first.
    let measure = setup.get(&format!("/v1/measures/{}", ids[0])).await;
    let bank = format!("/v1/counterparts/{}", measure["counterpart"].as_str().expect("a bank"));
    setup.post(&format!("{bank}/pause"), &json!({ "reason": "维护" })).await;
    let browser = signed_in(&setup, 1280, "approver").await;
    go(&browser, &setup, "/console/tasks").await;
    browser.until_shown("实时更新中").await;
    browser.until_title("(2) 待办").await;
    browser.click(&format!("#act-reject-{} summary", ids[1])).await;
    browser.write(&field, "账户性质待核").await;
    let mut other = Guest::signed_in(setup.port, "both").await;
    let approved = other.approve(&ids[0], &[("reason", "另一人批准")]).await;
    assert_eq!(approved.status, StatusCode::SEE_OTHER, "{}", approved.text);
    browser.until_title("(1) 待办").await;
    setup.post(&format!("{bank}/resume"), &json!({ "reason": "维护结束" })).await;
    browser.until_title("(2) 待办").await;
    let value = browser.run("return document.querySelector(arguments[0]).value", json!([field])).await;
    assert_eq!(value, json!("账户性质待核"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_officer_fills_in_an_inquiry_with_files_and_sends_it() {
    let setup = with_banks(&[("9990000000000000011", "600.00")], &[]).await;
    let browser = signed_in(&setup, 1280, "officer").await;
    go(&browser, &setup, "/console/new").await;
    browser.click(".buttons button[value=preview]").await;
    browser.until_shown("需要更正").await;
    browser.picture("new-faults-1280-zh").await;
    // The browser itself says that the page with the faults came with a status of the 4xx.
    let told = browser.complaints().await;
    assert!(
        told.iter().all(|one| one.contains("/console/new ") && one.contains("a status of 4")),
        "{told:?}"
    );
    let field = |name: &str| format!("[id=\"f-{name}\"]");
    for (name, text) in [
        ("case.number", "(2026)晋10执9号"),
        ("case.court_name", "临汾市测试中级人民法院"),
        ("case.court_code", "9910"),
        ("officer.0.name", "李测试"),
        ("officer.0.work_certificate", "测法0000001"),
        ("officer.0.enforcement_certificate", "测执0000001"),
        ("party.0.name", "临汾测试矿业有限公司"),
        ("party.0.number", "91000000MADEM00112"),
        ("claim", "500"),
    ] {
        browser.write(&field(name), text).await;
    }
    browser.choose(&field("party.0.kind"), "organisation").await;
    browser.choose(&field("party.0.document"), "uscc").await;
    browser.choose(&field("mode"), "auto").await;
    let files = tempfile::tempdir().expect("a folder");
    for kind in ["query_notice", "freeze_ruling", "freeze_notice"] {
        let path = files.path().join(format!("{kind}.pdf"));
        std::fs::write(&path, "%PDF-1.4 invented").expect("written");
        browser.write(&field(&format!("paper.{kind}")), &path.display().to_string()).await;
    }
    let image = files.path().join("work.jpg");
    std::fs::write(&image, b"\xff\xd8\xff invented").expect("written");
    browser.write(&field("officer.0.work_image"), &image.display().to_string()).await;
    browser.click(".buttons button[value=preview]").await;
    browser.until_shown("尚未发送").await;
    browser.picture("preview-1280-zh").await;
    browser.click("form[action=\"/console/new/send\"] button").await;
    browser.until_shown("谁被查询").await;
    let inquiries = setup.get("/v1/inquiries").await;
    let id = inquiries["inquiries"][0]["id"].as_str().expect("an identifier").to_owned();
    until(&setup, &id, "it is frozen", |view| view["coverage"]["held"]["amount"] == json!("500.00")).await;
    browser.until_shown("已控制").await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clerk_enters_what_was_answered_on_paper_and_another_checks_it_on_a_phone() {
    let house = Courthouse::open(true).await;
    house.submit("browser", &inquiry(None, "auto")).await;
    let clerk = house.clerk("clerk-1");
    let order = house.on_desk(&clerk, "open").await.remove(0);
    let number = order["number"].as_str().expect("a number").to_owned();
    let path = format!("/console/desk/{number}");
    let browser = signed_in(&house.setup, 1280, "clerk-1").await;
    go(&browser, &house.setup, "/console/desk").await;
    browser.until_title("(1) 人工办理").await;
    browser.picture("desk-1280-zh").await;
    browser.click(&format!("a[href=\"{path}\"]")).await;
    browser.until_shown("待领取").await;
    browser.click(&format!("form[action=\"/console/acts/desk-take/{number}\"] button")).await;
    browser.until_shown("已领取").await;
    browser.click(&format!("form[action=\"/console/acts/desk-notice/{number}\"] button")).await;
    browser.until_shown("打开协助通知").await;
    go(&browser, &house.setup, &format!("{path}/notice")).await;
    browser.until_shown("请予协助的事项").await;

    go(&browser, &house.setup, &path).await;
    let field = |name: &str| format!("[id=\"f-{name}\"]");
    browser.write(&field("row.0.number"), "4000020011").await;
    browser.write(&field("row.0.class"), "一般存款账户").await;
    browser.write(&field("row.0.available"), "很多").await;
    browser.click(".buttons button[value=\"add:account\"]").await;
    browser.until_shown("2. 存款账户").await;
    browser.click(".buttons button[value=\"remove:1\"]").await;
    let kept = browser
        .run("return document.querySelector(arguments[0]).value", json!([field("row.0.number")]))
        .await;
    assert_eq!(kept, json!("4000020011"), "what was entered stays");
    browser.click("#answer .buttons button[value=answer]").await;
    browser.until_shown("请填写金额").await;
    browser.until_shown("请上传协助单位回执的扫描件").await;
    browser.picture("desk-faults-1280-zh").await;
    let told = browser.complaints().await;
    assert!(told.iter().all(|one| one.contains("a status of 4")), "{told:?}");
    browser.run("document.querySelector(arguments[0]).value = ''", json!([field("row.0.available")])).await;
    browser.write(&field("row.0.available"), "900.00").await;
    let files = tempfile::tempdir().expect("a folder");
    let scan = files.path().join("receipt.pdf");
    std::fs::write(&scan, PDF).expect("written");
    browser.write(&field("scan"), &scan.display().to_string()).await;
    browser.click("#answer .buttons button[value=answer]").await;
    browser.until_shown("等待他人复核").await;

    let second = signed_in(&house.setup, 390, "clerk-2").await;
    go(&second, &house.setup, &path).await;
    second.until_shown("900.00").await;
    second.picture("desk-check-390-zh").await;
    assert!(!second.overflows().await, "wider than a phone");
    second.click("#check button[value=agree]").await;
    second.until_shown("反馈已入账").await;
    browser.until_shown("已办结").await;
    let answered = clerk.get(&format!("/v1/orders/{number}")).await.1;
    assert_eq!(answered["answer"]["reply"]["outcome"], "found");
    assert_eq!(second.complaints().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texts_that_are_scripts_are_shown_and_do_nothing_in_a_browser() {
    let script = "<script>alert(1)</script>";
    let image = "\"><img src=x onerror=alert(2)>";
    let account = json!({ "number": "9990000000000000011", "balance": "600.00", "class": image });
    let customer = json!({
        "name": "临汾测试矿业有限公司", "document": { "kind": "uscc", "number": "91000000MADEM00112" }, "accounts": [account],
    });
    let mut bank = bank("bank-1", &bank_code(1), json!({ "customers": [customer] }));
    bank.file = format!("name_zh = '{script}'\nname_en = '{image}'\n{}", bank.file);
    let setup = started(&[bank], "").await;
    let mut body = inquiry(Some("1000.00"), "propose");
    body["parties"][0]["reference"] = json!(script);
    body["case"]["court_name"] = json!(image);
    let id = setup.submit("one", &body).await;
    until(&setup, &id, "the bank answers", |view| answered(view, 1)).await;
    let reason = json!({ "reason": format!("{script}{image}") });
    setup.post("/v1/counterparts/bank-1/pause", &reason).await;
    let measure = format!("/console/measures/{}", measures(&setup).await[0]);
    let browser = signed_in(&setup, 1280, "both").await;
    for path in [
        "/console/cases",
        CASE,
        "/console/tasks",
        "/console/approvals",
        &measure,
        "/console/counterparts",
        "/console/counterparts/bank-1",
        "/console/counterparts?lang=en",
        "/console/audit",
        &format!("/console/inquiries/{id}"),
        "/console/cases?number=%3Cscript%3Ealert(3)%3C/script%3E",
    ] {
        go(&browser, &setup, path).await;
        browser.until_shown("").await;
        assert!(!browser.has_alert().await, "{path}: a text was run");
        let planted = browser
            .run("return document.querySelectorAll('img[src=x], script:not([src])').length", json!([]))
            .await;
        assert_eq!(planted, json!(0), "{path}");
    }
}

/// Every page in both widths and languages: nothing is wider than the window, the browser complains about nothing, and axe finds no
/// barrier. The pictures stand in target/screenshots, to be looked at.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_fits_a_desk_and_a_phone_in_both_languages() {
    let (setup, id) = with_proposals().await;
    let ids = measures(&setup).await;
    let mut approver = Guest::signed_in(setup.port, "approver").await;
    approver.approve(&ids[0], &[("reason", "同意")]).await;
    until(&setup, &id, "one freeze stands", |view| {
        view["coverage"]["held"]["amount"].as_str().is_some_and(|held| held.bytes().any(|digit| digit > b'0'))
    })
    .await;
    let orders = setup.get("/v1/orders").await;
    let order = orders["orders"].as_array().and_then(|all| all.last()).map(|order| &order["number"]);
    let order = order.and_then(Value::as_str).expect("a number").to_owned();
    let of_the_case = vec![
        ("tasks", "/console/tasks".to_owned()),
        ("cases", "/console/cases".to_owned()),
        ("case", CASE.to_owned()),
        ("new", "/console/new".to_owned()),
        ("approvals", "/console/approvals".to_owned()),
        ("papers", "/console/papers".to_owned()),
        ("case-papers", CASE.replace("/cases/", "/papers/of/")),
        ("statistics", "/console/statistics".to_owned()),
        ("desk", "/console/desk".to_owned()),
        ("measure", format!("/console/measures/{}", ids[0])),
        ("inquiry", format!("/console/inquiries/{id}")),
        ("order", format!("/console/orders/{order}")),
        ("act", format!("/console/acts/release/{}", ids[0])),
        ("approve", format!("/console/acts/approve/{}", ids[1])),
        ("enter-measure", format!("{}~{}", CASE.replace("/cases/", "/acts/enter-measure/"), ids[1])),
        ("audit", "/console/audit".to_owned()),
        ("me", "/console/me".to_owned()),
        ("password", "/console/me/password".to_owned()),
        ("factor", "/console/me/factor".to_owned()),
        ("failure", "/console/none".to_owned()),
    ];
    let of_operations = vec![
        ("counterparts", "/console/counterparts".to_owned()),
        ("counterpart", "/console/counterparts/bank-1".to_owned()),
        ("system", "/console/system".to_owned()),
    ];
    let of_security = vec![
        ("people", "/console/people".to_owned()),
        ("person-new", "/console/people/new".to_owned()),
        ("person", persons::page_of(&setup, "auditor").await),
        ("keys", "/console/keys".to_owned()),
    ];
    let of_the_auditor = vec![
        ("reason", CASE.to_owned()),
        ("looks", "/console/audit/looks".to_owned()),
        ("alarms", "/console/audit/alarms".to_owned()),
    ];
    let all = [
        ("both", of_the_case),
        ("operations", of_operations),
        ("security", of_security),
        ("auditor", of_the_auditor),
    ];
    let mut wrong = Vec::new();
    for width in [1280, 390] {
        for (number, pages) in &all {
            wrong.extend(photographed(&setup, width, number, pages).await);
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// Opens pages as a person in both languages, and takes a picture of each; gives what is wrong with them.
async fn photographed(setup: &Setup, width: u32, number: &str, pages: &[(&str, String)]) -> Vec<String> {
    let mut wrong = Vec::new();
    let browser = Browser::open(width).await;
    go(&browser, setup, "/console").await;
    browser.picture(&format!("sign-in-{width}-zh")).await;
    let barriers = browser.barriers().await;
    wrong.extend(barriers.into_iter().map(|barrier| format!("sign-in-{width}: {barrier}")));
    enter(&browser, number, PASSWORD).await;
    browser.until_shown("退出").await;
    for lang in ["zh", "en"] {
        for (name, path) in pages {
            go(&browser, setup, &format!("{path}?lang={lang}")).await;
            browser.picture(&format!("{name}-{width}-{lang}")).await;
            if browser.overflows().await {
                wrong.push(format!("{name}-{width}-{lang}: wider than the window"));
            }
            if lang == "zh" {
                let barriers = browser.barriers().await;
                wrong.extend(barriers.into_iter().map(|barrier| format!("{name}-{width}: {barrier}")));
            }
        }
    }
    // The browser says of the page that is not there, and of the one that asks for a reason, that they are.
    let complaints = browser.complaints().await;
    let strange: Vec<&String> =
        complaints.iter().filter(|one| !one.contains("404") && !one.contains("403")).collect();
    assert!(strange.is_empty(), "{strange:?}");
    wrong
}

/// Proposals with much to say, on a desk and on a phone: nothing is wider than the window.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn proposals_with_much_to_say_fit_a_desk_and_a_phone() {
    let two = "[approvals]\ntwo_approvers = true\n";
    let (setup, _) = crate::console::foreign::proposed(two, "auto").await;
    for width in [1280, 390] {
        let browser = signed_in(&setup, width, "approver").await;
        for lang in ["zh", "en"] {
            go(&browser, &setup, &format!("/console/approvals?lang={lang}")).await;
            browser.until_shown("9990000000000000022").await;
            browser.picture(&format!("approvals-full-{width}-{lang}")).await;
            assert!(!browser.overflows().await, "{width} {lang}");
        }
    }
}
