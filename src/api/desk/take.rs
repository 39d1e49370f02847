//! `POST /v1/desk/{number}/take`: somebody takes an order, or takes it over.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;

use super::view::DeskInFull;
use super::{DeskPath, again, at};
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::{At, JsonBody, check_reason, no_findings};
use crate::api::problem::Problem;
use crate::domain::decide::DeskMove;
use crate::engine::AtDesk;

/// Which order was seen, and why it is taken over.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TakeRequest {
    /// `version` of the order that was looked at; however it stands where it is left out.
    #[serde(default)]
    version: Option<u32>,
    /// Why it is taken over from a colleague who has it, or why an answer that was taken in is corrected; 1 to 500 characters. Left out
    /// where nobody has it and nothing was answered.
    #[serde(default)]
    #[schemars(length(min = 1, max = 500))]
    reason: Option<String>,
}

pub(super) async fn take(
    State(gateway): State<Shared>,
    caller: Caller<{ may::DESK }>,
    At(path): At<DeskPath>,
    JsonBody(request): JsonBody<TakeRequest>,
) -> Result<Json<DeskInFull>, Problem> {
    let mut findings = Vec::new();
    if let Some(reason) = &request.reason {
        check_reason(reason, &mut findings);
    }
    no_findings(findings)?;
    let on = at(&gateway, &caller.0, path).await?;
    let by = caller.name().to_owned();
    let what = DeskMove::Take(request.reason.unwrap_or_default().trim().to_owned());
    gateway.engine.work_at_desk(AtDesk { order: on.record.id, by, what, seen: request.version }).await?;
    let on = again(&gateway, on).await?;
    DeskInFull::of(&on, gateway.clock.now()).map(Json)
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("takeDeskOrder")
        .tag("desk")
        .summary("Take an order, or take it over from a colleague 领取")
        .description("One whose answer was taken in is taken once more, with a reason, where the counterpart says something else later.")
        .response_with::<404, Problem, _>(|response| response.description("There is no such order on the desk"))
        .response_with::<422, Problem, _>(|response| response.description("The reason is empty or too long"))
        .response_with::<409, Problem, _>(|response| {
            response.description("The caller has it already, a colleague has it or its answer was taken in and no reason is given, an answer waits to be checked, or it is not as it was looked at")
        })
}
