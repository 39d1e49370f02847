use std::sync::Arc;

use chakong_contract::{Date, Moment};
use metrics::{Unit, counter, describe_counter, describe_gauge, gauge, with_local_recorder};
use metrics_exporter_prometheus::PrometheusBuilder;

use super::relays::{self, LastFailure};
use super::store::{self, approximate};
use crate::gateway::Gateway;
use crate::lanes::{BreakerState, CounterpartView, LaneHandle};
use crate::relay::Relays;
use crate::store::{Health, LaneCounts, Leases, LogGaps, Reads, Stored, charged_on, lane_lease};

/// What is measured at the moment of a scrape.
#[derive(Debug)]
pub struct Scrape {
    /// What stands in the store; nothing where it cannot be read.
    counted: Option<Counted>,
    store: Health,
    relays: Relays,
    leases: Arc<Leases>,
    turned_away: u64,
    wrong_keys: u64,
    free_bytes: Option<u64>,
    resident_bytes: Option<u64>,
    years_without_holidays: Vec<i16>,
}

#[derive(Debug)]
struct Counted {
    lanes: Vec<(CounterpartView, u64)>,
    unconfigured: Vec<(String, LaneCounts)>,
    /// Name and lag.
    consumers: Vec<(String, i64)>,
    last_event: i64,
    relay_failures: Vec<LastFailure>,
}

/// Measures lanes, consumers, store and process. A store that cannot be read is told by its own metrics.
pub async fn scrape(gateway: &Gateway) -> Scrape {
    let registry = gateway.registry.all();
    let today = Moment::from_timestamp(gateway.clock.now()).date();
    let gaps = gateway.store.log_gaps().clone();
    let counted = gateway.store.read(move |reads| count(reads, &registry, today, &gaps)).await;
    let counted = counted.inspect_err(|error| tracing::warn!(%error, "the store could not be measured")).ok();
    let (store, free_bytes) = (gateway.store.health(), gateway.store.free_bytes());
    let turned_away = gateway.registry.all_turned_away();
    Scrape {
        counted,
        store,
        relays: gateway.relays.clone(),
        leases: Arc::clone(gateway.store.leases()),
        turned_away,
        wrong_keys: gateway.wrong_keys.count(),
        free_bytes,
        resident_bytes: resident_bytes(),
        years_without_holidays: gateway.engine.years_without_holidays(),
    }
}

fn count(
    reads: &mut dyn Reads,
    registry: &[Arc<LaneHandle>],
    today: Date,
    gaps: &LogGaps,
) -> Stored<Counted> {
    let mut lanes = Vec::with_capacity(registry.len());
    for health in registry {
        let view = health.view(reads.lane_counts(&health.name)?);
        lanes.push((view, charged_on(reads, &health.name, today)?));
    }
    let mut unconfigured = Vec::new();
    for name in reads.open_lanes()? {
        if !registry.iter().any(|health| health.name == name) {
            let counts = reads.lane_counts(&name)?;
            unconfigured.push((name, counts));
        }
    }
    let (consumers, last_event) = (reads.consumers()?, reads.last_event()?);
    let lag = |(name, acknowledged)| (name, gaps.lag(last_event, acknowledged));
    let consumers = consumers.into_iter().map(lag).collect();
    let failures = reads.relay_failures()?.into_iter().map(|failure| LastFailure {
        name: failure.name,
        kind: failure.kind,
        replica: failure.replica,
        at: failure.at.as_duration().as_secs_f64(),
    });
    let relay_failures = failures.collect();
    Ok(Counted { lanes, unconfigured, consumers, last_event, relay_failures })
}

/// As Prometheus text. A recorder of its own each time: a lane that is gone leaves no value behind.
pub fn render(scrape: &Scrape) -> String {
    let recorder = PrometheusBuilder::new().build_recorder();
    with_local_recorder(&recorder, || {
        describe();
        if let Some(counted) = &scrape.counted {
            render_counted(counted, &scrape.leases);
        }
        counter!("chakong_postbox_turned_away_total").absolute(scrape.turned_away);
        counter!("chakong_api_wrong_keys_total").absolute(scrape.wrong_keys);
        store::render(&scrape.store, &scrape.leases);
        let failures = scrape.counted.as_ref().map_or(&[][..], |counted| &counted.relay_failures);
        relays::render(&scrape.relays, &scrape.leases, failures);
        if let Some(free) = scrape.free_bytes {
            gauge!("chakong_store_free_bytes").set(approximate(free));
        }
        for year in &scrape.years_without_holidays {
            gauge!("chakong_holidays_unknown", "year" => year.to_string()).set(1.0);
        }
        if let Some(resident) = scrape.resident_bytes {
            gauge!("process_resident_memory_bytes").set(approximate(resident));
        }
    });
    recorder.handle().render()
}

