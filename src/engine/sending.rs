//! Sending: orders that are about to leave. Their state and the digest of their bytes are durable before the first byte
//! leaves.

use std::collections::HashSet;

use chakong_contract::Moment;
use jiff::Timestamp;

use super::Engine;
use crate::domain::decide::{Facts, OrderInput, OrderRules, settle};
use crate::domain::{
    Batch, BatchId, Change, IdKind, LaneChange, OrderId, OrderRecord, OrderState, RawId, RawMessage,
};
use crate::store::{Needs, StoreError, Stored, Tx};

/// Orders that are about to leave together.
#[derive(Debug, Clone)]
pub struct Dispatch {
    /// The lane.
    pub lane: String,
    /// When.
    pub at: Timestamp,
    /// The orders.
    pub orders: Vec<OrderId>,
    /// The batch that was made for them; `None` makes one.
    pub batch: Option<BatchId>,
    /// SHA-256 of the exact bytes.
    pub digest: Vec<u8>,
    /// Files that carry them, as they will be handed over.
    pub files: Vec<RawMessage>,
    /// Whether the request counts against a quota.
    pub counts: bool,
    /// Whether all of them go or none.
    pub together: bool,
}

/// Which orders leave.
#[derive(Debug, Clone, Default)]
pub struct Dispatched {
    /// Those that were still queued; what was withdrawn meanwhile does not leave.
    pub going: HashSet<OrderId>,
}

impl Engine {
    /// Makes a batch for a message that is to be written; gives its number.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn begin_batch(&self, lane: String, at: Timestamp, counts: bool) -> Stored<BatchId> {
        self.execute((lane, at, counts), |tx, (lane, at, counts), _| {
            let id = BatchId::new(tx.next(IdKind::Batch));
            let mut changes = vec![Change::Lane(LaneChange::NewBatch(Batch {
                id,
                lane: lane.clone(),
                made: *at,
                digest: None,
            }))];
            if *counts {
                changes.push(quota(lane, *at, 1));
            }
            tx.write(&changes)?;
            Ok(id)
        })
        .await
    }

    /// Makes it durable that orders leave, with the digest of their bytes.
    ///
    /// # Errors
    /// When the store fails; nothing may leave then.
    pub async fn dispatch(&self, dispatch: Dispatch) -> Stored<Dispatched> {
        self.execute_with(needs_of(&dispatch), dispatch, run).await
    }

    /// Makes it durable that orders are handed over by an answer, with its digest. `false`, and nothing of it, when one of them was
    /// withdrawn meanwhile.
    ///
    /// # Errors
    /// When the store fails; the answer may not leave then.
    pub async fn hand_over(&self, dispatch: Dispatch) -> Stored<bool> {
        self.execute_with(needs_of(&dispatch), dispatch, hand_over).await
    }

    /// Counts requests against the quota of an instant's day.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn spend_quota(&self, lane: String, at: Timestamp, requests: u32) -> Stored<()> {
        let change = quota(&lane, at, requests);
        self.execute(change, |tx, change, _| tx.write(std::slice::from_ref(change))).await
    }
}

fn needs_of(dispatch: &Dispatch) -> Needs {
    Needs { orders: dispatch.orders.clone(), ..Needs::default() }
}

fn quota(lane: &str, at: Timestamp, requests: u32) -> Change {
    let day = Moment::from_timestamp(at).date();
    Change::Lane(LaneChange::SpendQuota(lane.to_owned(), day, i64::from(requests)))
}

fn load(tx: &mut dyn Tx, ids: &[OrderId]) -> Stored<Vec<OrderRecord>> {
    ids.iter().map(|id| tx.order(*id)?.ok_or(StoreError::Missing("the order"))).collect()
}

fn run(tx: &mut dyn Tx, input: &Dispatch, _: Facts<'_>) -> Stored<Dispatched> {
    let orders = load(tx, &input.orders)?;
    let queued: Vec<OrderRecord> =
        orders.into_iter().filter(|order| order.state == OrderState::Queued).collect();
    if input.together && queued.len() < input.orders.len() {
        return Ok(Dispatched::default());
    }
    let mut changes = Vec::new();
    let batch = match input.batch {
        Some(batch) => {
            changes.push(Change::Lane(LaneChange::SaveBatchDigest(batch, input.digest.clone())));
            batch
        }
        None => new_batch(tx, input, &mut changes),
    };
    if input.counts {
        changes.push(quota(&input.lane, input.at, 1));
    }
    let going: Vec<OrderId> = queued.iter().map(|order| order.id).collect();
    for raw in &input.files {
        let id = RawId::new(tx.next(IdKind::Raw));
        let raw = RawMessage { batch: Some(batch), ..raw.clone() };
        changes.push(Change::Lane(LaneChange::NewRaw(id, raw, going.clone())));
    }
    changes.extend(queued.into_iter().map(|order| {
        let sending =
            OrderRecord { state: OrderState::Sending, batch: Some(batch), sent: Some(input.at), ..order };
        Change::MoveOrder(Box::new(sending), OrderState::Queued)
    }));
    tx.write(&changes)?;
    Ok(Dispatched { going: going.into_iter().collect() })
}

fn new_batch(tx: &mut dyn Tx, input: &Dispatch, changes: &mut Vec<Change>) -> BatchId {
    let id = BatchId::new(tx.next(IdKind::Batch));
    let (lane, made, digest) = (input.lane.clone(), input.at, Some(input.digest.clone()));
    changes.push(Change::Lane(LaneChange::NewBatch(Batch { id, lane, made, digest })));
    id
}

fn hand_over(tx: &mut dyn Tx, input: &Dispatch, facts: Facts<'_>) -> Stored<bool> {
    let Some(changes) = handing_over(tx, input, &facts)? else { return Ok(false) };
    tx.write(&changes)?;
    Ok(true)
}

/// What follows when orders are handed over; `None` where one of them cannot be.
pub(super) fn handing_over(
    tx: &mut dyn Tx,
    input: &Dispatch,
    facts: &Facts<'_>,
) -> Stored<Option<Vec<Change>>> {
    let orders = load(tx, &input.orders)?;
    // Another call of the same counterpart may have been first; that the order is handed over is true for both.
    if orders.iter().any(|order| !matches!(order.state, OrderState::Queued | OrderState::Awaiting)) {
        return Ok(None);
    }
    let mut changes = Vec::new();
    let batch = new_batch(tx, input, &mut changes);
    for order in orders {
        let from = order.state;
        let order = OrderRecord { batch: Some(batch), ..order };
        if let Some(settled) = settle(&order, OrderInput::HandedOver, &OrderRules::of(&order, facts)) {
            changes.push(Change::MoveOrder(Box::new(settled.order), from));
        }
    }
    Ok(Some(changes))
}
