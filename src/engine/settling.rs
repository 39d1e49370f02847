//! Settling: what happened to orders, and the conversation that told it, in one transaction.

use std::sync::Arc;

use chakong_contract::connector::Charges;
use chakong_contract::{Date, Moment, Reply};

use super::Engine;
use super::encoded::Encoded;
use super::files::{Care, Files, with_care};
use super::sending::quota;
use crate::domain::decide::{Draft, Facts, OrderInput, OrderRules, apply, apply_alone, settle};
use crate::domain::{
    Change, Counted, IdKind, LaneChange, OrderId, OrderRecord, OrderState, RawId, RawMessage, Revision,
    Source,
};
use crate::store::{Needs, StoreError, Stored, Tx};

/// Most numbers of a vendor that are kept of one conversation.
const MOST_REFERENCES: usize = 200;

/// What happened to orders of one counterpart.
#[derive(Debug, Clone)]
pub struct Settlement {
    /// What happened to each.
    pub outcomes: Vec<(OrderId, OrderInput)>,
    /// The conversation that told it.
    pub conversation: Option<Conversation>,
    /// Connector and version.
    pub connector: String,
}

/// A conversation, to be kept with what follows from it.
#[derive(Debug, Clone)]
pub struct Conversation {
    /// What was said.
    pub raw: RawMessage,
    /// Its SHA-256, hexadecimal.
    pub digest: String,
    /// Requests that were counted against a day's quota before they would have left, and did not leave.
    pub unsent: Vec<(Date, u32)>,
    /// To what they were counted.
    pub counts: Counted,
    /// What it cost.
    pub charges: Charges,
    /// Keys under which answers may be used again.
    pub keys: Vec<(OrderId, Vec<u8>)>,
}

impl Engine {
    /// Settles orders and keeps the conversation. Whether one of them is queued again.
    ///
    /// # Errors
    /// When the store fails; nothing is kept then.
    pub async fn settle(&self, settlement: impl Into<Arc<Settlement>> + Send) -> Stored<bool> {
        let settlement = settlement.into();
        let answers = settlement.outcomes.iter().filter_map(|(id, outcome)| match outcome {
            OrderInput::Answered(answer) => Some((*id, Arc::clone(answer))),
            _ => None,
        });
        let encoded = Encoded::of(answers)?;
        let orders = settlement.outcomes.iter().map(|(id, _)| *id).collect();
        self.execute_with(Needs { orders, ..Needs::default() }, (settlement, encoded), run).await
    }

    /// Answers orders that are still queued from what is known already; nothing was sent.
    ///
    /// # Errors
    /// When the store fails; nothing is kept then.
    pub async fn answer_known(&self, known: Vec<(OrderId, Revision)>) -> Stored<()> {
        let orders = known.iter().map(|(id, _)| *id).collect();
        self.execute_with(Needs { orders, ..Needs::default() }, known, answer_known).await
    }
}

fn run(tx: &mut dyn Tx, input: &(Arc<Settlement>, Encoded), facts: Facts<'_>) -> Stored<bool> {
    with_care(|care| run_with(tx, input, facts, care))
}

fn run_with(
    tx: &mut dyn Tx,
    (input, encoded): &(Arc<Settlement>, Encoded),
    facts: Facts<'_>,
    care: Care,
) -> Stored<bool> {
    let mut changes = Vec::new();
    let mut source = Source { connector: input.connector.clone(), ..Source::default() };
    if let Some(conversation) = &input.conversation {
        let id = RawId::new(tx.next(IdKind::Raw));
        source.raw = Some(id);
        source.digest.clone_from(&conversation.digest);
        keep(conversation, id, input.outcomes.iter().map(|(order, _)| *order).collect(), &mut changes);
    }
    // What was handed over is an order's own affair: nothing follows from it.
    let (light, heavy): (Vec<_>, Vec<_>) =
        input.outcomes.iter().partition(|(_, outcome)| matches!(outcome, OrderInput::HandedOver));
    for (id, outcome) in light {
        let order = tx.order(*id)?.ok_or(StoreError::Missing("the order"))?;
        if let Some(settled) = settle(&order, outcome.clone(), &OrderRules::of(&order, &facts)) {
            changes.push(Change::MoveOrder(Box::new(settled.order), order.state));
        }
    }
    let mut files = Files::default();
    for (id, outcome) in &heavy {
        // What brought no answer may be asked again, or elsewhere.
        let goes_on = !matches!(outcome, OrderInput::Answered(_));
        files.add(tx, *id, goes_on)?;
        if let OrderInput::Answered(answer) = outcome {
            files.add_touched(tx, *id, &answer.reply)?;
        }
    }
    let mut drafts = files.drafts(facts, &*tx);
    let (mut again, mut kept) = (false, Vec::new());
    for (id, outcome) in heavy {
        let Some(draft) = drafts.of(*id) else { continue };
        let called_back = input.conversation.is_some()
            && draft.file.orders.get(id).is_some_and(|order| was_called_back(order, outcome));
        if called_back {
            continue;
        }
        let Some(after) = apply_with(draft, *id, outcome, &source, care) else { continue };
        again |= after.state == OrderState::Queued;
        if let Some(conversation) = &input.conversation {
            kept.extend(answer_to_keep(&after, draft.file.revisions.get(&after.root), conversation));
        }
    }
    changes.append(&mut drafts.finish(care)?);
    encoded.put_into(&mut changes);
    changes.extend(kept);
    tx.write(&changes)?;
    Ok(again)
}

