//! How relays and intakes are, as metrics.

use metrics::{counter, describe_counter, describe_gauge, gauge};

use super::store::approximate;
use crate::relay::{RelayState, Relays};
use crate::store::Leases;

/// Sets them in the recorder at hand.
pub(super) fn render(relays: &Relays, leases: &Leases) {
    describe();
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

fn state(metric: &'static str, label: &'static str, name: &'static str, now: RelayState) {
    for (state, word) in RelayState::ALL {
        let value = if state == now { 1.0 } else { 0.0 };
        gauge!(metric, label => name, "state" => word).set(value);
    }
}

fn describe() {
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
