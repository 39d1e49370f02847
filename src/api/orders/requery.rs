//! `POST /v1/orders/{number}/requery`.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse as _, Response};

use super::{OrderPath, OrderView, at, view};
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::acting::act;
use crate::api::extract::{At, JsonBody, ReasonGiven};
use crate::api::problem::Problem;
use crate::domain::decide::Act;

pub(super) async fn requery(
    State(gateway): State<Shared>,
    caller: Caller<{ may::REQUERY }>,
    At(path): At<OrderPath>,
    JsonBody(given): JsonBody<ReasonGiven>,
) -> Result<Response, Problem> {
    let reason = given.checked()?;
    let order = at(&gateway, &caller.0, path).await?;
    let made = act(&gateway, &caller.0, (None, Act::Requery(vec![order.id])), reason, Vec::new()).await?;
    let id = made.orders.first().copied().ok_or_else(|| Problem::not_found("order"))?;
    let view = view(&gateway, id).await?;
    let number = view.number.clone();
    let location = [(LOCATION, format!("/v1/orders/{number}"))];
    Ok((StatusCode::CREATED, location, Json(view)).into_response())
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("requeryOrder")
        .tag("orders")
        .summary("Ask again 重新查询")
        .description("A new order with a number of its own; its answer is the next revision.")
        .response_with::<201, Json<OrderView>, _>(|response| response.description("The new order"))
        .response_with::<404, Problem, _>(|response| response.description("There is no such order"))
        .response_with::<409, Problem, _>(|response| {
            response.description("A control, a question that is asked again already and not answered yet, or a cancelled inquiry")
        })
        .response_with::<422, Problem, _>(|response| response.description("A reason is missing"))
}
