//! `GET /v1/counterparts` and `GET /v1/counterparts/{name}`.

use std::collections::{BTreeSet, HashMap};

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use chakong_contract::{Date, Moment};
use schemars::JsonSchema;
use serde::Serialize;

use super::{CounterpartInFull, CounterpartPath, LaneHere, sees_every_court, shares};
use crate::api::Shared;
use crate::api::access::{Caller, Identity, may};
use crate::api::extract::At;
use crate::api::problem::Problem;
use crate::domain::Pause;
use crate::store::{LaneCounts, Reads, Stored, charged_on, lane_lease};

/// Every counterpart.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct CounterpartList {
    /// By name; those without configuration only while they have orders.
    counterparts: Vec<CounterpartInFull>,
    /// What is wrong with the counterparts' files, line by line, so that they are not taken up; null where nothing is.
    problems: Option<String>,
}

/// The counterparts that are named, or all of them.
async fn views(gateway: &Shared, caller: &Identity, only: Option<String>) -> Stored<Vec<CounterpartInFull>> {
    let is_whole = sees_every_court(caller);
    let configs = gateway.counterparts.now();
    let registry = std::sync::Arc::clone(&gateway.registry);
    let leases = std::sync::Arc::clone(gateway.store.leases());
    let courts = caller.courts.clone();
    let today = Moment::from_timestamp(gateway.clock.now()).date();
    let read = gateway.store.read(move |reads| {
        let lanes = Lanes::read(reads, only.as_deref(), today)?;
        let mut names: BTreeSet<String> = configs.keys().cloned().collect();
        names
            .extend(lanes.counts.iter().filter(|(_, counts)| counts.has_any()).map(|(lane, _)| lane.clone()));
        names.retain(|name| only.as_ref().is_none_or(|only| only == name));
        let mut views = Vec::with_capacity(names.len());
        for name in names {
            let counts = lanes.counts.get(&name).copied().unwrap_or_default();
            let paused = lanes.pauses.get(&name).cloned();
            let charged = lanes.charges.get(&name).copied().unwrap_or_default();
            let lease = lane_lease(&name);
            let replica = leases.holder(&lease);
            let shares = match configs.get(&name) {
                Some(config) => shares::of(reads, config, &courts, today)?,
                None => Vec::new(),
            };
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
            let view = CounterpartInFull { replica, shares, ..view };
            views.push(if is_whole { view } else { view.without_counts() });
        }
        Ok(views)
    });
    read.await
}

/// What the store has of lanes.
struct Lanes {
    counts: HashMap<String, LaneCounts>,
    pauses: HashMap<String, Pause>,
    charges: HashMap<String, u64>,
}

impl Lanes {
    /// Of one lane, or of all of them by as few statements.
    fn read(reads: &mut dyn Reads, only: Option<&str>, today: Date) -> Stored<Self> {
        let Some(lane) = only else {
            return Ok(Self {
                counts: reads.counts_of_lanes()?,
                pauses: reads.pauses()?,
                charges: reads.charges_of_day(&today.to_string())?,
            });
        };
        let of = || lane.to_owned();
        Ok(Self {
            counts: HashMap::from([(of(), reads.lane_counts(lane)?)]),
            pauses: reads.paused(lane)?.map(|pause| (of(), pause)).into_iter().collect(),
            charges: HashMap::from([(of(), charged_on(reads, lane, today)?)]),
        })
    }
}

pub(super) async fn list(
    State(gateway): State<Shared>,
    caller: Caller<{ may::WATCH }>,
) -> Result<Json<CounterpartList>, Problem> {
    let problems = gateway.counterparts.problems();
    Ok(Json(CounterpartList { counterparts: views(&gateway, &caller.0, None).await?, problems }))
}

pub(super) async fn show(
    State(gateway): State<Shared>,
    caller: Caller<{ may::WATCH }>,
    At(path): At<CounterpartPath>,
) -> Result<Json<CounterpartInFull>, Problem> {
    let found = views(&gateway, &caller.0, Some(path.name)).await?.pop();
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
