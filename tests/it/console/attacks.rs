//! Attacks: forged forms, planted sessions, links that lead away, texts that are scripts.

use reqwest::StatusCode;
use serde_json::json;

use super::guest::SESSION;
use super::{CASE, Guest, PASSWORD, measures, started, with_banks};
use crate::process::{answered, until};
use crate::world::{bank, bank_code, inquiry};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_that_is_not_from_a_page_of_the_session_changes_nothing() {
    let setup = with_banks(&[], &[]).await;
    let mut guest = Guest::signed_in(setup.port, "operations").await;
    guest.open("/console/counterparts").await;
    let path = "/console/acts/pause/bank-1";
    let mut other = Guest::signed_in(setup.port, "operations").await;
    other.open("/console/counterparts").await;
    assert_ne!(guest.csrf, other.csrf, "each session has a token of its own");
    let reason = ("reason", "伪造".to_owned());
    for token in [None, Some(String::new()), Some("0".repeat(64)), Some(other.csrf.clone())] {
        let mut fields = vec![reason.clone()];
        fields.extend(token.map(|token| ("csrf", token)));
        let forged = guest.post(path, &fields).await;
        assert_eq!(forged.status, StatusCode::FORBIDDEN, "{}", forged.text);
    }
    // The right token, but the browser says that the form stood on another site.
    let fields = [reason, ("csrf", guest.csrf.clone())];
    let origin = format!("http://127.0.0.1:{}", setup.port + 1);
    for (header, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", &origin),
        ("origin", "null"),
    ] {
        let request = guest.form(path, &fields).header(header, value);
        let forged = guest.send(request).await;
        assert_eq!(forged.status, StatusCode::FORBIDDEN, "{header}: {value}");
    }
    assert!(setup.get("/v1/counterparts/bank-1").await["paused"].is_null());
    let request = guest.form(path, &fields).header("origin", guest.base.clone());
    assert_eq!(guest.send(request).await.status, StatusCode::SEE_OTHER);
    assert_eq!(setup.get("/v1/counterparts/bank-1").await["paused"], "伪造");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_somebody_planted_gets_no_rights_and_nobody_is_signed_in_by_another_page() {
    let setup = with_banks(&[], &[]).await;
    let attacker = Guest::signed_in(setup.port, "officer").await;
    let planted = attacker.cookies[SESSION].clone();
    // The victim's browser holds the attacker's session, or one that the attacker made up.
    for planted in [planted, "a".repeat(64)] {
        let mut victim = Guest::new(setup.port);
        victim.cookies.insert(SESSION.into(), planted.clone());
        let form = victim.get("/console/sign-in").await;
        assert_eq!(victim.signs_in(&form, "approver", PASSWORD).await.status, StatusCode::SEE_OTHER);
        assert_ne!(victim.cookies[SESSION], planted, "a sign-in makes a session of its own");
        let mut attacker = Guest::new(setup.port);
        attacker.cookies.insert(SESSION.into(), planted);
        for page in ["/console/approvals", "/console/tasks"] {
            assert_eq!(attacker.get(page).await.status, StatusCode::SEE_OTHER, "it opens nothing");
        }
    }
    // A form of another page cannot sign a browser in: it does not know what the sign-in's form was given.
    let mut victim = Guest::new(setup.port);
    victim.get("/console/sign-in").await;
    for mark in [String::new(), "0".repeat(64)] {
        let officer = [("number", "officer".to_owned()), ("password", PASSWORD.to_owned())];
        let fields = [&[("mark", mark), ("next", "/console".into())][..], &officer[..]].concat();
        assert_eq!(victim.post("/console/sign-in", &fields).await.status, StatusCode::FORBIDDEN);
    }
    assert!(!victim.is_signed_in());
    // A key is no way in, neither as a header nor as a cookie.
    let request = victim.request(reqwest::Method::GET, "/console/tasks").bearer_auth(crate::daemon::KEY);
    assert_eq!(victim.send(request).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_that_guesses_from_one_address_keeps_nobody_else_from_signing_in() {
    const CROWD: usize = 40;
    let setup = with_banks(&[], &[]).await;
    let port = setup.port;
    let (told, mut answers) = tokio::sync::mpsc::unbounded_channel();
    let guesses = |told: tokio::sync::mpsc::UnboundedSender<StatusCode>| async move {
        let mut guest = Guest::new(port);
        let form = guest.get("/console/sign-in").await;
        let fields = [
            ("mark", form.field("mark")),
            ("next", form.field("next")),
            ("number", "nobody".to_owned()),
            ("password", "a guess".to_owned()),
        ];
        let request = guest.form("/console/sign-in", &fields).header("x-forwarded-for", "192.0.2.1");
        // Nobody listens any more once the clerk is in.
        let _ = told.send(guest.send(request).await.status);
    };
    let crowd: Vec<_> = (0..CROWD).map(|_| tokio::spawn(guesses(told.clone()))).collect();
    assert_eq!(answers.recv().await, Some(StatusCode::UNPROCESSABLE_ENTITY), "the first has guessed wrong");
    let mut clerk = Guest::new(port);
    let form = clerk.get("/console/sign-in").await;
    assert_eq!(form.status, StatusCode::OK);
    let fields = [
        ("mark", form.field("mark")),
        ("next", form.field("next")),
        ("number", "officer".to_owned()),
        ("password", PASSWORD.to_owned()),
    ];
    let request = clerk.form("/console/sign-in", &fields).header("x-forwarded-for", "198.51.100.7");
    let entered = clerk.send(request).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.text);
    assert!(crowd.iter().any(|one| !one.is_finished()), "the others guess on");
    crowd.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_link_leads_away_after_a_sign_in_or_an_act() {
    let setup = with_banks(&[], &[]).await;
    let away = [
        "https://bank.example/",
        "//bank.example",
        "/\\bank.example",
        "/console/../../v1/acts\r\nx: y",
        "javascript:alert(1)",
    ];
    for next in away {
        let mut guest = Guest::new(setup.port);
        let query = encoded(next);
        let form = guest.get(&format!("/console/sign-in?next={query}")).await;
        assert_eq!(form.field("next"), "/console", "{next}");
        let fields = [
            ("mark", form.field("mark")),
            ("next", next.to_owned()),
            ("number", "operations".to_owned()),
            ("password", PASSWORD.to_owned()),
        ];
        let entered = guest.post("/console/sign-in", &fields).await;
        assert_eq!(entered.location(), "/console", "{next}");
        guest.open("/console/counterparts").await;
        let acted = guest.act("/console/acts/resume/bank-1", &[("reason", "试"), ("next", next)]).await;
        assert_eq!(acted.location(), "/console/counterparts/bank-1?done=resume", "{next}");
    }
}

/// A text as the value of a parameter.
fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

const SCRIPT: &str = "<script>alert(1)</script>";
const IMAGE: &str = "\"><img src=x onerror=alert(2)>";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_parties_banks_and_people_write_is_shown_and_never_run() {
    let account = json!({ "number": "9990000000000000011", "balance": "600.00", "class": IMAGE });
    let customer = json!({
        "name": "临汾测试矿业有限公司", "document": { "kind": "uscc", "number": "91000000MADEM00112" }, "accounts": [account],
    });
    let mut bank = bank("bank-1", &bank_code(1), json!({ "customers": [customer] }));
    bank.file = format!("name_zh = '{SCRIPT}'\nname_en = '{IMAGE}'\n{}", bank.file);
    let setup = started(&[bank], "").await;
    let mut body = inquiry(Some("1000.00"), "propose");
    body["parties"][0]["reference"] = json!(SCRIPT);
    body["case"]["court_name"] = json!(IMAGE);
    let id = setup.submit("one", &body).await;
    until(&setup, &id, "the bank answers", |view| answered(view, 1)).await;
    let mut guest = Guest::signed_in(setup.port, "both").await;
    let mut operations = Guest::signed_in(setup.port, "operations").await;
    operations.open("/console/counterparts").await;
    guest.open(CASE).await;
    let measure = measures(&setup).await.remove(0);
    let case = CASE.rsplit('/').next().expect("a number");
    // What a person wrote comes back on pages, in forms that were wrong, and in the audit.
    let reason = format!("{SCRIPT}{IMAGE}");
    let refused = guest.act(&format!("/console/acts/claim-settle/{case}"), &[("reason", &reason)]).await;
    let wrong = guest
        .act(&format!("/console/acts/release/{measure}"), &[("reason", &reason), ("amount", IMAGE)])
        .await;
    operations.act("/console/acts/pause/bank-1", &[("reason", &reason)]).await;
    let orders = setup.get("/v1/orders").await;
    let order = orders["orders"][0]["number"].as_str().expect("a number").to_owned();
    let query = encoded(&format!("{SCRIPT}{IMAGE}"));
    let mut pages = vec![refused, wrong];
    for path in [
        "/console/cases".to_owned(),
        CASE.to_owned(),
        "/console/tasks".to_owned(),
        "/console/approvals".to_owned(),
        format!("/console/inquiries/{id}"),
        format!("/console/orders/{order}"),
        format!("/console/measures/{measure}"),
        "/console/counterparts".to_owned(),
        "/console/counterparts/bank-1".to_owned(),
        "/console/counterparts?lang=en".to_owned(),
        "/console/audit".to_owned(),
        format!("/console/audit?subject={query}&actor={query}"),
        format!("/console/cases?number={query}"),
        format!("/console/cases?court={query}"),
        format!("/console/tasks?court={query}"),
        format!("/console/counterparts?q={query}"),
        format!("/console/{query}"),
        format!("/console/cases?lang=en&number={query}"),
        format!("/console/acts/approve/{query}"),
    ] {
        pages.push(guest.open(&path).await);
    }
    let mut shown = 0;
    for page in &pages {
        let text = &page.text;
        assert!(!text.contains("<script>") && !text.contains("<img src=x"), "it would run:\n{text}");
        shown += text.matches("alert(").count();
        assert!(
            !text.contains(" onerror=alert(2)>") || text.contains("&#62;") || text.contains("&gt;"),
            "{text}"
        );
    }
    assert!(shown > 15, "the texts are shown, {shown} times");
}
