//! How relays and intakes are, as metrics.

use metrics::{counter, describe_counter, describe_gauge, gauge};

use crate::relay::{RelayState, RelayWatch, Relays};

/// Sets them in the recorder at hand.
pub(super) fn render(relays: &Relays) {
    describe();
    for watch in relays.relays.iter() {
        state("chakong_relay_state", "relay", watch);
        let health = watch.health();
        counter!("chakong_relay_delivered_total", "relay" => watch.name).absolute(health.done);
        counter!("chakong_relay_without_data_total", "relay" => watch.name).absolute(health.set_aside);
        counter!("chakong_relay_failures_total", "relay" => watch.name).absolute(health.failures);
    }
    for watch in relays.intakes.iter() {
        state("chakong_intake_state", "intake", watch);
        let health = watch.health();
        counter!("chakong_intake_answered_total", "intake" => watch.name).absolute(health.done);
        counter!("chakong_intake_refused_total", "intake" => watch.name).absolute(health.set_aside);
        counter!("chakong_intake_failures_total", "intake" => watch.name).absolute(health.failures);
    }
}

fn state(metric: &'static str, label: &'static str, watch: &RelayWatch) {
    let now = watch.health().state;
    for (state, word) in RelayState::ALL {
        let value = if state == now { 1.0 } else { 0.0 };
        gauge!(metric, label => watch.name, "state" => word).set(value);
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
    describe_counter!("chakong_relay_failures_total", "Failures of the relay since the start");
    describe_gauge!("chakong_intake_state", "1 for the state that the intake is in");
    describe_counter!("chakong_intake_answered_total", "Messages that were answered since the start");
    describe_counter!("chakong_intake_refused_total", "Messages that were refused since the start");
    describe_counter!("chakong_intake_failures_total", "Failures of the intake since the start");
}
