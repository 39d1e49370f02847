//! `GET /v1/inquiries/{uid}/measures`: the freeze ledger.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;

use super::{InquiryPath, about};
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::At;
use crate::api::measures::MeasureView;
use crate::api::problem::Problem;
use crate::inquiry::Coverage;

/// The freeze ledger of an inquiry.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Ledger {
    /// What the claim is covered by; null without a mandate.
    coverage: Option<Coverage>,
    /// Every line.
    measures: Vec<MeasureView>,
}

pub(super) async fn measures(
    State(gateway): State<Shared>,
    _: Caller<{ may::READ }>,
    At(path): At<InquiryPath>,
) -> Result<Json<Ledger>, Problem> {
    let submissions = std::sync::Arc::clone(&gateway.submissions);
    let read = about(&gateway, path, move |reads, inquiry| {
        let submission = submissions.get(reads, inquiry.id)?;
        let ledger = reads.measures_of(inquiry.id)?;
        let coverage = inquiry.mandate.as_ref().map(|mandate| Coverage::of(mandate.claim.amount, &ledger));
        let view = |measure| MeasureView::read(reads, measure, inquiry.uid, &submission);
        let measures = ledger.into_iter().map(view).collect::<Result<_, _>>()?;
        Ok(Ledger { coverage, measures })
    });
    read.await.map(Json)
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("listMeasures")
        .tag("inquiries")
        .summary("Freeze ledger of an inquiry 冻结台账")
        .response_with::<404, Problem, _>(|response| response.description("There is no such inquiry"))
}
