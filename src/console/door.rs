//! The door of the console: who is signed in, in which language, and that a form was sent from one of our own pages.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, COOKIE, HOST, ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use tokio::sync::SemaphorePermit;

use super::address::{with_query, without_lang};
use super::backend::Console;
use super::cookies::{append_cookie, is_secure};
use super::failure::Failure;
use super::form;
use super::lang::{self, Lang};
use super::me;
use super::page::{Frame, failure_page};
use super::reason;
use super::visitor::{Stranger, Visitor};
use crate::api::{Place, Problem};
use crate::lines::listener::Connection;
use crate::people::cookie;

/// Nothing but our own scripts, styles and images; no frame; forms go to us.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Where people sign in.
const SIGN_IN: &str = "/console/sign-in";

/// Layer around every page.
pub async fn enter(State(console): State<Console>, request: Request, next: Next) -> Response {
    let asked = Lang::asked(request.uri());
    let secure = is_secure(request.headers());
    let (path, begun) = (request.uri().path().to_owned(), tokio::time::Instant::now());
    let method = request.method().clone();
    let mut response = pass(&console, request, next).await;
    if let Some(failure) = response.extensions().get::<Arc<Failure>>().cloned() {
        // Only the pages of a stranger get here: those of a visitor were made already.
        response = failure_page(&failure, &Frame::of_stranger(asked.unwrap_or_default(), &path));
    }
    if let Some(lang) = asked {
        let value = format!(
            "{}={}; Path=/console; Max-Age=31536000; SameSite=Lax{}",
            lang::COOKIE_NAME,
            lang.code(),
            secure
        );
        append_cookie(response.headers_mut(), &value);
    }
    tracing::debug!(%method, status = response.status().as_u16(), elapsed_ms = begun.elapsed().as_millis(), "a page was answered");
    harden(&mut response);
    response
}

/// Forms that change nothing: a search, and a preview of what would be asked.
const ONLY_LOOKS: [&str; 2] = ["/console/cases", "/console/new"];

async fn pass(console: &Console, mut request: Request, next: Next) -> Response {
    let lang = Lang::asked(request.uri()).unwrap_or_else(|| Lang::kept(request.headers()));
    let path = request.uri().path().to_owned();
    if path.starts_with("/console/assets/") {
        return next.run(request).await;
    }
    let here = request.uri().path_and_query().map_or(path.as_str(), |both| both.as_str()).to_owned();
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let stranger = |failure: &Failure| failure_page(failure, &Frame::of_stranger(lang, &here));
    if !is_read && !is_from_here(request.headers()) {
        return stranger(&Failure::forged());
    }
    // Who signs in may be slow or kept waiting, by whichever door, and takes nobody's place meanwhile: attempts are counted by address.
    if path == SIGN_IN || path.starts_with("/console/sign-in/") || path == "/" {
        request.extensions_mut().insert(Stranger { lang, here });
        return limited(console, request, next).await;
    }
    let place = match console.room().place() {
        Ok(place) => place,
        Err(failure) => return stranger(&failure),
    };
    let asked = Asked::of(request.headers(), &path);
    let visitor = match visitor(console, asked, lang, &here).await {
        Ok(visitor) => visitor.map(Arc::new),
        Err(failure) => return stranger(&failure),
    };
    let Some(visitor) = visitor else {
        let wanted = without_lang(&here);
        return match is_read {
            true => Redirect::to(&with_query(SIGN_IN, &[("next", &wanted)])).into_response(),
            false => stranger(&Failure::not_signed_in()),
        };
    };
    if let Some(connection) = request.extensions().get::<Connection>() {
        connection.standing.is_known();
    }
    if let Some(first) = me::first(&visitor, &path) {
        return match is_read {
            true => Redirect::to(first).into_response(),
            false => failure_page(&Failure::something_first(), &Frame::of(&visitor, "", "")),
        };
    }
    let Ready { mut request, held } = match ready(console, &visitor, place, request).await {
        Ok(ready) => ready,
        Err(failure) => return failure_page(&failure, &Frame::of(&visitor, failure.title(lang), "")),
    };
    request.extensions_mut().insert(Arc::clone(&visitor));
    let mut response = limited(console, request, next).await;
    drop(held);
    match response.extensions_mut().remove::<Arc<Failure>>() {
        Some(failure) => instead_of_page(&visitor, failure, is_read, &path),
        None => response,
    }
}

