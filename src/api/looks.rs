//! Looks 查看留痕: every look at a case, an asset list, an answer, a receipt or a certificate is on record before it is shown.

use std::sync::Arc;

use aide::OperationOutput;
use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use aide::generate::GenContext;
use aide::openapi::{MediaType, Operation, Response as ResponseDocs};
use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::{FromRequestParts as _, RawPathParams, Request, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Shared;
use super::access::{Caller, may};
use super::extract::{QueryParams, page_size};
use super::problem::{Problem, ProblemKind};
use super::route::route_of;
use crate::domain::people::{Courts, Look, LookKind, Role};
use crate::engine::Looked;
use crate::people::{Identity, is_out_of_hours, sight};
use crate::store::{LookFilter, Reads, Stored, order_by_number};

/// Longest reason, in characters.
const LONGEST_REASON: usize = 500;
/// Most looks of one export.
const MOST_EXPORTED: usize = 10_000;

/// What is looked at on which route.
const LOOKED_AT: [(&str, LookKind); 14] = [
    ("/v1/cases/{id}", LookKind::Case),
    ("/v1/cases/{id}/claim", LookKind::Case),
    ("/v1/inquiries/{id}", LookKind::Inquiry),
    ("/v1/inquiries/{id}/orders", LookKind::Inquiry),
    ("/v1/inquiries/{id}/assets", LookKind::Assets),
    ("/v1/inquiries/{id}/companies", LookKind::Companies),
    ("/v1/inquiries/{id}/measures", LookKind::Measures),
    ("/v1/inquiries/{id}/certificate", LookKind::Certificate),
    ("/v1/inquiries/{id}/certificates/{number}", LookKind::Certificate),
    ("/v1/orders", LookKind::Inquiry),
    ("/v1/orders/{number}", LookKind::Answer),
    ("/v1/measures", LookKind::Measures),
    ("/v1/measures/{id}", LookKind::Measures),
    ("/v1/measures/{id}/receipts/{sha256}", LookKind::Raw),
];

/// What is looked at, as far as it belongs to a case.
struct Subject {
    name: String,
    case_number: String,
    court: String,
}

/// Layer: a look is put on record before it is shown, and refused where a reason is missing or the day's measure is full. What is not
/// there, or not seen, is no look.
pub(super) async fn record(State(gateway): State<Shared>, mut request: Request, next: Next) -> Response {
    let kind = LOOKED_AT.iter().find(|(route, _)| *route == route_of(&request)).map(|(_, kind)| *kind);
    let identity = request.extensions().get::<Arc<Identity>>().cloned();
    let (Some(kind), Some(identity), true) = (kind, identity, request.method() == Method::GET) else {
        return next.run(request).await;
    };
    if !identity.may(may::READ) {
        return next.run(request).await;
    }
    let reason = take_reason(&mut request);
    match on_record(&gateway, &identity, kind, &mut request, reason).await {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

async fn on_record(
    gateway: &Shared,
    identity: &Identity,
    kind: LookKind,
    request: &mut Request,
    reason: String,
) -> Result<(), Problem> {
    let route = route_of(request).to_owned();
    let name = name_of(request).await;
    let (courts, list) = (identity.courts.clone(), name.is_none());
    let subject = match name {
        Some(name) => {
            let read = gateway.store.read(move |reads| subject_of(reads, &courts, &route, name));
            match read.await? {
                Some(subject) => subject,
                None => return Ok(()),
            }
        }
        None => Subject { name: "list".to_owned(), case_number: String::new(), court: String::new() },
    };
    if reason.is_empty() && needs_reason(identity, list) {
        let detail = "请说明查看理由 say why you look: the role is not of the case (header X-Reason, percent-encoded, or `reason=`)";
        return Err(Problem::new(ProblemKind::Forbidden, detail));
    }
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
            Err(Problem::new(ProblemKind::Forbidden, detail))
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
    let reason = header.or(given).unwrap_or_default();
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
        let case = super::cases::find(reads, courts, &name)?;
        return Ok(case.map(|case| Subject {
            name: case.id.to_string(),
            case_number: case.number.as_str().to_owned(),
            court: case.court_code,
        }));
    }
    let inquiry = if route.starts_with("/v1/inquiries/") {
        match name.parse() {
            Ok(uid) => sight::inquiry(reads, courts, uid)?,
            Err(_) => None,
        }
    } else if route.starts_with("/v1/orders/") {
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

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route("/v1/looks", get_with(list, list_docs))
        .api_route("/v1/looks.csv", get_with(export, export_docs))
}

/// Which looks.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct LooksQuery {
    /// Who: 工号, or name of a key.
    actor: Option<String>,
    /// What was looked at.
    kind: Option<LookKind>,
    /// Of what.
    subject: Option<String>,
    /// Code of the court.
    court: Option<String>,
    /// Not before this.
    since: Option<Timestamp>,
    /// `next` of the page before.
    before: Option<i64>,
    /// How many; 50 by default.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<usize>,
}

impl LooksQuery {
    fn filter<const ROW: u8>(self, caller: &Caller<ROW>, limit: usize) -> LookFilter {
        LookFilter {
            courts: caller.sees(self.court.as_deref()),
            actor: self.actor,
            kind: self.kind,
            subject: self.subject,
            since: self.since,
            before: self.before,
            limit,
        }
    }
}

/// Looks.
#[derive(Debug, Serialize, JsonSchema)]
struct LookList {
    /// Newest first.
    looks: Vec<Look>,
    /// Pass as `before` to read on; null at the end.
    next: Option<i64>,
}

async fn list(
    State(gateway): State<Shared>,
    caller: Caller<{ may::LOOKS }>,
    QueryParams(query): QueryParams<LooksQuery>,
) -> Result<Json<LookList>, Problem> {
    let limit = page_size(query.limit)?;
    let filter = query.filter(&caller, limit + 1);
    let mut found = gateway.store.read(move |reads| reads.find_looks(&filter)).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|(row, _)| *row);
    Ok(Json(LookList { looks: found.into_iter().map(|(_, look)| look).collect(), next }))
}

fn list_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation.id("listLooks").tag("people").summary("Who looked at what 查看留痕").description(
        "The same look of the same caller within a while (`[looks]` of the configuration) is one look.",
    )
}

