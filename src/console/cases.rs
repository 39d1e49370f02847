//! 案件: cases by number in any spelling, party, officer, court, state and days; and one case with everything of its chain.

mod file;
mod show;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use serde_json::Value;

use super::address::{segment, with_query};
use super::backend::Console;
use super::failure::Failure;
use super::lang::Lang;
use super::page::{Frame, html};
use super::reading::{list as list_at, money, text, time};
use super::visitor::Visitor;
use super::words::{self, Badge, badge, choices};

pub use show::{document, show};

/// Cases on one page.
const ON_A_PAGE: &str = "50";

/// Which cases.
#[derive(Debug, Default, Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    number: String,
    #[serde(default)]
    party: String,
    #[serde(default)]
    officer: String,
    #[serde(default)]
    court: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    submitted_from: String,
    #[serde(default)]
    submitted_until: String,
    #[serde(default)]
    filed_from: String,
    #[serde(default)]
    filed_until: String,
    #[serde(default)]
    cursor: String,
}

impl ListQuery {
    /// An address with these filters, but for the number, and more.
    fn to(&self, path: &str, more: &[(&str, &str)]) -> String {
        let own = [
            ("party", self.party.trim()),
            ("officer", self.officer.trim()),
            ("court", self.court.trim()),
            ("state", &self.state),
            ("submitted_from", &self.submitted_from),
            ("submitted_until", &self.submitted_until),
            ("filed_from", &self.filed_from),
            ("filed_until", &self.filed_until),
        ];
        with_query(path, &own.iter().chain(more).copied().collect::<Vec<_>>())
    }

    /// Whether more than number and court is looked for.
    fn is_detailed(&self) -> bool {
        let others = [&self.officer, &self.state, &self.submitted_from, &self.submitted_until];
        others.into_iter().chain([&self.filed_from, &self.filed_until]).any(|one| !one.is_empty())
    }
}

/// A case in the list.
struct CaseLine {
    href: String,
    papers: String,
    number: String,
    court: String,
    created: String,
    claim: String,
    state: Badge,
    mode: String,
}

#[derive(Template)]
#[template(path = "cases.html", config = "src/console/askama.toml")]
struct CasesPage {
    page: Frame,
    rows: Vec<CaseLine>,
    is_detailed: bool,
    states: Vec<(String, String)>,
    query: ListQuery,
    fault: String,
    after: String,
}

/// `GET /console/cases`
pub async fn list(
    State(console): State<Console>,
    visitor: Visitor,
    Query(query): Query<ListQuery>,
) -> Result<Response, Failure> {
    let (number, lang) = (query.number.trim(), visitor.lang);
    let path = match number.is_empty() {
        // A number names one case, whatever else is filled in.
        false => with_query("/v1/cases", &[("number", number), ("limit", "1")]),
        true => query.to("/v1/cases", &[("cursor", &query.cursor), ("limit", ON_A_PAGE)]),
    };
    let found = match console.get(&visitor, &path).await {
        Ok(found) => found,
        Err(failure) if failure.status == StatusCode::BAD_REQUEST => {
            let said = match number.is_empty() {
                true => lang.t("无法查找：", "This cannot be looked for:"),
                false => lang.t("案号无法识别：", "This is no case number:"),
            };
            let fault = format!("{said} {}", failure.detail);
            return Ok(shown(&visitor, query, &Value::Null, fault, StatusCode::BAD_REQUEST));
        }
        Err(failure) => return Err(failure),
    };
    if !number.is_empty() {
        if let Some(id) = list_at(&found, "/cases").first().map(|case| text(case, "/id")) {
            return Ok(Redirect::to(&format!("/console/cases/{}", segment(&id))).into_response());
        }
        let fault = lang.t("没有此案号的案件。", "There is no case of this number.").to_owned();
        return Ok(shown(&visitor, query, &Value::Null, fault, StatusCode::NOT_FOUND));
    }
    Ok(shown(&visitor, query, &found, String::new(), StatusCode::OK))
}

fn shown(visitor: &Visitor, query: ListQuery, found: &Value, fault: String, status: StatusCode) -> Response {
    let next = text(found, "/next");
    let after = match next.is_empty() {
        true => String::new(),
        false => query.to("/console/cases", &[("cursor", &next)]),
    };
    let page = CasesPage {
        page: Frame::of(visitor, visitor.lang.t("案件", "Cases"), "cases"),
        rows: list_at(found, "/cases").iter().map(|case| line(case, visitor.lang)).collect(),
        is_detailed: query.is_detailed(),
        states: choices(words::CASE_STATE, visitor.lang),
        query,
        fault,
        after,
    };
    html(status, &page)
}

fn line(case: &Value, lang: Lang) -> CaseLine {
    let id = segment(&text(case, "/id"));
    CaseLine {
        href: format!("/console/cases/{id}"),
        papers: format!("/console/papers/of/{id}"),
        number: text(case, "/number"),
        court: text(case, "/court_name"),
        created: time(case, "/created_at"),
        claim: money(case, "/claim/amount"),
        mode: words::word(words::MODE, &text(case, "/claim/mode"), lang),
        state: badge(words::CASE_STATE, &text(case, "/state"), lang),
    }
}
