//! Client certificates 登录证书 by which a person signs in: bound and revoked by the security administrator.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::Deserialize;

use super::super::Shared;
use super::super::access::{Caller, may};
use super::super::extract::{At, JsonBody, ReasonGiven, check_reason, no_findings};
use super::super::problem::Problem;
use super::super::sessions::by;
use super::{PersonPath, PersonView};
use crate::domain::{Finding, PersonId};
use crate::people::certificate;

/// A certificate to be bound.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BindRequest {
    /// The certificate as PEM (`-----BEGIN CERTIFICATE-----`); the first one of several. No key.
    #[schemars(length(max = 65536))]
    certificate: String,
    /// Why; 1 to 500 characters.
    #[schemars(length(min = 1, max = 500))]
    reason: String,
}

pub(super) async fn bind(
    State(gateway): State<Shared>,
    caller: Caller<{ may::PEOPLE }>,
    At(path): At<PersonPath>,
    JsonBody(request): JsonBody<BindRequest>,
) -> Result<(StatusCode, Json<PersonView>), Problem> {
    let mut findings = Vec::new();
    check_reason(&request.reason, &mut findings);
    let read = certificate::of_pem(&request.certificate, gateway.clock.now());
    let read = read.map_err(|what| findings.push(Finding::new("/certificate", what))).ok();
    no_findings(findings)?;
    let read = read.ok_or_else(|| Problem::not_found("certificate"))?;
    let person = gateway.engine.bind_certificate(by(&caller.0, request.reason), path.id, read).await?;
    Ok((StatusCode::CREATED, Json(PersonView::of(&gateway, &person))))
}

pub(super) fn bind_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("bindCertificate")
        .tag("people")
        .summary("Bind a client certificate to a person 绑定登录证书")
        .description(
            "The person signs in by this very certificate, known by its SHA-256, from then on; a renewed one is bound anew. Whether its \
             authority is trusted is the matter of the reverse proxy that passes it on.",
        )
        .response_with::<201, Json<PersonView>, _>(|response| response.description("Bound"))
        .response_with::<404, Problem, _>(|response| response.description("There is no such person"))
        .response_with::<422, Problem, _>(|response| {
            response.description("It cannot be read, has expired, or is bound already")
        })
}

/// Names a certificate of a person.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub(super) struct CertificatePath {
    /// Identifier of the person.
    id: PersonId,
    /// SHA-256 of the certificate: 64 hexadecimal digits.
    fingerprint: String,
}

pub(super) async fn revoke(
    State(gateway): State<Shared>,
    caller: Caller<{ may::PEOPLE }>,
    At(path): At<CertificatePath>,
    JsonBody(given): JsonBody<ReasonGiven>,
) -> Result<Json<PersonView>, Problem> {
    let by = by(&caller.0, given.checked()?);
    let fingerprint = path.fingerprint.to_ascii_lowercase();
    let person = gateway.engine.revoke_certificate(by, path.id, fingerprint).await?;
    Ok(Json(PersonView::of(&gateway, &person)))
}

pub(super) fn revoke_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("revokeCertificate")
        .tag("people")
        .summary("Revoke a client certificate of a person 撤销登录证书")
        .description("At once and for good; the person's sessions end.")
        .response_with::<404, Problem, _>(|response| {
            response.description("There is no such person, or no such certificate stands")
        })
        .response_with::<422, Problem, _>(|response| response.description("A reason is missing"))
}
