//! Controls that failed within the counterpart, and are ordered again as the case stands by then.

use chakong_contract::order::Target;
use chakong_contract::{ActionKind, Instruction};
use rust_decimal::Decimal;

use super::super::{Measure, OrderRecord, Subject, number_of};
use super::ask::part_of;
use super::counting::room_of;
use super::draft::{Draft, NewOrder};
use super::units::quantity_of;
use super::unsent::unwanted;

/// How often a control is ordered again because the counterpart says that its own system failed.
const MOST_REPEATS: u32 = 3;

/// Orders a control again, under a new number, that failed within the counterpart: it acted on the old number.
pub fn repeat(draft: &mut Draft<'_>, order: &OrderRecord, measure: &Measure) -> bool {
    let attempts = order.attempts.saturating_add(1);
    let busy = measure.control == Some(order.id) && measure.state.is_busy();
    let is_moot = unwanted(&draft.file, measure, order, draft.today()).is_some();
    if !busy || is_moot || attempts > MOST_REPEATS {
        return false;
    }
    let Some((instruction, measure)) = within_room(draft, order, measure) else { return false };
    let wait = draft.facts.rules.abilities.retry(&order.lane, true).wait(attempts, draft.facts.chance);
    let allowed = order.deadline.duration_since(order.created);
    let new = draft.new_order(NewOrder {
        inquiry: order.inquiry,
        lane: order.lane.clone(),
        subject: Subject { party: order.party, document: order.document },
        instruction,
        priority: order.priority,
        deadline: draft.now().checked_add(allowed).unwrap_or(draft.now()),
        root: None,
        measure: order.measure,
        stands_in: None,
        papers: order.papers.clone(),
    });
    if let Some(record) = draft.file.orders.get(&new).cloned() {
        let due = draft.now().checked_add(wait).unwrap_or(draft.now());
        draft.move_order(OrderRecord { attempts, due, ..record });
    }
    let number = number_of(new, draft.now()).to_string();
    let is_freeze = order.instruction.kind() == ActionKind::Freeze;
    let (first, original_number) = match is_freeze {
        true => (Some(new), number),
        false => (measure.order, measure.original_number.clone()),
    };
    draft.move_measure(Measure { control: Some(new), order: first, original_number, ..measure });
    true
}

/// The control as the case stands now: of a freeze no more than the claim and the party's liability leave open; `None` where that is
/// nothing, or where it cannot ask for less by itself: in a foreign currency a person named the amount, and an account that is frozen as
/// such holds all that is in it.
pub fn within_room(
    draft: &Draft<'_>,
    order: &OrderRecord,
    measure: &Measure,
) -> Option<(Instruction, Measure)> {
    let mut instruction = order.instruction.clone();
    let Instruction::Freeze { target, limit: Some(limit), .. } = &mut instruction else {
        return Some((instruction, measure.clone()));
    };
    let claim = draft.file.chain.claim.as_ref()?;
    let left = room_of(&draft.file, claim, measure.debtor, Some(measure.id));
    if measure.in_yuan(measure.limit) <= left {
        return Some((instruction, measure.clone()));
    }
    let is_of_a_piece = measure.currency.is_some() || matches!(target, Target::Account { whole: true, .. });
    if left <= Decimal::ZERO || is_of_a_piece {
        return None;
    }
    *target = part_of(measure, left)?;
    limit.amount = left;
    let units = quantity_of(target);
    Some((instruction, Measure { limit: left, units, ..measure.clone() }))
}
