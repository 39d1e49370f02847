//! Acts 办理: a form for each act of the API, shown where it is needed, and what happens when it is sent.

mod body;
mod once;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use serde_json::Value;

use self::body::{body_of, endpoint, parts};
use super::act_form::id_of;
use super::address::{safe_next, segment};
use super::backend::Console;
use super::catalogue::{ActKind, Field, Input, find};
use super::failure::Failure;
use super::form::Posted;
use super::found::property_of;
use super::lang::Lang;
use super::page::{Frame, html};
use super::papers::field_of;
use super::reading::{list, text};
use super::visitor::Visitor;
use super::words::{ASSET, choices, paper, word};
use super::{approving, claiming, currency, entering, grounds, names, standing};
use crate::people::cookie::new_token;

pub use super::act_form::{ActForm, FormField};
pub use body::{amount_of, listed_in, names_in};

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
    let mut form = ActForm {
        title: visitor.lang.t(kind.zh, kind.en),
        action: format!("/console/acts/{}/{}", kind.slug, segment(subject)),
        is_grave: kind.is_grave,
        has_files: kind.fields.iter().any(|field| matches!(field.input, Input::Paper(_))),
        csrf: visitor.csrf.clone(),
        next: next.to_owned(),
        id: id_of(kind.slug, subject),
        fields: kind.fields.iter().map(field).collect(),
        faults: Vec::new(),
    };
    grounds::tell(&mut form, kind.slug, visitor.lang);
    form
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
        Input::Counterpart => ("named", console.counterparts(lang)),
        Input::Money | Input::Amount | Input::AmountIn(_) => ("money", Vec::new()),
        Input::Count | Input::Rank => ("count", Vec::new()),
        Input::Date => ("date", Vec::new()),
        Input::Party => ("pick", Vec::new()),
        Input::Instant => ("instant", Vec::new()),
        Input::Reason => ("reason", Vec::new()),
        Input::Flag => ("flag", Vec::new()),
        Input::Choice(table) => ("pick", choices(table, lang)),
        Input::CourtAccount => ("pick", accounts_of(console, visitor)),
        Input::Seen | Input::Once => ("hidden", Vec::new()),
        Input::Paper(_) => ("file", Vec::new()),
    };
    let (name, label) = match field.input {
        Input::Paper(kind) => (field_of(kind), paper(kind, lang)),
        _ => (field.name.to_owned(), lang.t(field.zh, field.en).to_owned()),
    };
    let pointer = field.pointer.to_owned();
    let currency = if matches!(field.input, Input::Amount) { "CNY".to_owned() } else { String::new() };
    let is_required = field.is_required;
    let value = if matches!(field.input, Input::Once) { new_token() } else { String::new() };
    FormField { name, pointer, label, kind, is_required, currency, choices, value, ..FormField::default() }
}

