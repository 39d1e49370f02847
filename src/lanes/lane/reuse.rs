//! Answers of paid queries that are used again: young enough for the counterpart's setting and for the inquiry.

use std::sync::Arc;
use std::time::Duration;

use chakong_contract::{Order, Reply};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::super::order_for;
use super::Lane;
use crate::config::CounterpartConfig;
use crate::inquiry::{OrderId, OrderRecord, OrderState, Priority, Submission};
use crate::settle::{Happening, Source, apply};
use crate::store::{Reads, Revision, StoreError, Stored, Tx};

/// Keys of queries whose answers may be used again.
pub(super) type Keys = Vec<(OrderId, Vec<u8>)>;

/// An order and the earlier answer to the same question.
pub(super) type Known = (OrderId, Revision);

/// What makes two queries the same question: counterpart as configured, party, document and what is asked. A digest, because
/// it holds identity numbers.
fn key(config: &CounterpartConfig, order: &Order) -> Vec<u8> {
    let question = (&config.name, config.fingerprint, &order.document, &order.name, &order.instruction);
    Sha256::digest(serde_json::to_vec(&question).unwrap_or_default()).to_vec()
}

/// How old an answer may be for an inquiry: the counterpart's setting, which the inquiry may lower.
fn age(config: &CounterpartConfig, submission: &Submission) -> Duration {
    let wished = submission.search.max_age_seconds.map(|seconds| Duration::from_secs(u64::from(seconds)));
    wished.map_or(config.cache_age, |wished| wished.min(config.cache_age))
}

/// The answer that an order may be given without asking. Never for a control, and never where a person asks again.
pub(super) fn known(
    reads: &mut dyn Reads,
    config: &CounterpartConfig,
    record: &OrderRecord,
    submission: &Submission,
    now: Timestamp,
) -> Stored<Option<Revision>> {
    let age = age(config, submission);
    let asks = !record.is_control() && record.priority == Priority::Query && record.ticket.is_none();
    let since = now.checked_sub(age).ok().filter(|_| asks && !age.is_zero());
    let Some(since) = since else { return Ok(None) };
    let order = order_for(record, submission, &config.plugin.manifest)?;
    reads.cached_answer(&key(config, &order), since)
}

/// Keys of the queries of a batch whose answers may be used again.
pub(super) fn keys(config: &CounterpartConfig, records: &[OrderRecord], orders: &[Order]) -> Keys {
    if config.cache_age.is_zero() {
        return Keys::new();
    }
    let queries = records.iter().zip(orders).filter(|(record, _)| !record.is_control());
    queries.map(|(record, order)| (record.id, key(config, order))).collect()
}

/// Keeps where an answer is, if it is whole.
pub(super) fn keep(tx: &mut dyn Tx, order: &OrderRecord, heard: &super::outcome::Conversed) -> Stored<()> {
    let found = heard.keys.iter().find(|(id, _)| *id == order.id);
    let Some((_, key)) = found.filter(|_| order.state == OrderState::Answered) else { return Ok(()) };
    let revision = tx.revision(order.root, None)?.filter(|revision| revision.order == order.id);
    match revision {
        Some(revision) if matches!(revision.answer.reply, Reply::Found { .. } | Reply::Nothing) => {
            tx.keep_answer(key, revision.root, revision.number, heard.raw.at)
        }
        _ => Ok(()),
    }
}

impl Lane {
    /// Answers orders from what is known already; nothing is sent.
    pub(super) async fn answer_known(&self, known: Vec<Known>) -> Stored<()> {
        let on = self.circumstances(false);
        let write = move |tx: &mut dyn Tx| {
            for (id, revision) in &known {
                let order = tx.order(*id)?.ok_or(StoreError::Missing("the order"))?;
                if order.state != OrderState::Queued {
                    continue;
                }
                let source = Source {
                    raw: revision.raw,
                    digest: revision.raw_digest.clone(),
                    connector: revision.connector.clone(),
                    cached_from: Some(revision.at),
                };
                apply(tx, &order, Happening::Answered(Arc::clone(&revision.answer)), &on, &source)?;
            }
            Ok(())
        };
        self.context.store.write(write).await
    }
}
