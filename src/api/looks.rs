//! Looks 查看留痕: every look at a case, an asset list, an answer, a receipt or a certificate is on record before it is shown.

mod list;
mod looked_at;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::Shared;
use super::access::may;
use super::problem::{Problem, ProblemKind};
use super::route::route_of;
use crate::domain::Case;
use crate::domain::people::{Courts, Look, LookKind, Role};
use crate::engine::Looked;
use crate::people::{Identity, is_out_of_hours, sight};
use crate::store::{Reads, Stored, order_by_number};

pub(super) use list::routes;
use looked_at::LOOKED_AT;

/// Longest reason, in characters.
const LONGEST_REASON: usize = 500;
/// Most cases of one session for which reasons are known.
const MOST_REASONS: usize = 200;

/// Why somebody looks at cases, by case number: what pages of this process know of a session. It comes as an extension of a request,
/// which nobody can send along from outside. Lists, which belong to no case, have the empty number.
#[derive(Debug, Clone, Default)]
pub struct Reasons(Arc<BTreeMap<String, String>>);

impl Reasons {
    /// The reason for a case, where one was given.
    pub fn of(&self, case: &str) -> Option<&str> {
        self.0.get(case).map(String::as_str)
    }

    /// Takes a reason for a case. Of very many the others are forgotten, and asked for again.
    pub fn give(&mut self, case: &str, reason: &str) {
        let all = Arc::make_mut(&mut self.0);
        if all.len() >= MOST_REASONS {
            all.clear();
        }
        all.insert(case.to_owned(), reason.to_owned());
    }
}

/// Reasons that pages of this process know, as a handler takes them; none where a caller comes from outside.
pub(super) struct KnownReasons(Reasons);

impl<S: Send + Sync> FromRequestParts<S> for KnownReasons {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(parts.extensions.get::<Reasons>().cloned().unwrap_or_default()))
    }
}

impl aide::OperationInput for KnownReasons {}

/// An extension of a request by which a page that stands open is compared with what is so now. Nothing of the answer is shown, so it is
/// no look.
#[derive(Debug, Clone, Copy)]
pub struct Watching;

/// An extension of an answer that refuses a look without a reason: which case the reason is wanted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReasonWanted {
    /// The case number; empty for a list.
    pub case: String,
}

/// What is looked at, as far as it belongs to a case.
struct Subject {
    name: String,
    case_number: String,
    court: String,
}

impl Subject {
    fn of_case(case: Case) -> Self {
        Self {
            name: case.id.to_string(),
            case_number: case.number.as_str().to_owned(),
            court: case.court_code,
        }
    }
}

/// Layer: a look is put on record before it is shown, and refused where a reason is missing or the day's measure is full. What is not
/// there, or not seen, is no look.
pub(super) async fn record(State(gateway): State<Shared>, mut request: Request, next: Next) -> Response {
    let kind = LOOKED_AT.iter().find(|(route, _)| *route == route_of(&request)).map(|(_, kind)| *kind);
    let kind = kind.or_else(|| looks_for_a_party(&request).then_some(LookKind::Case));
    let identity = request.extensions().get::<Arc<Identity>>().cloned();
    // What is printed is looked at, too, though it is a `POST`.
    let is_shown = request.method() == Method::GET || kind == Some(LookKind::Print);
    let (Some(kind), Some(identity), true) = (kind, identity, is_shown) else {
        return next.run(request).await;
    };
    if !identity.may(may::READ) {
        return next.run(request).await;
    }
    let reason = take_reason(&mut request);
    match on_record(&gateway, &identity, kind, &mut request, reason).await {
        Ok(()) => next.run(request).await,
        Err(Refused::Problem(problem)) => problem.into_response(),
        Err(Refused::WithoutReason(wanted)) => {
            let mut response = without_reason().into_response();
            response.extensions_mut().insert(wanted);
            response
        }
    }
}

/// Why somebody may not look.
enum Refused {
    Problem(Problem),
    WithoutReason(ReasonWanted),
}

impl<E: Into<Problem>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self::Problem(error.into())
    }
}

/// Whether cases are looked for by a party: whoever asks learns whether somebody is led against.
fn looks_for_a_party(request: &Request) -> bool {
    let query = request.uri().query().unwrap_or_default();
    route_of(request) == "/v1/cases"
        && form_urlencoded::parse(query.as_bytes()).any(|(key, _)| key == "party")
}

