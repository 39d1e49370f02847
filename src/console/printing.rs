//! 打印: papers of a case, prints that were issued, results that must be on file, and a day's cases at once.

mod case;

use askama::Template;
use axum::extract::{Path, Query, Request, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::address::{segment, with_query};
use super::backend::{Console, Raw};
use super::failure::Failure;
use super::form::Posted;
use super::lang::Lang;
use super::page::{Frame, html};
use super::reading::{ago, beijing, instant, list, text, time};
use super::reason;
use super::visitor::Visitor;
use super::words::{PRINT, choices};
use crate::api::may;

pub use case::{make, of_case};

/// Results to be put on file, and cases of a day, on one page. A batch takes as many.
const ON_A_PAGE: &str = "50";

/// What is shown.
#[derive(Debug, Default, Deserialize)]
pub struct HomeQuery {
    #[serde(default)]
    number: String,
    #[serde(default)]
    day: String,
    #[serde(default)]
    cursor: String,
}

/// A case whose results must be on file.
struct DueLine {
    number: String,
    href: String,
    due: String,
    due_in: String,
    is_late: bool,
    done_href: String,
}

/// A case of a day.
struct DayLine {
    number: String,
    href: String,
    court: String,
}

#[derive(Template)]
#[template(path = "printing.html", config = "src/console/askama.toml")]
struct HomePage {
    page: Frame,
    number: String,
    fault: String,
    due: Vec<DueLine>,
    has_more_due: bool,
    late: usize,
    day: String,
    cases: Vec<DayLine>,
    after: String,
    kinds: Vec<(String, String)>,
    may_print: bool,
    /// Whether papers can be had as one PDF.
    can_pdf: bool,
}

/// `GET /console/papers`
pub async fn home(
    State(console): State<Console>,
    visitor: Visitor,
    Query(query): Query<HomeQuery>,
) -> Result<Response, Failure> {
    let (lang, now) = (visitor.lang, console.gateway().clock.now());
    let mut fault = String::new();
    if !query.number.trim().is_empty() {
        let path = with_query("/v1/cases", &[("number", query.number.trim()), ("limit", "1")]);
        match console.get(&visitor, &path).await {
            Ok(found) => match list(&found, "/cases").first() {
                Some(case) => return Ok(Redirect::to(&href_of(&text(case, "/id"))).into_response()),
                None => {
                    lang.t("没有此案号的案件。", "There is no case of this number.").clone_into(&mut fault)
                }
            },
            Err(failure) if failure.status == StatusCode::BAD_REQUEST => {
                fault = format!("{} {}", lang.t("案号无法识别：", "This is no case number:"), failure.detail);
            }
            Err(failure) => return Err(failure),
        }
    }
    let tasks = with_query("/v1/tasks", &[("kind", "file_results"), ("limit", ON_A_PAGE)]);
    let tasks = console.get(&visitor, &tasks).await?;
    let due: Vec<DueLine> =
        list(&tasks, "/tasks").iter().filter_map(|task| due_line(task, now, lang)).collect();
    let day = if query.day.is_empty() { today(now) } else { query.day.clone() };
    let wanted = [("submitted_from", day.as_str()), ("submitted_until", &day), ("cursor", &query.cursor)];
    let wanted: Vec<_> = wanted.into_iter().chain([("limit", ON_A_PAGE)]).collect();
    let cases = console.get(&visitor, &with_query("/v1/cases", &wanted)).await?;
    let next = text(&cases, "/next");
    let after = match next.is_empty() {
        true => String::new(),
        false => with_query("/console/papers", &[("day", &day), ("cursor", &next)]),
    };
    let status = if fault.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let shown = HomePage {
        may_print: visitor.may(may::PRINT),
        can_pdf: console.gateway().printer.is_configured(),
        page: Frame::of(&visitor, lang.t("打印", "Print"), "papers"),
        late: due.iter().filter(|line| line.is_late).count(),
        due,
        has_more_due: !text(&tasks, "/next").is_empty(),
        cases: list(&cases, "/cases").iter().map(day_line).collect(),
        after,
        day,
        // A notice takes an order along: the desk prints it.
        kinds: choices(PRINT, lang).into_iter().filter(|(code, _)| code != "assistance_notice").collect(),
        number: query.number,
        fault,
    };
    Ok(html(status, &shown))
}

fn today(now: Timestamp) -> String {
    beijing(now).split(' ').next().unwrap_or_default().to_owned()
}

fn href_of(case: &str) -> String {
    format!("/console/papers/of/{}", segment(case))
}

fn due_line(task: &Value, now: Timestamp, lang: Lang) -> Option<DueLine> {
    // The case whose results they are, which may continue others.
    let number = text(task, "/case_number");
    let number =
        if number.is_empty() { list(task, "/case_numbers").last()?.as_str()?.to_owned() } else { number };
    let due = instant(task, "/due_at");
    Some(DueLine {
        href: href_of(&number),
        due: time(task, "/due_at"),
        due_in: ago(due, now, lang),
        is_late: due.is_some_and(|due| due < now),
        done_href: format!("/console/acts/complete/{}", segment(&text(task, "/id"))),
        number,
    })
}

fn day_line(case: &Value) -> DayLine {
    DayLine {
        number: text(case, "/number"),
        href: href_of(&text(case, "/id")),
        court: text(case, "/court_name"),
    }
}

/// `POST /console/papers/batch`: papers of the cases that were chosen, as one page or one PDF.
pub async fn batch(
    State(console): State<Console>,
    mut visitor: Visitor,
    posted: Posted,
) -> Result<Response, Failure> {
    let mut cases: Vec<&str> = posted.all("case").collect();
    cases.sort_unstable();
    cases.dedup();
    if cases.is_empty() {
        let detail = visitor.lang.t("请至少选择一件案件。", "Choose at least one case.");
        return Err(Failure::new(StatusCode::UNPROCESSABLE_ENTITY, detail));
    }
    let kinds: Vec<&str> = posted.all("kind").collect();
    let format = if posted.get("format") == "pdf" { "pdf" } else { "html" };
    let why = posted.get("reason");
    if posted.has("reason") {
        if let Some(fault) = reason::fault_of(why, &visitor) {
            return Ok(reason::page_of_batch(&visitor, &posted, fault));
        }
        for case in cases.iter().copied() {
            console.kept().give_reason(visitor.session, case, why, console.now());
            visitor.reasons.give(case, why);
        }
    }
    let body = json!({ "cases": cases, "kinds": kinds, "format": format });
    match console.file(&visitor, "/v1/papers/batch", &body).await {
        Ok(made) => Ok(file(made)),
        // A reason that was given with this form is not asked for again: it would not be another one.
        Err(failure) if failure.reason_for.is_some() && !posted.has("reason") => {
            Ok(reason::page_of_batch(&visitor, &posted, ""))
        }
        Err(failure) => Err(failure),
    }
}

/// `GET /console/papers/{number}`: a print, as it was made.
pub async fn show(
    State(console): State<Console>,
    visitor: Visitor,
    Path(number): Path<String>,
) -> Result<Response, Failure> {
    Ok(file(console.fetch(&visitor, &format!("/v1/papers/{}", segment(&number))).await?))
}

/// `GET /console/papers/{number}/receipts`: a print with its receipts.
pub async fn receipts(
    State(console): State<Console>,
    visitor: Visitor,
    Path(number): Path<String>,
) -> Result<Response, Failure> {
    Ok(file(console.fetch(&visitor, &format!("/v1/papers/{}/receipts", segment(&number))).await?))
}

/// What a page for the printer may do, as the endpoint says it.
#[derive(Debug, Clone)]
struct Policy(HeaderValue);

/// An endpoint's file as an answer, with what it says about it.
pub fn file(raw: Raw) -> Response {
    let kept = |name: &HeaderName| Some((name.clone(), raw.headers.get(name)?.clone()));
    let headers: Vec<_> = [CONTENT_TYPE, CONTENT_DISPOSITION].iter().filter_map(kept).collect();
    let policy = raw.headers.get(CONTENT_SECURITY_POLICY).cloned();
    let mut response = raw.bytes.into_response();
    for (name, value) in headers {
        response.headers_mut().insert(name, value);
    }
    if let Some(policy) = policy {
        response.extensions_mut().insert(Policy(policy));
    }
    response
}

/// Layer: a page for the printer has a policy of its own, stricter than that of the console but for its style sheet.
pub async fn keep_policy(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Some(Policy(policy)) = response.extensions().get::<Policy>().cloned() {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}
