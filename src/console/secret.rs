//! A secret that is shown once: an initial password, a key.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::page::{Frame, html};
use super::visitor::Visitor;

#[derive(Template)]
#[template(path = "secret.html", config = "src/console/askama.toml")]
struct SecretPage {
    page: Frame,
    whose: String,
    secret: String,
    hint: &'static str,
    back: String,
}

/// Shows a secret under a title on a page of the navigation's word `current`: whose it is, what to do with it, and where to go on.
pub fn secret_page(
    visitor: &Visitor,
    (title, current): (&'static str, &'static str),
    whose: &str,
    secret: &str,
    (hint, back): (&'static str, &str),
) -> Response {
    let page = Frame::of(visitor, title, current);
    let (whose, secret, back) = (whose.to_owned(), secret.to_owned(), back.to_owned());
    html(StatusCode::OK, &SecretPage { page, whose, secret, hint, back })
}
