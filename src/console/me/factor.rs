//! Setting a second factor up: its secret as a text, as an address and as a QR code, and the code that proves it.

use askama::Template;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde_json::json;

use super::super::acts::is_for_the_form;
use super::super::backend::Console;
use super::super::failure::Failure;
use super::super::form::Posted;
use super::super::page::{Frame, html};
use super::super::reading::text;
use super::super::visitor::Visitor;
use super::qr::{Drawing, drawing};

/// Longest address of a second factor that is taken back from its form.
const LONGEST: usize = 400;

#[derive(Template)]
#[template(path = "factor.html", config = "src/console/askama.toml")]
struct FactorPage {
    page: Frame,
    is_first: bool,
    secret: String,
    address: String,
    drawing: Option<Drawing>,
    fault: String,
}

fn shown(
    visitor: &Visitor,
    status: StatusCode,
    (secret, address): (String, String),
    fault: String,
) -> Response {
    let page = FactorPage {
        page: Frame::of(visitor, visitor.lang.t("绑定动态口令", "Set a second factor up"), "me"),
        is_first: visitor.identity.pending().is_some(),
        drawing: drawing(&address),
        secret,
        address,
        fault,
    };
    html(status, &page)
}

/// `GET /console/me/factor`
pub async fn show(visitor: Visitor) -> Response {
    shown(&visitor, StatusCode::OK, Default::default(), String::new())
}

/// `POST /console/me/factor`: begins one, which is shown once.
pub async fn begin(
    State(console): State<Console>,
    visitor: Visitor,
    posted: Posted,
) -> Result<Response, Failure> {
    let code = posted.get("present");
    let body = json!({ "code": code });
    match console.send(&visitor, (Method::POST, "/v1/me/totp"), &body, None).await {
        Ok(begun) => {
            let both = (text(&begun, "/secret"), text(&begun, "/address"));
            Ok(shown(&visitor, StatusCode::OK, both, String::new()))
        }
        Err(failure) if is_for_the_form(failure.status) => {
            Ok(shown(&visitor, failure.status, Default::default(), told(&failure)))
        }
        Err(failure) => Err(failure),
    }
}

/// `POST /console/me/factor/proof`: the second factor counts from now on.
pub async fn prove(
    State(console): State<Console>,
    visitor: Visitor,
    posted: Posted,
) -> Result<Response, Failure> {
    let body = json!({ "code": posted.get("code") });
    match console.send(&visitor, (Method::PUT, "/v1/me/totp"), &body, None).await {
        Ok(_) => Ok(Redirect::to("/console/me?done=factor").into_response()),
        // The browser sends back what it was shown, so that a mistyped code needs no new secret.
        Err(failure) if is_for_the_form(failure.status) => {
            let (secret, address) = (posted.get("secret"), posted.get("address"));
            let is_ours =
                address.starts_with("otpauth://totp/") && address.len() <= LONGEST && secret.len() <= 64;
            let both = if is_ours { (secret.to_owned(), address.to_owned()) } else { Default::default() };
            Ok(shown(&visitor, failure.status, both, told(&failure)))
        }
        Err(failure) => Err(failure),
    }
}

/// What is wrong, in a sentence.
fn told(failure: &Failure) -> String {
    match failure.findings.first() {
        Some((_, detail)) => detail.clone(),
        None => failure.detail.clone(),
    }
}
