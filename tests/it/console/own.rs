//! What is a person's own: the first sign-in, password, second factor, sessions.

use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, StatusCode};

use super::guest::{Page, SESSION};
use super::{Guest, PASSWORD, add_people, with_banks};
use crate::daemon::Setup;

/// The text of the element of an identifier.
fn shown(page: &Page, id: &str) -> String {
    let begin = format!("id=\"{id}\">");
    let at = page.text.find(&begin).unwrap_or_else(|| panic!("no {id}:\n{}", page.text)) + begin.len();
    page.text[at..].split('<').next().expect("its end").to_owned()
}

/// A new person over the console; gives the initial password.
async fn added(security: &mut Guest, number: &str, role: &str) -> String {
    security.get("/console/people/new").await;
    let fields =
        [("number", number), ("name", "李测试"), ("every_court", "yes"), ("role", role), ("reason", "入职")];
    let page = security.act("/console/people/new", &fields).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    shown(&page, "secret")
}

/// The code that an app shows for a secret, so many steps from now.
pub fn code(secret: &str, steps: u64) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret).expect("base 32");
    let now =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs();
    let totp = totp_rs::Builder::new().with_secret(secret).build().expect("a second factor");
    totp.generate(now + 30 * steps).to_string()
}

/// A daemon at which approvers need a second factor.
async fn with_codes() -> Setup {
    let mut setup = Setup::new(&[], None, "[sign_in]\nsecond_factor = [\"approver\"]\n");
    let security: &[&str] = &["security_administrator"];
    add_people(&setup, [("security", security, &[][..])]).await;
    setup.start_daemon().await;
    setup
}

