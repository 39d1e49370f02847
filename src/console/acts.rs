//! Acts 办理: a form for each act of the API, shown where it is needed, and what happens when it is sent.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use jiff::tz::{Offset, TimeZone};
use serde_json::{Value, json};

use super::address::{safe_next, segment};
use super::backend::Console;
use super::catalogue::{ActKind, Field, Input, find};
use super::failure::Failure;
use super::form::Posted;
use super::lang::Lang;
use super::page::{Frame, html};
use super::papers::{documents, field_of};
use super::reading::text;
use super::visitor::Visitor;
use super::words::{choices, paper};

/// A form of an act.
#[derive(Debug, Clone)]
pub struct ActForm {
    /// What is done; the form's own word.
    pub title: &'static str,
    /// Where it is sent.
    pub action: String,
    /// Whether it takes something from somebody or gives it back.
    pub is_grave: bool,
    /// Whether files are sent.
    pub has_files: bool,
    /// The token of the session.
    pub csrf: String,
    /// The page to come back to.
    pub next: String,
    /// Names the form on its page.
    pub id: String,
    /// Its fields.
    pub fields: Vec<FormField>,
    /// What is wrong and belongs to no field.
    pub faults: Vec<String>,
}

/// A field of a form as it is shown.
#[derive(Debug, Clone, Default)]
pub struct FormField {
    /// Its name.
    pub name: String,
    /// Its place in the request; empty where it has none of its own.
    pub pointer: String,
    /// What is entered.
    pub label: String,
    /// `text`, `money`, `count`, `date`, `reason`, `choice` (with a first choice), `pick` (without), `checks`, `file` or `flag`.
    pub kind: &'static str,
    /// Whether something must be entered.
    pub is_required: bool,
    /// What was entered before.
    pub value: String,
    /// What there is to choose from.
    pub choices: Vec<(String, String)>,
    /// What is wrong with it.
    pub fault: String,
}

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

impl ActForm {
    /// Whether it is the form of an act on something.
    pub fn is_of(&self, slug: &str, subject: &str) -> bool {
        self.id == id_of(slug, subject)
    }

    /// What the identifiers of its fields begin with.
    pub fn prefix(&self) -> String {
        format!("{}-", self.id)
    }

    /// Whether something is wrong with it, or with one of its fields.
    pub fn is_wrong(&self) -> bool {
        !self.faults.is_empty() || self.fields.iter().any(|field| !field.fault.is_empty())
    }
}

impl FormField {
    /// Whether a code is among those that were chosen.
    pub fn has(&self, code: &str) -> bool {
        self.value.split(' ').any(|chosen| chosen == code)
    }
}

fn made(console: &Console, visitor: &Visitor, kind: &ActKind, subject: &str, next: &str) -> ActForm {
    let field = |field: &Field| shown_field(field, console, visitor.lang);
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

fn id_of(slug: &str, subject: &str) -> String {
    format!("{slug}-{}", subject.replace(|c: char| !c.is_ascii_alphanumeric(), "-"))
}

fn shown_field(field: &Field, console: &Console, lang: Lang) -> FormField {
    let (kind, choices) = match field.input {
        Input::Text | Input::Names => ("text", Vec::new()),
        Input::Money => ("money", Vec::new()),
        Input::Count => ("count", Vec::new()),
        Input::Instant => ("instant", Vec::new()),
        Input::Reason => ("reason", Vec::new()),
        Input::Flag => ("flag", Vec::new()),
        Input::Choice(table) => ("pick", choices(table, lang)),
        Input::CourtAccount => {
            let accounts = &console.gateway().court_accounts;
            ("pick", accounts.iter().map(|one| (one.name.clone(), one.name.clone())).collect())
        }
        Input::Paper(_) => ("file", Vec::new()),
    };
    let (name, label) = match field.input {
        Input::Paper(kind) => (field_of(kind), paper(kind, lang)),
        _ => (field.name.to_owned(), lang.t(field.zh, field.en).to_owned()),
    };
    let pointer = field.pointer.to_owned();
    FormField { name, pointer, label, kind, is_required: field.is_required, choices, ..FormField::default() }
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
            Input::Instant => instant_of(entered).into(),
            Input::Names => names_in(entered).into(),
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
    let form = made(&console, &visitor, kind, &subject, &home_of(kind, &subject));
    Ok(shown(&visitor, kind, &subject, form, StatusCode::OK))
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
    Ok(shown(&visitor, kind, &subject, form, failure.status))
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
mod tests {
    use super::*;

    #[test]
    fn what_is_entered_stands_where_the_endpoint_wants_it() {
        let posted = |fields: &[(&str, &str)]| Posted {
            fields: fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            uploads: Vec::new(),
        };
        let kind = find("claim-liability").expect("an act");
        let body = body_of(kind, "7~9", &posted(&[("amount", "1,000 元"), ("reason", "限额")]));
        let amount = json!({ "amount": "1000", "currency": "CNY" });
        let expected = json!({ "liable_up_to": [{ "party": "9", "amount": amount }], "reason": "限额" });
        assert_eq!(body, expected);
        let numbered =
            body_of(kind, "7~9", &posted(&[("paper_number", "（2026）晋10执1号"), ("reason", "限额")]));
        assert_eq!(numbered["reason"], "限额", "the documents' number is no part of the request by itself");
        let kind = find("pause").expect("an act");
        let body = body_of(kind, "bank", &posted(&[("until", "2026-12-01T08:30"), ("reason", "检修")]));
        assert_eq!(body, json!({ "until": "2026-12-01T00:30:00Z", "reason": "检修" }));
        let body = body_of(kind, "bank", &posted(&[("until", "周五"), ("reason", "检修")]));
        assert_eq!(body["until"], "周五", "the endpoint says what is wrong with it");
        let kind = find("release-party").expect("an act");
        assert_eq!(endpoint(kind, "7~a/b"), "/v1/cases/7/parties/a%2Fb/release");
        let kind = find("requery-inquiry").expect("an act");
        let body =
            body_of(kind, "x", &posted(&[("counterparts", "bank-1，bank-2 bank-3"), ("reason", "再查")]));
        assert_eq!(body["counterparts"], json!(["bank-1", "bank-2", "bank-3"]));
    }
}
