//! Sending: orders that are about to leave. Their state and the digest of their bytes are durable before the first byte
//! leaves.

use std::collections::HashSet;

use chakong_contract::{Date, Moment};
use jiff::Timestamp;

use super::Engine;
use crate::domain::decide::{
    Draft, Facts, OrderInput, OrderRules, is_unsent, settle, unwanted_by_now, withdraw_at_sending,
};
use crate::domain::{
    Batch, BatchId, ChainId, Change, Counted, IdKind, LaneChange, OrderId, OrderRecord, OrderState, RawId,
    RawMessage,
};
use crate::store::{Needs, StoreError, Stored, Tx, load_chain_for_act};

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
    /// To what the request is counted.
    pub counts: Counted,
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
    pub async fn begin_batch(&self, lane: String, at: Timestamp, counts: Counted) -> Stored<BatchId> {
        self.execute((lane, at, counts), |tx, (lane, at, counts), _| {
            let id = BatchId::new(tx.next(IdKind::Batch));
            let mut changes = vec![Change::Lane(LaneChange::NewBatch(Batch {
                id,
                lane: lane.clone(),
                made: *at,
                digest: None,
            }))];
            changes.extend(quota(lane, counts, Moment::from_timestamp(*at).date(), 1));
            tx.write(&changes)?;
            Ok(id)
        })
        .await
    }

    /// Makes it durable that orders leave, with the digest of their bytes. A control that nobody wants any more does not.
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

    /// Counts requests of an instant's day.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn spend_quota(
        &self,
        lane: &str,
        counts: &Counted,
        at: Timestamp,
        requests: u32,
    ) -> Stored<()> {
        let day = Moment::from_timestamp(at).date();
        let Some(change) = quota(lane, counts, day, i64::from(requests)) else { return Ok(()) };
        self.execute(change, |tx, change, _| tx.write(std::slice::from_ref(change))).await
    }
}

fn needs_of(dispatch: &Dispatch) -> Needs {
    Needs { orders: dispatch.orders.clone(), ..Needs::default() }
}

/// What requests of a day change in what is counted; where there are fewer than none, they were counted and not sent.
pub(super) fn quota(lane: &str, counts: &Counted, day: Date, requests: i64) -> Option<Change> {
    let court = match counts {
        Counted::Not => return None,
        Counted::Quota => None,
        Counted::Court(code) => Some(code.clone()),
    };
    Some(Change::Lane(LaneChange::SpendQuota(lane.to_owned(), court, day, requests)))
}

fn load(tx: &mut dyn Tx, ids: &[OrderId]) -> Stored<Vec<OrderRecord>> {
    ids.iter().map(|id| tx.order(*id)?.ok_or(StoreError::Missing("the order"))).collect()
}

/// The orders that are about to leave. The case may have changed while they waited: a control that nobody wants any more is withdrawn in
/// the same transaction.
fn load_wanted(tx: &mut dyn Tx, ids: &[OrderId], facts: &Facts<'_>) -> Stored<Vec<OrderRecord>> {
    let orders = load(tx, ids)?;
    let mut chains = Vec::new();
    for order in orders.iter().filter(|order| order.is_control() && is_unsent(order)) {
        chains.extend(chain_that_changed(tx, order, facts)?);
    }
    if chains.is_empty() {
        return Ok(orders);
    }
    chains.sort_unstable();
    chains.dedup();
    for chain in chains {
        let file = load_chain_for_act(tx, chain)?;
        let mut draft = Draft::of(file, *facts, &*tx);
        withdraw_at_sending(&mut draft);
        let (changes, _) = draft
            .finish()
            .map_err(|error| StoreError::Unreadable { what: "decision", detail: error.to_string() })?;
        tx.write(&changes)?;
    }
    load(tx, ids)
}

/// The chain of a control that nobody wants any more as the case stands now.
fn chain_that_changed(tx: &mut dyn Tx, order: &OrderRecord, facts: &Facts<'_>) -> Stored<Option<ChainId>> {
    let Some(measure) = order.measure.map(|id| tx.measure(id)).transpose()?.flatten() else {
        return Ok(None);
    };
    let claim = tx.chain(measure.chain)?.and_then(|chain| chain.claim);
    let inquiry = tx.inquiry(order.inquiry)?;
    let today = Moment::from_timestamp(facts.now).date();
    let why = unwanted_by_now(order, &measure, (claim.as_ref(), inquiry.as_ref()), today);
    Ok(why.map(|_| measure.chain))
}

fn run(tx: &mut dyn Tx, input: &Dispatch, facts: Facts<'_>) -> Stored<Dispatched> {
    let orders = load_wanted(tx, &input.orders, &facts)?;
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
    changes.extend(quota(&input.lane, &input.counts, Moment::from_timestamp(input.at).date(), 1));
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
    let orders = load_wanted(tx, &input.orders, facts)?;
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
