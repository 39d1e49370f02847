//! Answers of paid queries that are used again: young enough for the counterpart's setting and for the inquiry.

use std::time::Duration;

use chakong_contract::Order;
use jiff::Timestamp;

use super::DueOrder;
use crate::config::CounterpartConfig;
use crate::domain::{OrderId, OrderRecord, Priority, Revision, Terms};
use crate::store::{Reads, Store, Stored};

/// Keys of queries whose answers may be used again.
pub(super) type Keys = Vec<(OrderId, Vec<u8>)>;

/// What makes two queries the same question: the court that asks, counterpart as configured, party, document and what is asked. An
/// answer that another court was given would tell that it is after the same party. A keyed hash, because it holds identity numbers.
fn key(store: &dyn Store, config: &CounterpartConfig, order: &Order) -> Vec<u8> {
    let asked = (&order.document, &order.name, &order.instruction);
    let question = (&order.case.court_code, &config.name, config.fingerprint, asked);
    store.keyed_hash(&serde_json::to_vec(&question).unwrap_or_default())
}

/// How old an answer may be for an inquiry: the counterpart's setting, which the inquiry may lower.
fn age(config: &CounterpartConfig, terms: &Terms) -> Duration {
    let wished = terms.search.max_age_seconds.map(|seconds| Duration::from_secs(u64::from(seconds)));
    wished.map_or(config.cache_age, |wished| wished.min(config.cache_age))
}

/// The answer that an order may be given without asking. Never for a control, and never where a person asks again.
pub(super) fn known(
    reads: &mut dyn Reads,
    store: &dyn Store,
    config: &CounterpartConfig,
    due: &DueOrder,
    now: Timestamp,
) -> Stored<Option<Revision>> {
    let (record, age) = (&due.record, age(config, &due.asked.terms));
    let asks = !record.is_control() && record.priority == Priority::Query && record.ticket.is_none();
    let since = now.checked_sub(age).ok().filter(|_| asks && !age.is_zero());
    let Some(since) = since else { return Ok(None) };
    reads.cached_answer(&key(store, config, &due.order()?), since)
}

/// Keys of the queries of a batch whose answers may be used again.
pub(super) fn keys(
    store: &dyn Store,
    config: &CounterpartConfig,
    records: &[OrderRecord],
    orders: &[Order],
) -> Keys {
    if config.cache_age.is_zero() {
        return Keys::new();
    }
    let queries = records.iter().zip(orders).filter(|(record, _)| !record.is_control());
    queries.map(|(record, order)| (record.id, key(store, config, order))).collect()
}
