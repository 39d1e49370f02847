//! `GET /v1/measures/{id}/receipts/{sha256}`: the bytes of a receipt that a counterpart handed in on its own.

use aide::transform::TransformOperation;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::download::Download;
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

pub(super) async fn show(
    State(gateway): State<Shared>,
    caller: Caller<{ may::READ }>,
    At(path): At<ReceiptPath>,
) -> Result<Download, Problem> {
    let courts = caller.courts().clone();
    let found = gateway.store.read(move |reads| match sight::measure(reads, &courts, path.id)? {
        Some(measure) => reads.receipt(measure.id, &path.sha256),
        None => Ok(None),
    });
    let found = found.await?;
    let (receipt, stored) = found.ok_or_else(|| Problem::not_found("receipt"))?;
    let bytes = decode("receipt", stored.as_stored())?;
    Ok(Download::receipt(&receipt.format, bytes))
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("getMeasureReceipt")
        .tag("measures")
        .summary("A receipt of a measure 回执")
        .description(
            "The file as the counterpart handed it in. Its name, type and digest stand with the measure.",
        )
        .response_with::<200, Download, _>(|response| response.description("The bytes"))
        .response_with::<404, Problem, _>(|response| response.description("There is no such receipt"))
}
