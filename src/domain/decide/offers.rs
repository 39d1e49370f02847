//! What is on offer at a counterpart that calls. An order that was handed over is offered again until it is answered, because what was
//! fetched may have been lost. A freeze that nobody wants any more is not: who fetched it answers it, and it is given back then; who did
//! not fetch it never gets it.

use chakong_contract::ActionKind;

use super::super::{Measure, MeasureState, OrderRecord, OrderState};
use super::draft::Draft;
use super::giving_back::{is_abandoned, is_unwanted};

/// Takes freezes off the offer that nobody wants any more, and puts those on it again that somebody wants after all. An order is on offer
/// while its time to be sent lies before its deadline.
pub fn keep_in_line(draft: &mut Draft<'_>) {
    let asked = draft.file.ledger().filter(|one| one.state == MeasureState::Asked);
    let changed: Vec<OrderRecord> = asked.filter_map(|measure| changed(draft, measure)).collect();
    changed.into_iter().for_each(|order| draft.move_order(order));
}

/// The freeze of a measure, where it has to be offered otherwise than it is.
fn changed(draft: &Draft<'_>, measure: &Measure) -> Option<OrderRecord> {
    let order = draft.file.orders.get(&measure.control?)?;
    let is_freeze = order.instruction.kind() == ActionKind::Freeze;
    if order.state != OrderState::Awaiting || !is_freeze {
        return None;
    }
    let wanted = !(is_unwanted(&draft.file, measure) || is_abandoned(&draft.file, measure));
    let due = match (wanted, order.due < order.deadline) {
        (true, false) => order.created.min(draft.now()),
        (false, true) => order.deadline,
        (true, true) | (false, false) => return None,
    };
    Some(OrderRecord { due, ..order.clone() })
}
