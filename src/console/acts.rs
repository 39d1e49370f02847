//! Acts 办理: a form for each act of the API, shown where it is needed, and what happens when it is sent.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use jiff::tz::{Offset, TimeZone};
use serde_json::{Value, json};

use super::act_form::id_of;
use super::address::{safe_next, segment};
use super::backend::Console;
use super::catalogue::{ActKind, Field, Input, find};
use super::currency;
use super::failure::Failure;
use super::form::Posted;
use super::lang::Lang;
use super::page::{Frame, html};
use super::papers::{documents, field_of};
use super::reading::text;
use super::visitor::Visitor;
use super::words::{choices, paper};

pub use super::act_form::{ActForm, FormField};

/// The form of an act on something, for those whose role may do it.
pub fn act_form(
    console: &Console,
    visitor: &Visitor,
    slug: &str,
    subject: &str,
    next: &str,
) -> Option<ActForm> {
    let kind = find(slug).filter(|kind| visitor.may(kind.may))?;
    Some(made(console, visitor, kind, subject, next))
}

/// Those of several acts on one thing that a visitor may do.
pub fn act_forms(
    console: &Console,
    visitor: &Visitor,
    slugs: &[&str],
    subject: &str,
    next: &str,
) -> Vec<ActForm> {
    slugs.iter().filter_map(|slug| act_form(console, visitor, slug, subject, next)).collect()
}

fn made(console: &Console, visitor: &Visitor, kind: &ActKind, subject: &str, next: &str) -> ActForm {
    let field = |field: &Field| shown_field(field, console, visitor);
    ActForm {
        title: visitor.lang.t(kind.zh, kind.en),
        action: format!("/console/acts/{}/{}", kind.slug, segment(subject)),
        is_grave: kind.is_grave,
        has_files: kind.fields.iter().any(|field| matches!(field.input, Input::Paper(_))),
        csrf: visitor.csrf.clone(),
        next: next.to_owned(),
        id: id_of(kind.slug, subject),
        fields: kind.fields.iter().map(field).collect(),
        faults: Vec::new(),
    }
}

/// The accounts of a visitor's courts, with their holders.
fn accounts_of(console: &Console, visitor: &Visitor) -> Vec<(String, String)> {
    let all = console.gateway().court_accounts.iter();
    let own = all.filter(|one| one.courts.meet(&visitor.identity.courts));
    own.map(|one| (one.name.clone(), format!("{} {}", one.name, one.account.holder))).collect()
}

fn shown_field(field: &Field, console: &Console, visitor: &Visitor) -> FormField {
    let lang = visitor.lang;
    let (kind, choices) = match field.input {
        Input::Text | Input::Names => ("text", Vec::new()),
        Input::Money | Input::Amount => ("money", Vec::new()),
        Input::Count => ("count", Vec::new()),
        Input::Instant => ("instant", Vec::new()),
        Input::Reason => ("reason", Vec::new()),
        Input::Flag => ("flag", Vec::new()),
        Input::Choice(table) => ("pick", choices(table, lang)),
        Input::CourtAccount => ("pick", accounts_of(console, visitor)),
        Input::Seen => ("hidden", Vec::new()),
        Input::Paper(_) => ("file", Vec::new()),
    };
    let (name, label) = match field.input {
        Input::Paper(kind) => (field_of(kind), paper(kind, lang)),
        _ => (field.name.to_owned(), lang.t(field.zh, field.en).to_owned()),
    };
    let pointer = field.pointer.to_owned();
    let currency = if matches!(field.input, Input::Amount) { "CNY".to_owned() } else { String::new() };
    let is_required = field.is_required;
    FormField { name, pointer, label, kind, is_required, currency, choices, ..FormField::default() }
}

/// The parts of what an act is about.
fn parts(subject: &str) -> impl Iterator<Item = &str> {
    subject.split('~')
}

/// The endpoint of an act on something.
fn endpoint(kind: &ActKind, subject: &str) -> String {
    parts(subject).fold(kind.api.to_owned(), |path, part| path.replacen("{}", &segment(part), 1))
}

/// Names that were written one after the other.
pub fn names_in(entered: &str) -> Vec<&str> {
    let separators = |c: char| c.is_whitespace() || matches!(c, ',' | '，' | '、' | ';' | '；');
    entered.split(separators).filter(|name| !name.is_empty()).collect()
}

