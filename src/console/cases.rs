//! 案件: cases by number in any spelling or in a list; and one case with everything of its chain.

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
use super::reading::{is_there, list as list_at, money, text, time};
use super::visitor::Visitor;
use super::words::{self, Badge, badge};

pub use show::show;

/// Cases on one page.
const ON_A_PAGE: &str = "50";

/// Which cases.
#[derive(Debug, Default, Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    number: String,
    #[serde(default)]
    court: String,
    #[serde(default)]
    before: String,
}

/// A case in the list.
struct CaseLine {
    href: String,
    number: String,
    court: String,
    created: String,
    claim: String,
    state: Option<Badge>,
    mode: String,
}

#[derive(Template)]
#[template(path = "cases.html", config = "src/console/askama.toml")]
struct CasesPage {
    page: Frame,
    rows: Vec<CaseLine>,
    number: String,
    court: String,
    fault: String,
    after: String,
}

/// `GET /console/cases`
pub async fn list(
    State(console): State<Console>,
    visitor: Visitor,
    Query(query): Query<ListQuery>,
) -> Result<Response, Failure> {
    let number = query.number.trim();
    if !number.is_empty() {
        // A number names one case: what is found is shown at once.
        match console.get(&visitor, &with_query("/v1/cases", &[("number", number), ("limit", "1")])).await {
            Ok(found) => {
                if let Some(id) = list_at(&found, "/cases").first().map(|case| text(case, "/id")) {
                    return Ok(Redirect::to(&format!("/console/cases/{}", segment(&id))).into_response());
                }
                let fault = visitor.lang.t("没有此案号的案件。", "There is no case of this number.");
                return shown(&visitor, &query, &Value::Null, fault.to_owned(), StatusCode::NOT_FOUND);
            }
            Err(failure) if failure.status == StatusCode::BAD_REQUEST => {
                let fault = format!(
                    "{} {}",
                    visitor.lang.t("案号无法识别：", "This is no case number:"),
                    failure.detail
                );
                return shown(&visitor, &query, &Value::Null, fault, StatusCode::BAD_REQUEST);
            }
            Err(failure) => return Err(failure),
        }
    }
    let wanted = [("court", query.court.as_str()), ("before", &query.before), ("limit", ON_A_PAGE)];
    let found = console.get(&visitor, &with_query("/v1/cases", &wanted)).await?;
    shown(&visitor, &query, &found, String::new(), StatusCode::OK)
}

fn shown(
    visitor: &Visitor,
    query: &ListQuery,
    found: &Value,
    fault: String,
    status: StatusCode,
) -> Result<Response, Failure> {
    let next = text(found, "/next");
    let after = match next.is_empty() {
        true => String::new(),
        false => with_query("/console/cases", &[("court", query.court.as_str()), ("before", &next)]),
    };
    let page = CasesPage {
        page: Frame::of(visitor, visitor.lang.t("案件", "Cases"), "cases"),
        rows: list_at(found, "/cases").iter().map(|case| line(case, visitor.lang)).collect(),
        number: query.number.clone(),
        court: query.court.clone(),
        fault,
        after,
    };
    Ok(html(status, &page))
}

fn line(case: &Value, lang: Lang) -> CaseLine {
    let state = is_there(case, "/claim").then(|| badge(words::CLAIM, &text(case, "/claim/state"), lang));
    CaseLine {
        href: format!("/console/cases/{}", segment(&text(case, "/id"))),
        number: text(case, "/number"),
        court: text(case, "/court_name"),
        created: time(case, "/created_at"),
        claim: money(case, "/claim/amount"),
        mode: words::word(words::MODE, &text(case, "/claim/mode"), lang),
        state,
    }
}
