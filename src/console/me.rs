//! 本人: who I am here, my password, my second factor, my sessions.

mod factor;
mod qr;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::header::HeaderMap;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde_json::{Value, json};

use super::acts::is_for_the_form;
use super::address::segment;
use super::backend::Console;
use super::failure::Failure;
use super::form::Posted;
use super::page::{Frame, html};
use super::reading::{list, text, time};
use super::sign_in::signed_out;
use super::visitor::Visitor;
use super::words;
use crate::people::Pending;

pub use factor::{begin as begin_factor, prove as prove_factor, show as factor};

/// Where the password is changed.
const PASSWORD: &str = "/console/me/password";
/// Where a second factor is set up.
const FACTOR: &str = "/console/me/factor";

/// The page on which a visitor must do something before anything else, unless this path is of it. Signing out is always possible.
pub fn first(visitor: &Visitor, path: &str) -> Option<&'static str> {
    let first = match visitor.identity.pending()? {
        Pending::ChangePassword => PASSWORD,
        Pending::SetUpSecondFactor => FACTOR,
    };
    let below = path.strip_prefix(first).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    (!below && path != "/console/sign-out").then_some(first)
}

/// A session in the list.
struct SessionLine {
    id: String,
    is_this: bool,
    began: String,
    seen: String,
    from: String,
    agent: String,
}

#[derive(Template)]
#[template(path = "me.html", config = "src/console/askama.toml")]
struct MePage {
    page: Frame,
    facts: Vec<(&'static str, String)>,
    has_factor: bool,
    sessions: Vec<SessionLine>,
}

/// `GET /console/me`
pub async fn show(State(console): State<Console>, visitor: Visitor) -> Result<Response, Failure> {
    let me = console.get(&visitor, "/v1/me").await?;
    let sessions = console.get(&visitor, "/v1/sessions").await?;
    let lang = visitor.lang;
    let courts: Vec<&str> = list(&me, "/courts").iter().filter_map(Value::as_str).collect();
    let courts = match me.pointer("/courts") {
        Some(Value::Array(_)) => courts.join("、"),
        _ => lang.t("全部法院", "every court").to_owned(),
    };
    let roles = visitor.identity.roles.iter().map(|role| words::role(*role).pick(lang));
    let has_factor = text(&me, "/second_factor") == "true";
    let factor = match has_factor {
        true => lang.t("已绑定", "set up"),
        false => lang.t("未绑定", "not set up"),
    };
    let facts = vec![
        (lang.t("姓名", "Name"), text(&me, "/full_name")),
        (lang.t("工号", "Staff number"), text(&me, "/name")),
        (lang.t("角色", "Roles"), roles.collect::<Vec<_>>().join("、")),
        (lang.t("法院", "Courts"), courts),
        (lang.t("动态口令", "Second factor"), factor.to_owned()),
    ];
    let line = |session: &Value| SessionLine {
        id: text(session, "/id"),
        is_this: text(session, "/current") == "true",
        began: time(session, "/created_at"),
        seen: time(session, "/seen_at"),
        from: text(session, "/from"),
        agent: text(session, "/agent"),
    };
    let shown = MePage {
        page: Frame::of(&visitor, lang.t("本人", "Myself"), "me"),
        facts,
        has_factor,
        sessions: list(&sessions, "/sessions").iter().map(line).collect(),
    };
    Ok(html(StatusCode::OK, &shown))
}

#[derive(Template)]
#[template(path = "password.html", config = "src/console/askama.toml")]
struct PasswordPage {
    page: Frame,
    is_first: bool,
    shortest: usize,
    old_fault: String,
    new_fault: String,
    again_fault: String,
}

fn password_page(console: &Console, visitor: &Visitor, failure: &Failure, again_fault: &str) -> Response {
    let fault = |at: &str| {
        let of_it = failure.findings.iter().filter(|(pointer, _)| pointer == at);
        of_it.map(|(_, detail)| detail.as_str()).collect::<Vec<_>>().join("；")
    };
    let shown = PasswordPage {
        page: Frame::of(visitor, visitor.lang.t("修改密码", "Change the password"), "me"),
        is_first: visitor.identity.pending().is_some(),
        shortest: console.gateway().people.rules().shortest_password,
        old_fault: fault("/old"),
        new_fault: fault("/new"),
        again_fault: again_fault.to_owned(),
    };
    html(failure.status, &shown)
}

/// `GET /console/me/password`
pub async fn password(State(console): State<Console>, visitor: Visitor) -> Response {
    password_page(&console, &visitor, &Failure::default(), "")
}

/// `POST /console/me/password`
pub async fn change_password(
    State(console): State<Console>,
    visitor: Visitor,
    posted: Posted,
) -> Result<Response, Failure> {
    let (old, new) = (posted.as_entered("old"), posted.as_entered("new"));
    if new != posted.as_entered("again") {
        let fault = visitor.lang.t("两次输入的新密码不一致", "is not the same as the new password");
        let failure = Failure::new(StatusCode::UNPROCESSABLE_ENTITY, "");
        return Ok(password_page(&console, &visitor, &failure, fault));
    }
    let body = json!({ "old": old, "new": new });
    match console.send(&visitor, (Method::POST, "/v1/me/password"), &body, None).await {
        Ok(_) => Ok(Redirect::to("/console/me?done=password").into_response()),
        Err(failure) if is_for_the_form(failure.status) => {
            Ok(password_page(&console, &visitor, &failure, ""))
        }
        Err(failure) => Err(failure),
    }
}

/// `POST /console/me/sessions/{id}/end`
pub async fn end_session(
    State(console): State<Console>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    _: Posted,
) -> Result<Response, Failure> {
    end(&console, &visitor, &id).await?;
    if id == visitor.session.to_string() {
        console.kept().forget(visitor.session);
        return Ok(signed_out(&headers));
    }
    Ok(Redirect::to("/console/me?done=session").into_response())
}

async fn end(console: &Console, visitor: &Visitor, id: &str) -> Result<(), Failure> {
    let path = format!("/v1/sessions/{}", segment(id));
    console.send(visitor, (Method::DELETE, &path), &Value::Null, None).await.map(drop)
}

/// `POST /console/me/sessions/end`: signs out everywhere, here last.
pub async fn end_sessions(
    State(console): State<Console>,
    visitor: Visitor,
    headers: HeaderMap,
    _: Posted,
) -> Result<Response, Failure> {
    let sessions = console.get(&visitor, "/v1/sessions").await?;
    let current = visitor.session.to_string();
    let ids = list(&sessions, "/sessions").iter().map(|session| text(session, "/id"));
    for id in ids.filter(|id| *id != current) {
        match end(&console, &visitor, &id).await {
            // It ended meanwhile.
            Err(failure) if failure.status == StatusCode::NOT_FOUND => {}
            ended => ended?,
        }
    }
    end(&console, &visitor, &current).await?;
    console.kept().forget(visitor.session);
    Ok(signed_out(&headers))
}
