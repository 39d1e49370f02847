//! What every page must be, and what its forms do.

use reqwest::StatusCode;
use reqwest::header::IF_NONE_MATCH;
use serde_json::json;

use super::guest::Page;
use super::{CASE, Guest, NO_CODES, add_people, measures, with_banks, with_proposals};
use crate::daemon::Setup;
use crate::process::{answered, until};
use crate::world::{Played, calling_bank, inquiry, reserved_port};

/// Largest page.
const LARGEST: usize = 100_000;

/// Whether an attribute's name is that of an inline handler.
fn has_inline_handler(text: &str) -> bool {
    let handlers = ["onclick=", "onload=", "onsubmit=", "onchange=", "oninput=", "onfocus="];
    handlers.iter().any(|handler| text.contains(&format!(" {handler}")))
}

/// What every page is: small, nothing inline, nothing from another host, a token in each form that changes something.
fn is_small_and_strict(path: &str, page: &Page) {
    assert!(page.text.len() < LARGEST, "{path}: {} bytes", page.text.len());
    let policy = page.header("content-security-policy");
    for rule in [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ] {
        assert!(policy.contains(rule), "{path}: {policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert_eq!(page.header("cache-control"), "no-store", "{path}");
    let text = &page.text;
    assert!(
        !text.contains("<style") && !text.contains(" style=") && !has_inline_handler(text),
        "{path}: inline"
    );
    assert_eq!(text.matches("<script").count(), text.matches("<script src=\"/console/").count(), "{path}");
    assert!(!text.contains("=\"http"), "{path} names another host");
    assert!(!text.contains("{{") && !text.contains("{%"), "{path}");
    assert_eq!(text.matches("<form").count(), text.matches("</form>").count(), "{path}");
    let posts = text.matches("<form").count() - text.matches("method=\"get\"").count();
    let tokens = text.matches("name=\"csrf\"").count() + text.matches("name=\"mark\"").count();
    assert_eq!(posts, tokens, "{path}: every form that changes something carries a token");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_is_small_strict_and_of_this_host_alone_in_both_languages() {
    let (setup, id) = with_proposals().await;
    let orders = setup.get("/v1/orders").await;
    let order = orders["orders"][0]["number"].as_str().expect("a number").to_owned();
    let measure = measures(&setup).await.remove(0);
    let mut guests = std::collections::BTreeMap::new();
    for number in ["both", "operations", "security", "auditor"] {
        guests.insert(number, Guest::signed_in(setup.port, number).await);
    }
    let security = guests.get_mut("security").expect("signed in");
    let person = security.get("/console/people?q=auditor").await.first_link("/console/people/", "\">auditor");
    let paths = [
        "/console/tasks".to_owned(),
        "/console/cases".to_owned(),
        CASE.to_owned(),
        "/console/new".to_owned(),
        "/console/approvals".to_owned(),
        "/console/counterparts".to_owned(),
        "/console/counterparts/bank-1".to_owned(),
        "/console/audit".to_owned(),
        "/console/audit/looks".to_owned(),
        "/console/audit/alarms".to_owned(),
        "/console/system".to_owned(),
        "/console/people".to_owned(),
        "/console/people/new".to_owned(),
        person,
        "/console/keys".to_owned(),
        "/console/me".to_owned(),
        "/console/me/password".to_owned(),
        "/console/me/factor".to_owned(),
        "/console/papers".to_owned(),
        "/console/papers/of/%EF%BC%882026%EF%BC%89%E6%99%8B10%E6%89%A71%E5%8F%B7".to_owned(),
        "/console/statistics".to_owned(),
        format!("/console/measures/{measure}"),
        format!("/console/inquiries/{id}"),
        format!("/console/orders/{order}"),
        format!("/console/acts/release/{measure}"),
        "/console/none".to_owned(),
        "/console/sign-in".to_owned(),
    ];
    for path in &paths {
        let who = match path.as_str() {
            path if path.starts_with("/console/audit/") => "auditor",
            path if path.starts_with("/console/people") || path == "/console/keys" => "security",
            "/console/system" => "operations",
            _ => "both",
        };
        let guest = guests.get_mut(who).expect("signed in");
        for lang in ["zh", "en"] {
            let page = guest.get(&format!("{path}?lang={lang}")).await;
            let expected = if path == "/console/none" { StatusCode::NOT_FOUND } else { StatusCode::OK };
            assert_eq!(page.status, expected, "{path}");
            assert!(page.text.contains(&format!("<html lang=\"{lang}\">")), "{path}");
            is_small_and_strict(path, &page);
        }
    }
    // The choice of a language stays.
    let kept = guests.get_mut("both").expect("signed in").get("/console/tasks").await;
    assert!(kept.text.contains("<html lang=\"en\">"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn assets_are_asked_for_again_only_when_they_changed() {
    let setup = with_banks(&[], &[]).await;
    let mut guest = Guest::new(setup.port);
    for name in ["style.css", "page.js", "mark.svg"] {
        let path = format!("/console/assets/{name}");
        let first = guest.get(&path).await;
        assert_eq!(first.status, StatusCode::OK);
        let tag = first.header("etag").to_owned();
        let request = guest.request(reqwest::Method::GET, &path).header(IF_NONE_MATCH, tag);
        let again = guest.send(request).await;
        assert_eq!((again.status, again.text.as_str()), (StatusCode::NOT_MODIFIED, ""), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_case_is_found_by_its_number_in_any_spelling() {
    let (setup, _) = with_proposals().await;
    let mut guest = Guest::signed_in(setup.port, "officer").await;
    for spelling in ["(2026)晋10执1号", "（2026）晋10执1号", "〔2026〕晋10执1号", " （2026） 晋10执1号 "]
    {
        let number: String = spelling.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let page = guest.open(&format!("/console/cases?number={number}")).await;
        assert_eq!(page.status, StatusCode::OK, "{spelling}");
        assert!(page.text.contains("<h1>（2026）晋10执1号"), "{spelling}: {}", page.text);
    }
    let page = guest.open(CASE).await;
    for shown in [
        "临汾测试矿业有限公司",
        "被执行人",
        "1,000.00",
        "缺口",
        "9990000000000000011",
        "待审批",
        "bank-2",
        "查控申请受理",
    ] {
        assert!(page.text.contains(shown), "{shown}:\n{}", page.text);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_freezes_are_decided_at_once_and_each_stands_for_itself() {
    let (setup, id) = with_proposals().await;
    let ids = measures(&setup).await;
    let (first, second) = (ids[0].as_str(), ids[1].as_str());
    let mut guest = Guest::signed_in(setup.port, "approver").await;
    let page = guest.get("/console/approvals").await;
    assert!(
        page.text.contains("600.00") && page.text.contains("一般存款账户") && page.text.contains("可执行")
    );
    let nobody = guest.act("/console/approvals", &[("verdict", "approve"), ("reason", "准")]).await;
    assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nobody.text.contains("请至少选择一项"));
    let silent = guest.act("/console/approvals", &[("verdict", "approve"), ("id", first)]).await;
    assert!(silent.status == StatusCode::UNPROCESSABLE_ENTITY && silent.text.contains("请填写理由"));
    // Either bank may have answered first.
    let is_chosen = |account: &str| {
        silent.text.contains(&format!("value=\"{first}\" aria-label=\"选择 {account}\" checked"))
    };
    assert!(
        is_chosen("9990000000000000011") || is_chosen("9990000000000000022"),
        "what was chosen stays chosen"
    );
    let [of_first, of_second] = [first, second].map(|id| format!("seen-{id}"));
    let [seen_first, seen_second] = [&of_first, &of_second].map(|field| page.seen_in(field));
    let chosen = [
        ("verdict", "approve"),
        ("reason", "准予冻结"),
        ("id", first),
        (of_first.as_str(), seen_first.as_str()),
        ("id", second),
        (of_second.as_str(), seen_second.as_str()),
        ("id", "99"),
    ];
    let decided = guest.act("/console/approvals", &chosen).await;
    assert_eq!(decided.text.matches("已批准").count(), 2, "{}", decided.text);
    assert_eq!(decided.text.matches("未办理").count(), 1, "the one that is not there is told");
    until(&setup, &id, "both freezes stand", |view| view["coverage"]["held"]["amount"] == json!("1000.00"))
        .await;
    let case = guest.open(CASE).await;
    assert!(case.text.contains("已控制 <b>1,000.00</b>") && case.text.contains("准予冻结"), "{}", case.text);
    // What the API refuses is told beside the form, with what was entered.
    let wrong = guest
        .act(
            &format!("/console/acts/release/{first}"),
            &[("reason", "解除"), ("amount", "12.345"), ("ground", "excess")],
        )
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        wrong.text.contains("value=\"12.345\"") && wrong.text.contains("class=\"fault\""),
        "{}",
        wrong.text
    );
}

/// The form of an inquiry as an officer fills it in.
pub fn filled_in<'a>(draft: &'a str, claim: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("draft", draft),
        ("parties", "1"),
        ("step", "preview"),
        ("case.number", "(2026)晋10执8号"),
        ("purpose", "enforcement"),
        ("case.court_name", "临汾市测试中级人民法院"),
        ("case.court_code", "9910"),
        ("officer.0.name", "李测试"),
        ("officer.0.work_certificate", "测法0000001"),
        ("officer.0.enforcement_certificate", "测执0000001"),
        ("party.0.name", "临汾测试矿业有限公司"),
        ("party.0.kind", "organisation"),
        ("party.0.role", "judgment_debtor"),
        ("party.0.document", "uscc"),
        ("party.0.number", "91000000MADEM00112"),
        ("claim", claim),
        ("mode", "auto"),
        ("other_property", "propose"),
        ("prefer", "largest_first"),
        ("uncovered", "release"),
    ]
}

const PDF: &[u8] = b"%PDF-1.4 invented";
/// What goes with it.
pub const FILES: &[(&str, &str, &[u8])] = &[
    ("paper.query_notice", "通知书.pdf", PDF),
    ("paper.freeze_ruling", "裁定书.pdf", PDF),
    ("paper.freeze_notice", "协助冻结.pdf", PDF),
    ("officer.0.work_image", "证.jpg", b"\xff\xd8\xff invented"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_that_is_wrong_with_an_inquiry_is_told_beside_its_fields_and_what_was_entered_stays() {
    let setup = with_banks(&[("9990000000000000011", "600.00")], &[]).await;
    let mut guest = Guest::signed_in(setup.port, "officer").await;
    let draft = guest.get("/console/new").await.field("draft");
    let mut bad = filled_in(&draft, "500");
    for (name, value) in &mut bad {
        match *name {
            "case.number" => *value = "no number",
            "party.0.number" => *value = "91000000MADEM00113",
            _ => {}
        }
    }
    let told = guest.upload("/console/new", &bad, FILES).await;
    assert!(told.status.is_client_error(), "{}", told.status);
    for name in ["case.number", "party.0.number"] {
        assert!(told.text.contains(&format!("id=\"f-{name}-fault\"")), "{name} is told:\n{}", told.text);
    }
    assert!(told.text.contains("裁定书.pdf") && told.text.contains("value=\"91000000MADEM00113\""));
    for said in ["案号有误：应以四位数字的年份开头", "统一社会信用代码有误：校验位不符"]
    {
        assert!(told.text.contains(said), "{said}:\n{}", told.text);
    }
    for own in ["not a valid", " at line "] {
        assert!(!told.text.contains(own), "a Chinese page says it in Chinese: {own}\n{}", told.text);
    }
    // The files are kept, and need not be chosen again.
    let draft = told.field("draft");
    let preview = guest.upload("/console/new", &filled_in(&draft, "500"), &[]).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.text);
    let missing = guest.get("/console/new").await.field("draft");
    let missing = guest.upload("/console/new", &filled_in(&missing, "500"), &[]).await;
    assert!(missing.status.is_client_error() && missing.text.contains("id=\"faults\""), "{}", missing.text);
    assert_eq!(setup.get("/v1/inquiries").await["inquiries"], json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_inquiry_is_previewed_before_anything_is_kept_and_sent_once() {
    let setup = with_banks(&[("9990000000000000011", "600.00")], &[]).await;
    let mut guest = Guest::signed_in(setup.port, "officer").await;
    let draft = guest.get("/console/new").await.field("draft");
    let preview = guest.upload("/console/new", &filled_in(&draft, "500"), FILES).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.text);
    for shown in ["尚未发送", "bank-1", "（2026）晋10执8号", "<dd>500.00</dd>", "<div>协助查询通知书</div>"]
    {
        assert!(preview.text.contains(shown), "{shown}");
    }
    assert_eq!(setup.get("/v1/inquiries").await["inquiries"], json!([]), "nothing is kept, nothing is sent");
    let sent = guest.send_previewed(&preview).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let again = guest.send_previewed(&preview).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "it is sent once");
    let inquiries = setup.get("/v1/inquiries").await;
    assert_eq!(inquiries["inquiries"].as_array().map(Vec::len), Some(1));
    let id = inquiries["inquiries"][0]["id"].as_str().expect("an identifier").to_owned();
    until(&setup, &id, "it is frozen", |view| view["coverage"]["held"]["amount"] == json!("500.00")).await;
    assert_eq!(guest.open(&format!("/console/inquiries/{id}")).await.status, StatusCode::OK);
    // The preview judges against the case as it stands: another claim than stands is told before anything is sent.
    let draft = guest.get("/console/new").await.field("draft");
    let told = guest.upload("/console/new", &filled_in(&draft, "501"), FILES).await;
    assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", told.text);
    assert!(told.text.contains("id=\"f-claim-fault\""), "{}", told.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn counterparts_with_problems_stand_first_and_wrong_files_are_told_with_their_place() {
    let setup = with_banks(&[], &[]).await;
    let mut guest = Guest::signed_in(setup.port, "operations").await;
    setup.post("/v1/counterparts/bank-2/pause", &json!({ "reason": "维护" })).await;
    let page = guest.get("/console/counterparts").await;
    let at = |name: &str| page.text.find(&format!("/console/counterparts/{name}\"")).expect(name);
    assert!(at("bank-2") < at("bank-1") && page.text.contains("已暂停"), "the paused one stands first");
    let only = guest.get("/console/counterparts?state=problems").await;
    assert!(only.text.contains("counterparts/bank-2\"") && !only.text.contains("counterparts/bank-1\""));
    let found = guest.get("/console/counterparts?q=BANK-1").await;
    assert!(found.text.contains("counterparts/bank-1\"") && !found.text.contains("counterparts/bank-2\""));
    // A file that is wrong is told with its place.
    let file = setup.folder.path().join("counterparts/bank-3.toml");
    std::fs::write(&file, "connector = \"no-such\"\n").expect("written");
    let started = std::time::Instant::now();
    while !guest.get("/console/counterparts").await.text.contains("bank-3.toml:1") {
        assert!(started.elapsed().as_secs() < 20, "the problem is not told");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    std::fs::remove_file(&file).expect("removed");
    let id = setup.submit("one", &inquiry(None, "auto")).await;
    until(&setup, &id, "the bank that is not paused answers", |view| answered(view, 1)).await;
    let shown = guest.get("/console/counterparts/bank-1").await;
    assert!(shown.text.contains("最近成功"), "{}", shown.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_thousand_counterparts_are_a_small_page_that_can_be_filtered_and_turned() {
    let names: Vec<&'static str> =
        (1..=4000).map(|at| &*Box::leak(format!("bank-{at:04}").into_boxed_str())).collect();
    let number = |at: usize| u32::try_from(at + 1).expect("small");
    let played: Vec<Played> =
        names.iter().enumerate().map(|(at, name)| calling_bank(name, number(at), json!(null))).collect();
    let extra = format!("{NO_CODES}[postbox]\nlisten = \"127.0.0.1:{}\"\n", reserved_port());
    let mut setup = Setup::new(&played, None, &extra);
    add_people(&setup, [("operations", &["operations"][..], &[][..])]).await;
    setup.start_daemon().await;
    setup.post("/v1/counterparts/bank-3999/pause", &json!({ "reason": "维护" })).await;
    let mut guest = Guest::signed_in(setup.port, "operations").await;
    let page = guest.get("/console/counterparts").await;
    assert!(page.text.len() < LARGEST, "{} bytes", page.text.len());
    assert_eq!(page.text.matches("<tr>").count(), 51, "fifty of them and the head");
    assert!(
        page.text.contains("1–50 / 4000") && page.text.contains("counterparts/bank-3999\""),
        "the one that is paused is first"
    );
    let last = guest.get("/console/counterparts?sort=name&page=80").await;
    assert!(last.text.contains("counterparts/bank-4000\"") && last.text.contains("3951–4000 / 4000"));
    let found = guest.get("/console/counterparts?q=bank-0077").await;
    assert_eq!(found.text.matches("<tr>").count(), 2);
    let beyond = guest.get("/console/counterparts?page=99999").await;
    assert!(beyond.text.contains("3951–4000"), "a page that is not there is the last");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pause_says_until_when_outlives_a_restart_and_ends_by_itself() {
    let mut setup = with_banks(&[], &[]).await;
    let mut guest = Guest::signed_in(setup.port, "operations").await;
    let page = guest.get("/console/counterparts/bank-1").await;
    assert!(page.text.contains("type=\"datetime-local\""), "{}", page.text);
    let past =
        guest.act("/console/acts/pause/bank-1", &[("reason", "停机"), ("until", "2020-01-01T08:00")]).await;
    assert!(past.status == StatusCode::UNPROCESSABLE_ENTITY && past.text.contains("366 天"), "{}", past.text);
    let bank = "/v1/counterparts/bank-1";
    let soon = (jiff::Timestamp::now() + jiff::SignedDuration::from_secs(4)).to_string();
    setup.post(&format!("{bank}/pause"), &json!({ "reason": "停机维护", "until": soon })).await;
    setup.post("/v1/counterparts/bank-2/pause", &json!({ "reason": "另行通知" })).await;
    setup.kill_daemon();
    setup.start_daemon().await;
    assert_eq!(setup.get(bank).await["paused"], "停机维护", "it outlives a restart");
    let deadline = tokio::time::Instant::now() + crate::world::PATIENCE;
    loop {
        let view = setup.get(bank).await;
        if view["paused"].is_null() && view["health"]["state"] == "running" {
            break;
        }
        assert!(tokio::time::Instant::now() < deadline, "it never resumes: {view}");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let other = setup.get("/v1/counterparts/bank-2").await;
    assert_eq!((&other["paused"], &other["paused_until"]), (&json!("另行通知"), &serde_json::Value::Null));
    assert_eq!(other["health"]["state"], "paused", "a person ends it");
    let acts = setup.get("/v1/acts?subject=bank-1&act=resume").await;
    assert_eq!(acts["acts"][0]["actor"], "clock", "{acts}");
}
