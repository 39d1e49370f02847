//! Signing in with an API key, and signing out.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::address::{HOME, safe_next};
use super::backend::Console;
use super::door::{SESSION_COOKIE, append_cookie, is_secure};
use super::failure::Failure;
use super::form::{self, Posted, is_same};
use super::lang::cookie;
use super::page::{Frame, html};
use super::session::random_text;
use super::visitor::{Stranger, Visitor};
use crate::api::known_key;

/// Cookie that the form of the sign-in sends back: nobody else's page can sign a browser in.
const FORM_COOKIE: &str = "chakong_form";

#[derive(Template)]
#[template(path = "sign_in.html", config = "src/console/askama.toml")]
struct SignInPage {
    page: Frame,
    next: String,
    is_wrong: bool,
    mark: String,
}

fn next_of(here: &str) -> String {
    let query = here.split_once('?').map_or("", |(_, query)| query);
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
    let wanted =
        pairs.into_iter().find(|(name, _)| name == "next").map(|(_, value)| value).unwrap_or_default();
    safe_next(&wanted).unwrap_or(HOME).to_owned()
}

/// `GET /console/sign-in`
pub async fn form(stranger: Stranger, headers: HeaderMap) -> Response {
    shown(&stranger, next_of(&stranger.here), false, &headers)
}

fn shown(stranger: &Stranger, next: String, is_wrong: bool, headers: &HeaderMap) -> Response {
    let title = stranger.lang.t("登录", "Sign in").to_owned();
    let page = Frame { title, ..Frame::of_stranger(stranger.lang, &stranger.here) };
    let mark = random_text();
    let status = if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let cookie = format!(
        "{FORM_COOKIE}={mark}; Path=/console/sign-in; HttpOnly; SameSite=Strict; Max-Age=3600{}",
        is_secure(headers)
    );
    let mut response = html(status, &SignInPage { page, next, is_wrong, mark });
    append_cookie(response.headers_mut(), &cookie);
    response
}

/// `POST /console/sign-in`
pub async fn enter(
    State(console): State<Console>,
    stranger: Stranger,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Failure> {
    let posted = form::read(request, &console).await?;
    if !cookie(&headers, FORM_COOKIE).is_some_and(|mark| is_same(posted.get("mark"), mark)) {
        return Err(Failure::forged());
    }
    let next = safe_next(posted.get("next")).unwrap_or(HOME).to_owned();
    let gateway = console.gateway();
    let Some(key) = known_key(&gateway.keys, posted.get("key")) else {
        return Ok(shown(&stranger, next, true, &headers));
    };
    // What the browser had before is over: nobody can have planted the session that now gets rights.
    if let Some(before) = cookie(&headers, SESSION_COOKIE) {
        console.sessions().end(before);
    }
    let token = console.sessions().begin(&key.name, gateway.clock.now());
    let mut response = Redirect::to(&next).into_response();
    let value =
        format!("{SESSION_COOKIE}={token}; Path=/console; HttpOnly; SameSite=Strict{}", is_secure(&headers));
    append_cookie(response.headers_mut(), &value);
    Ok(response)
}

/// `POST /console/sign-out`
pub async fn leave(State(console): State<Console>, visitor: Visitor, _: Posted) -> Response {
    console.sessions().end(&visitor.token);
    let mut response = Redirect::to("/console/sign-in").into_response();
    let gone = format!("{SESSION_COOKIE}=; Path=/console; HttpOnly; SameSite=Strict; Max-Age=0");
    append_cookie(response.headers_mut(), &gone);
    response
}
