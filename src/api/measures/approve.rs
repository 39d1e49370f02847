//! `POST /v1/measures/{id}/approve` and `/reject`: what an approver says to a proposed freeze.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;

use super::{MeasurePath, MeasureView, decide};
use crate::api::access::{Caller, may};
use crate::api::extract::{At, ReasonGiven, Sent};
use crate::api::problem::Problem;
use crate::api::{Shared, act};
use crate::settle;

pub(super) async fn approve(
    State(gateway): State<Shared>,
    caller: Caller<{ may::APPROVER }>,
    At(path): At<MeasurePath>,
    Sent(given): Sent<ReasonGiven>,
) -> Result<Json<MeasureView>, Problem> {
    let act = act(gateway.clock.now(), caller.name(), "approve", path.id.to_string(), &given.checked()?);
    let (view, _) = decide(&gateway, move |tx| settle::approve(tx, path.id, act.clone())).await?;
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
        .description("Also one that was skipped or refused, on the approver's word. Never beyond the claim.")
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
