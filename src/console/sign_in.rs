//! Signing in: with 工号, password and the code of the second factor, by the court's identity provider, or by a client certificate; and
//! signing out.

pub mod certificate;
pub mod provider;

use askama::Template;
use axum::extract::{Request, State};
use axum::http::header::{HeaderMap, USER_AGENT};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde_json::Value;

use super::address::{HOME, safe_next, with_query};
use super::backend::Console;
use super::cookies::{self, append_cookie, is_secure};
use super::failure::Failure;
use super::form::{self, Posted, is_same};
use super::lang::Lang;
use super::page::{Frame, html};
use super::visitor::{Stranger, Visitor};
use crate::api::{Problem, address_of, keep_back};
use crate::lines::listener::Connection;
use crate::people::{Credentials, KeptOut, NotIn, Origin, SignedIn, SignedInOrNot, cookie};

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
    fault: String,
    /// Whether a browser keeps the session's cookie over this connection.
    is_kept: bool,
    mark: String,
    idle: u64,
    /// Words of the button and the address that leads to the identity provider, if there is one.
    provider: Option<(String, String)>,
    /// Words of the button of the client certificate, if one is taken.
    certificate: Option<String>,
}

#[derive(Template)]
#[template(path = "code.html", config = "src/console/askama.toml")]
struct CodePage {
    page: Frame,
    form: CodeForm,
}

#[derive(Template)]
#[template(path = "onward.html", config = "src/console/askama.toml")]
struct OnwardPage {
    page: Frame,
    next: String,
}

/// What the sign-in page says beside its form.
#[derive(Default)]
struct Told {
    /// The page to which the sign-in leads.
    next: String,
    /// What was entered as 工号.
    number: String,
    /// Why nobody was signed in; empty at first.
    fault: String,
}

/// The form that asks for the code of the second factor alone.
struct CodeForm {
    action: &'static str,
    mark: String,
    who: String,
    next: String,
    is_wrong: bool,
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
    let told = Told { next: next_of(&stranger.here), ..Told::default() };
    shown(&console, &stranger, &headers, told, StatusCode::OK)
}

fn shown(
    console: &Console,
    stranger: &Stranger,
    headers: &HeaderMap,
    told: Told,
    status: StatusCode,
) -> Response {
    let Told { next, number, fault } = told;
    let gateway = console.gateway();
    let mark = cookie::new_token();
    let provider = gateway.provider.as_ref().map(|provider| {
        let (zh, en) = provider.button();
        let words = if stranger.lang == Lang::Zh { zh } else { en };
        (words.to_owned(), with_query("/console/sign-in/provider", &[("next", &next)]))
    });
    let certificate = gateway.certificate.as_ref().map(|config| {
        let (zh, en) = &config.button;
        if stranger.lang == Lang::Zh { zh.clone() } else { en.clone() }
    });
    let shown = SignInPage {
        page: frame(stranger, stranger.lang.t("登录", "Sign in")),
        next,
        number,
        fault,
        is_kept: cookie::would_be_kept(headers),
        mark: mark.clone(),
        idle: gateway.people.rules().idle.as_secs() / 60,
        provider,
        certificate,
    };
    marked(html(status, &shown), headers, &mark)
}

/// Around a page of the sign-in. One that a browser was sent back to is not asked for again in the other language.
fn frame(stranger: &Stranger, title: &str) -> Frame {
    let here = match stranger.here.starts_with("/console/sign-in/") {
        true => "/console/sign-in",
        false => &stranger.here,
    };
    Frame { title: title.to_owned(), ..Frame::of_stranger(stranger.lang, here) }
}

/// A page with the cookie that its form sends back.
fn marked(mut response: Response, headers: &HeaderMap, mark: &str) -> Response {
    let secure = is_secure(headers);
    let kept = format!(
        "{FORM_COOKIE}={mark}; Path=/console/sign-in; HttpOnly; SameSite=Strict; Max-Age=3600{secure}"
    );
    append_cookie(response.headers_mut(), &kept);
    response
}

/// Whether a form is from a page that this browser was given.
fn is_of_form(headers: &HeaderMap, posted: &Posted) -> bool {
    cookies::cookie(headers, FORM_COOKIE).is_some_and(|mark| is_same(posted.get("mark"), mark))
}

/// The page that asks for the code of the second factor alone.
fn shown_code(stranger: &Stranger, headers: &HeaderMap, form: CodeForm) -> Response {
    let mark = form.mark.clone();
    let status = if form.is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = frame(stranger, stranger.lang.t("动态口令", "Code of the second factor"));
    marked(html(status, &CodePage { page, form }), headers, &mark)
}

