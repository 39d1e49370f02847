//! `GET /v1/consumers`: how far each consumer is.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;

use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::problem::Problem;

/// Every consumer that has acknowledged something.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ConsumerList {
    /// Sequence number of the newest event.
    last_event: i64,
    /// The consumers.
    consumers: Vec<ConsumerView>,
}

/// A consumer.
#[derive(Debug, Serialize, JsonSchema)]
struct ConsumerView {
    /// Name.
    name: String,
    /// Sequence number up to which it has acknowledged.
    acknowledged: i64,
    /// How many numbers it is behind the newest event.
    lag: i64,
}

pub(super) async fn consumers(
    State(gateway): State<Shared>,
    _: Caller<{ may::CASE_SYSTEM | may::OPERATIONS }>,
) -> Result<Json<ConsumerList>, Problem> {
    let (last_event, known) =
        gateway.store.read(|reads| Ok((reads.last_event()?, reads.consumers()?))).await?;
    let view = |(name, acknowledged)| ConsumerView {
        name,
        acknowledged,
        lag: last_event.saturating_sub(acknowledged),
    };
    Ok(Json(ConsumerList { last_event, consumers: known.into_iter().map(view).collect() }))
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation.id("listConsumers").tag("results").summary("Consumers and their lag 结果接收方")
}
