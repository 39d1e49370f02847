//! Papers of one case: what can be printed now, and what was issued.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::address::{segment, with_query};
use super::super::backend::Console;
use super::super::failure::Failure;
use super::super::form::Posted;
use super::super::lang::Lang;
use super::super::names;
use super::super::page::{Frame, html};
use super::super::reading::{bytes, list, number, text, time};
use super::super::reason;
use super::super::visitor::Visitor;
use super::super::words::{Badge, FORMAT, PRINT, badge, choices, word};
use super::href_of;
use crate::api::may;
use crate::people::cookie::new_token;

/// Papers, and prints, on one page.
const ON_A_PAGE: usize = 50;

/// Which part.
#[derive(Debug, Default, Deserialize)]
pub struct CaseQuery {
    /// The print that was just made.
    #[serde(default)]
    made: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    page: usize,
    #[serde(default)]
    printed: usize,
}

/// A paper that can be printed.
struct Printable {
    kind: String,
    name: Badge,
    about: String,
    party: String,
    counterpart: String,
    formats: Vec<(String, String)>,
}

/// A print that was issued.
struct Printed {
    number: String,
    href: String,
    receipts: String,
    name: String,
    format: String,
    about: String,
    at: String,
    by: String,
    sha256: String,
    size: String,
}

#[derive(Template)]
#[template(path = "case_papers.html", config = "src/console/askama.toml")]
struct CasePapersPage {
    page: Frame,
    here: String,
    case_href: String,
    number: String,
    made: String,
    fault: String,
    kinds: Vec<(String, String)>,
    kind: String,
    papers: Vec<Printable>,
    total: usize,
    before: String,
    after: String,
    prints: Vec<Printed>,
    prints_total: usize,
    prints_more: String,
    may_print: bool,
    /// The word that tells the forms of this page from those of any other.
    once: String,
}

/// `GET /console/papers/of/{id}`
pub async fn of_case(
    State(console): State<Console>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(query): Query<CaseQuery>,
) -> Result<Response, Failure> {
    shown(&console, &visitor, &id, query, None).await
}

