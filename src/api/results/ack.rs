//! `POST /v1/results/ack`: everything up to a sequence number is safe with the consumer.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{NAME_RULE, check_bound, is_of_same_courts, kept_name};
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::{JsonBody, no_findings};
use crate::api::problem::Problem;
use crate::domain::Finding;
use crate::domain::people::is_consumer_name;

/// Most consumers of the same courts; a name that is made anew each time would fill the store.
const MOST_CONSUMERS: usize = 100;

/// What is safe.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AckRequest {
    /// Name of the consumer.
    #[schemars(regex(pattern = "^[a-z0-9_-]{1,64}$"))]
    consumer: String,
    /// Everything up to this sequence number.
    #[schemars(range(min = 0))]
    seq: i64,
}

/// How far the consumer is.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Acknowledged {
    /// Name of the consumer.
    consumer: String,
    /// Never moves back, whatever was sent.
    acknowledged: i64,
}

pub(super) async fn ack(
    State(gateway): State<Shared>,
    caller: Caller<{ may::RESULTS }>,
    JsonBody(request): JsonBody<AckRequest>,
) -> Result<Json<Acknowledged>, Problem> {
    let finding = |pointer: &str, detail: String| vec![Finding { pointer: pointer.to_owned(), detail }];
    if !is_consumer_name(&request.consumer) {
        no_findings(finding("/consumer", NAME_RULE.to_owned()))?;
    }
    check_bound(&caller.0, &request.consumer)?;
    let AckRequest { consumer, seq } = request;
    let kept = kept_name(caller.courts(), &consumer);
    let (last, known) = gateway.store.read(|reads| Ok((reads.last_event()?, reads.consumers()?))).await?;
    if !(0..=last).contains(&seq) {
        return Err(Problem::invalid(finding("/seq", format!("the log ends at {last}"))));
    }
    let own = known.iter().filter(|(name, _)| is_of_same_courts(caller.courts(), name)).count();
    if own >= MOST_CONSUMERS && known.iter().all(|(name, _)| *name != kept) {
        let detail = format!("there are {MOST_CONSUMERS} consumers of these courts already");
        return Err(Problem::invalid(finding("/consumer", detail)));
    }
    gateway.engine.acknowledge(kept.clone(), seq).await?;
    let acknowledged = gateway.store.read(move |reads| reads.acknowledged(&kept)).await?;
    Ok(Json(Acknowledged { consumer, acknowledged }))
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("acknowledgeResults")
        .tag("results")
        .summary("Acknowledge results 确认结果")
        .response_with::<422, Problem, _>(|response| {
            response.description("Beyond the end of the log, or no name")
        })
}