/// A page that leads on by itself.
fn onward(stranger: &Stranger, title: &str, next: &str) -> Response {
    html(StatusCode::OK, &OnwardPage { page: frame(stranger, title), next: next.to_owned() })
}

/// The sign-in page with why nobody was signed in.
fn told_not_in(
    console: &Console,
    stranger: &Stranger,
    headers: &HeaderMap,
    (next, not_in): (String, NotIn),
) -> Response {
    let fault = words_of(not_in, stranger.lang).to_owned();
    let told = Told { next, number: String::new(), fault };
    shown(console, stranger, headers, told, StatusCode::UNPROCESSABLE_ENTITY)
}

fn words_of(not_in: NotIn, lang: Lang) -> &'static str {
    match not_in {
        NotIn::Wrong => lang.t(
            "工号、密码或动态口令不正确，或该账号暂不可用。",
            "Staff number, password or code is wrong, or the person may not sign in now.",
        ),
        NotIn::Unknown => lang.t(
            "身份已确认，但本系统没有您的账号。请联系安全管理员开立。",
            "Your identity is confirmed, but this system does not know you. Ask the security administrator for an account.",
        ),
        NotIn::Disabled => lang.t(
            "您的账号已停用。请联系安全管理员。",
            "Your account is disabled. Ask the security administrator.",
        ),
        NotIn::Locked => lang.t(
            "登录失败次数过多，您的账号已锁定。请稍后再试，或联系安全管理员。",
            "Your account is locked after too many failures. Try again later, or ask the security administrator.",
        ),
        NotIn::Certificate => lang.t(
            "没有可用的登录证书：浏览器未出示证书，或证书已过期、未绑定或已撤销。",
            "There is no certificate to sign in by: the browser showed none, or it has expired, is not bound, or is revoked.",
        ),
        NotIn::CodeWanted | NotIn::Code => lang.t("动态口令不正确。", "The code is wrong."),
    }
}

fn store_failed(error: impl Into<Problem>) -> Failure {
    Failure::of(&error.into())
}

/// Who asks to be signed in.
struct Peer {
    /// Where the request comes from.
    origin: Origin,
    connection: Option<Connection>,
}

impl Peer {
    fn of(console: &Console, request: &Request) -> Self {
        let proxies = &console.gateway().server.proxies;
        let connection = request.extensions().get::<Connection>().cloned();
        let from = address_of(proxies, connection.as_ref(), request.headers());
        let agent = request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok());
        Self { origin: Origin { from, agent: agent.unwrap_or_default().to_owned() }, connection }
    }

    /// What came of it, once it is time to tell.
    async fn told(&self, entered: SignedInOrNot) -> Result<SignedIn, NotIn> {
        match entered {
            Ok(begun) => Ok(begun),
            Err(KeptOut { why, wait }) => {
                keep_back(self.connection.as_ref(), wait).await;
                Err(why)
            }
        }
    }
}

/// `POST /console/sign-in`
pub async fn enter(
    State(console): State<Console>,
    stranger: Stranger,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Failure> {
    let peer = Peer::of(&console, &request);
    let posted = form::read_fields(request, &console).await?;
    if !is_of_form(&headers, &posted) {
        return Err(Failure::forged());
    }
    let next = safe_next(posted.get("next")).unwrap_or(HOME).to_owned();
    let number = posted.get("number").to_owned();
    let credentials = Credentials {
        number: number.clone(),
        password: posted.as_entered("password").to_owned(),
        code: posted.get("code").to_owned(),
        origin: peer.origin.clone(),
    };
    let entered = console.gateway().people.sign_in(credentials).await.map_err(store_failed)?;
    let begun = match peer.told(entered).await {
        Ok(begun) => begun,
        Err(not_in) => {
            let fault = words_of(not_in, stranger.lang).to_owned();
            let told = Told { next, number, fault };
            return Ok(shown(&console, &stranger, &headers, told, StatusCode::UNPROCESSABLE_ENTITY));
        }
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
    let leads = provider::leaves(&console, &visitor).await;
    console.send(&visitor, END, &Value::Null, None).await?;
    console.kept().forget(visitor.session);
    let Some(address) = leads else { return Ok(signed_out(&headers)) };
    let stranger = Stranger { lang: visitor.lang, here: "/console/sign-in".to_owned() };
    let title = visitor.lang.t("已退出", "Signed out");
    let mut response = onward(&stranger, title, &address);
    append_cookie(response.headers_mut(), &cookie::clear(&headers));
    Ok(response)
}

/// The sign-in page, with the cookie of the session taken away.
pub fn signed_out(headers: &HeaderMap) -> Response {
    let mut response = Redirect::to("/console/sign-in").into_response();
    append_cookie(response.headers_mut(), &cookie::clear(headers));
    response
}
