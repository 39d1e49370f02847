//! Looks 查看留痕: every look at a case, an asset list, an answer, a receipt or a certificate is on record before it is shown.

mod export;
mod list;
mod looked_at;
mod reason;
mod search;
mod subject;

use std::collections::BTreeMap;
use std::sync::Arc;

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, RawPathParams, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::Shared;
use super::problem::{Problem, ProblemKind};
use super::route::route_of;
use crate::domain::people::{Courts, Look, LookKind, Role};
use crate::domain::{Case, found_by};
use crate::engine::Looked;
use crate::people::matrix::permission_of;
use crate::people::{Identity, is_out_of_hours, sight};
use crate::store::Stored;

pub(super) use search::Search;

use looked_at::{LOOKED_AT, ROWS_OF};
use reason::{printable, reason_of, take_reason};
use subject::{Subject, marks_of, subject_of};

/// The endpoints.
pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route("/v1/looks", get_with(list::list, list::list_docs))
        .api_route("/v1/looks.csv", get_with(export::looks, export::looks_docs))
        .api_route("/v1/looks/alarms", get_with(list::alarms, list::alarms_docs))
        .api_route("/v1/looks/alarms.csv", get_with(export::alarms, export::alarms_docs))
}

/// Largest answer of a list, in bytes.
const LARGEST_LIST: usize = 32 << 20;
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

/// Layer: a look is put on record before it is shown, and refused where a reason is missing or the day's measure is full. What is not
/// there, or not seen, is no look.
pub(super) async fn record(State(gateway): State<Shared>, mut request: Request, next: Next) -> Response {
    let kind = LOOKED_AT.iter().find(|(route, _)| *route == route_of(&request)).map(|(_, kind)| *kind);
    let identity = request.extensions().get::<Arc<Identity>>().cloned();
    // What is printed is looked at, too, though it is a `POST`.
    let is_shown = request.method() == Method::GET || kind == Some(LookKind::Print);
    let (Some(kind), Some(identity), true) = (kind, identity, is_shown) else {
        return next.run(request).await;
    };
    // Who may not is told so by the endpoint, without being asked why they look.
    let place = format!("{} {}", request.method(), route_of(&request));
    let may_see = permission_of(&place).is_some_and(|row| row.roles.iter().any(|role| identity.has(*role)));
    if !may_see || identity.pending().is_some() {
        return next.run(request).await;
    }
    let reason = take_reason(&mut request);
    let rows = ROWS_OF.iter().find(|(route, _)| *route == route_of(&request)).map(|(_, rows)| *rows);
    let by = (&*identity, kind);
    let seen = match wanted(&gateway, by, &mut request, reason).await {
        Ok(Some(seen)) => seen,
        Ok(None) => return next.run(request).await,
        Err(refused) => return refused.into_response(),
    };
    match rows.filter(|_| seen.is_list && seen.subject.case_number.is_empty()) {
        None => match keep(&gateway, by, seen, 1).await {
            Ok(()) => next.run(request).await,
            Err(refused) => refused.into_response(),
        },
        // How much it shows is known when it was read; it goes out when that is on record.
        Some(rows) => match counted(next.run(request).await, rows).await {
            (response, None) => response,
            (response, Some(shown)) => match keep(&gateway, by, seen, shown).await {
                Ok(()) => response,
                Err(refused) => refused.into_response(),
            },
        },
    }
}

/// An answer with the number of its rows; without one where it refuses or fails.
async fn counted(response: Response, rows: &str) -> (Response, Option<u64>) {
    if !response.status().is_success() {
        return (response, None);
    }
    let (parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, LARGEST_LIST).await else {
        let failed = Problem::new(ProblemKind::Internal, "the list could not be read to its end");
        return (failed.into_response(), None);
    };
    let list = serde_json::from_slice::<serde_json::Value>(&bytes).unwrap_or_default();
    let shown = list[rows].as_array().map_or(1, |rows| u64::try_from(rows.len()).unwrap_or(u64::MAX));
    (Response::from_parts(parts, Body::from(bytes)), Some(shown))
}

/// Why somebody may not look.
enum Refused {
    Problem(Problem),
    WithoutReason(ReasonWanted),
}

impl Refused {
    /// As an endpoint says it.
    fn into_problem(self) -> Problem {
        match self {
            Self::Problem(problem) => problem,
            Self::WithoutReason(_) => without_reason(),
        }
    }

    fn into_response(self) -> Response {
        match self {
            Self::Problem(problem) => problem.into_response(),
            Self::WithoutReason(wanted) => {
                let mut response = without_reason().into_response();
                response.extensions_mut().insert(wanted);
                response
            }
        }
    }
}

impl<E: Into<Problem>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self::Problem(error.into())
    }
}

