use std::sync::Arc;

use chakong_contract::reply::Answer;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::completion::close_if_done;
use super::measures::{after_control, after_query, follow};
use super::{Circumstances, Happening, Settled, differences, effective, passing_on, settle};
use crate::inquiry::{EventDraft, OrderRecord, OrderState};
use crate::store::{Revision, StoreError, Stored, Tx};

/// Where an answer came from: its provenance.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// The raw message, once it is kept.
    pub raw: Option<i64>,
    /// SHA-256 of the raw message, hexadecimal.
    pub digest: String,
    /// Connector and version.
    pub connector: String,
    /// When the counterpart really said it, where the answer is used again.
    pub cached_from: Option<Timestamp>,
}

/// Whether something that happened was news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing follows from it.
    Nothing,
    /// The same answer was taken before.
    Repeat,
    /// It was written, with everything that follows.
    Written,
}

/// As [`apply_noting`]; gives the order as it stands now.
///
/// # Errors
/// When the store fails; then nothing of it may be kept.
pub fn apply(
    tx: &mut dyn Tx,
    order: &OrderRecord,
    happening: Happening,
    on: &Circumstances,
    source: &Source,
) -> Stored<OrderRecord> {
    apply_noting(tx, order, happening, on, source).map(|(order, _)| order)
}

/// Settles an order and writes everything that follows, in the caller's transaction: order, revision, ledger, follow-up
/// orders, events, the inquiry's completion. Gives the order as it stands now, and whether it was news.
///
/// # Errors
/// When the store fails; then nothing of it may be kept.
pub fn apply_noting(
    tx: &mut dyn Tx,
    order: &OrderRecord,
    happening: Happening,
    on: &Circumstances,
    source: &Source,
) -> Stored<(OrderRecord, Effect)> {
    let next = passing_on::next_in_turn(tx, order, &happening, &on.routes)?;
    let settled = match &next {
        Some(_) => settle(order, happening, &Circumstances { passes_on: true, ..on.clone() }),
        None => settle(order, happening, on),
    };
    let Some(settled) = settled else { return Ok((order.clone(), Effect::Nothing)) };
    let next = next.filter(|_| settled.order.state == OrderState::Failed);
    // An order that is still open and asks for the first time has no answer yet.
    let first = order.root == order.id && order.state.is_open();
    let last = match settled.answer {
        Some(_) if !first => tx.revision(order.root, None)?,
        _ => None,
    };
    if is_repeat(&settled, last.as_ref()) {
        return Ok((order.clone(), Effect::Repeat));
    }
    let was_open = order.state.is_open();
    tx.save_order(&settled.order)?;
    let revision = match &settled.answer {
        Some(answer) => Some(record(tx, &settled.order, answer, last.as_ref(), on, source)?),
        None => None,
    };
    if let Some(kind) = settled.event {
        let draft = EventDraft::of_order(kind, order.inquiry, order.id, revision);
        tx.append_event(&EventDraft { data: fault_of(&settled, next.as_deref()), ..draft }, on.now)?;
    }
    let mut more = i64::from(settled.order.state.is_open()) - i64::from(was_open);
    if let Some(next) = next {
        passing_on::pass_on(tx, order, next, on.now)?;
        more += 1;
    }
    let before = tx.inquiry(order.inquiry)?.ok_or(StoreError::Missing("the inquiry"))?;
    let mut inquiry = before.clone();
    inquiry.open_orders += more;
    if let Some(answer) = settled.answer.as_ref().filter(|_| !settled.order.is_control()) {
        effective::notice(tx, &answer.reply, on.now)?;
    }
    if settled.order.is_control() {
        after_control(tx, &mut inquiry, order, &settled, on.now)?;
    } else if inquiry.mandate.is_some() {
        match &settled.answer {
            Some(answer) => after_query(tx, &mut inquiry, &settled.order, &answer.reply, on)?,
            // The last query came to nothing: now it is known what deposits do not cover.
            None if inquiry.open_orders == 0 => follow(tx, &mut inquiry, on.now)?,
            None => {}
        }
    }
    close_if_done(tx, &mut inquiry, settled.answer.is_some(), on.now)?;
    if inquiry != before {
        tx.save_inquiry(&inquiry)?;
    }
    Ok((settled.order, Effect::Written))
}

/// Why there is no answer, for the event: the order's own fault changes later, and an event never does.
fn fault_of(settled: &Settled, next: Option<&str>) -> Option<String> {
    let fault = settled.order.fault.as_ref().filter(|_| settled.answer.is_none())?;
    let mut data = json!({ "kind": fault.kind, "detail": fault.to_string(), "status": fault.status });
    if let Some(next) = next {
        data["passed_on_to"] = next.into();
    }
    Some(data.to_string())
}

/// The same answer once more, from a counterpart that hands things in twice: no news.
fn is_repeat(settled: &Settled, last: Option<&Revision>) -> bool {
    match (&settled.answer, last) {
        (Some(answer), Some(last)) => {
            last.order == settled.order.id && answer_key(&last.answer) == answer_key(answer)
        }
        _ => false,
    }
}

/// What makes two answers the same: everything but the time they were given.
pub fn answer_key(answer: &Answer) -> Answer {
    Answer { answered_at: None, ..answer.clone() }
}

fn record(
    tx: &mut dyn Tx,
    order: &OrderRecord,
    answer: &Arc<Answer>,
    last: Option<&Revision>,
    on: &Circumstances,
    source: &Source,
) -> Stored<u32> {
    let number = last.map_or(1, |last| last.number + 1);
    let differences: Option<Value> =
        last.map(|last| differences::between(last.answer.reply.assets(), answer.reply.assets()));
    let revision = Revision {
        root: order.root,
        number,
        order: order.id,
        inquiry: order.inquiry,
        at: on.now,
        answer: Arc::clone(answer),
        raw: source.raw,
        raw_digest: source.digest.clone(),
        connector: source.connector.clone(),
        differences,
        cached_from: source.cached_from,
    };
    tx.insert_revision(&revision)?;
    Ok(number)
}
