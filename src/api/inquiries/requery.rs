//! `POST /v1/inquiries/{id}/requery`: asks again what the inquiry asked.

use std::collections::BTreeMap;

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chakong_contract::RequestNumber;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{InquiryPath, about};
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::acting::act;
use crate::api::extract::{At, JsonBody, check_reason, no_findings};
use crate::api::problem::Problem;
use crate::domain::decide::Act;
use crate::domain::{Finding, OrderId, OrderRecord};
use crate::store::Stored;

/// Whom to ask again, and why.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RequeryRequest {
    /// Why; 1 to 500 characters.
    #[schemars(length(min = 1, max = 500))]
    reason: String,
    /// Only these counterparts; absent or empty means every one that was asked.
    #[serde(default)]
    counterparts: Vec<String>,
}

/// The new orders.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Requeried {
    /// Their request numbers.
    orders: Vec<RequestNumber>,
}

pub(super) async fn requery(
    State(gateway): State<Shared>,
    caller: Caller<{ may::REQUERY }>,
    At(path): At<InquiryPath>,
    JsonBody(request): JsonBody<RequeryRequest>,
) -> Result<(StatusCode, Json<Requeried>), Problem> {
    let mut findings = Vec::new();
    check_reason(&request.reason, &mut findings);
    no_findings(findings)?;
    let all = about(&gateway, &caller.0, path, |reads, inquiry| reads.orders_of(inquiry.id)).await?;
    let (named, latest) = (request.counterparts, latest_queries(all));
    no_findings(unknown_names(&named, &latest))?;
    let wanted = latest.iter().filter(|order| named.is_empty() || named.contains(&order.lane));
    let orders: Vec<OrderId> = wanted.map(|order| order.id).collect();
    let made = act(&gateway, &caller.0, (None, Act::Requery(orders)), request.reason, Vec::new()).await?;
    let read = gateway.store.read(move |reads| {
        let number = |id: &OrderId| Ok(reads.order(*id)?.map(|order| order.number()));
        made.orders.iter().map(number).collect::<Stored<Vec<Option<RequestNumber>>>>()
    });
    let orders = read.await?.into_iter().flatten().collect();
    Ok((StatusCode::CREATED, Json(Requeried { orders })))
}

/// The latest query of each question.
fn latest_queries(orders: Vec<OrderRecord>) -> Vec<OrderRecord> {
    let queries = orders.into_iter().filter(|order| !order.is_control());
    let latest: BTreeMap<OrderId, OrderRecord> = queries.map(|order| (order.root, order)).collect();
    latest.into_values().collect()
}

fn unknown_names(named: &[String], asked: &[OrderRecord]) -> Vec<Finding> {
    let unknown = named.iter().enumerate().filter(|(_, name)| asked.iter().all(|order| order.lane != **name));
    let finding = |(at, _): (usize, &String)| Finding {
        pointer: format!("/counterparts/{at}"),
        detail: "本次查控申请未查询该单位 the inquiry did not ask this counterpart".to_owned(),
    };
    unknown.map(finding).collect()
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("requeryInquiry")
        .tag("inquiries")
        .summary("Ask again 重新查询")
        .description(
            "One new order for each query of the inquiry, or for those to the named counterparts; its answer is the next \
             revision. A question that is asked again already is left out until it is answered. Controls are never repeated by hand.",
        )
        .response_with::<201, Json<Requeried>, _>(|response| response.description("The new orders are queued"))
        .response_with::<404, Problem, _>(|response| response.description("There is no such inquiry"))
        .response_with::<409, Problem, _>(|response| {
            response.description("All of it is asked again already and not answered yet, or the inquiry was cancelled")
        })
        .response_with::<422, Problem, _>(|response| response.description("A rule is broken"))
}
