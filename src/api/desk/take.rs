//! `POST /v1/desk/{number}/take`: somebody takes an order, or takes it over.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;

use super::view::DeskInFull;
use super::{DeskPath, again, at};
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::At;
use crate::api::problem::Problem;
use crate::domain::decide::DeskMove;
use crate::engine::AtDesk;

pub(super) async fn take(
    State(gateway): State<Shared>,
    caller: Caller<{ may::DESK }>,
    At(path): At<DeskPath>,
) -> Result<Json<DeskInFull>, Problem> {
    let on = at(&gateway, &caller.0, path).await?;
    let by = caller.name().to_owned();
    gateway.engine.work_at_desk(AtDesk { order: on.record.id, by, what: DeskMove::Take, seen: None }).await?;
    let on = again(&gateway, on).await?;
    DeskInFull::of(&on, gateway.clock.now()).map(Json)
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("takeDeskOrder")
        .tag("desk")
        .summary("Take an order, or take it over from a colleague 领取")
        .description("One whose answer was taken in is taken once more where the counterpart says something else later.")
        .response_with::<404, Problem, _>(|response| response.description("There is no such order on the desk"))
        .response_with::<409, Problem, _>(|response| {
            response.description("The caller has it already, or an answer waits to be checked")
        })
}