/// Looks as a table.
pub(super) struct Table(String);

impl IntoResponse for Table {
    fn into_response(self) -> Response {
        let headers = [
            (CONTENT_TYPE, "text/csv; charset=utf-8"),
            (CONTENT_DISPOSITION, "attachment; filename=\"looks.csv\""),
        ];
        (headers, self.0).into_response()
    }
}

impl OperationOutput for Table {
    type Inner = String;

    fn operation_response(_: &mut GenContext, _: &mut Operation) -> Option<ResponseDocs> {
        let mut docs = ResponseDocs::default();
        docs.content.insert("text/csv".to_owned(), MediaType::default());
        Some(docs)
    }
}

async fn export(
    State(gateway): State<Shared>,
    caller: Caller<{ may::LOOKS }>,
    QueryParams(query): QueryParams<LooksQuery>,
) -> Result<Table, Problem> {
    let filter = query.filter(&caller, MOST_EXPORTED);
    let found = gateway.store.read(move |reads| reads.find_looks(&filter)).await?;
    // The mark by which spreadsheets know UTF-8.
    let mut text = String::from(
        "\u{feff}时间 at,人员 actor,内容 kind,对象 subject,案号 case,法院 court,理由 reason,非工作时间 out of hours\r\n",
    );
    for (_, look) in found {
        let cells = [
            look.at.to_string(),
            look.actor,
            look.kind.word().to_owned(),
            look.subject,
            look.case_number,
            look.court,
            look.reason,
            if look.out_of_hours { "是 yes" } else { "" }.to_owned(),
        ];
        text.push_str(&cells.map(|cell| quoted(&cell)).join(","));
        text.push_str("\r\n");
    }
    Ok(Table(text))
}

/// A cell (RFC 4180). What a spreadsheet would take for a formula is kept from being one.
fn quoted(cell: &str) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    format!("\"{}{}\"", if is_formula { "'" } else { "" }, cell.replace('"', "\"\""))
}

fn export_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("exportLooks")
        .tag("people")
        .summary("Looks as CSV 导出查看留痕")
        .description("At most 10,000, the newest first; `before` reads on. `limit` is not used.")
        .response_with::<200, Table, _>(|response| response.description("CSV in UTF-8"))
}
