//! `GET /v1/consumers`: how far each consumer is. `DELETE /v1/consumers/{name}`: one that reads no more.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{check_bound, kept_name, shown_name};
use crate::api::access::{Caller, may};
use crate::api::extract::At;
use crate::api::problem::{Problem, ProblemKind};
use crate::api::{Shared, audit};

/// Every consumer that has acknowledged something.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ConsumerList {
    /// Sequence number of the newest event of the log, whichever court's it is: the numbers run through the events of all courts.
    last_event: i64,
    /// The consumers.
    consumers: Vec<ConsumerView>,
}

/// A consumer.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ConsumerView {
    /// Name.
    name: String,
    /// Sequence number up to which it has acknowledged.
    acknowledged: i64,
    /// How many numbers it is behind the newest event. Those of other courts' events count, which a consumer passes over: a consumer
    /// that has acknowledged all of its own may still be some behind. Those that the log passed over when the store was restored do not.
    lag: i64,
}

pub(super) async fn consumers(
    State(gateway): State<Shared>,
    caller: Caller<{ may::CONSUMERS }>,
) -> Result<Json<ConsumerList>, Problem> {
    let (last_event, known) =
        gateway.store.read(|reads| Ok((reads.last_event()?, reads.consumers()?))).await?;
    let gaps = gateway.store.log_gaps();
    let view = |(kept, acknowledged): (String, i64)| {
        let name = shown_name(caller.courts(), &kept)?.to_owned();
        check_bound(&caller.0, &name).ok()?;
        Some(ConsumerView { name, acknowledged, lag: gaps.lag(last_event, acknowledged) })
    };
    Ok(Json(ConsumerList { last_event, consumers: known.into_iter().filter_map(view).collect() }))
}

/// Which consumer.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct ConsumerPath {
    /// Its name.
    name: String,
}

pub(super) async fn remove(
    State(gateway): State<Shared>,
    caller: Caller<{ may::CONSUMERS }>,
    At(path): At<ConsumerPath>,
) -> Result<Json<ConsumerView>, Problem> {
    check_bound(&caller.0, &path.name)?;
    let kept = kept_name(caller.courts(), &path.name);
    // It would come back with its next acknowledgement, or begin with the first event.
    if gateway.relays.relays.iter().any(|relay| relay.consumer == Some(kept.as_str())) {
        let detail = "this is the place of a relay that is configured; take its [relay] table out of the configuration first";
        return Err(Problem::new(ProblemKind::NotNow, detail));
    }
    let entry = audit(gateway.clock.now(), caller.name(), "remove_consumer", &kept, "");
    let removed = gateway.engine.remove_consumer(kept, entry).await?;
    let (acknowledged, last_event) = removed.ok_or_else(|| Problem::not_found("consumer"))?;
    let lag = gateway.store.log_gaps().lag(last_event, acknowledged);
    Ok(Json(ConsumerView { name: path.name, acknowledged, lag }))
}

pub(super) fn remove_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("removeConsumer")
        .tag("results")
        .summary("Remove a consumer 移除结果接收方")
        .description(
            "Says how far it was. Results are kept until every consumer has acknowledged them: one that reads no more is \
             removed. Under the same name reading begins with the first event of the log. `relay:…` is the place of a relay; it can be \
             removed once the relay is configured no more.",
        )
        .response_with::<409, Problem, _>(|response| response.description("A relay that is configured reads by it"))
        .response_with::<404, Problem, _>(|response| response.description("There is no such consumer"))
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation.id("listConsumers").tag("results").summary("Consumers and their lag 结果接收方")
}
