//! What every page has around it, and pages that say what went wrong.

use askama::Template;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};

use super::address::{with_query, without_lang};
use super::catalogue::notice_of;
use super::failure::Failure;
use super::lang::Lang;
use super::navigation::{Entry, entries};
use super::visitor::Visitor;
use crate::api::may;

/// What stands around a page.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The language.
    pub lang: Lang,
    /// Title of the page.
    pub title: String,
    /// The pages that a person may open.
    pub entries: Vec<Entry>,
    /// Who is signed in; empty for nobody.
    pub user: String,
    /// Roles of who is signed in.
    pub roles: String,
    /// What forms send along.
    pub csrf: String,
    /// The same page in the other language.
    pub switch: String,
    /// What was just done; empty for nothing.
    pub notice: String,
    /// What keeps the page up to date; empty for nothing.
    pub live: String,
    /// Whether account and identity numbers are shown by their ends alone.
    pub is_masked: bool,
}

impl Frame {
    /// Around a page of somebody who is signed in; `current` is the navigation's word for it.
    pub fn of(visitor: &Visitor, title: impl Into<String>, current: &'static str) -> Self {
        let roles = visitor.identity.roles.iter().map(|role| super::words::role(*role).pick(visitor.lang));
        Self {
            lang: visitor.lang,
            title: title.into(),
            entries: entries(visitor, current),
            user: visitor.identity.name.clone(),
            roles: roles.collect::<Vec<_>>().join("、"),
            csrf: visitor.csrf.clone(),
            switch: switch(visitor.lang, &visitor.here),
            notice: notice_of(&visitor.here, visitor.lang).to_owned(),
            live: String::new(),
            is_masked: visitor.may(may::READ) && !visitor.identity.is_of_the_case(),
        }
    }

    /// Around a page of nobody known.
    pub fn of_stranger(lang: Lang, here: &str) -> Self {
        Self {
            lang,
            title: String::new(),
            entries: Vec::new(),
            user: String::new(),
            roles: String::new(),
            csrf: String::new(),
            switch: switch(lang, here),
            notice: String::new(),
            live: String::new(),
            is_masked: false,
        }
    }

    /// The same page, kept up to date by a topic of [`super::live`].
    #[must_use]
    pub fn live(mut self, topic: &str) -> Self {
        self.live = with_query("/console/live", &[("topic", topic)]);
        self
    }

    /// The text in the page's language.
    pub const fn t(&self, zh: &'static str, en: &'static str) -> &'static str {
        self.lang.t(zh, en)
    }
}

/// The same page in the other language.
fn switch(lang: Lang, here: &str) -> String {
    let here = without_lang(here);
    let sign = if here.contains('?') { '&' } else { '?' };
    format!("{here}{sign}lang={}", lang.other().code())
}

/// A page as an answer.
pub fn html(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(page) => (status, [(CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be made");
            (StatusCode::INTERNAL_SERVER_ERROR, "页面出错 the page could not be made").into_response()
        }
    }
}

/// The page that says what went wrong.
pub fn failure_page(failure: &Failure, frame: &Frame) -> Response {
    let page = Frame { title: failure.title(frame.lang).to_owned(), ..frame.clone() };
    let told = failure.clone().told_in(frame.lang);
    let shown = FailurePage {
        page,
        status: failure.status.as_u16(),
        remedy: failure.remedy(frame.lang),
        kind: if failure.is_forged() { String::new() } else { told.kind },
        detail: told.detail,
        findings: told.findings,
    };
    html(failure.status, &shown)
}

#[derive(Template)]
#[template(path = "failure.html", config = "src/console/askama.toml")]
struct FailurePage {
    page: Frame,
    status: u16,
    remedy: &'static str,
    kind: String,
    detail: String,
    findings: Vec<(String, String)>,
}

/// A topic of [`super::live`] for a list with filters.
pub fn topic(list: &str, said: &[(&str, &str)]) -> String {
    with_query(list, said).replacen('?', ":", 1)
}
