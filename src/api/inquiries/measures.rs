//! `GET /v1/inquiries/{id}/measures`: the freeze ledger.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;

use super::{InquiryPath, about};
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::At;
use crate::api::measures::MeasureInFull;
use crate::api::problem::Problem;
use crate::domain::Coverage;
use crate::store::StoreError;

/// What an inquiry added to the ledger of its case, whole, with what the claim is covered by; a list of measures is a page of all.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct InquiryLedger {
    /// What the claim of the case is covered by, all inquiries together; null without a claim.
    coverage: Option<Coverage>,
    /// The measures that this inquiry found; those of the whole case stand at the case.
    measures: Vec<MeasureInFull>,
}

pub(super) async fn measures(
    State(gateway): State<Shared>,
    caller: Caller<{ may::READ }>,
    At(path): At<InquiryPath>,
) -> Result<Json<InquiryLedger>, Problem> {
    let terms = std::sync::Arc::clone(&gateway.terms);
    let read = about(&gateway, &caller.0, path, move |reads, inquiry| {
        let chain = reads.chain(inquiry.chain)?.ok_or(StoreError::Missing("the chain"))?;
        let all = reads.measures_of(inquiry.chain)?;
        let coverage = chain.claim.as_ref().map(|claim| Coverage::of(claim, all.iter()));
        let own = all.iter().filter(|measure| measure.inquiry == inquiry.id);
        let measures =
            own.map(|measure| MeasureInFull::read(reads, &terms, measure)).collect::<Result<_, _>>()?;
        Ok(InquiryLedger { coverage, measures })
    });
    read.await.map(Json)
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("listInquiryMeasures")
        .tag("inquiries")
        .summary("Freeze ledger of an inquiry 冻结台账")
        .response_with::<404, Problem, _>(|response| response.description("There is no such inquiry"))
}
