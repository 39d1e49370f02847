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
    /// Where the reason is sent.
    action: &'static str,
    /// What is sent along with it, by name.
    carried: Vec<(String, String)>,
    /// Whether what is asked for is a file.
    is_file: bool,
    fault: String,
}

/// What a batch of papers carries along: which cases, which papers, in which form.
const OF_A_BATCH: [&str; 3] = ["case", "kind", "format"];

/// The page that asks, instead of the one at `next`.
pub fn page(visitor: &Visitor, case: &str, next: &str, fault: &str) -> Response {
    let shown = ReasonPage {
        page: Frame::of(visitor, visitor.lang.t("查看理由", "Why you look"), ""),
        case: case.to_owned(),
        action: "/console/reason",
        carried: vec![("case".to_owned(), case.to_owned()), ("next".to_owned(), next.to_owned())],
        is_file: false,
        fault: fault.to_owned(),
    };
    html(status_of(fault), &shown)
}

/// The page that asks why papers of several cases are printed. It sends the same batch again, with the reason.
pub fn page_of_batch(visitor: &Visitor, posted: &Posted, fault: &str) -> Response {
    let carried = posted.fields.iter().filter(|(name, _)| OF_A_BATCH.contains(&name.as_str()));
    let shown = ReasonPage {
        page: Frame::of(visitor, visitor.lang.t("查看理由", "Why you look"), ""),
        case: posted.all("case").collect::<Vec<_>>().join("、"),
        action: "/console/papers/batch",
        carried: carried.cloned().collect(),
        is_file: true,
        fault: fault.to_owned(),
    };
    html(status_of(fault), &shown)
}

const fn status_of(fault: &str) -> StatusCode {
    if fault.is_empty() { StatusCode::FORBIDDEN } else { StatusCode::UNPROCESSABLE_ENTITY }
}

/// What is wrong with a reason; `None` where nothing is.
pub fn fault_of(reason: &str, visitor: &Visitor) -> Option<&'static str> {
    let is_one = (1..=LONGEST).contains(&reason.chars().count());
    (!is_one).then(|| visitor.lang.t("请填写理由，不超过500字", "must be said, in at most 500 characters"))
}

/// `POST /console/reason`: keeps it and goes on. The endpoint puts it on record with the look itself.
pub async fn give(State(console): State<Console>, visitor: Visitor, posted: Posted) -> Response {
    let (case, reason) = (posted.get("case"), posted.get("reason"));
    let next = safe_next(posted.get("next")).unwrap_or(HOME);
    let fault = fault_of(reason, &visitor);
    if fault.is_some() || case.chars().count() > LONGEST_NUMBER {
        return page(&visitor, case, next, fault.unwrap_or_default());
    }
    console.kept().give_reason(visitor.session, case, reason, console.now());
    Redirect::to(next).into_response()
}
