//! `GET /v1/relays`: how relays 转发 and intakes are, and how far each relay is.

use std::collections::BTreeMap;

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
use super::problem::Problem;
use crate::domain::RelayFailure;
use crate::domain::people::Courts;
use crate::relay::{RelayHealth, RelayState, RelayWatch};

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new().api_route("/v1/relays", get_with(list, docs))
}

/// Every relay and intake.
#[derive(Debug, Serialize, JsonSchema)]
struct RelayList {
    /// Sequence number of the newest event.
    last_event: i64,
    /// Results to brokers.
    relays: Vec<RelayView>,
    /// Inquiries from brokers.
    intakes: Vec<IntakeView>,
}

/// A relay: results to a broker.
#[derive(Debug, Serialize, JsonSchema)]
struct RelayView {
    /// `nats` or `rabbitmq`.
    name: &'static str,
    /// The broker's servers.
    servers: String,
    /// What it does now.
    state: RelayState,
    /// Since when; null where it is elsewhere.
    since: Option<Timestamp>,
    /// Name of the replica that works for it; null while none does, and where the store has one process. What is counted is counted by
    /// each replica for itself.
    replica: Option<String>,
    /// Sequence number up to which the broker has acknowledged everything.
    acknowledged: i64,
    /// How many numbers it is behind the newest event.
    lag: i64,
    /// Events that the broker has acknowledged since the start; one may count twice.
    delivered: u64,
    /// Events that went without their data since the start, for it was too large; `dataref` says where it is read.
    without_data: u64,
    /// Courts, of those that the caller sees, whose events the broker does not take for now, as where no queue takes them or one is full. The others go on.
    held_back: Vec<HeldBack>,
    /// Failures since the start.
    failures: u64,
    /// The last failure, whichever replica met it; it stays when the relay works again.
    last_error: Option<LastError>,
}

/// Events of a court that a broker does not take for now.
#[derive(Debug, Serialize, JsonSchema)]
struct HeldBack {
    /// Code of the court; empty where it is not known.
    court: String,
    /// How many events wait, with those behind them in their cases.
    events: u64,
}

/// An intake: inquiries from a broker.
#[derive(Debug, Serialize, JsonSchema)]
struct IntakeView {
    /// `nats` or `rabbitmq`.
    name: &'static str,
    /// The broker's servers.
    servers: String,
    /// What it does now.
    state: RelayState,
    /// Since when; null where it is elsewhere.
    since: Option<Timestamp>,
    /// Name of the replica that works for it; null while none does, and where the store has one process. What is counted is counted by
    /// each replica for itself.
    replica: Option<String>,
    /// Messages that were answered since the start.
    answered: u64,
    /// How many of them were refused, and are among the dead letters.
    refused: u64,
    /// Failures since the start.
    failures: u64,
    /// The last failure, whichever replica met it; it stays when the intake works again.
    last_error: Option<LastError>,
}

/// A failure.
#[derive(Debug, Serialize, JsonSchema)]
struct LastError {
    /// `unreachable`, `timed_out`, `full`, `store`, `denied` or `unfit`.
    kind: String,
    /// What failed, and what to do.
    detail: String,
    /// When; for one that another replica met or that goes on since before the start: when it began.
    at: Timestamp,
    /// Name of the replica that met it; null where the store has one process.
    replica: Option<String>,
}

/// The later of what this process knows and what any process has kept.
fn last_error(
    watch: &RelayWatch,
    health: &RelayHealth,
    kept: &[RelayFailure],
    own: Option<&str>,
) -> Option<LastError> {
    let kept = kept.iter().find(|kept| kept.name == watch.lease).map(|kept| LastError {
        kind: kept.kind.clone(),
        detail: kept.detail.clone(),
        at: kept.at,
        replica: Some(kept.replica.clone()).filter(|name| !name.is_empty()),
    });
    let own = health.last_failure.clone().map(|(failure, at)| LastError {
        kind: failure.kind.word().to_owned(),
        detail: failure.detail,
        at,
        replica: own.map(str::to_owned),
    });
    kept.into_iter().chain(own).max_by_key(|error| error.at)
}

fn since(health: &RelayHealth) -> Option<Timestamp> {
    (health.state != RelayState::Elsewhere).then_some(health.since)
}

/// Courts whose events wait, of those that the caller sees.
fn held_back_of(courts: &Courts, held_back: BTreeMap<String, u64>) -> Vec<HeldBack> {
    let own = held_back.into_iter().filter(|(court, _)| courts.cover(court));
    own.map(|(court, events)| HeldBack { court, events }).collect()
}

async fn list(
    State(gateway): State<Shared>,
    caller: Caller<{ may::CONSUMERS }>,
) -> Result<Json<RelayList>, Problem> {
    let read =
        gateway.store.read(|reads| Ok((reads.last_event()?, reads.consumers()?, reads.relay_failures()?)));
    let (last_event, known, failures) = read.await?;
    let leases = gateway.store.leases();
    let own = leases.own().map(|own| own.name);
    let relay = |watch: &RelayWatch| {
        let health = watch.health(leases);
        let last_error = last_error(watch, &health, &failures, own.as_deref());
        let place = known.iter().find(|(name, _)| Some(name.as_str()) == watch.consumer);
        let acknowledged = place.map_or(0, |(_, seq)| *seq);
        RelayView {
            name: watch.name,
            servers: watch.servers.clone(),
            state: health.state,
            since: since(&health),
            replica: leases.holder(&watch.lease),
            acknowledged,
            lag: gateway.store.log_gaps().lag(last_event, acknowledged),
            delivered: health.done,
            without_data: health.set_aside,
            held_back: held_back_of(caller.courts(), health.held_back),
            failures: health.failures,
            last_error,
        }
    };
    let intake = |watch: &RelayWatch| {
        let health = watch.health(leases);
        let last_error = last_error(watch, &health, &failures, own.as_deref());
        IntakeView {
            name: watch.name,
            servers: watch.servers.clone(),
            state: health.state,
            since: since(&health),
            replica: leases.holder(&watch.lease),
            answered: health.done,
            refused: health.set_aside,
            failures: health.failures,
            last_error,
        }
    };
    let relays = gateway.relays.relays.iter().map(relay).collect();
    let intakes = gateway.relays.intakes.iter().map(intake).collect();
    Ok(Json(RelayList { last_event, relays, intakes }))
}

fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("listRelays")
        .tag("results")
        .summary("Relays to brokers and intakes from them 消息中间件转发与接收")
        .description(
            "A broker that is gone or full delays nobody: results wait in the log. `lag` says how many numbers a relay is behind. \
             Events that no queue of the broker takes hold back their own cases; `held_back` names their courts, and the others go on.",
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn courts_that_a_broker_holds_back_are_told_to_those_who_see_them() {
        let told = |courts: Courts| -> Vec<(String, u64)> {
            let all = [("", 1), ("T10", 2), ("T11", 3)].map(|(court, events)| (court.to_owned(), events));
            held_back_of(&courts, all.into()).into_iter().map(|one| (one.court, one.events)).collect()
        };
        assert_eq!(told(Courts::one("T10")), [("T10".to_owned(), 2)]);
        assert_eq!(told(Courts::All).len(), 3);
    }
}
