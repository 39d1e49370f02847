//! Why somebody looks at a case that is not theirs by role: asked before it is shown, kept for the session and the case.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::address::{HOME, safe_next};
use super::backend::Console;
use super::form::Posted;
use super::page::{Frame, html};
use super::visitor::Visitor;

/// Longest reason, in characters.
const LONGEST: usize = 500;
/// Longest case number that is taken.
const LONGEST_NUMBER: usize = 200;

#[derive(Template)]
#[template(path = "reason.html", config = "src/console/askama.toml")]
struct ReasonPage {
    page: Frame,
    case: String,
    next: String,
    fault: String,
}

/// The page that asks, instead of the one at `next`.
pub fn page(visitor: &Visitor, case: &str, next: &str, fault: &str) -> Response {
    let shown = ReasonPage {
        page: Frame::of(visitor, visitor.lang.t("查看理由", "Why you look"), ""),
        case: case.to_owned(),
        next: next.to_owned(),
        fault: fault.to_owned(),
    };
    let status = if fault.is_empty() { StatusCode::FORBIDDEN } else { StatusCode::UNPROCESSABLE_ENTITY };
    html(status, &shown)
}

/// `POST /console/reason`: keeps it and goes on. The endpoint puts it on record with the look itself.
pub async fn give(State(console): State<Console>, visitor: Visitor, posted: Posted) -> Response {
    let (case, reason) = (posted.get("case"), posted.get("reason"));
    let next = safe_next(posted.get("next")).unwrap_or(HOME);
    let is_one = (1..=LONGEST).contains(&reason.chars().count()) && case.chars().count() <= LONGEST_NUMBER;
    if !is_one {
        let fault = visitor.lang.t("请填写理由，不超过500字", "must be said, in at most 500 characters");
        return page(&visitor, case, next, fault);
    }
    console.kept().give_reason(visitor.session, case, reason, console.now());
    Redirect::to(next).into_response()
}
