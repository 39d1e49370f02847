//! `GET /v1/desk/{number}`: an order on the desk with its form.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;

use super::view::DeskInFull;
use super::{DeskPath, at};
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::At;
use crate::api::problem::Problem;

pub(super) async fn show(
    State(gateway): State<Shared>,
    caller: Caller<{ may::DESK_READ }>,
    At(path): At<DeskPath>,
) -> Result<Json<DeskInFull>, Problem> {
    let on = at(&gateway, &caller.0, path).await?;
    DeskInFull::of(&on, gateway.clock.now()).map(Json)
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("getDeskOrder")
        .tag("desk")
        .summary("An order on the desk, with the form of its answer 人工办理事项")
        .response_with::<404, Problem, _>(|response| {
            response.description("There is no such order on the desk")
        })
        .response_with::<409, Problem, _>(|response| {
            response.description("People no longer serve its counterpart")
        })
}