#[derive(Template)]
#[template(path = "act.html", config = "src/console/askama.toml")]
struct ActPage {
    page: Frame,
    about: &'static str,
    subject: String,
    facts: Vec<(&'static str, String)>,
    form: ActForm,
}

fn shown(visitor: &Visitor, kind: &ActKind, fitted: Fitted, status: StatusCode) -> Response {
    let about = visitor.lang.t(kind.about.0, kind.about.1);
    let page = Frame::of(visitor, fitted.form.title, kind.page);
    html(status, &ActPage { page, about, subject: fitted.subject, facts: fitted.facts, form: fitted.form })
}

/// What is filled in when a form is opened.
#[derive(Debug, Default, Deserialize)]
pub struct FormQuery {
    /// The amount, as what leads to the form names it.
    #[serde(default)]
    amount: String,
}

/// `GET /console/acts/{act}/{subject}`: the form alone.
pub async fn form(
    State(console): State<Console>,
    visitor: Visitor,
    Path((slug, subject)): Path<(String, String)>,
    Query(query): Query<FormQuery>,
) -> Result<Response, Failure> {
    let kind = find(&slug).ok_or_else(Failure::nothing_here)?;
    if !visitor.may(kind.may) {
        return Err(Failure::new(StatusCode::FORBIDDEN, ""));
    }
    let mut fitted = fitted(&console, &visitor, kind, &subject, &home_of(kind, &subject)).await?;
    if let Some(field) = fitted.form.fields.iter_mut().find(|field| field.name == "amount") {
        field.value = query.amount;
    }
    Ok(shown(&visitor, kind, fitted, StatusCode::OK))
}

/// A form that fits what it is about, and what that is.
struct Fitted {
    form: ActForm,
    /// What it is about, as people call it.
    subject: String,
    facts: Vec<(&'static str, String)>,
}

/// The form of an act that fits what it is about: in its currency, of its case; and an approval, and a change of a claim, says what it looked
/// at.
async fn fitted(
    console: &Console,
    visitor: &Visitor,
    kind: &ActKind,
    subject: &str,
    next: &str,
) -> Result<Fitted, Failure> {
    let mut form = made(console, visitor, kind, subject, next);
    let called = name_of(console, visitor, kind, subject).await;
    let about = match read_about(console, visitor, kind, subject).await {
        Err(failure) if failure.status == StatusCode::NOT_FOUND => Value::Null,
        read => read?,
    };
    let mut facts = Vec::new();
    if kind.slug == entering::SLUG {
        entering::fill(&mut form, &about, visitor);
    } else if kind.at == "/console/measures" {
        currency::fit(&mut form, &text(&about, "/limit/currency"), visitor.lang);
        approving::fill(std::slice::from_mut(&mut form), subject, &about);
        standing::fill(std::slice::from_mut(&mut form), subject, &about);
        facts = property_facts(&about, visitor.lang);
    } else if kind.at == "/console/cases" {
        claiming::fill(std::slice::from_mut(&mut form), &about);
        facts = claiming::facts(&about, visitor.lang);
    } else {
        currency::fit(&mut form, &currency::of_order(&about["order"]), visitor.lang);
    }
    Ok(Fitted { form, subject: called, facts })
}

/// What people call what an act is about: a case by its number, with the party where it is about one. What has no name for people is left
/// out, and where it cannot be read its identifier stands for it.
async fn name_of(console: &Console, visitor: &Visitor, kind: &ActKind, subject: &str) -> String {
    let mut of = parts(subject);
    let first = of.next().unwrap_or_default();
    let path = match kind.at {
        "/console/cases" => format!("/v1/cases/{}", segment(first)),
        "/console/inquiries" => format!("/v1/inquiries/{}", segment(first)),
        "/console/tasks" => return String::new(),
        _ => return subject.to_owned(),
    };
    let Ok(found) = console.get(visitor, &path).await else { return subject.to_owned() };
    let number = [text(&found, "/number"), text(&found, "/case_number")].concat();
    let party = of.next().filter(|_| kind.slug != entering::SLUG);
    let is_meant = |one: &&Value| party.is_some_and(|party| text(one, "/id") == party);
    match list(&found, "/parties").iter().find(is_meant) {
        Some(one) => format!("{number} {}", text(one, "/name")),
        None => number,
    }
}

/// What an act is about, as far as its form depends on it.
async fn read_about(
    console: &Console,
    visitor: &Visitor,
    kind: &ActKind,
    subject: &str,
) -> Result<Value, Failure> {
    let depends = |field: &Field| matches!(field.input, Input::Amount | Input::Seen);
    let of = match kind.at {
        _ if kind.slug == entering::SLUG => return entering::read(console, visitor, subject).await,
        "/console/cases" => return read_claim(console, visitor, kind, subject).await,
        "/console/measures" => "/v1/measures",
        "/console/orders" => "/v1/orders",
        _ => return Ok(Value::Null),
    };
    if !kind.fields.iter().any(depends) {
        return Ok(Value::Null);
    }
    console.get(visitor, &format!("{of}/{}", segment(subject))).await
}

/// The claim that an act changes.
async fn read_claim(
    console: &Console,
    visitor: &Visitor,
    kind: &ActKind,
    subject: &str,
) -> Result<Value, Failure> {
    if !kind.fields.iter().any(|field| matches!(field.input, Input::Seen)) {
        return Ok(Value::Null);
    }
    let case = parts(subject).next().unwrap_or_default();
    console.get(visitor, &format!("/v1/cases/{}/claim", segment(case))).await
}

/// The property of a measure, and what somebody who decides about it goes by.
fn property_facts(measure: &Value, lang: Lang) -> Vec<(&'static str, String)> {
    if measure.is_null() {
        return Vec::new();
    }
    let target = &measure["target"];
    let (property, _) = property_of(target);
    let kind = word(ASSET, &text(target, "/kind"), lang);
    let own = [
        (lang.t("财产", "Property"), format!("{kind} {property}")),
        (lang.t("协助单位", "Counterpart"), names::counterpart(measure)),
        (lang.t("当事人", "Party"), text(measure, "/party_name")),
    ];
    let standing = standing::facts(measure, lang);
    own.into_iter().chain(approving::facts(measure, lang)).chain(standing).collect()
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
    let mut wrong = empty_fields(kind, &posted, visitor.lang);
    wrong.findings.extend(grounds::unconfirmed(&slug, &posted, visitor.lang));
    if !wrong.findings.is_empty() {
        let fitted = again(&console, &visitor, (kind, &subject, &next), &posted, &wrong).await;
        return Ok(shown(&visitor, kind, fitted, wrong.status));
    }
    let path = endpoint(kind, &subject);
    let method = if kind.is_put { Method::PUT } else { Method::POST };
    let mut body = body_of(kind, &subject, &posted);
    console.by_codes(&mut body);
    let answered = once::send(&console, &visitor, (method, &path, &body), posted.get("once")).await;
    let failure = match answered {
        Ok(answer) if slug == "probe" && text(&answer, "/reachable") == "false" => Failure {
            kind: visitor.lang.t("无法连接", "It cannot be reached").to_owned(),
            ..Failure::new(StatusCode::OK, visitor.lang.of_note(&text(&answer, "/fault/detail")))
        },
        Ok(answer) => {
            let settled = grounds::settles(&slug, posted.get("ground"));
            let done = if settled { grounds::SETTLED } else { done_word(&slug, &answer) };
            return Ok(Redirect::to(&with_done(&next, done)).into_response());
        }
        Err(failure) if is_for_the_form(failure.status) => failure,
        Err(failure) => return Err(failure),
    };
    let fitted = again(&console, &visitor, (kind, &subject, &next), &posted, &failure).await;
    Ok(shown(&visitor, kind, fitted, failure.status))
}

/// A form that is shown again, with what was entered and what is wrong with it. Where what it is about cannot be read now, what was entered
/// is not lost: it asks as it asked before.
async fn again(
    console: &Console,
    visitor: &Visitor,
    (kind, subject, next): (&ActKind, &str, &str),
    posted: &Posted,
    failure: &Failure,
) -> Fitted {
    let mut fitted = match fitted(console, visitor, kind, subject, next).await {
        Ok(fitted) => fitted,
        Err(_) => {
            let mut form = made(console, visitor, kind, subject, next);
            fit_to_posted(&mut form, posted, visitor.lang);
            Fitted { form, subject: String::new(), facts: Vec::new() }
        }
    };
    // The facts above the form are those of now, and so is what it says was seen.
    let is_seen = |field: &&mut FormField| field.name == "seen";
    let seen = fitted.form.fields.iter_mut().find(is_seen).map(|field| field.value.clone());
    tell(&mut fitted.form, posted, failure);
    if let (Some(seen), Some(field)) =
        (seen.filter(|seen| !seen.is_empty()), fitted.form.fields.iter_mut().find(is_seen))
    {
        field.value = seen;
    }
    fitted
}

/// Has a form that is shown again ask in the currency that it asked in.
fn fit_to_posted(form: &mut ActForm, posted: &Posted, lang: Lang) {
    let of_amounts = form.fields.iter().find(|field| !field.currency.is_empty());
    let stated = of_amounts.map(|field| posted.get(&currency::field_of(&field.name)).to_owned());
    currency::fit(form, &stated.unwrap_or_default(), lang);
}

/// Fields that must be filled in and are empty. What is filled in is judged by the endpoint, and so are files.
fn empty_fields(kind: &ActKind, posted: &Posted, lang: Lang) -> Failure {
    let entered = kind.fields.iter().filter(|field| !matches!(field.input, Input::Paper(_)));
    let empty = entered.filter(|field| field.is_required && posted.get(field.name).is_empty());
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
        let fits = |field: &&mut FormField| field.kind != "hidden" && is_within(pointer, &field.pointer);
        match form.fields.iter_mut().find(fits) {
            Some(field) if field.fault.is_empty() => field.fault.clone_from(detail),
            Some(field) => field.fault = format!("{}；{detail}", field.fault),
            None => form.faults.push(detail.clone()),
        }
    }
}

/// Whether a place of the request is that of a field, or within it.
fn is_within(pointer: &str, field: &str) -> bool {
    let rest = pointer.strip_prefix(field).filter(|_| !field.is_empty());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
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
