//! `POST /v1/orders/{number}/requery`.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse as _, Response};

use super::{OrderPath, OrderView, find};
use crate::api::access::{Caller, may};
use crate::api::extract::{At, ReasonGiven, Sent};
use crate::api::problem::Problem;
use crate::api::{Shared, act};
use crate::settle::{self, Declined};

pub(super) async fn requery(
    State(gateway): State<Shared>,
    caller: Caller<{ may::ACT }>,
    At(path): At<OrderPath>,
    Sent(given): Sent<ReasonGiven>,
) -> Result<Response, Problem> {
    let act = act(gateway.clock.now(), caller.name(), "requery", path.number.as_str(), &given.checked()?);
    let around = Shared::clone(&gateway);
    let made = gateway.store.write(move |tx| {
        let Some(order) = find(tx, &path)? else { return Ok(Err(Declined::Unknown("order"))) };
        match settle::requery(tx, &order, act.clone())? {
            Ok(new) => Ok(Ok((new.number(), OrderView::read(tx, &around, &new)?))),
            Err(declined) => Ok(Err(declined)),
        }
    });
    let (number, view) = made.await??;
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
            response.description("A control, or a cancelled inquiry")
        })
        .response_with::<422, Problem, _>(|response| response.description("A reason is missing"))
}
