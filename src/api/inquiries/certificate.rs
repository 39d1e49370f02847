//! `GET /v1/inquiries/{id}/certificate` as of now, and `…/certificates/{number}` as it was issued.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{InquiryPath, about};
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::At;
use crate::api::problem::Problem;
use crate::domain::decide::certificate_of;
use crate::domain::{CaseFile, Certificate};
use crate::people::sight;
use crate::store::{StoreError, load_lines};

/// Names a certificate.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
pub(super) struct CertificatePath {
    /// Identifier of the inquiry.
    id: Uuid,
    /// Number of the certificate, from 1.
    number: u32,
}

/// A certificate as it was issued.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct IssuedCertificate {
    /// From 1.
    number: u32,
    /// When it was issued.
    issued_at: Timestamp,
    /// SHA-256 of the document's JSON text as it stands here, byte for byte, hexadecimal.
    sha256: String,
    /// The document; it never changes.
    #[schemars(with = "Certificate")]
    certificate: Box<RawValue>,
}

pub(super) async fn certificate(
    State(gateway): State<Shared>,
    caller: Caller<{ may::READ }>,
    At(path): At<InquiryPath>,
) -> Result<Json<Certificate>, Problem> {
    let now = gateway.clock.now();
    let read = about(&gateway, &caller.0, path, move |reads, inquiry| {
        let chain = reads.chain(inquiry.chain)?.ok_or(StoreError::Missing("the chain"))?;
        let mut file = CaseFile::of(chain);
        file.measures = reads.measures_of(inquiry.chain)?.into_iter().map(|one| (one.id, one)).collect();
        load_lines(reads, &mut file, inquiry.id)?;
        let lines = file.lines.remove(&inquiry.id).unwrap_or_default();
        Ok(certificate_of(&file, &inquiry, &lines, now))
    });
    read.await.map(Json)
}

pub(super) async fn issued(
    State(gateway): State<Shared>,
    caller: Caller<{ may::READ }>,
    At(path): At<CertificatePath>,
) -> Result<Json<IssuedCertificate>, Problem> {
    let courts = caller.courts().clone();
    let found = gateway.store.read(move |reads| match sight::inquiry(reads, &courts, path.id)? {
        Some(inquiry) => reads.certificate(inquiry.id, Some(path.number)),
        None => Ok(None),
    });
    let issued = found.await?.ok_or_else(|| Problem::not_found("certificate"))?;
    let (number, issued_at, sha256) = (issued.number, issued.at, issued.sha256);
    let certificate = RawValue::from_string(issued.text).map_err(|error| {
        Problem::from(StoreError::Unreadable { what: "certificate", detail: error.to_string() })
    })?;
    Ok(Json(IssuedCertificate { number, issued_at, sha256, certificate }))
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("getCertificate")
        .tag("inquiries")
        .summary("Completeness certificate as of now 查控完整性证明")
        .description(
            "Who was asked, who answered how, who is silent, who was not asked and why, and what the claim is covered \
             by, as of now. `number` is that of the last one that was issued, 0 before the first.",
        )
        .response_with::<404, Problem, _>(|response| response.description("There is no such inquiry"))
}

pub(super) fn issued_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("getIssuedCertificate")
        .tag("inquiries")
        .summary("A certificate as it was issued 已出具的证明")
        .response_with::<404, Problem, _>(|response| response.description("There is no such certificate"))
}
