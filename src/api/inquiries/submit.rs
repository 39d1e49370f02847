//! `POST /v1/inquiries`: idempotent by `Idempotency-Key` and the exact bytes of the body.

use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::{Operation, ParameterSchemaOrContent, SchemaObject};
use aide::operation::add_parameters;
use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};

use super::{InquiryView, path_of};
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::RawJson;
use crate::api::problem::{Problem, ProblemKind};
use crate::config::Role;
use crate::domain;
use crate::engine::Accepted;
use crate::gateway::Gateway;
use crate::intake::{IntakeError, LONGEST_KEY, Submitter, accept};

/// The header `Idempotency-Key`.
#[derive(Debug)]
pub(super) struct IdempotencyKey(String);

impl FromRequestParts<Shared> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Self, Problem> {
        let key = parts.headers.get("idempotency-key").map(|value| value.as_bytes()).unwrap_or_default();
        let fits = (1..=LONGEST_KEY).contains(&key.len()) && key.iter().all(u8::is_ascii_graphic);
        match std::str::from_utf8(key) {
            Ok(key) if fits => Ok(Self(key.to_owned())),
            _ => {
                let detail = format!(
                    "send the header Idempotency-Key with 1 to {LONGEST_KEY} visible ASCII characters, \
                     new for each inquiry"
                );
                Err(Problem::new(ProblemKind::MalformedRequest, detail))
            }
        }
    }
}

impl OperationInput for IdempotencyKey {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        let schema = schemars::json_schema!({
            "type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[!-~]+$"
        });
        let format = ParameterSchemaOrContent::Schema(SchemaObject {
            json_schema: schema,
            example: None,
            external_docs: None,
        });
        let parameter_data = aide::openapi::ParameterData {
            name: "Idempotency-Key".to_owned(),
            description: Some("New for each inquiry; the same again for the same inquiry".to_owned()),
            required: true,
            deprecated: None,
            format,
            example: None,
            examples: Default::default(),
            explode: None,
            extensions: Default::default(),
        };
        let style = aide::openapi::HeaderStyle::Simple;
        add_parameters(context, operation, [aide::openapi::Parameter::Header { parameter_data, style }]);
    }
}

pub(super) async fn submit(
    State(gateway): State<Shared>,
    caller: Caller<{ may::SUBMIT }>,
    IdempotencyKey(key): IdempotencyKey,
    RawJson(body): RawJson,
) -> Result<Response, Problem> {
    if !gateway.has_space() {
        return Err(IntakeError::NoSpace.into());
    }
    let is_officer = caller.has(Role::Officer);
    let submitter = Submitter { name: caller.name(), is_officer, courts: caller.courts() };
    let Submission { is_new, view } = submit_as(&gateway, submitter, &key, &body).await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, [(LOCATION, path_of(view.id))], Json(view)).into_response())
}

/// An inquiry that was accepted, now or before.
pub(in crate::api) struct Submission {
    pub(in crate::api) is_new: bool,
    pub(in crate::api) view: InquiryView,
}

/// Submits a body, wherever it came from.
pub(in crate::api) async fn submit_as(
    gateway: &Gateway,
    submitter: Submitter<'_>,
    key: &str,
    body: &[u8],
) -> Result<Submission, Problem> {
    let now = gateway.clock.now();
    let Accepted { inquiry, new: is_new } =
        accept(&gateway.engine, &gateway.counterparts, submitter, key, body, now).await?;
    if is_new && inquiry.mandate.is_none() {
        return Ok(Submission { is_new, view: InquiryView::fresh(inquiry) });
    }
    let view = gateway.store.read(move |reads| InquiryView::read(reads, inquiry)).await?;
    Ok(Submission { is_new, view })
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("submitInquiry")
        .tag("inquiries")
        .summary("Submit an inquiry 提交查控申请")
        .description(
            "The inquiry and all its orders are durable when this answers. The same key with the same bytes gives the \
             inquiry that was made before (200).",
        )
        .input::<Json<domain::Submission>>()
        .response_with::<201, Json<InquiryView>, _>(|response| response.description("Accepted; Location names it"))
        .response_with::<200, Json<InquiryView>, _>(|response| response.description("Was accepted before"))
        .response_with::<409, Problem, _>(|response| response.description("The key came with another body"))
        .response_with::<422, Problem, _>(|response| response.description("Rules are broken; all are listed"))
}
