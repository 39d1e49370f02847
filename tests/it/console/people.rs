//! Persons and keys, as the security administrator keeps them.

use reqwest::StatusCode;
use serde_json::json;

use super::{Guest, NO_CODES, add_people, banks, with_banks};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_with_a_person_is_told_beside_its_field() {
    let setup = with_banks(&[], &[]).await;
    let mut security = Guest::signed_in(setup.port, "security").await;
    security.get("/console/people/new").await;
    let wrong = [
        ("number", "gh001"),
        ("name", ""),
        ("role", "officer"),
        ("role", "auditor"),
        ("certificate.0.kind", "work"),
        ("certificate.1.kind", "enforcement"),
        ("certificate.1.number", "测执0000001"),
        ("certificate.1.from", "2027-01-01"),
        ("certificate.1.until", "2026-01-01"),
        ("reason", "入职"),
    ];
    let told = security.act("/console/people/new", &wrong).await;
    assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
    for said in [
        "不得由同一人兼任",
        "id=\"add-name-fault\"",
        "id=\"add-courts-fault\"",
        "id=\"add-certificate.0.until-fault\"",
        "value=\"测执0000001\"",
        "value=\"auditor\" checked",
    ] {
        assert!(told.text.contains(said), "{said}:\n{}", told.text);
    }
    assert!(!security.get("/console/people").await.text.contains("gh001"), "nobody was added");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_is_added_found_changed_and_reset() {
    let setup = with_banks(&[], &[]).await;
    let mut security = Guest::signed_in(setup.port, "security").await;
    security.get("/console/people/new").await;
    let right = [
        ("number", "gh001"),
        ("name", "王测试"),
        ("courts", "T10，T11"),
        ("role", "officer"),
        ("phone", "0357-0000000"),
        ("reason", "入职"),
    ];
    assert_eq!(security.act("/console/people/new", &right).await.status, StatusCode::OK);
    let twice = security.act("/console/people/new", &right).await;
    assert!(twice.text.contains("工号已存在"), "{}", twice.text);
    for (query, is_found) in
        [("gh001", true), ("王测", true), ("T11", true), ("查控员", true), ("nobody", false)]
    {
        let found = security.get(&format!("/console/people?q={}", encoded(query))).await;
        assert_eq!(found.text.contains(">gh001</a>"), is_found, "{query}");
    }
    let list = security.get("/console/people?q=gh001").await;
    let person = list.first_link("/console/people/", "\">gh001");
    let shown = security.get(&person).await;
    assert!(shown.text.contains("T10、T11") && shown.text.contains("0357-0000000"), "{}", shown.text);
    let change = [
        ("name", "王测试"),
        ("every_court", "yes"),
        ("role", "officer"),
        ("role", "approver"),
        ("certificate.0.kind", "enforcement"),
        ("certificate.0.number", "测执0000001"),
        ("certificate.0.until", "2027-12-31"),
        ("reason", "兼任审批"),
    ];
    let changed = security.act(&format!("{person}/change"), &change).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.text);
    let shown = security.open(changed.location()).await;
    for said in ["人员信息已变更", "全部法院", "查控员、审批人", "测执0000001", "2027-12-31"]
    {
        assert!(shown.text.contains(said), "{said}:\n{}", shown.text);
    }
    let reset = security.act(&format!("{person}/reset"), &[("reason", "遗忘密码")]).await;
    assert!(reset.status == StatusCode::OK && reset.text.contains("只显示这一次"), "{}", reset.text);
    assert_eq!(
        security.act(&format!("{person}/vanish"), &[("reason", "x")]).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_raises_or_shuts_out_themselves_and_a_session_is_ended_for_somebody() {
    let setup = with_banks(&[], &[]).await;
    let mut security = Guest::signed_in(setup.port, "security").await;
    let own = security
        .get("/console/people?q=security")
        .await
        .first_link("/console/people/", "\">security</a></td>");
    let page = security.get(&own).await;
    assert!(!page.text.contains("/disable\"") && !page.text.contains("/reset\""), "nothing of it is offered");
    for act in ["disable", "reset", "reset-factor"] {
        let refused = security.act(&format!("{own}/{act}"), &[("reason", "试")]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{act}: {}", refused.text);
    }
    let mut officer = Guest::signed_in(setup.port, "officer").await;
    let person = security.get("/console/people?q=officer").await.first_link("/console/people/", "\">officer");
    let page = security.get(&person).await;
    let ended = security.act(&format!("{person}/end-session"), &[("session", &page.field("session"))]).await;
    assert_eq!(ended.status, StatusCode::SEE_OTHER, "{}", ended.text);
    assert_eq!(officer.get("/console/tasks").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_made_shown_once_used_and_revoked() {
    let setup = with_banks(&[], &[]).await;
    let mut security = Guest::signed_in(setup.port, "security").await;
    security.get("/console/keys").await;
    let wrong = [("name", "integration"), ("person", "nobody"), ("role", "case_system"), ("reason", "对接")];
    let told = security.act("/console/keys", &wrong).await;
    assert!(
        told.status == StatusCode::UNPROCESSABLE_ENTITY && told.text.contains("没有此工号"),
        "{}",
        told.text
    );
    let past =
        [("name", "integration"), ("role", "case_system"), ("expires", "2020-01-01"), ("reason", "对接")];
    let told = security.act("/console/keys", &past).await;
    assert!(told.text.contains("id=\"make-expires-fault\""), "{}", told.text);
    let right =
        [("name", "integration"), ("role", "case_system"), ("expires", "2099-12-31"), ("reason", "对接")];
    let made = security.act("/console/keys", &right).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text);
    let secret =
        made.text.split("id=\"secret\">").nth(1).and_then(|rest| rest.split('<').next()).expect("a key");
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let call = async || {
        let url = format!("http://127.0.0.1:{}/v1/me", setup.port);
        client.get(url).bearer_auth(secret).send().await.expect("the daemon answers")
    };
    let me: serde_json::Value = call().await.json().await.expect("JSON");
    assert_eq!((&me["name"], &me["roles"]), (&json!("integration"), &json!(["case_system"])));
    let list = security.get("/console/keys").await;
    assert!(!list.text.contains(secret) && list.text.contains("2099-12-31 23:59"), "{}", list.text);
    assert!(list.text.contains("tests-operations"), "those of the configuration are named, too");
    let forms = list.text.split("action=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let revoke = forms.filter(|action| action.ends_with("/revoke")).last().expect("a form").to_owned();
    let silent = security.act(&revoke, &[]).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    let revoked = security.act(&revoke, &[("reason", "停用对接")]).await;
    assert_eq!(revoked.location(), "/console/keys?done=revoked", "{}", revoked.text);
    assert_eq!(call().await.status(), StatusCode::UNAUTHORIZED);
    assert!(security.get("/console/keys").await.text.contains("已吊销"));
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_of_the_configuration_are_shown_to_those_within_whose_courts_they_lie() {
    let key = |name: &str, court: &str| {
        let key = crate::desk::people::system_key(name, "case_system");
        format!("{key}courts = [\"{court}\"]\n")
    };
    let extra = [key("key-of-ours", "9910"), key("key-of-theirs", "9911")].concat();
    let mut setup = crate::daemon::Setup::new(&banks(&[], &[]), None, &format!("{NO_CODES}{extra}"));
    let administrator: &[&str] = &["security_administrator"];
    add_people(&setup, [("ours", administrator, &["9910"][..]), ("all", administrator, &[])]).await;
    setup.start_sandbox().await;
    setup.start_daemon().await;
    let page = Guest::signed_in(setup.port, "ours").await.get("/console/keys").await;
    assert!(page.text.contains("key-of-ours") && !page.text.contains("key-of-theirs"), "{}", page.text);
    let page = Guest::signed_in(setup.port, "all").await.get("/console/keys").await;
    assert!(page.text.contains("key-of-ours") && page.text.contains("key-of-theirs"), "{}", page.text);
}
