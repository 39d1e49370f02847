//! How the store is, as metrics.

use jiff::SignedDuration;
use metrics::{Unit, counter, describe_counter, describe_gauge, gauge};

use crate::store::{Ailment, Health, Leases};

/// Sets them in the recorder at hand.
pub(super) fn render(health: &Health, leases: &Leases) {
    describe();
    if let Some(own) = leases.own() {
        gauge!("chakong_clock_ahead_seconds").set(SignedDuration::from_micros(own.ahead).as_secs_f64());
    }
    for ailment in Ailment::ALL {
        let value = if health.ailment == Some(ailment) { 1.0 } else { 0.0 };
        gauge!("chakong_store_ailment", "kind" => ailment.word()).set(value);
    }
    counter!("chakong_store_unreadable_rows_total").absolute(health.unreadable);
    if let Some(bytes) = health.bytes {
        gauge!("chakong_store_bytes").set(approximate(bytes));
    }
    if let Some(bytes) = health.wal_bytes {
        gauge!("chakong_store_wal_bytes").set(approximate(bytes));
    }
    if let Some(asked) = health.asked {
        counter!("chakong_store_statements_total").absolute(asked.statements);
        counter!("chakong_store_round_trips_total").absolute(asked.round_trips);
        counter!("chakong_store_commits_total").absolute(asked.commits);
        counter!("chakong_store_inputs_total").absolute(asked.inputs);
    }
}

fn describe() {
    describe_gauge!("chakong_store_ailment", "1 for what keeps the store from being used");
    describe_counter!(
        "chakong_store_unreadable_rows_total",
        "How often a row could not be read and was passed over"
    );
    describe_gauge!(
        "chakong_clock_ahead_seconds",
        Unit::Seconds,
        "By how much the clock of this process is ahead of the database's; behind it where negative"
    );
    describe_gauge!("chakong_store_bytes", Unit::Bytes, "Size of the store's file");
    describe_gauge!("chakong_store_wal_bytes", Unit::Bytes, "Size of the store's write-ahead log");
    describe_counter!("chakong_store_statements_total", "Statements that were sent to the database server");
    describe_counter!(
        "chakong_store_round_trips_total",
        "How often an answer of the database server was waited for; statements may go together"
    );
    describe_counter!("chakong_store_commits_total", "Commits at the database server");
    describe_counter!("chakong_store_inputs_total", "Inputs in these commits: many go together");
}

/// A number as Prometheus takes it.
#[allow(clippy::cast_precision_loss, reason = "Prometheus knows only floating point")]
pub(super) const fn approximate(number: u64) -> f64 {
    number as f64
}
