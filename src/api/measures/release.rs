//! `POST /v1/measures/{id}/release`: gives back what a measure holds, wholly or in part.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use chakong_contract::{LegalDocument, Money};
use schemars::JsonSchema;
use serde::Deserialize;

use super::checks::{check_amount, check_documents, refresh};
use super::{MeasurePath, MeasureView, decide};
use crate::api::access::{Caller, may};
use crate::api::extract::{At, Sent, check_reason, no_findings};
use crate::api::problem::Problem;
use crate::api::{Shared, act};
use crate::settle;
use crate::store::Tx;

/// How much is given back, on which documents, and why.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReleaseRequest {
    /// How much, in yuan; absent means all of it.
    amount: Option<Money>,
    /// Documents that the release needs and the inquiry did not bring: ruling and notice (法释〔2013〕20号 art. 3).
    #[serde(default)]
    documents: Vec<LegalDocument>,
    /// Why; 1 to 500 characters.
    #[schemars(length(min = 1, max = 500))]
    reason: String,
}

impl ReleaseRequest {
    fn check(&self) -> Result<(), Problem> {
        let mut findings = Vec::new();
        check_reason(&self.reason, &mut findings);
        check_amount("/amount", self.amount, &mut findings);
        check_documents(&self.documents, &mut findings);
        no_findings(findings)
    }
}

pub(super) async fn release(
    State(gateway): State<Shared>,
    caller: Caller<{ may::APPROVER }>,
    At(path): At<MeasurePath>,
    Sent(request): Sent<ReleaseRequest, true>,
) -> Result<Json<MeasureView>, Problem> {
    request.check()?;
    let act = act(gateway.clock.now(), caller.name(), "release", path.id.to_string(), &request.reason);
    let (amount, documents) = (request.amount.map(|money| money.amount), request.documents);
    let around = Shared::clone(&gateway);
    let work = move |tx: &mut dyn Tx| {
        let released = settle::release(tx, path.id, amount, &documents, act.clone())?;
        refresh(&around, tx, &released)?;
        Ok(released)
    };
    let (view, inquiry) = decide(&gateway, work).await?;
    gateway.submissions.forget(inquiry);
    Ok(Json(view))
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("releaseMeasure")
        .tag("measures")
        .summary("Release a measure 解除措施")
        .response_with::<404, Problem, _>(|response| response.description("There is no such measure"))
        .response_with::<409, Problem, _>(|response| response.description("The measure does not stand"))
        .response_with::<422, Problem, _>(|response| response.description("A rule is broken"))
}
