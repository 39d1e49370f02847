//! Signing in with 工号, password and the code of the second factor; and signing out.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::header::{HeaderMap, USER_AGENT};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde_json::Value;

use super::address::{HOME, safe_next};
use super::backend::Console;
use super::cookies::{self, append_cookie, is_secure};
use super::failure::Failure;
use super::form::{self, Posted, is_same};
use super::page::{Frame, html};
use super::visitor::{Stranger, Visitor};
use crate::api::{Problem, address_of};
use crate::lines::listener::Connection;
use crate::people::{Credentials, cookie};

/// Cookie that the form of the sign-in sends back: nobody else's page can sign a browser in.
const FORM_COOKIE: &str = "chakong_form";
/// How a session is ended over the API.
const END: (Method, &str) = (Method::DELETE, "/v1/sessions/current");

#[derive(Template)]
#[template(path = "sign_in.html", config = "src/console/askama.toml")]
struct SignInPage {
    page: Frame,
    next: String,
    number: String,
    is_wrong: bool,
    /// Whether a browser keeps the session's cookie over this connection.
    is_kept: bool,
    mark: String,
    idle: u64,
}

fn next_of(here: &str) -> String {
    let query = here.split_once('?').map_or("", |(_, query)| query);
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
    let wanted =
        pairs.into_iter().find(|(name, _)| name == "next").map(|(_, value)| value).unwrap_or_default();
    safe_next(&wanted).unwrap_or(HOME).to_owned()
}

/// `GET /console/sign-in`
pub async fn form(State(console): State<Console>, stranger: Stranger, headers: HeaderMap) -> Response {
    let next = next_of(&stranger.here);
    shown(&console, &stranger, (next, String::new()), false, &headers)
}

fn shown(
    console: &Console,
    stranger: &Stranger,
    (next, number): (String, String),
    is_wrong: bool,
    headers: &HeaderMap,
) -> Response {
    let title = stranger.lang.t("登录", "Sign in").to_owned();
    let page = Frame { title, ..Frame::of_stranger(stranger.lang, &stranger.here) };
    let mark = cookie::new_token();
    let status = if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let kept = format!(
        "{FORM_COOKIE}={mark}; Path=/console/sign-in; HttpOnly; SameSite=Strict; Max-Age=3600{}",
        is_secure(headers)
    );
    let idle = console.gateway().people.rules().idle.as_secs() / 60;
    let is_kept = cookie::would_be_kept(headers);
    let mut response = html(status, &SignInPage { page, next, number, is_wrong, is_kept, mark, idle });
    append_cookie(response.headers_mut(), &kept);
    response
}

/// `POST /console/sign-in`
pub async fn enter(
    State(console): State<Console>,
    stranger: Stranger,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Failure> {
    let from = address_of(request.extensions().get::<Connection>(), &headers);
    let posted = form::read(request, &console).await?;
    if !cookies::cookie(&headers, FORM_COOKIE).is_some_and(|mark| is_same(posted.get("mark"), mark)) {
        return Err(Failure::forged());
    }
    let next = safe_next(posted.get("next")).unwrap_or(HOME).to_owned();
    let agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let number = posted.get("number").to_owned();
    let credentials = Credentials {
        number: number.clone(),
        password: posted.as_entered("password").to_owned(),
        code: posted.get("code").to_owned(),
        from,
        agent: agent.to_owned(),
    };
    let begun = console.gateway().people.sign_in(credentials).await;
    let Some(begun) = begun.map_err(|error| Failure::of(&Problem::from(error)))? else {
        return Ok(shown(&console, &stranger, (next, number), true, &headers));
    };
    end_what_was_before(&console, &stranger, &headers).await;
    let mut response = Redirect::to(&next).into_response();
    append_cookie(response.headers_mut(), &cookie::set(&headers, &begun.token));
    Ok(response)
}

/// Ends the session that the browser had before: nobody can have planted the one that now gets rights.
async fn end_what_was_before(console: &Console, stranger: &Stranger, headers: &HeaderMap) {
    let Some(before) = cookie::token_of(headers) else { return };
    let Ok(Some(identity)) = console.gateway().people.watching(before).await else { return };
    let visitor = Visitor::new(identity, before.to_owned(), stranger.lang, stranger.here.clone());
    if let Some(visitor) = visitor {
        // One that cannot be ended now ends by itself, and the browser does not have it any more.
        let _ = console.send(&visitor, END, &Value::Null, None).await;
        console.kept().forget(visitor.session);
    }
}

/// `POST /console/sign-out`
pub async fn leave(
    State(console): State<Console>,
    visitor: Visitor,
    headers: HeaderMap,
    _: Posted,
) -> Result<Response, Failure> {
    console.send(&visitor, END, &Value::Null, None).await?;
    console.kept().forget(visitor.session);
    Ok(signed_out(&headers))
}

/// The sign-in page, with the cookie of the session taken away.
pub fn signed_out(headers: &HeaderMap) -> Response {
    let mut response = Redirect::to("/console/sign-in").into_response();
    append_cookie(response.headers_mut(), &cookie::clear(headers));
    response
}
