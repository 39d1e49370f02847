//! How relays and intakes are, as metrics.

use metrics::{Unit, counter, describe_counter, describe_gauge, gauge};

use super::store::approximate;
use crate::relay::{RelayState, RelayWatch, Relays};
use crate::store::Leases;

/// The last failure of a relay or an intake.
#[derive(Debug)]
pub(super) struct LastFailure {
    /// The name of its lease.
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) replica: String,
    /// Seconds since 1970.
    pub(super) at: f64,
}

/// Sets them in the recorder at hand; `failures` are the last ones that any process has kept.
pub(super) fn render(relays: &Relays, leases: &Leases, failures: &[LastFailure]) {
    describe();
    for watch in relays.relays.iter() {
        shared("chakong_relay", "relay", watch, leases, failures);
    }
    for watch in relays.intakes.iter() {
        shared("chakong_intake", "intake", watch, leases, failures);
    }
    for watch in relays.relays.iter() {
        let health = watch.health(leases);
        state("chakong_relay_state", "relay", watch.name, health.state);
        counter!("chakong_relay_delivered_total", "relay" => watch.name).absolute(health.done);
        counter!("chakong_relay_without_data_total", "relay" => watch.name).absolute(health.set_aside);
        counter!("chakong_relay_failures_total", "relay" => watch.name).absolute(health.failures);
        for (court, events) in health.held_back {
            let held = gauge!("chakong_relay_held_back", "relay" => watch.name, "court" => court);
            held.set(approximate(events));
        }
    }
    for watch in relays.intakes.iter() {
        let health = watch.health(leases);
        state("chakong_intake_state", "intake", watch.name, health.state);
        counter!("chakong_intake_answered_total", "intake" => watch.name).absolute(health.done);
        counter!("chakong_intake_refused_total", "intake" => watch.name).absolute(health.set_aside);
        counter!("chakong_intake_failures_total", "intake" => watch.name).absolute(health.failures);
    }
}

/// What every process tells: who works for it, and its last failure.
fn shared(
    metric: &'static str,
    label: &'static str,
    watch: &RelayWatch,
    leases: &Leases,
    failures: &[LastFailure],
) {
    if let Some(replica) = leases.holder(&watch.lease) {
        gauge!(format!("{metric}_holder"), label => watch.name, "replica" => replica).set(1.0);
    }
    if let Some(failure) = failures.iter().find(|failure| failure.name == watch.lease) {
        let (kind, replica) = (failure.kind.clone(), failure.replica.clone());
        let at = gauge!(format!("{metric}_last_failure_seconds"), label => watch.name, "kind" => kind, "replica" => replica);
        at.set(failure.at);
    }
}

fn state(metric: &'static str, label: &'static str, name: &'static str, now: RelayState) {
    for (state, word) in RelayState::ALL {
        let value = if state == now { 1.0 } else { 0.0 };
        gauge!(metric, label => name, "state" => word).set(value);
    }
}

fn describe() {
    describe_gauge!("chakong_relay_holder", "1 for the replica that works for the relay");
    describe_gauge!("chakong_intake_holder", "1 for the replica that works for the intake");
    describe_gauge!(
        "chakong_relay_last_failure_seconds",
        Unit::Seconds,
        "When the relay failed last, at whichever replica, in seconds since 1970; it stays when it works again"
    );
    describe_gauge!(
        "chakong_intake_last_failure_seconds",
        Unit::Seconds,
        "When the intake failed last, at whichever replica, in seconds since 1970; it stays when it works again"
    );
    describe_gauge!(
        "chakong_relay_state",
        "1 for the state that the relay is in; its lag is chakong_consumer_lag"
    );
    describe_counter!(
        "chakong_relay_delivered_total",
        "Events that the broker has acknowledged since the start"
    );
    describe_counter!("chakong_relay_without_data_total", "Events that were too large for the broker");
    describe_gauge!("chakong_relay_held_back", "Events of a court that the broker does not take for now");
    describe_counter!("chakong_relay_failures_total", "Failures of the relay since the start");
    describe_gauge!("chakong_intake_state", "1 for the state that the intake is in");
    describe_counter!("chakong_intake_answered_total", "Messages that were answered since the start");
    describe_counter!("chakong_intake_refused_total", "Messages that were refused since the start");
    describe_counter!("chakong_intake_failures_total", "Failures of the intake since the start");
}
