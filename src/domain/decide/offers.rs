//! What is on offer at a counterpart that calls. An order that was handed over is offered again until it is answered, because what was
//! fetched may have been lost. What nobody wants any more is not: who fetched it answers it, and a freeze is given back then; who did not
//! fetch it never gets it.

use super::super::{Measure, OrderRecord, OrderState};
use super::draft::Draft;
use super::unsent::unwanted;

/// Takes controls off the offer that nobody wants any more, and puts those on it again that somebody wants after all. An order is on offer
/// while its time to be sent lies before its deadline.
pub fn keep_in_line(draft: &mut Draft<'_>) {
    let asked = draft.file.ledger().filter(|one| one.state.is_busy());
    let changed: Vec<OrderRecord> = asked.filter_map(|measure| changed(draft, measure)).collect();
    changed.into_iter().for_each(|order| draft.move_order(order));
}

/// The control of a measure, where it has to be offered otherwise than it is.
fn changed(draft: &Draft<'_>, measure: &Measure) -> Option<OrderRecord> {
    let order = draft.file.orders.get(&measure.control?)?;
    if order.state != OrderState::Awaiting {
        return None;
    }
    let wanted = unwanted(&draft.file, measure, order, draft.today()).is_none();
    let due = match (wanted, order.due < order.deadline) {
        (true, false) => order.created.min(draft.now()),
        (false, true) => order.deadline,
        (true, true) | (false, false) => return None,
    };
    Some(OrderRecord { due, ..order.clone() })
}
