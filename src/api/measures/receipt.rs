//! `GET /v1/measures/{id}/receipts/{sha256}`: the bytes of a receipt that a counterpart handed in on its own.

use aide::OperationOutput;
use aide::generate::GenContext;
use aide::openapi::{MediaType, Operation, Response as ResponseDocs};
use aide::transform::TransformOperation;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::At;
use crate::api::problem::Problem;
use crate::domain::MeasureId;
use crate::people::sight;
use crate::store::codec::decode;

/// Names a receipt of a measure.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct ReceiptPath {
    /// Number of the measure.
    id: MeasureId,
    /// SHA-256 of the receipt, hexadecimal in lower case.
    #[schemars(regex(pattern = "^[0-9a-f]{64}$"))]
    sha256: String,
}

/// A receipt, byte for byte.
pub(in crate::api) struct ReceiptFile {
    format: String,
    bytes: Vec<u8>,
}

impl ReceiptFile {
    /// A file by its extension.
    pub(in crate::api) fn new(format: String, bytes: Vec<u8>) -> Self {
        Self { format, bytes }
    }
}

impl IntoResponse for ReceiptFile {
    fn into_response(self) -> Response {
        // What a counterpart sent is never shown as a page of ours.
        let kind = match self.format.as_str() {
            "pdf" => "application/pdf",
            _ => "application/octet-stream",
        };
        let headers =
            [(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, "attachment"), (X_CONTENT_TYPE_OPTIONS, "nosniff")];
        (headers, self.bytes).into_response()
    }
}

impl OperationOutput for ReceiptFile {
    type Inner = Vec<u8>;

    fn operation_response(_: &mut GenContext, _: &mut Operation) -> Option<ResponseDocs> {
        let mut docs = ResponseDocs::default();
        docs.content.insert("application/octet-stream".to_owned(), MediaType::default());
        Some(docs)
    }
}

pub(super) async fn show(
    State(gateway): State<Shared>,
    caller: Caller<{ may::READ }>,
    At(path): At<ReceiptPath>,
) -> Result<ReceiptFile, Problem> {
    let courts = caller.courts().clone();
    let found = gateway.store.read(move |reads| match sight::measure(reads, &courts, path.id)? {
        Some(measure) => reads.receipt(measure.id, &path.sha256),
        None => Ok(None),
    });
    let found = found.await?;
    let (receipt, stored) = found.ok_or_else(|| Problem::not_found("receipt"))?;
    let bytes = decode("receipt", stored.as_stored())?;
    Ok(ReceiptFile { format: receipt.format.to_lowercase(), bytes })
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("getMeasureReceipt")
        .tag("measures")
        .summary("A receipt of a measure 回执")
        .description(
            "The file as the counterpart handed it in. Its name, type and digest stand with the measure.",
        )
        .response_with::<200, ReceiptFile, _>(|response| response.description("The bytes"))
        .response_with::<404, Problem, _>(|response| response.description("There is no such receipt"))
}
