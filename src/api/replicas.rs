//! `GET /v1/replicas`: the processes that share the store, and what each of them works for.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::Shared;
use super::access::{Caller, may};
use crate::store::Replica;

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new().api_route("/v1/replicas", get_with(list, docs))
}

/// Every process that shares the store.
#[derive(Debug, Serialize, JsonSchema)]
struct ReplicaList {
    /// Whether several processes may share this store; an embedded one has one.
    shared: bool,
    /// By name. Those that are gone are shown for a day.
    replicas: Vec<ReplicaView>,
}

/// What a process does now.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum ReplicaState {
    /// It works.
    Live,
    /// It gives its work to others, and stops soon.
    Draining,
    /// Its clock is too far from the database's: others do its work until it is right. Where nobody's is right, it works on.
    ClockWrong,
    /// It has not been heard of for as long as its leases stood, or has ended.
    Gone,
}

/// A process that shares the store.
#[derive(Debug, Serialize, JsonSchema)]
struct ReplicaView {
    /// Which process; never the same again.
    id: String,
    /// Its name.
    name: String,
    /// Whether it is the one that answers.
    own: bool,
    /// What it does now.
    state: ReplicaState,
    /// Where its API listens, as it sees it itself.
    address: String,
    /// When it started, by the clock of the database.
    started: Timestamp,
    /// When it was last heard of, by the clock of the database.
    seen: Timestamp,
    /// By how many milliseconds its clock is ahead of that of the database; behind it where negative. More than five seconds is wrong.
    clock_ahead_ms: i64,
    /// How many lanes, relays and clocks it works for.
    leases: usize,
}

async fn list(State(gateway): State<Shared>, _: Caller<{ may::WATCH }>) -> Json<ReplicaList> {
    let leases = gateway.store.leases();
    let counts = leases.counts();
    let time = |micros| Timestamp::from_microsecond(micros).unwrap_or_default();
    let view = |replica: Replica| ReplicaView {
        own: replica.id == leases.id(),
        state: match &replica {
            Replica { is_live: false, .. } => ReplicaState::Gone,
            Replica { is_draining: true, .. } => ReplicaState::Draining,
            Replica { is_apart: true, .. } => ReplicaState::ClockWrong,
            _ => ReplicaState::Live,
        },
        clock_ahead_ms: replica.ahead / 1000,
        leases: counts.get(&replica.id).copied().unwrap_or_default(),
        id: replica.id,
        name: replica.name,
        address: replica.address,
        started: time(replica.started),
        seen: time(replica.seen),
    };
    let replicas = leases.replicas().into_iter().map(view).collect();
    Json(ReplicaList { shared: leases.is_shared(), replicas })
}

fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation.id("listReplicas").tag("operations").summary("Replicas 副本").description(
        "The processes that share one database. What is shown was heard at most a third of a lease ago.",
    )
}
