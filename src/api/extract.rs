//! What comes in: path, query and body, each with a limit and with problems instead of plain texts.

use std::sync::Arc;

use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::{Operation, Response as ResponseDocs, StatusCode as StatusDocs};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::request::Parts;
use http_body_util::BodyExt as _;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::access::Place;
use super::problem::{Problem, ProblemKind};
use crate::domain::Finding;
use crate::gateway::Gateway;
use crate::intake::in_words;
use crate::lines::listener::{Connection, Held};

/// Largest body of everything but inquiries and releases.
const SMALL_BODY: usize = 64 << 10;
/// Longest reason, in characters.
const LONGEST_REASON: usize = 500;

/// Parts of the path. What cannot be read names nothing that exists.
#[derive(Debug)]
pub struct At<T>(pub T);

/// The query.
#[derive(Debug)]
pub struct QueryParams<T>(pub T);

/// A JSON body; with `DOCUMENTS` it may be as large as an inquiry.
#[derive(Debug)]
pub struct JsonBody<T, const DOCUMENTS: bool = false>(pub T);

/// The bytes of a JSON body as large as an inquiry.
#[derive(Debug)]
pub struct RawJson(pub Bytes);

impl<T: DeserializeOwned + Send> FromRequestParts<Arc<Gateway>> for At<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &Arc<Gateway>) -> Result<Self, Problem> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(path)) => Ok(Self(path)),
            Err(_) => Err(Problem::not_found("thing")),
        }
    }
}

impl<T: JsonSchema> OperationInput for At<T> {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        Path::<T>::operation_input(context, operation);
    }
}

impl<T: DeserializeOwned + Send> FromRequestParts<Arc<Gateway>> for QueryParams<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &Arc<Gateway>) -> Result<Self, Problem> {
        match Query::from_request_parts(parts, state).await {
            Ok(Query(query)) => Ok(Self(query)),
            Err(rejection) => {
                let detail = format!("查询条件有误 a parameter is wrong: {}", rejection.body_text());
                Err(Problem::new(ProblemKind::MalformedRequest, detail))
            }
        }
    }
}

impl<T: JsonSchema> OperationInput for QueryParams<T> {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        Query::<T>::operation_input(context, operation);
    }

    fn inferred_early_responses(
        context: &mut GenContext,
        operation: &mut Operation,
    ) -> Vec<(Option<StatusDocs>, ResponseDocs)> {
        vec![Problem::documented(context, operation, 400, "A parameter is wrong")]
    }
}

impl FromRequest<Arc<Gateway>> for RawJson {
    type Rejection = Problem;

    async fn from_request(request: Request, gateway: &Arc<Gateway>) -> Result<Self, Problem> {
        read_body(request, gateway.server.largest_body, gateway).await.map(Self)
    }
}

impl OperationInput for RawJson {
    fn inferred_early_responses(
        context: &mut GenContext,
        operation: &mut Operation,
    ) -> Vec<(Option<StatusDocs>, ResponseDocs)> {
        body_problems(context, operation)
    }
}

/// How reading a body may end.
fn body_problems(
    context: &mut GenContext,
    operation: &mut Operation,
) -> Vec<(Option<StatusDocs>, ResponseDocs)> {
    [
        (400, "Not JSON, a field is not known, or a header is wrong; with the place"),
        (413, "The body is too large"),
        (415, "The body is not application/json"),
    ]
    .map(|(status, about)| Problem::documented(context, operation, status, about))
    .into()
}

impl<T: DeserializeOwned, const DOCUMENTS: bool> FromRequest<Arc<Gateway>> for JsonBody<T, DOCUMENTS> {
    type Rejection = Problem;

    async fn from_request(request: Request, gateway: &Arc<Gateway>) -> Result<Self, Problem> {
        let largest = if DOCUMENTS { gateway.server.largest_body } else { SMALL_BODY };
        let bytes = read_body(request, largest, gateway).await?;
        read_json(&bytes).map(Self)
    }
}

impl<T: JsonSchema, const DOCUMENTS: bool> OperationInput for JsonBody<T, DOCUMENTS> {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        Json::<T>::operation_input(context, operation);
    }

    fn inferred_early_responses(
        context: &mut GenContext,
        operation: &mut Operation,
    ) -> Vec<(Option<StatusDocs>, ResponseDocs)> {
        body_problems(context, operation)
    }
}

fn too_large(largest: usize) -> Problem {
    Problem::new(ProblemKind::TooLarge, format!("the body may have at most {largest} bytes"))
}

/// Reads a body of bounded size, whatever its framing.
///
/// It takes its room from the key's share and from what all bodies may take, and keeps it until it is dropped.
async fn read_body(request: Request, largest: usize, state: &Arc<Gateway>) -> Result<Bytes, Problem> {
    check_kind(request.headers())?;
    read_bytes(request, largest, state).await
}

