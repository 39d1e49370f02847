//! `GET /v1/counterparts/{name}/charges`: what a vendor charged, day by day, to be compared with its bill.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;

use super::{CounterpartPath, sees_every_court};
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::At;
use crate::api::problem::{Problem, ProblemKind};

/// Days that are told.
const DAYS: usize = 400;

/// What a counterpart charged.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ChargeList {
    /// Days with charges, newest first, at most 400. The numbers that the vendor gave its calls are with the orders.
    days: Vec<DayOfCharges>,
}

/// A day.
#[derive(Debug, Serialize, JsonSchema)]
struct DayOfCharges {
    /// The day in Asia/Shanghai.
    day: String,
    /// Requests that were charged.
    requests: u64,
}

pub(super) async fn charges(
    State(gateway): State<Shared>,
    caller: Caller<{ may::WATCH }>,
    At(path): At<CounterpartPath>,
) -> Result<Json<ChargeList>, Problem> {
    if !sees_every_court(&caller.0) {
        let detail = "计费为全部法院合计，须由管辖全部法院的人员查看 charges are those of every court: they are for whoever sees every court";
        return Err(Problem::new(ProblemKind::Forbidden, detail));
    }
    let known = gateway.counterparts.now().contains_key(&path.name);
    let days = gateway.store.read(move |reads| reads.charges(&path.name, DAYS)).await?;
    if days.is_empty() && !known {
        return Err(Problem::not_found("counterpart"));
    }
    let days = days.into_iter().map(|(day, requests)| DayOfCharges { day, requests }).collect();
    Ok(Json(ChargeList { days }))
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("listCharges")
        .tag("counterparts")
        .summary("What a vendor charged, by day 计费")
        .response_with::<404, Problem, _>(|response| response.description("There is no such counterpart"))
}