/// What the API is sent for a form that came in.
fn body_of(kind: &ActKind, subject: &str, posted: &Posted) -> Value {
    let mut body: Value = serde_json::from_str(kind.base).unwrap_or_else(|_| json!({}));
    if let Some(party) = parts(subject).last().filter(|_| !kind.subject_at.is_empty()) {
        put(&mut body, kind.subject_at, party.into());
    }
    let mut kinds = Vec::new();
    // What stands nowhere by itself goes with the documents.
    let placed = |field: &&Field| !field.pointer.is_empty() || matches!(field.input, Input::Paper(_));
    for field in kind.fields.iter().filter(placed) {
        let entered = posted.get(field.name);
        let value = match field.input {
            Input::Paper(paper) => {
                kinds.push(paper);
                continue;
            }
            Input::Flag => {
                if entered == "yes" {
                    Value::Bool(true)
                } else {
                    continue;
                }
            }
            _ if entered.is_empty() && !field.is_required => continue,
            Input::Money => json!({ "amount": amount_of(entered), "currency": "CNY" }),
            Input::Amount => {
                let stated = posted.get(&currency::field_of(field.name));
                json!({ "amount": amount_of(entered), "currency": if stated.is_empty() { "CNY" } else { stated } })
            }
            Input::Instant => instant_of(entered).into(),
            Input::Names => names_in(entered).into(),
            Input::Seen => serde_json::from_str(entered).unwrap_or_else(|_| entered.into()),
            Input::Count => {
                entered.parse::<u64>().map_or_else(|_| Value::String(entered.to_owned()), Value::from)
            }
            _ => Value::String(entered.to_owned()),
        };
        put(&mut body, field.pointer, value);
    }
    let papers = documents(posted, &kinds, posted.get("paper_number"));
    if !papers.is_empty() {
        put(&mut body, "/documents", Value::Array(papers));
    }
    body
}

/// An instant as a browser's field for one has it, in Beijing time; what is none stays as it was entered, and is told by the endpoint.
fn instant_of(entered: &str) -> String {
    let local = entered.trim().replace(' ', "T");
    let at = local.parse::<jiff::civil::DateTime>().ok();
    let at = at.and_then(|at| at.to_zoned(TimeZone::fixed(Offset::constant(8))).ok());
    at.map_or_else(|| entered.to_owned(), |at| at.timestamp().to_string())
}

/// An amount as it is written into a form, without what people put between the digits.
pub fn amount_of(entered: &str) -> String {
    entered.chars().filter(|c| !matches!(c, ',' | '，' | ' ' | '\u{3000}' | '元' | '¥' | '￥')).collect()
}

/// Puts a value at a place, making the objects on the way.
fn put(into: &mut Value, pointer: &str, value: Value) {
    let mut at = into;
    for step in pointer.split('/').skip(1) {
        let found = match at {
            Value::Array(all) => step.parse::<usize>().ok().and_then(|step| all.get_mut(step)),
            other => {
                if !other.is_object() {
                    *other = json!({});
                }
                other.as_object_mut().map(|object| object.entry(step).or_insert(Value::Null))
            }
        };
        let Some(found) = found else { return };
        at = found;
    }
    *at = value;
}

#[derive(Template)]
#[template(path = "act.html", config = "src/console/askama.toml")]
struct ActPage {
    page: Frame,
    about: &'static str,
    subject: String,
    form: ActForm,
}

fn shown(visitor: &Visitor, kind: &ActKind, subject: &str, form: ActForm, status: StatusCode) -> Response {
    let about = visitor.lang.t(kind.about.0, kind.about.1);
    let page = Frame::of(visitor, form.title, kind.page);
    html(status, &ActPage { page, about, subject: subject.to_owned(), form })
}