/// `POST /console/papers/of/{id}`: prints a paper; comes back to the list, where it stands.
pub async fn make(
    State(console): State<Console>,
    visitor: Visitor,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Failure> {
    let mut body = Map::new();
    for name in ["kind", "party", "counterpart", "format"] {
        let value = posted.get(name);
        if !value.is_empty() {
            body.insert(name.to_owned(), Value::String(value.to_owned()));
        }
    }
    let (path, body) = (format!("/v1/cases/{}/papers", segment(&id)), Value::Object(body));
    let print = async || {
        let made = console.send(&visitor, (Method::POST, &path), &body, None).await?;
        Ok::<_, Failure>(with_query(&href_of(&id), &[("made", &text(&made, "/number"))]))
    };
    // One form, one paper, however often it is sent.
    let once = posted.get("once");
    let printed: Result<String, Failure> = match once.is_empty() {
        true => print().await,
        false => {
            let sent = console.kept().sent(visitor.session, format!("{once} {path} {body}"), console.now());
            sent.get_or_try_init(print).await.cloned()
        }
    };
    match printed {
        Ok(next) => Ok(Redirect::to(&next).into_response()),
        Err(failure) if failure.reason_for.is_some() => {
            let case = failure.reason_for.unwrap_or_default();
            Ok(reason::page(&visitor, &case, &href_of(&id), ""))
        }
        Err(failure) if is_for_the_list(failure.status) => {
            shown(&console, &visitor, &id, CaseQuery::default(), Some(failure)).await
        }
        Err(failure) => Err(failure),
    }
}

fn is_for_the_list(status: StatusCode) -> bool {
    matches!(status, StatusCode::BAD_REQUEST | StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY)
}

async fn shown(
    console: &Console,
    visitor: &Visitor,
    id: &str,
    query: CaseQuery,
    failure: Option<Failure>,
) -> Result<Response, Failure> {
    let lang = visitor.lang;
    let case = console.get(visitor, &format!("/v1/cases/{}", segment(id))).await?;
    let found = console.get(visitor, &format!("/v1/cases/{}/papers", segment(id))).await?;
    let (row, case_number) = (text(&case, "/id"), text(&case, "/number"));
    let here = href_of(&row);
    let names = names_of(&found);
    let fits = |paper: &&Value| query.kind.is_empty() || text(paper, "/kind") == query.kind;
    let papers: Vec<&Value> = list(&found, "/printable").iter().filter(fits).collect();
    let total = papers.len();
    let last = total.div_ceil(ON_A_PAGE).max(1);
    let at = query.page.clamp(1, last);
    let link = |page: usize| with_query(&here, &[("kind", &query.kind), ("page", &page.to_string())]);
    let prints = list(&found, "/printed");
    let begin = query.printed.saturating_mul(ON_A_PAGE);
    let more = prints.len() > begin.saturating_add(ON_A_PAGE);
    let fault = failure.as_ref().map(|failure| {
        let findings = failure.findings.iter().map(|(_, detail)| detail.as_str());
        let said = [failure.kind.as_str(), failure.detail.as_str()].into_iter().chain(findings);
        said.filter(|said| !said.is_empty()).collect::<Vec<_>>().join(" ")
    });
    let page = CasePapersPage {
        may_print: visitor.may(may::PRINT),
        page: Frame::of(visitor, format!("{} {case_number}", lang.t("打印", "Print")), "papers"),
        case_href: format!("/console/cases/{}", segment(&row)),
        number: case_number,
        made: prints
            .iter()
            .map(|print| text(print, "/number"))
            .find(|number| *number == query.made)
            .unwrap_or_default(),
        fault: fault.unwrap_or_default(),
        kinds: choices(PRINT, lang),
        papers: papers
            .into_iter()
            .skip((at - 1) * ON_A_PAGE)
            .take(ON_A_PAGE)
            .map(|paper| printable(paper, lang))
            .collect(),
        total,
        before: if at > 1 { link(at - 1) } else { String::new() },
        after: if at < last { link(at + 1) } else { String::new() },
        prints: prints
            .iter()
            .rev()
            .skip(begin)
            .take(ON_A_PAGE)
            .map(|print| printed(print, &names, lang))
            .collect(),
        prints_total: prints.len(),
        prints_more: match more {
            true => with_query(&here, &[("printed", &(query.printed + 1).to_string())]),
            false => String::new(),
        },
        kind: query.kind,
        here,
        once: new_token(),
    };
    Ok(html(failure.map_or(StatusCode::OK, |failure| failure.status), &page))
}

/// What the parties are called, by identifier.
fn names_of(found: &Value) -> BTreeMap<String, String> {
    let papers = list(found, "/printable").iter();
    papers.map(|paper| (text(paper, "/party"), text(paper, "/party_name"))).collect()
}

fn printable(paper: &Value, lang: Lang) -> Printable {
    let formats = list(paper, "/formats").iter().filter_map(Value::as_str);
    Printable {
        kind: text(paper, "/kind"),
        name: badge(PRINT, &text(paper, "/kind"), lang),
        about: [text(paper, "/party_name"), names::counterpart(paper)].concat(),
        party: text(paper, "/party"),
        counterpart: text(paper, "/counterpart"),
        formats: formats.map(|format| (format.to_owned(), word(FORMAT, format, lang))).collect(),
    }
}

fn printed(print: &Value, names: &BTreeMap<String, String>, lang: Lang) -> Printed {
    let (own, about) = (text(print, "/number"), text(print, "/about"));
    Printed {
        href: format!("/console/papers/{}", segment(&own)),
        receipts: format!("/console/papers/{}/receipts", segment(&own)),
        name: word(PRINT, &text(print, "/kind"), lang),
        format: word(FORMAT, &text(print, "/format"), lang),
        about: names.get(&about).cloned().unwrap_or(about),
        at: time(print, "/printed_at"),
        by: text(print, "/printed_by"),
        sha256: text(print, "/sha256"),
        size: bytes(number(print, "/size")),
        number: own,
    }
}