/// What is shown of a page that was not made, or of an act that was refused or failed.
fn instead_of_page(visitor: &Visitor, failure: Arc<Failure>, is_read: bool, path: &str) -> Response {
    match &failure.reason_for {
        Some(case) if is_read => reason::page(visitor, case, &without_lang(&visitor.here), ""),
        _ => {
            let failure = Arc::unwrap_or_clone(failure);
            let failure = if is_read || ONLY_LOOKS.contains(&path) { failure } else { failure.of_act() };
            failure_page(&failure, &Frame::of(visitor, failure.title(visitor.lang), ""))
        }
    }
}

/// A request that is worked on now, and what it holds meanwhile.
#[derive(Debug)]
struct Ready<'c> {
    /// The request; its form, if it is one, has arrived.
    request: Request,
    /// Its place among all, and among those of its person.
    held: (SemaphorePermit<'c>, Place),
}

/// A request of somebody known, once it can be worked on. While its form arrives it has no place but among those of its person.
/// Where there is no room, or the form does not arrive, nothing was done.
async fn ready<'c>(
    console: &'c Console,
    visitor: &Visitor,
    place: SemaphorePermit<'c>,
    mut request: Request,
) -> Result<Ready<'c>, Failure> {
    let share = console.room().share(visitor)?;
    request.extensions_mut().insert(share.clone());
    if request.method().is_safe() {
        return Ok(Ready { request, held: (place, share) });
    }
    drop(place);
    let request = form::arrived(request, console).await?;
    Ok(Ready { request, held: (console.room().place()?, share) })
}

/// What of a request says who sends it.
struct Asked {
    token: Option<String>,
    looks_on: bool,
}

impl Asked {
    /// Looking on, as an open page does by itself, is no use of a session.
    fn of(headers: &HeaderMap, path: &str) -> Self {
        let looks_on = path == "/console/live" || headers.contains_key("x-live");
        Self { token: cookie::token_of(headers).map(str::to_owned), looks_on }
    }
}

/// Who a request is from; `None` where nobody is signed in, or no longer.
async fn visitor(
    console: &Console,
    asked: Asked,
    lang: Lang,
    here: &str,
) -> Result<Option<Visitor>, Failure> {
    let Some(token) = asked.token else { return Ok(None) };
    let people = &console.gateway().people;
    let found = match asked.looks_on {
        true => people.watching(&token).await,
        false => people.by_cookie(&token).await,
    };
    let identity = found.map_err(|error| Failure::of(&Problem::from(error)))?;
    let visitor = identity.and_then(|identity| Visitor::new(identity, token, lang, here.to_owned()));
    Ok(visitor.map(|visitor| {
        let reasons = match asked.looks_on {
            true => console.kept().known_reasons(visitor.session),
            false => console.kept().reasons(visitor.session, console.now()),
        };
        Visitor { reasons, ..visitor }
    }))
}

/// A page that takes too long is given up: a printer has its own time beside that of the page. One that is kept up to date has its own
/// idea of time.
async fn limited(console: &Console, request: Request, next: Next) -> Response {
    if request.uri().path() == "/console/live" {
        return next.run(request).await;
    }
    let prints = request.uri().path().starts_with("/console/papers");
    let printing = if prints { console.gateway().printer.time_limit() } else { Duration::ZERO };
    let limit = console.gateway().server.request_timeout.saturating_add(printing);
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Failure::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "未在规定时间内完成 the page was not finished in time",
        )
        .into_response(),
    }
}

/// Whether a browser says that a form was sent from a page of this host; one that says nothing has the form's token to prove it.
fn is_from_here(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    let Some(origin) = text(ORIGIN.as_str()) else { return true };
    let authority = origin.parse::<Uri>().ok().and_then(|uri| uri.authority().map(ToString::to_string));
    authority.is_some() && authority.as_deref() == text(HOST.as_str())
}

fn harden(response: &mut Response) {
    let headers = response.headers_mut();
    // A paper brings a policy of its own, which lets it run nothing.
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.append("vary", HeaderValue::from_name(COOKIE));
}