/// `GET /console/acts/{act}/{subject}`: the form alone.
pub async fn form(
    State(console): State<Console>,
    visitor: Visitor,
    Path((slug, subject)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let kind = find(&slug).ok_or_else(Failure::nothing_here)?;
    if !visitor.may(kind.may) {
        return Err(Failure::new(StatusCode::FORBIDDEN, ""));
    }
    let mut form = made(&console, &visitor, kind, &subject, &home_of(kind, &subject));
    let currency = currency_of(&console, &visitor, kind, &subject).await?;
    currency::fit(&mut form, &currency, visitor.lang);
    Ok(shown(&visitor, kind, &subject, form, StatusCode::OK))
}

/// The currency of what an act with amounts is about; empty where it is not there or has none.
async fn currency_of(
    console: &Console,
    visitor: &Visitor,
    kind: &ActKind,
    subject: &str,
) -> Result<String, Failure> {
    if !kind.fields.iter().any(|field| matches!(field.input, Input::Amount)) {
        return Ok(String::new());
    }
    match console.get(visitor, &format!("/v1/measures/{}", segment(subject))).await {
        Ok(measure) => Ok(text(&measure, "/limit/currency")),
        Err(failure) if failure.status == StatusCode::NOT_FOUND => Ok(String::new()),
        Err(failure) => Err(failure),
    }
}

/// The page of what an act is about.
fn home_of(kind: &ActKind, subject: &str) -> String {
    match kind.page {
        "tasks" => "/console/tasks".to_owned(),
        _ => format!("{}/{}", kind.at, segment(parts(subject).next().unwrap_or_default())),
    }
}

/// `POST /console/acts/{act}/{subject}`: has the API do it; comes back to the page, or shows what is wrong beside the fields.
pub async fn perform(
    State(console): State<Console>,
    visitor: Visitor,
    Path((slug, subject)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Failure> {
    let kind = find(&slug).ok_or_else(Failure::nothing_here)?;
    if !visitor.may(kind.may) {
        return Err(Failure::new(StatusCode::FORBIDDEN, ""));
    }
    let next = safe_next(posted.get("next")).map_or_else(|| home_of(kind, &subject), str::to_owned);
    let empty = empty_fields(kind, &posted, visitor.lang);
    if !empty.findings.is_empty() {
        let mut form = made(&console, &visitor, kind, &subject, &next);
        tell(&mut form, &posted, &empty);
        fit_to_posted(&mut form, &posted, visitor.lang);
        return Ok(shown(&visitor, kind, &subject, form, empty.status));
    }
    let path = endpoint(kind, &subject);
    let method = if kind.is_put { Method::PUT } else { Method::POST };
    let answered = console.send(&visitor, (method, &path), &body_of(kind, &subject, &posted), None).await;
    let failure = match answered {
        Ok(answer) if slug == "probe" && text(&answer, "/reachable") == "false" => Failure {
            kind: "无法连接 It cannot be reached".to_owned(),
            ..Failure::new(StatusCode::OK, text(&answer, "/fault/detail"))
        },
        Ok(answer) => return Ok(Redirect::to(&with_done(&next, done_word(&slug, &answer))).into_response()),
        Err(failure) if is_for_the_form(failure.status) => failure,
        Err(failure) => return Err(failure),
    };
    let mut form = made(&console, &visitor, kind, &subject, &next);
    tell(&mut form, &posted, &failure);
    fit_to_posted(&mut form, &posted, visitor.lang);
    Ok(shown(&visitor, kind, &subject, form, failure.status))
}

/// Has a form that is shown again ask in the currency that it asked in.
fn fit_to_posted(form: &mut ActForm, posted: &Posted, lang: Lang) {
    let of_amounts = form.fields.iter().find(|field| !field.currency.is_empty());
    let stated = of_amounts.map(|field| posted.get(&currency::field_of(&field.name)).to_owned());
    currency::fit(form, &stated.unwrap_or_default(), lang);
}

/// Fields that must be filled in and are empty. What is filled in is judged by the endpoint.
fn empty_fields(kind: &ActKind, posted: &Posted, lang: Lang) -> Failure {
    let empty = kind.fields.iter().filter(|field| field.is_required && posted.get(field.name).is_empty());
    let said = lang.t("请填写", "must be filled in");
    let findings = empty.map(|field| (field.pointer.to_owned(), said.to_owned())).collect();
    Failure { findings, ..Failure::new(StatusCode::UNPROCESSABLE_ENTITY, "") }
}

/// Whether what is wrong is shown beside the fields, and not as a page of its own.
pub fn is_for_the_form(status: StatusCode) -> bool {
    matches!(status, StatusCode::BAD_REQUEST | StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY)
}

/// Fills a form with what was entered, and says beside each field what is wrong with it.
pub fn tell(form: &mut ActForm, posted: &Posted, failure: &Failure) {
    for field in form.fields.iter_mut().filter(|field| field.kind != "file") {
        field.value = posted.all(&field.name).collect::<Vec<_>>().join(" ");
    }
    if failure.findings.is_empty() {
        form.faults.push(format!("{} {}", failure.kind, failure.detail).trim().to_owned());
    }
    for (pointer, detail) in &failure.findings {
        let fits = |field: &&mut FormField| !field.pointer.is_empty() && pointer.starts_with(&field.pointer);
        match form.fields.iter_mut().find(fits) {
            Some(field) if field.fault.is_empty() => field.fault.clone_from(detail),
            Some(field) => field.fault = format!("{}；{detail}", field.fault),
            None => form.faults.push(detail.clone()),
        }
    }
}

/// What was done, as the notice on the next page tells it.
pub fn done_word<'s>(slug: &'s str, answer: &Value) -> &'s str {
    let waits_for_another = slug == "approve" && text(answer, "/state") == "proposed";
    if waits_for_another { "approved-first" } else { slug }
}

fn with_done(next: &str, slug: &str) -> String {
    let sign = if next.contains('?') { '&' } else { '?' };
    format!("{next}{sign}done={slug}")
}

#[cfg(test)]
mod tests;
