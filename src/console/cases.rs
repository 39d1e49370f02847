//! 案件: cases by number in any spelling, party, officer, court, state and days; and one case with everything of its chain.

mod claim;
mod file;
mod show;
mod waits;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde_json::Value;

use super::address::{segment, with_query};
use super::backend::Console;
use super::case_query::CaseQuery;
use super::failure::Failure;
use super::form::Posted;
use super::lang::Lang;
use super::page::{Frame, html};
use super::reading::{list as list_at, money, text, time};
use super::visitor::Visitor;
use super::words::{self, Badge, badge, choices};
use crate::people::cookie::new_token;

pub use file::{document, news_of};
pub use show::{certificates_shown, show};

/// The page.
const PAGE: &str = "/console/cases";
/// Cases on one page.
const ON_A_PAGE: usize = 50;

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
    query: CaseQuery,
    fault: String,
    after: String,
}

/// What was entered into the form.
fn entered(posted: &Posted) -> CaseQuery {
    let get = |field: &str| posted.get(field).to_owned();
    CaseQuery {
        number: get("number"),
        party: get("party"),
        officer: get("officer"),
        court: get("court"),
        state: get("state"),
        submitted_from: get("submitted_from"),
        submitted_until: get("submitted_until"),
        filed_from: get("filed_from"),
        filed_until: get("filed_until"),
        ..CaseQuery::default()
    }
}

/// `POST /console/cases`: what is looked for. A party is kept with the session; everything else is an address.
pub async fn search(State(console): State<Console>, visitor: Visitor, posted: Posted) -> Redirect {
    let query = entered(&posted);
    // A number names one case, whatever else is filled in.
    if query.party.is_empty() || !query.number.is_empty() {
        return Redirect::to(&query.to(PAGE, &[("number", &query.number)]));
    }
    let word = new_token();
    console.kept().keep_search(visitor.session, word.clone(), query, console.now());
    Redirect::to(&with_query(PAGE, &[("search", &word)]))
}

/// What is looked for: as the address says, or as it is kept under the address's word; `None` where that is known no more.
fn wanted(console: &Console, visitor: &Visitor, query: CaseQuery) -> Option<CaseQuery> {
    if query.search.is_empty() {
        return Some(query);
    }
    let kept = console.kept().search(visitor.session, &query.search)?;
    Some(CaseQuery { search: query.search, cursor: query.cursor, ..kept })
}

/// What an endpoint finds.
async fn found(console: &Console, visitor: &Visitor, query: &CaseQuery) -> Result<Value, Failure> {
    let number = query.number.trim();
    if !query.search.is_empty() {
        return console.send(visitor, (Method::POST, "/v1/cases/search"), &query.body(ON_A_PAGE), None).await;
    }
    let limit = ON_A_PAGE.to_string();
    let path = match number.is_empty() {
        false => with_query("/v1/cases", &[("number", number), ("limit", "1")]),
        true => query.to("/v1/cases", &[("cursor", &query.cursor), ("limit", &limit)]),
    };
    console.get(visitor, &path).await
}

/// `GET /console/cases`
pub async fn list(
    State(console): State<Console>,
    visitor: Visitor,
    Query(query): Query<CaseQuery>,
) -> Result<Response, Failure> {
    let lang = visitor.lang;
    let Some(query) = wanted(&console, &visitor, query) else {
        let fault = lang
            .t("该次查找已失效，请重新输入查找。", "What was looked for is known no more: enter it again.");
        let (query, status) = (CaseQuery::default(), StatusCode::NOT_FOUND);
        return Ok(shown(&visitor, query, &Value::Null, fault.to_owned(), status));
    };
    let number = query.number.trim();
    let found = match found(&console, &visitor, &query).await {
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

fn shown(visitor: &Visitor, query: CaseQuery, found: &Value, fault: String, status: StatusCode) -> Response {
    let next = text(found, "/next");
    let after = match next.is_empty() {
        true => String::new(),
        false => query.to(PAGE, &[("cursor", &next)]),
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