fn render_counted(counted: &Counted, leases: &Leases) {
    for (lane, charged) in &counted.lanes {
        lane.counts.iter().for_each(|waiting| counts(&lane.name, waiting));
        counters(lane);
        if leases.is_here(&lane_lease(&lane.name)) {
            breaker(lane);
        }
        gauge!("chakong_counterpart_files_stuck", "counterpart" => lane.name.clone())
            .set(approximate(lane.files_stuck));
        gauge!("chakong_counterpart_charges_today", "counterpart" => lane.name.clone())
            .set(approximate(*charged));
    }
    for (name, waiting) in &counted.unconfigured {
        counts(name, waiting);
    }
    for (consumer, lag) in &counted.consumers {
        gauge!("chakong_consumer_lag", "consumer" => consumer.clone()).set(approximate(lag.unsigned_abs()));
    }
    gauge!("chakong_events_last_seq").set(approximate(counted.last_event.unsigned_abs()));
}

fn counts(name: &str, counts: &LaneCounts) {
    let set = |metric: &'static str, value| {
        gauge!(metric, "counterpart" => name.to_owned()).set(approximate(value));
    };
    set("chakong_orders_waiting", counts.waiting);
    set("chakong_orders_awaiting", counts.awaiting);
    set("chakong_orders_undetermined", counts.undetermined);
}

fn counters(lane: &CounterpartView) {
    let set = |metric: &'static str, value| {
        counter!(metric, "counterpart" => lane.name.clone()).absolute(value);
    };
    set("chakong_counterpart_sent_total", lane.sent);
    set("chakong_counterpart_answered_total", lane.answered);
    set("chakong_counterpart_faulted_total", lane.faulted);
    set("chakong_counterpart_problems_total", lane.problems);
    set("chakong_counterpart_unknown_values_total", lane.unknown_values);
}

/// Known where the lane works only.
fn breaker(lane: &CounterpartView) {
    let states =
        [(BreakerState::Closed, "closed"), (BreakerState::Open, "open"), (BreakerState::Probing, "probing")];
    for (state, word) in states {
        let value = if lane.breaker == state { 1.0 } else { 0.0 };
        gauge!("chakong_counterpart_breaker", "counterpart" => lane.name.clone(), "state" => word).set(value);
    }
}

fn describe() {
    describe_gauge!(
        "chakong_holidays_unknown",
        "1 for a year that is counted and whose holidays are not known: weekdays are counted"
    );
    describe_gauge!("chakong_orders_waiting", "Orders that wait for their turn");
    describe_gauge!("chakong_orders_awaiting", "Orders handed over whose answer is expected");
    describe_gauge!("chakong_orders_undetermined", "Controls that a person must decide");
    describe_counter!("chakong_counterpart_sent_total", "Messages sent since the lane started");
    describe_counter!("chakong_counterpart_answered_total", "Answers read since the lane started");
    describe_counter!("chakong_counterpart_faulted_total", "Attempts that failed since the lane started");
    describe_counter!("chakong_counterpart_problems_total", "Messages or entries not understood");
    describe_counter!("chakong_counterpart_unknown_values_total", "Values that the connector did not know");
    describe_gauge!("chakong_counterpart_files_stuck", "Incoming files that cannot be read or put away");
    describe_gauge!(
        "chakong_counterpart_breaker",
        "1 for the state that the breaker is in; told by the replica that works for the lane"
    );
    describe_gauge!(
        "chakong_counterpart_charges_today",
        "Requests that the counterpart charged today (Asia/Shanghai)"
    );
    describe_counter!(
        "chakong_postbox_turned_away_total",
        "Calls with a wrong password or key since the start"
    );
    describe_counter!("chakong_api_wrong_keys_total", "Requests to the API with a wrong key since the start");
    describe_gauge!("chakong_consumer_lag", "Events that a consumer has not acknowledged");
    describe_gauge!("chakong_events_last_seq", "Sequence number of the newest event");
    describe_gauge!("chakong_store_free_bytes", Unit::Bytes, "Free bytes on the store's disk");
    describe_gauge!("process_resident_memory_bytes", Unit::Bytes, "Resident memory");
}

/// Resident memory, where `/proc` tells.
fn resident_bytes() -> Option<u64> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = statm.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages.saturating_mul(u64::try_from(rustix::param::page_size()).ok()?))
}