/// What somebody is about to see, and why.
struct Wanted {
    subject: Subject,
    is_list: bool,
    reason: String,
}

/// What a request asks to see; `None` where that is no look. Refused where a reason is missing.
async fn wanted(
    gateway: &Shared,
    (identity, _): (&Identity, LookKind),
    request: &mut Request,
    reason: String,
) -> Result<Option<Wanted>, Refused> {
    let route = route_of(request).to_owned();
    let name = name_of(request).await;
    let query = request.uri().query().unwrap_or_default().to_owned();
    let (courts, is_list) = (identity.courts.clone(), name.is_none());
    let subject = match name {
        Some(name) => {
            let read = gateway.store.read(move |reads| subject_of(reads, &courts, &route, name));
            match read.await? {
                Some(subject) => subject,
                None => return Ok(None),
            }
        }
        None => list_of(gateway, (route, query), courts).await?,
    };
    let kept = request.extensions().get::<Reasons>().and_then(|reasons| reasons.of(&subject.case_number));
    let reason = if reason.is_empty() { kept.unwrap_or_default().to_owned() } else { reason };
    let seen = Wanted { subject, is_list, reason: printable(&reason) };
    seen.reason_for(identity)?;
    Ok(request.extensions().get::<Watching>().is_none().then_some(seen))
}

/// What is looked at by a list: the case that it is narrowed to; otherwise what is asked for, so that another list is another look. What
/// is asked for may name a person, so that it is kept as a keyed hash.
async fn list_of(gateway: &Shared, (route, query): (String, String), courts: Courts) -> Stored<Subject> {
    let number = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "case_number");
    if let Some(number) = number.map(|(_, number)| number.into_owned()) {
        let case = gateway.store.read(move |reads| sight::named_case(reads, &courts, &number)).await?;
        if let Some(case) = case {
            return Ok(Subject::of_case(case));
        }
    }
    let entered = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == "party");
    let about = entered.filter_map(|(_, entered)| found_by::of_party(&entered)).collect();
    let asked = format!("{route} {query}");
    Ok(Subject::of_list(gateway, &asked, about))
}

/// Puts on record that somebody looks at a case, such as one of many that are printed together.
pub(super) async fn at_case(
    gateway: &Shared,
    identity: &Identity,
    kind: LookKind,
    case: &Case,
    (headers, KnownReasons(known)): (&HeaderMap, &KnownReasons),
) -> Result<(), Problem> {
    let reason = said(headers, known, case.number.as_str());
    let seen = Wanted { subject: Subject::of_case(case.clone()), is_list: false, reason };
    let kept = match seen.reason_for(identity) {
        Ok(()) => keep(gateway, (identity, kind), seen, 1).await,
        Err(refused) => Err(refused),
    };
    kept.map_err(Refused::into_problem)
}

/// Why somebody looks at a case, or at a list, which has the empty number: as they say now, or said before.
fn said(headers: &HeaderMap, known: &Reasons, case: &str) -> String {
    let known = known.of(case).map(str::to_owned);
    printable(&reason_of(headers).or(known).unwrap_or_default())
}

fn without_reason() -> Problem {
    let detail = "请说明查看理由 say why you look: the role is not of the case (header X-Reason, percent-encoded, or `reason=`)";
    Problem::new(ProblemKind::ReasonWanted, detail)
}

impl Wanted {
    /// Whether there is a reason where one is needed.
    fn reason_for(&self, identity: &Identity) -> Result<(), Refused> {
        if self.reason.is_empty() && needs_reason(identity, self.is_list) {
            return Err(Refused::WithoutReason(ReasonWanted { case: self.subject.case_number.clone() }));
        }
        Ok(())
    }
}

/// Puts a look on record, with how many records it shows.
async fn keep(
    gateway: &Shared,
    (identity, kind): (&Identity, LookKind),
    Wanted { subject, reason, .. }: Wanted,
    shown: u64,
) -> Result<(), Refused> {
    let at = gateway.clock.now();
    let courts = match (subject.court.is_empty(), identity.courts.codes()) {
        (false, _) => Vec::new(),
        (true, codes) => codes.unwrap_or_else(|| vec!["*".to_owned()]),
    };
    let about = match identity.person {
        Some(_) => marks_of(gateway, &subject).await?,
        None => Vec::new(),
    };
    let look = Look {
        at,
        actor: identity.name.clone(),
        kind,
        subject: subject.name,
        case_number: subject.case_number,
        court: subject.court,
        reason,
        out_of_hours: is_out_of_hours(at),
        shown,
        courts,
        about,
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
                "今日查看已达上限 {} records were looked at today, which is the most for one person; the auditor was told",
                counts.records
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
