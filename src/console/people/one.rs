//! A person with what can be done about them: changing, disabling, enabling, resetting, ending sessions.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::acts::{ActForm, is_for_the_form, tell};
use super::super::address::segment;
use super::super::backend::Console;
use super::super::failure::Failure;
use super::super::form::Posted;
use super::super::lang::Lang;
use super::super::page::{Frame, html};
use super::super::reading::{instant, is_there, list, text, time};
use super::super::secret::secret_page;
use super::super::visitor::Visitor;
use super::super::words::Badge;
use super::{back, badge_of, courts_of, form, roles_of};

/// A certificate of office: kind, number, validity.
type CertificateLine = (&'static str, String, String);

/// A client certificate by which the person signs in.
struct SignInLine {
    subject: String,
    issuer: String,
    fingerprint: String,
    valid: String,
    bound: String,
    state: Badge,
    /// Whether it can be revoked by whoever looks.
    stands: bool,
}

/// Where client certificates of a person are kept, below the person.
const CERTIFICATES: &str = "/sign-in-certificates";

#[derive(Template)]
#[template(path = "person.html", config = "src/console/askama.toml")]
struct PersonPage {
    page: Frame,
    state: Badge,
    facts: Vec<(&'static str, String)>,
    certificates: Vec<CertificateLine>,
    sign_in_certificates: Vec<SignInLine>,
    forms: Vec<ActForm>,
    /// Identifier, when it began and was last used, address, browser.
    sessions: Vec<(String, String, String, String, String)>,
    id: String,
}

/// `GET /console/people/{id}`
pub async fn show(
    State(console): State<Console>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let person = console.get(&visitor, &format!("/v1/people/{}", segment(&id))).await?;
    let forms = forms(&visitor, &person);
    shown(&console, &visitor, &person, forms, StatusCode::OK).await
}

async fn shown(
    console: &Console,
    visitor: &Visitor,
    person: &Value,
    forms: Vec<ActForm>,
    status: StatusCode,
) -> Result<Response, Failure> {
    let lang = visitor.lang;
    let number = text(person, "/number");
    let sessions = console.get(visitor, "/v1/sessions?all=true").await?;
    let own = list(&sessions, "/sessions").iter().filter(|session| text(session, "/number") == number);
    let session = |one: &Value| {
        let [id, from, agent] = ["/id", "/from", "/agent"].map(|at| text(one, at));
        (id, time(one, "/created_at"), time(one, "/seen_at"), from, agent)
    };
    let title = format!("{} {number}", text(person, "/name"));
    let shown = PersonPage {
        page: Frame::of(visitor, title, "people"),
        state: badge_of(person, lang),
        facts: facts(person, lang),
        certificates: list(person, "/certificates").iter().map(|one| certificate(one, lang)).collect(),
        sign_in_certificates: {
            let is_own = number == visitor.identity.name;
            let all = list(person, "/sign_in_certificates").iter();
            all.map(|one| sign_in_line(one, (lang, console.now()), is_own)).collect()
        },
        forms,
        sessions: own.map(session).collect(),
        id: segment(&text(person, "/id")),
    };
    Ok(html(status, &shown))
}

fn facts(person: &Value, lang: Lang) -> Vec<(&'static str, String)> {
    let pending = match text(person, "/pending").as_str() {
        "change_password" => lang.t("登录后修改密码", "changes the password at the next sign-in"),
        "set_up_second_factor" => lang.t("登录后绑定动态口令", "sets a second factor up at the next sign-in"),
        _ => "",
    };
    let factor = match text(person, "/second_factor").as_str() {
        "true" => lang.t("已绑定", "set up"),
        _ => lang.t("未绑定", "not set up"),
    };
    let all = [
        ("工号", "Staff number", text(person, "/number")),
        ("角色", "Roles", roles_of(person, lang)),
        ("法院", "Courts", courts_of(person, lang)),
        ("电话", "Telephone", text(person, "/phone")),
        ("动态口令", "Second factor", factor.to_owned()),
        ("本人尚须", "Still to do", pending.to_owned()),
        ("开立", "Known since", time(person, "/created_at")),
        ("停用", "Disabled since", time(person, "/disabled_at")),
        ("锁定至", "Locked until", time(person, "/locked_until")),
    ];
    let said = all.into_iter().filter(|(_, _, value)| !value.is_empty());
    said.map(|(zh, en, value)| (lang.t(zh, en), value)).collect()
}

fn certificate(one: &Value, lang: Lang) -> CertificateLine {
    let kind = match text(one, "/kind").as_str() {
        "enforcement" => lang.t("执行公务证", "enforcement"),
        _ => lang.t("工作证", "work"),
    };
    let days = [text(one, "/from"), text(one, "/until")];
    let valid = if days.iter().all(String::is_empty) { String::new() } else { days.join(" – ") };
    (kind, text(one, "/number"), valid)
}

fn sign_in_line(one: &Value, (lang, now): (Lang, Timestamp), is_own: bool) -> SignInLine {
    let ends = instant(one, "/until");
    let is_revoked = is_there(one, "/revoked");
    let (tone, words) = if is_revoked {
        ("off", lang.t("已撤销", "revoked"))
    } else if ends.is_some_and(|until| until <= now) {
        ("off", lang.t("已过期", "expired"))
    } else if instant(one, "/from").is_some_and(|from| from > now) {
        ("wait", lang.t("尚未生效", "not valid yet"))
    } else {
        ("good", lang.t("有效", "valid"))
    };
    SignInLine {
        subject: text(one, "/subject"),
        issuer: text(one, "/issuer"),
        fingerprint: text(one, "/fingerprint"),
        valid: format!("{} – {}", time(one, "/from"), time(one, "/until")),
        bound: format!("{} {}", time(one, "/bound"), text(one, "/bound_by")),
        state: Badge { tone, text: words.to_owned() },
        stands: !is_revoked && !is_own,
    }
}

/// What can be done about a person, each with its form. Nobody does these to themselves but change name, telephone and certificates.
fn forms(visitor: &Visitor, person: &Value) -> Vec<ActForm> {
    let (lang, id) = (visitor.lang, segment(&text(person, "/id")));
    let act = |act: &'static str, zh, en, is_grave| {
        form::plain(visitor, (format!("/console/people/{id}/{act}"), act), lang.t(zh, en), is_grave)
    };
    let mut forms = vec![form::change(visitor, &id, &form::known(person))];
    if text(person, "/number") == visitor.identity.name {
        return forms;
    }
    forms.push(act("reset", "重置密码与动态口令", "Reset password and second factor", true));
    if text(person, "/second_factor") == "true" {
        forms.push(act("reset-factor", "解除动态口令", "Reset the second factor", true));
    }
    forms.push(form::bind_certificate(visitor, &id));
    forms.push(match text(person, "/disabled_at").is_empty() {
        true => act("disable", "停用", "Disable", true),
        false => act("enable", "启用", "Enable", false),
    });
    forms
}

/// What is done over the API for an act, and what is said then.
fn request_of(act: &str, posted: &Posted) -> Option<(Method, String, Value, &'static str)> {
    let reason = posted.get("reason");
    let person = |body: Value, done| (Method::PATCH, String::new(), body, done);
    Some(match act {
        "change" => person(form::body_of(&form::compact(posted.clone()), false), "person"),
        "disable" => person(json!({ "active": false, "reason": reason }), "disabled"),
        "enable" => person(json!({ "active": true, "reason": reason }), "enabled"),
        "reset-factor" => person(json!({ "second_factor": false, "reason": reason }), "no-factor"),
        "reset" => (Method::POST, "/reset".to_owned(), json!({ "reason": reason }), ""),
        "bind-certificate" => {
            let file = posted.upload("certificate").map(|file| String::from_utf8_lossy(&file.bytes));
            let body = json!({ "certificate": file.unwrap_or_default(), "reason": reason });
            (Method::POST, CERTIFICATES.to_owned(), body, "certificate")
        }
        "revoke-certificate" => {
            let path = format!("{CERTIFICATES}/{}", segment(posted.get("fingerprint")));
            (Method::DELETE, path, json!({ "reason": reason }), "no-certificate")
        }
        _ => return None,
    })
}

/// `POST /console/people/{id}/{act}`
pub async fn perform(
    State(console): State<Console>,
    visitor: Visitor,
    Path((id, act)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Failure> {
    if act == "end-session" {
        let path = format!("/v1/sessions/{}", segment(posted.get("session")));
        console.send(&visitor, (Method::DELETE, &path), &Value::Null, None).await?;
        return Ok(back(&id, "session"));
    }
    let (method, rest, body, done) = request_of(&act, &posted).ok_or_else(Failure::nothing_here)?;
    let path = format!("/v1/people/{}", segment(&id));
    let answered = console.send(&visitor, (method, &format!("{path}{rest}")), &body, None).await;
    let failure = match answered {
        Ok(answer) if act == "reset" => {
            let person = console.get(&visitor, &path).await?;
            return Ok(new_password(&visitor, &person, &text(&answer, "/initial_password")));
        }
        Ok(_) => return Ok(back(&id, done)),
        Err(failure) if is_for_the_form(failure.status) => failure,
        Err(failure) => return Err(failure),
    };
    let person = console.get(&visitor, &path).await?;
    let (mut forms, posted) = (forms(&visitor, &person), form::compact(posted));
    let Some(form) = forms.iter_mut().find(|form| form.id == act) else { return Err(failure) };
    if act == "change" {
        *form = form::change(&visitor, &segment(&id), &posted);
    }
    tell(form, &posted, &failure);
    shown(&console, &visitor, &person, forms, failure.status).await
}

fn new_password(visitor: &Visitor, person: &Value, initial: &str) -> Response {
    let lang = visitor.lang;
    let whose = format!("{} {}", text(person, "/number"), text(person, "/name"));
    let href = format!("/console/people/{}", segment(&text(person, "/id")));
    let hint = lang.t(
        "原密码、动态口令和锁定一并取消，其会话已结束，其密钥已吊销。请以可靠方式交给本人；登录时必须修改。",
        "The former password, the second factor and the lock are gone, the sessions are over, and the person's keys are revoked. Hand \
         it over by a way that is safe; it must be changed at the sign-in.",
    );
    secret_page(visitor, (lang.t("初始密码", "Initial password"), "people"), &whose, initial, (hint, &href))
}
