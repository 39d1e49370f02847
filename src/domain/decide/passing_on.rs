//! Passing on: a query that its counterpart cannot answer goes to one that stands in for it, where the configuration
//! names one.

use super::super::{OrderRecord, Subject};
use super::draft::{Draft, NewOrder};
use super::orders::OrderInput;

/// Most counterparts that one question goes to, one after the other.
const MOST_TURNS: usize = 10;

/// Who is next in turn for a query that may come to its end now; `None` for anything else.
pub fn next_in_turn(draft: &Draft<'_>, order: &OrderRecord, input: &OrderInput) -> Option<String> {
    let routes = &draft.facts.rules.routes;
    if !may_pass_on(order, input) || !routes.lead_on_from(&order.lane) || draft.file.is_about_freed(order) {
        return None;
    }
    let mut tried = vec![order.lane.clone()];
    let mut origin = order;
    while let Some(before) = origin.stands_in.filter(|_| tried.len() < MOST_TURNS) {
        origin = draft.file.orders.get(&before)?;
        tried.push(origin.lane.clone());
    }
    let terms = draft.file.terms.get(&order.inquiry)?;
    if !terms.search.counterparts.is_empty() {
        // The inquiry itself said who is asked.
        return None;
    }
    let kind = terms.document(Subject { party: order.party, document: order.document })?.kind();
    let next = routes.next(&origin.lane, &tried, kind).or_else(|| routes.next(&order.lane, &tried, kind));
    next.map(str::to_owned)
}

/// Whether what happened may end a query, so that the terms and the orders before it are needed.
pub fn may_pass_on(order: &OrderRecord, input: &OrderInput) -> bool {
    matches!(input, OrderInput::Faulted(_) | OrderInput::Blocked(_)) && !order.is_control()
}

/// Asks the next counterpart the same. Its answers are its own: no revisions of another's.
pub fn pass_on(draft: &mut Draft<'_>, order: &OrderRecord, to: String) {
    draft.new_order(NewOrder {
        inquiry: order.inquiry,
        lane: to,
        subject: Subject { party: order.party, document: order.document },
        instruction: order.instruction.clone(),
        priority: order.priority,
        deadline: order.deadline,
        root: None,
        measure: None,
        stands_in: Some(order.id),
        papers: Vec::new(),
    });
}
