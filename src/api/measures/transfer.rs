//! `POST /v1/measures/{id}/transfer`: has a forced transfer of a frozen stake registered.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use chakong_contract::{ActionKind, LegalDocument, Transferee};
use schemars::JsonSchema;
use serde::Deserialize;

use super::checks::{can, check_documents, refresh};
use super::{MeasurePath, MeasureView, decide};
use crate::api::access::{Caller, may};
use crate::api::extract::{At, Sent, check_reason, no_findings};
use crate::api::problem::Problem;
use crate::api::{Shared, act};
use crate::settle::{self, Transfer};
use crate::store::Tx;

/// Who takes the stake, on which documents, and why.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TransferRequest {
    /// Who takes the stake that the measure freezes.
    to: Transferee,
    /// Documents that the transfer needs and the inquiry did not bring: ruling and notice (法释〔2013〕20号 art. 3).
    #[serde(default)]
    documents: Vec<LegalDocument>,
    /// Why; 1 to 500 characters.
    #[schemars(length(min = 1, max = 500))]
    reason: String,
}

pub(super) async fn transfer(
    State(gateway): State<Shared>,
    caller: Caller<{ may::APPROVER }>,
    At(path): At<MeasurePath>,
    Sent(request): Sent<TransferRequest, true>,
) -> Result<Json<MeasureView>, Problem> {
    let TransferRequest { to, documents, reason } = request;
    let mut findings = Vec::new();
    check_reason(&reason, &mut findings);
    check_documents(&documents, &mut findings);
    no_findings(findings)?;
    let act = act(gateway.clock.now(), caller.name(), "transfer", path.id.to_string(), &reason);
    let (around, transfer) = (Shared::clone(&gateway), Transfer { to, documents });
    let work = move |tx: &mut dyn Tx| {
        if let Err(declined) = can(&around, tx, path.id, ActionKind::Transfer)? {
            return Ok(Err(declined));
        }
        let transferred = settle::transfer(tx, path.id, &transfer, act.clone())?;
        refresh(&around, tx, &transferred)?;
        Ok(transferred)
    };
    let (view, inquiry) = decide(&gateway, work).await?;
    gateway.submissions.forget(inquiry);
    Ok(Json(view))
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("transferMeasure")
        .tag("measures")
        .summary("Have a forced transfer of a stake registered 强制转让股权")
        .description(
            "Of the stake that the measure freezes, once that freeze has effect; as much of it as the measure names.",
        )
        .response_with::<404, Problem, _>(|response| response.description("There is no such measure"))
        .response_with::<409, Problem, _>(|response| {
            response.description("The measure does not stand, waits, is about no stake, or documents are missing")
        })
        .response_with::<422, Problem, _>(|response| response.description("A rule is broken"))
}