async fn on_record(
    gateway: &Shared,
    identity: &Identity,
    kind: LookKind,
    request: &mut Request,
    reason: String,
) -> Result<(), Refused> {
    let route = route_of(request).to_owned();
    let name = name_of(request).await;
    let query = request.uri().query().unwrap_or_default().to_owned();
    let (courts, is_list) = (identity.courts.clone(), name.is_none());
    let subject = match name {
        Some(name) => {
            let read = gateway.store.read(move |reads| subject_of(reads, &courts, &route, name));
            match read.await? {
                Some(subject) => subject,
                None => return Ok(()),
            }
        }
        None => list_of(gateway, (route, query), courts).await?,
    };
    let kept = request.extensions().get::<Reasons>().and_then(|reasons| reasons.of(&subject.case_number));
    let reason = if reason.is_empty() { kept.unwrap_or_default().to_owned() } else { reason };
    if request.extensions().get::<Watching>().is_some() {
        return reason_for(identity, (&subject, is_list), &printable(&reason));
    }
    keep(gateway, identity, (kind, is_list), subject, printable(&reason)).await
}

/// What is looked at by a list: the case that it is narrowed to; otherwise what is asked for, so that another list is another look. What
/// is asked for may name a person, so that it is kept as a keyed hash.
async fn list_of(gateway: &Shared, (route, query): (String, String), courts: Courts) -> Stored<Subject> {
    let number = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "case_number");
    if let Some(number) = number.map(|(_, number)| number.into_owned()) {
        let case = gateway.store.read(move |reads| super::cases::find(reads, &courts, &number)).await?;
        if let Some(case) = case {
            return Ok(Subject::of_case(case));
        }
    }
    let asked = format!("{route} {query}");
    let mark = hex::encode(gateway.store.keyed_hash(asked.as_bytes()).get(..8).unwrap_or_default());
    Ok(Subject { name: format!("list {mark}"), case_number: String::new(), court: String::new() })
}

/// Puts on record that somebody looks at a case, such as one of many that are printed together.
pub(super) async fn at_case(
    gateway: &Shared,
    identity: &Identity,
    kind: LookKind,
    case: &Case,
    (headers, KnownReasons(known)): (&HeaderMap, &KnownReasons),
) -> Result<(), Problem> {
    let known = known.of(case.number.as_str()).map(str::to_owned);
    let reason = printable(&reason_of(headers).or(known).unwrap_or_default());
    let kept = keep(gateway, identity, (kind, false), Subject::of_case(case.clone()), reason).await;
    kept.map_err(|refused| match refused {
        Refused::Problem(problem) => problem,
        Refused::WithoutReason(_) => without_reason(),
    })
}

fn without_reason() -> Problem {
    let detail = "请说明查看理由 say why you look: the role is not of the case (header X-Reason, percent-encoded, or `reason=`)";
    Problem::new(ProblemKind::ReasonWanted, detail)
}

/// Whether there is a reason where one is needed.
fn reason_for(
    identity: &Identity,
    (subject, is_list): (&Subject, bool),
    reason: &str,
) -> Result<(), Refused> {
    if reason.is_empty() && needs_reason(identity, is_list) {
        return Err(Refused::WithoutReason(ReasonWanted { case: subject.case_number.clone() }));
    }
    Ok(())
}

async fn keep(
    gateway: &Shared,
    identity: &Identity,
    (kind, is_list): (LookKind, bool),
    subject: Subject,
    reason: String,
) -> Result<(), Refused> {
    reason_for(identity, (&subject, is_list), &reason)?;
    let at = gateway.clock.now();
    let look = Look {
        at,
        actor: identity.name.clone(),
        kind,
        subject: subject.name,
        case_number: subject.case_number,
        court: subject.court,
        reason,
        out_of_hours: is_out_of_hours(at),
    };
    let looked = match gateway.people.look(identity, look).await {
        // What a case system reads it keeps a record of itself; it goes on while the store cannot be written.
        Err(error) if identity.person.is_none() => {
            tracing::error!(%error, "a look of a system could not be put on record");
            Looked::Kept
        }
        looked => looked?,
    };
    match looked {
        Looked::Kept | Looked::Alarmed(_) => Ok(()),
        Looked::TooMuch(counts) => {
            let detail = format!(
                "今日查看已达上限 {} things were looked at today, which is the most for one person; the auditor was told",
                counts.subjects
            );
            Err(Problem::new(ProblemKind::Forbidden, detail).into())
        }
    }
}