/// Applies what happened to an order, and gives the order as it is then. By itself, what cannot be booked is a defect that is told, and
/// spoils no other.
fn apply_with(
    draft: &mut Draft<'_>,
    id: OrderId,
    outcome: &OrderInput,
    source: &Source,
    care: Care,
) -> Option<OrderRecord> {
    if care == Care::Together {
        return Some(apply(draft, id, outcome.clone(), source).0);
    }
    if let (_, Some(error)) = apply_alone(draft, id, outcome, source) {
        tracing::error!(order = %id, %error, "what happened to an order could not be booked; what was said is kept");
    }
    draft.file.orders.get(&id).cloned()
}

/// The conversation as it is kept, and what it cost: the counter of the day, and the vendor's numbers beside the order.
fn keep(conversation: &Conversation, id: RawId, orders: Vec<OrderId>, changes: &mut Vec<Change>) {
    let (raw, charges) = (&conversation.raw, &conversation.charges);
    let (lane, day) = (raw.lane.clone(), Moment::from_timestamp(raw.at).date());
    let order = orders.first().copied();
    changes.push(Change::Lane(LaneChange::NewRaw(id, raw.clone(), orders)));
    for (day, requests) in &conversation.unsent {
        changes.extend(quota(&lane, &conversation.counts, *day, -i64::from(*requests)));
    }
    if charges.requests > 0 {
        changes.push(Change::Lane(LaneChange::AddCharges(lane, day, charges.requests)));
    }
    for reference in charges.references.iter().take(MOST_REFERENCES) {
        if let Some(order) = order {
            changes.push(Change::Lane(LaneChange::NewChargeReference(order, raw.at, reference.clone())));
        }
    }
}

/// Whether the counterpart called back about a control before it answered the conversation: what it said there is about what
/// became of the control, and the answer only about its acceptance.
fn was_called_back(order: &OrderRecord, outcome: &OrderInput) -> bool {
    let is_settled = matches!(order.state, OrderState::Answered | OrderState::Refused);
    order.is_control() && is_settled && matches!(outcome, OrderInput::Answered(_))
}

/// Where an answer is that may be used again, if it is whole.
fn answer_to_keep(
    order: &OrderRecord,
    revision: Option<&Revision>,
    conversation: &Conversation,
) -> Option<Change> {
    let (_, key) = conversation.keys.iter().find(|(id, _)| *id == order.id)?;
    let revision = revision.filter(|one| one.order == order.id && order.state == OrderState::Answered)?;
    let is_whole = matches!(revision.answer.reply, Reply::Found { .. } | Reply::Nothing);
    let at = conversation.raw.at;
    is_whole.then(|| Change::Lane(LaneChange::KeepAnswer(key.clone(), revision.root, revision.number, at)))
}

fn answer_known(tx: &mut dyn Tx, known: &Vec<(OrderId, Revision)>, facts: Facts<'_>) -> Stored<()> {
    let mut files = Files::default();
    for (id, revision) in known {
        files.add(tx, *id, false)?;
        files.add_touched(tx, *id, &revision.answer.reply)?;
    }
    let mut drafts = files.drafts(facts, &*tx);
    for (id, revision) in known {
        let Some(draft) = drafts.of(*id) else { continue };
        let is_queued = draft.file.orders.get(id).is_some_and(|order| order.state == OrderState::Queued);
        if is_queued {
            let source = Source {
                raw: revision.raw,
                digest: revision.raw_digest.clone(),
                connector: revision.connector.clone(),
                cached_from: Some(revision.at),
            };
            apply(draft, *id, OrderInput::Answered(Arc::clone(&revision.answer)), &source);
        }
    }
    let changes = drafts.finish(Care::Together)?;
    tx.write(&changes)
}