/// Reads a body of bounded size, of whatever type.
///
/// # Errors
/// When it is too large, takes too long, breaks off or finds no room.
pub async fn read_bytes(request: Request, largest: usize, state: &Arc<Gateway>) -> Result<Bytes, Problem> {
    check_length(request.headers(), largest)?;
    let of_key = request.extensions().get::<Place>().map(|place| place.bodies().hold());
    let of_all = request.extensions().get::<Connection>().map(|connection| connection.bodies.hold());
    let mut read = ReadBody { bytes: Vec::new(), held: of_key.into_iter().chain(of_all).collect() };
    let mut body = request.into_body();
    let late = || Problem::new(ProblemKind::TimedOut, "the body took too long");
    let limit = tokio::time::Instant::now() + state.server.listener.body_timeout;
    while let Some(frame) = tokio::time::timeout_at(limit, body.frame()).await.map_err(|_| late())? {
        let broken = |_| Problem::new(ProblemKind::MalformedBody, "the body broke off");
        let Ok(data) = frame.map_err(broken)?.into_data() else { continue };
        let length = read.bytes.len().saturating_add(data.len());
        if length > largest {
            return Err(too_large(largest));
        }
        for held in &mut read.held {
            let full = |_| Problem::new(ProblemKind::Overloaded, "there is no room for the body; come again");
            held.grow(length).await.map_err(full)?;
        }
        read.bytes.extend_from_slice(&data);
    }
    Ok(Bytes::from_owner(read))
}

/// A body that was read, with the room that it takes.
struct ReadBody {
    bytes: Vec<u8>,
    held: Vec<Held>,
}

impl AsRef<[u8]> for ReadBody {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// A type other than JSON is ruled out by the headers alone.
fn check_kind(headers: &HeaderMap) -> Result<(), Problem> {
    let kind = headers.get(CONTENT_TYPE).map(|value| value.to_str().unwrap_or_default());
    if kind.is_some_and(|kind| !is_json(kind)) {
        return Err(Problem::new(ProblemKind::NotJson, "send the body as application/json"));
    }
    Ok(())
}

/// So is a length that is announced and too large.
fn check_length(headers: &HeaderMap, largest: usize) -> Result<(), Problem> {
    let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let announced = length.and_then(|length| length.parse::<usize>().ok());
    if announced.is_some_and(|length| length > largest) { Err(too_large(largest)) } else { Ok(()) }
}

fn is_json(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || kind.starts_with("application/") && kind.ends_with("+json")
}

fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let pointer = error.path().iter().fold(String::new(), |pointer, segment| match segment {
            serde_path_to_error::Segment::Seq { index } => format!("{pointer}/{index}"),
            serde_path_to_error::Segment::Map { key } => format!("{pointer}/{key}"),
            _ => pointer,
        });
        Problem::malformed_body(pointer, in_words(error.inner()))
    })?;
    json.end().map_err(|error| Problem::malformed_body(String::new(), in_words(&error)))?;
    Ok(value)
}

/// A reason and nothing else.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonGiven {
    /// Why; 1 to 500 characters.
    #[schemars(length(min = 1, max = 500))]
    reason: String,
}

impl ReasonGiven {
    /// The reason.
    ///
    /// # Errors
    /// When it says nothing or too much.
    pub fn checked(self) -> Result<String, Problem> {
        let mut findings = Vec::new();
        check_reason(&self.reason, &mut findings);
        no_findings(findings).map(|()| self.reason)
    }
}

/// Checks a reason that a person gave.
pub fn check_reason(reason: &str, findings: &mut Vec<Finding>) {
    if reason.trim().is_empty() || reason.chars().count() > LONGEST_REASON {
        let detail =
            format!("须说明理由，1 至 {LONGEST_REASON} 个字 say why, in 1 to {LONGEST_REASON} characters");
        findings.push(Finding { pointer: "/reason".to_owned(), detail });
    }
}

/// Nothing, or the problem that these findings make.
///
/// # Errors
/// When there are any.
pub fn no_findings(findings: Vec<Finding>) -> Result<(), Problem> {
    if findings.is_empty() { Ok(()) } else { Err(Problem::invalid(findings)) }
}

/// Most things on one page of a list.
const LARGEST_PAGE: usize = 200;
/// Things on one page of a list by default.
const USUAL_PAGE: usize = 50;

/// How many things go on a page.
///
/// # Errors
/// When it is none or too many.
pub fn page_size(wanted: Option<usize>) -> Result<usize, Problem> {
    let size = wanted.unwrap_or(USUAL_PAGE);
    if (1..=LARGEST_PAGE).contains(&size) {
        return Ok(size);
    }
    let detail = format!("limit must lie between 1 and {LARGEST_PAGE}");
    Err(Problem::new(ProblemKind::MalformedRequest, detail))
}