/// Whether a look needs a reason: the role is not of the case. A supervisor is of the cases of the own courts.
fn needs_reason(identity: &Identity, is_list: bool) -> bool {
    let supervises = identity.has(Role::Supervisor) && (is_list || !identity.courts.are_all());
    !identity.is_of_the_case() && !supervises
}

/// The reason that came along. As a parameter it is taken out, for endpoints know nothing of it.
fn take_reason(request: &mut Request) -> String {
    let header = reason_of(request.headers());
    let query = request.uri().query().unwrap_or_default().to_owned();
    let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect();
    let given = pairs.iter().find(|(key, _)| key == "reason").map(|(_, value)| value.clone());
    if given.is_some() {
        let rest = pairs.iter().filter(|(key, _)| key != "reason");
        let rest: String = form_urlencoded::Serializer::new(String::new()).extend_pairs(rest).finish();
        let path = request.uri().path().to_owned();
        let changed = if rest.is_empty() { path } else { format!("{path}?{rest}") };
        if let Ok(uri) = changed.parse::<Uri>() {
            *request.uri_mut() = uri;
        }
    }
    printable(&header.or(given).unwrap_or_default())
}

/// A reason as it is kept.
fn printable(reason: &str) -> String {
    let printable = reason.chars().filter(|c| !c.is_control());
    printable.take(LONGEST_REASON).collect::<String>().trim().to_owned()
}

/// The header `X-Reason`: percent-encoded UTF-8, for headers carry nothing else.
fn reason_of(headers: &HeaderMap) -> Option<String> {
    let value = headers.get("x-reason")?.to_str().ok()?;
    let decoded =
        form_urlencoded::parse(format!("r={}", value.replace('+', "%2B").replace('&', "%26")).as_bytes())
            .next()
            .map(|(_, value)| value.into_owned());
    decoded.filter(|reason| !reason.trim().is_empty())
}

/// What the path names; `None` for a list.
async fn name_of(request: &mut Request) -> Option<String> {
    let (mut parts, body) = std::mem::take(request).into_parts();
    let named = match RawPathParams::from_request_parts(&mut parts, &()).await {
        Ok(parameters) => parameters.iter().next().map(|(_, value)| value.to_owned()),
        Err(_) => None,
    };
    *request = Request::from_parts(parts, body);
    named
}

/// What is looked at, where the caller sees it.
fn subject_of(reads: &mut dyn Reads, courts: &Courts, route: &str, name: String) -> Stored<Option<Subject>> {
    if route.starts_with("/v1/cases/") {
        return Ok(super::cases::find(reads, courts, &name)?.map(Subject::of_case));
    }
    if route.starts_with("/v1/papers/") {
        return match sight::print(reads, courts, &name)? {
            Some((print, _)) => {
                Ok(reads.case(print.case)?.map(|case| Subject { name, ..Subject::of_case(case) }))
            }
            None => Ok(None),
        };
    }
    let inquiry = if route.starts_with("/v1/inquiries/") {
        match name.parse() {
            Ok(uid) => sight::inquiry(reads, courts, uid)?,
            Err(_) => None,
        }
    } else if route.starts_with("/v1/orders/") || route.starts_with("/v1/desk/") {
        let found = match name.parse() {
            Ok(number) => order_by_number(reads, &number)?,
            Err(_) => None,
        };
        match sight::order(reads, courts, found)? {
            Some(order) => reads.inquiry(order.inquiry)?,
            None => None,
        }
    } else {
        let measure = match name.parse() {
            Ok(row) => sight::measure(reads, courts, crate::domain::MeasureId::new(row))?,
            Err(_) => None,
        };
        match measure {
            Some(measure) => reads.inquiry(measure.inquiry)?,
            None => None,
        }
    };
    Ok(inquiry.map(|inquiry| Subject { name, case_number: inquiry.case_number, court: inquiry.court }))
}