/// Whether a person who must do something first gets to that page from everywhere, and may do nothing else.
async fn is_led_to(guest: &mut Guest, page: &str) {
    for path in [
        "/console",
        "/console/tasks",
        "/console/approvals",
        "/console/cases/1",
        "/console/me",
        "/console/live?topic=tasks",
        "/console/nothing",
    ] {
        let led = guest.get(path).await;
        assert_eq!((led.status, led.location()), (StatusCode::SEE_OTHER, page), "{path}");
    }
    assert_eq!(guest.get(page).await.status, StatusCode::OK);
    for path in ["/console/approvals", "/console/acts/approve/1", "/console/me/sessions/end"] {
        let refused = guest.act(path, &[("reason", "试")]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}: {}", refused.text);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_person_changes_the_password_and_sets_the_second_factor_up_before_anything_else() {
    let setup = with_codes().await;
    let mut security = Guest::signed_in(setup.port, "security").await;
    let initial = added(&mut security, "gh001", "approver").await;
    let list = security.get("/console/people?q=gh001").await;
    assert!(!list.text.contains(&initial) && list.text.contains("待本人完成设置"), "{}", list.text);
    let mut guest = Guest::new(setup.port);
    let form = guest.get("/console/sign-in").await;
    assert_eq!(guest.signs_in(&form, "gh001", &initial).await.status, StatusCode::SEE_OTHER);
    is_led_to(&mut guest, "/console/me/password").await;
    for (old, new, again, said) in [
        ("wrong", PASSWORD, PASSWORD, "old-fault"),
        (initial.as_str(), "short", "short", "new-fault"),
        (initial.as_str(), PASSWORD, "another horse battery", "again-fault"),
    ] {
        let told = guest.act("/console/me/password", &[("old", old), ("new", new), ("again", again)]).await;
        assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY, "{said}");
        assert!(told.text.contains(&format!("id=\"{said}\"")), "{said}: {}", told.text);
        assert!(!told.text.contains(&initial) && !told.text.contains(PASSWORD), "no password comes back");
    }
    let fields = [("old", initial.as_str()), ("new", PASSWORD), ("again", PASSWORD)];
    let changed = guest.act("/console/me/password", &fields).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.text);
    is_led_to(&mut guest, "/console/me/factor").await;
    let begun = guest.act("/console/me/factor", &[]).await;
    let secret = shown(&begun, "secret");
    assert!(
        begun.text.contains("<svg class=\"qr\"") && begun.text.contains("otpauth://totp/"),
        "{}",
        begun.text
    );
    let address = begun.field("address").replace("&amp;", "&").replace("&#38;", "&");
    assert!(address.contains(&secret), "{address}");
    let proof =
        |code: &str| [("secret", secret.clone()), ("address", address.clone()), ("code", code.to_owned())];
    let sent = |code: &str| {
        let csrf = [("csrf", guest.csrf.clone())];
        guest.form("/console/me/factor/proof", &[&csrf[..], &proof(code)[..]].concat())
    };
    let (wrong, right) = (sent("000"), sent(&code(&secret, 0)));
    let wrong = guest.send(wrong).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("动态口令不正确") && wrong.text.contains(&secret), "{}", wrong.text);
    assert_eq!(guest.send(right).await.location(), "/console/me?done=factor");
    let own = guest.open("/console/me?done=factor").await;
    assert!(own.text.contains("动态口令已绑定") && own.text.contains("李测试"), "{}", own.text);
    assert_eq!(guest.get("/console/approvals").await.status, StatusCode::OK);
    // From now on the password alone is not enough, and no code counts twice.
    let mut again = Guest::new(setup.port);
    let form = again.get("/console/sign-in").await;
    for code in [String::new(), code(&secret, 0)] {
        let refused = again.signs_in_with_code(&form, ("gh001", PASSWORD), &code).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{code}");
        let mark = refused.field("mark");
        assert_ne!(mark, form.field("mark"), "each form is a new one");
        again.cookies.insert("chakong_form".to_owned(), form.field("mark"));
    }
    let entered = again.signs_in_with_code(&form, ("gh001", PASSWORD), &code(&secret, 1)).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_are_listed_and_ended_one_by_one_and_all_at_once() {
    let setup = with_banks(&[], &[]).await;
    let mut here = Guest::signed_in(setup.port, "officer").await;
    let mut there = Guest::signed_in(setup.port, "officer").await;
    let mut stranger = Guest::signed_in(setup.port, "approver").await;
    let own = here.get("/console/me").await;
    assert_eq!(own.text.matches("/end\">").count(), 3, "two sessions and all at once: {}", own.text);
    assert_eq!(own.text.matches("当前").count(), 1);
    let other =
        own.text.split("<tr>").find(|row| row.contains("/console/me/sessions/") && !row.contains("当前"));
    let other = other.and_then(|row| row.split("action=\"").nth(1)?.split('"').next()).expect("its form");
    stranger.get("/console/me").await;
    assert_eq!(stranger.act(other, &[]).await.status, StatusCode::NOT_FOUND, "nobody ends another's");
    assert_eq!(there.get("/console/tasks").await.status, StatusCode::OK);
    assert_eq!(here.act(other, &[]).await.location(), "/console/me?done=session");
    assert_eq!(there.get("/console/tasks").await.status, StatusCode::SEE_OTHER, "it is over");
    let mut there = Guest::signed_in(setup.port, "officer").await;
    let left = here.act("/console/me/sessions/end", &[]).await;
    assert_eq!(left.location(), "/console/sign-in");
    assert_eq!(here.cookies[SESSION], "", "the cookie is taken away");
    assert_eq!(there.get("/console/tasks").await.status, StatusCode::SEE_OTHER);
    assert_eq!(stranger.get("/console/tasks").await.status, StatusCode::OK, "another person's stays");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_disabled_is_out_at_once_with_every_page_that_is_kept_up_to_date() {
    let setup = with_banks(&[], &[]).await;
    let mut officer = Guest::signed_in(setup.port, "officer").await;
    let mut stream =
        officer.request(Method::GET, "/console/live?topic=tasks").send().await.expect("a stream");
    assert_eq!(stream.status(), StatusCode::OK);
    assert!(stream.headers()[CONTENT_TYPE].to_str().expect("text").starts_with("text/event-stream"));
    let mut security = Guest::signed_in(setup.port, "security").await;
    let person = security.get("/console/people?q=officer").await.first_link("/console/people/", "\">officer");
    security.get(&person).await;
    let silent = security.act(&format!("{person}/disable"), &[]).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY, "a reason is needed");
    let done = security.act(&format!("{person}/disable"), &[("reason", "调离")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let over = async { while let Ok(Some(_)) = stream.chunk().await {} };
    tokio::time::timeout(Duration::from_secs(10), over).await.expect("the stream ends");
    assert_eq!(officer.get("/console/tasks").await.status, StatusCode::SEE_OTHER);
    let form = officer.get("/console/sign-in").await;
    let refused = officer.signs_in(&form, "officer", PASSWORD).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let enabled = security.act(&format!("{person}/enable"), &[("reason", "调回")]).await;
    assert_eq!(enabled.status, StatusCode::SEE_OTHER, "{}", enabled.text);
    let entered = officer.signs_in(&refused, "officer", PASSWORD).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER);
}
