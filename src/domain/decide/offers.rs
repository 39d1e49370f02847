//! What is on offer at a counterpart that calls. An order that was handed over is offered again until it is answered, because what was
//! fetched may have been lost. What nobody wants any more is not: who fetched it answers it, and a freeze is given back then; who did not
//! fetch it never gets it. So it is with queries about whom nobody asks any more.

use super::super::{InquiryState, Measure, OrderRecord, OrderState};
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
    offered_if(draft, order, unwanted(&draft.file, measure, order, draft.today()).is_none())
}

/// Takes queries off the offer whose party was freed or whose inquiry is cancelled, and puts those on it again that are asked after all.
/// Looks at the orders in the file.
pub fn keep_queries_in_line(draft: &mut Draft<'_>) {
    let queries = draft.file.orders.values().filter(|order| !order.is_control());
    let mut changed: Vec<OrderRecord> = queries
        .filter_map(|order| {
            let inquiry = draft.file.inquiries.get(&order.inquiry);
            let is_cancelled = inquiry.is_some_and(|one| one.state == InquiryState::Cancelled);
            offered_if(draft, order, !is_cancelled && !draft.file.is_about_freed(order))
        })
        .collect();
    changed.sort_unstable_by_key(|order| order.id);
    changed.into_iter().for_each(|order| draft.move_order(order));
}

/// An order that was handed over, where it has to be offered otherwise than it is.
fn offered_if(draft: &Draft<'_>, order: &OrderRecord, wanted: bool) -> Option<OrderRecord> {
    if order.state != OrderState::Awaiting {
        return None;
    }
    let due = match (wanted, order.due < order.deadline) {
        (true, false) => order.created.min(draft.now()),
        (false, true) => order.deadline,
        (true, true) | (false, false) => return None,
    };
    Some(OrderRecord { due, ..order.clone() })
}
