//! `GET /v1/counterparts` and `GET /v1/counterparts/{name}`.

use std::collections::BTreeSet;

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use chakong_contract::Moment;
use schemars::JsonSchema;
use serde::Serialize;

use super::{CounterpartInFull, CounterpartPath, LaneHere};
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::At;
use crate::api::problem::Problem;
use crate::store::{Stored, charged_on, lane_lease};

/// Every counterpart.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct CounterpartList {
    /// By name; those without configuration only while they have orders.
    counterparts: Vec<CounterpartInFull>,
    /// What is wrong with the counterparts' files, line by line, so that they are not taken up; null where nothing is.
    problems: Option<String>,
}

/// The counterparts that are named, or all of them.
async fn views(gateway: &Shared, only: Option<String>) -> Stored<Vec<CounterpartInFull>> {
    let configs = gateway.counterparts.now();
    let registry = std::sync::Arc::clone(&gateway.registry);
    let leases = std::sync::Arc::clone(gateway.store.leases());
    let today = Moment::from_timestamp(gateway.clock.now()).date();
    let read = gateway.store.read(move |reads| {
        let mut names: BTreeSet<String> = configs.keys().cloned().collect();
        names.extend(reads.open_lanes()?);
        names.retain(|name| only.as_ref().is_none_or(|only| only == name));
        let mut views = Vec::with_capacity(names.len());
        for name in names {
            let (counts, paused) = (reads.lane_counts(&name)?, reads.paused(&name)?);
            let charged = charged_on(reads, &name, today)?;
            let lease = lane_lease(&name);
            let replica = leases.holder(&lease);
            let view = match configs.get(&name) {
                Some(config) => {
                    let lane = match registry.get(&name) {
                        _ if !leases.is_here(&lease) => LaneHere::Elsewhere,
                        Some(handle) => LaneHere::Open(Box::new(handle.view(counts))),
                        None => LaneHere::Closed(registry.closed(&name)),
                    };
                    CounterpartInFull::configured(config, paused, charged, counts, lane)
                }
                None => CounterpartInFull::unconfigured(name, paused, charged, counts),
            };
            views.push(CounterpartInFull { replica, ..view });
        }
        Ok(views)
    });
    read.await
}

pub(super) async fn list(
    State(gateway): State<Shared>,
    _: Caller<{ may::WATCH }>,
) -> Result<Json<CounterpartList>, Problem> {
    let problems = gateway.counterparts.problems();
    Ok(Json(CounterpartList { counterparts: views(&gateway, None).await?, problems }))
}

pub(super) async fn show(
    State(gateway): State<Shared>,
    _: Caller<{ may::WATCH }>,
    At(path): At<CounterpartPath>,
) -> Result<Json<CounterpartInFull>, Problem> {
    let found = views(&gateway, Some(path.name)).await?.pop();
    found.map(Json).ok_or_else(|| Problem::not_found("counterpart"))
}

pub(super) fn list_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation.id("listCounterparts").tag("counterparts").summary("Counterparts and their health 协助单位")
}

pub(super) fn show_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("getCounterpart")
        .tag("counterparts")
        .summary("A counterpart and its health 协助单位概况")
        .response_with::<404, Problem, _>(|response| response.description("There is no such counterpart"))
}
