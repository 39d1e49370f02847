//! An order that its counterpart cannot answer goes to one that stands in for it, where the configuration names one.

use jiff::Timestamp;

use super::Happening;
use crate::inquiry::{OrderRecord, Routes};
use crate::store::{NewOrder, StoreError, Stored, Tx};

/// Most counterparts that one question goes to, one after the other.
const MOST_TURNS: usize = 10;

/// Who is next in turn for a query that may come to its end now; `None` for anything else.
pub(super) fn next_in_turn(
    tx: &mut dyn Tx,
    order: &OrderRecord,
    happening: &Happening,
    routes: &Routes,
) -> Stored<Option<String>> {
    let may_end = matches!(happening, Happening::Faulted(_) | Happening::Blocked(_));
    if !may_end || order.is_control() || !routes.lead_on_from(&order.lane) {
        return Ok(None);
    }
    let mut tried = vec![order.lane.clone()];
    let mut origin = order.clone();
    while let Some(before) = origin.stands_in.filter(|_| tried.len() < MOST_TURNS) {
        origin = tx.order(before)?.ok_or(StoreError::Missing("the order that another stands in for"))?;
        tried.push(origin.lane.clone());
    }
    let submission = tx.submission(order.inquiry)?.ok_or(StoreError::Missing("the submission"))?;
    if !submission.search.counterparts.is_empty() {
        // The inquiry itself said who is asked.
        return Ok(None);
    }
    let at = |index: u32| usize::try_from(index).unwrap_or(usize::MAX);
    let party = submission.parties.get(at(order.party));
    let document = party.and_then(|party| party.documents.get(at(order.document)));
    let Some(document) = document else { return Ok(None) };
    let kind = document.kind();
    let next = routes.next(&origin.lane, &tried, kind).or_else(|| routes.next(&order.lane, &tried, kind));
    Ok(next.map(str::to_owned))
}

/// Asks the next counterpart the same. Its answers are its own: no revisions of another's.
pub(super) fn pass_on(tx: &mut dyn Tx, order: &OrderRecord, to: String, now: Timestamp) -> Stored<()> {
    let new = NewOrder {
        inquiry: order.inquiry,
        lane: to,
        party: order.party,
        document: order.document,
        instruction: order.instruction.clone(),
        priority: order.priority,
        created: now,
        deadline: order.deadline,
        root: None,
        measure: None,
        stands_in: Some(order.id),
    };
    tx.insert_order(&new).map(drop)
}
