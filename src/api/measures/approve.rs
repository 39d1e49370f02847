//! `POST /v1/measures/{id}/approve` and `/reject`: what an approver says to a proposed freeze.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;

use chakong_contract::Money;
use schemars::JsonSchema;
use serde::Deserialize;

use super::checks::check_amount;
use super::{MeasurePath, MeasureView, decide};
use crate::api::access::{Caller, may};
use crate::api::extract::{At, ReasonGiven, Sent, check_reason, no_findings};
use crate::api::problem::Problem;
use crate::api::{Shared, act};
use crate::settle::{self, Approval};

/// How a freeze is approved.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ApproveRequest {
    /// Up to how much, in yuan; absent means what was proposed or is available. Never beyond the claim.
    #[serde(default)]
    limit: Option<Money>,
    /// Freeze the account as such 账户, so that nothing leaves it, and not an amount in it.
    #[serde(default)]
    whole: bool,
    /// Why; 1 to 500 characters.
    #[schemars(length(min = 1, max = 500))]
    reason: String,
}

pub(super) async fn approve(
    State(gateway): State<Shared>,
    caller: Caller<{ may::APPROVER }>,
    At(path): At<MeasurePath>,
    Sent(request): Sent<ApproveRequest>,
) -> Result<Json<MeasureView>, Problem> {
    let mut findings = Vec::new();
    check_reason(&request.reason, &mut findings);
    check_amount("/limit", request.limit, &mut findings);
    no_findings(findings)?;
    let act = act(gateway.clock.now(), caller.name(), "approve", path.id.to_string(), &request.reason);
    let approval = Approval { limit: request.limit.map(|money| money.amount), whole: request.whole };
    let (view, _) = decide(&gateway, move |tx| settle::approve(tx, path.id, approval, act.clone())).await?;
    Ok(Json(view))
}

pub(super) async fn reject(
    State(gateway): State<Shared>,
    caller: Caller<{ may::APPROVER }>,
    At(path): At<MeasurePath>,
    Sent(given): Sent<ReasonGiven>,
) -> Result<Json<MeasureView>, Problem> {
    let act = act(gateway.clock.now(), caller.name(), "reject", path.id.to_string(), &given.checked()?);
    let (view, _) = decide(&gateway, move |tx| settle::reject(tx, path.id, act.clone())).await?;
    Ok(Json(view))
}

pub(super) fn approve_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    both(operation)
        .id("approveMeasure")
        .summary("Approve a freeze 批准冻结")
        .description(
            "Also one that was skipped or refused, on the approver's word. Never beyond the claim. The account as \
             such is frozen only when all that is in it fits into the limit.",
        )
}

pub(super) fn reject_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    both(operation)
        .id("rejectMeasure")
        .summary("Reject a proposed freeze 不批准冻结")
        .description("The next account takes its place.")
}

fn both(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .tag("measures")
        .response_with::<404, Problem, _>(|response| response.description("There is no such measure"))
        .response_with::<409, Problem, _>(|response| {
            response.description("Not in this state, or the claim is covered")
        })
        .response_with::<422, Problem, _>(|response| response.description("A reason is missing"))
}
