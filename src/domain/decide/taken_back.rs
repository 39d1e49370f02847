//! Releases, deductions and transfers that were said to be done, are in the sums, and were not done after all, as the counterpart says later.
//! The sums stand until a person has found out which word is true, and takes the booking back.

use chakong_contract::{Instruction, Reply};
use rust_decimal::Decimal;

use super::super::{Booking, EventType, Measure, MeasureId, MeasureState, OrderRecord, Said, TaskKind};
use super::clock::end_if_over;
use super::control::apply_answer;
use super::counting::Cause;
use super::draft::Draft;
use super::giving_back::give_back_unwanted;
use super::ledger::follow;
use super::telling::{ask_a_person, tell_surplus};

const NOT_DONE: &str = "协助单位更正反馈为未办理，而台账已按办理记账，须核实：确未办理的，办结为未办理，记账即予冲回 the counterpart says that it was not done after all, and the ledger has it as done: find out; where it was not done, resolve it as not done, and the booking is taken back";

/// Tells that a control which is booked is said not to have been done, and has a person find out. The sums stand meanwhile.
pub fn ask(draft: &mut Draft<'_>, order: &OrderRecord, measure: &Measure, reply: &Reply) {
    let declined = apply_answer(measure, &order.instruction, reply, draft.today());
    if let Some(event) = declined.ok().and_then(|declined| declined.event) {
        draft.tell(event, measure, Some(order.id));
    }
    ask_a_person(draft, order, NOT_DONE.to_owned());
}

/// Takes back on a person's word what was booked of a control: limit, held, released and deducted are as if it had not been done. A measure
/// that ended by it stands in a line of its own from now on. What is held beyond the claim then, because its room went elsewhere, is told.
pub fn take_back(draft: &mut Draft<'_>, order: &OrderRecord, note: String) {
    let measure = order.measure.and_then(|id| draft.file.measures.get(&id)).cloned();
    let Some(measure) = measure.filter(|measure| measure.said.is_booked(order.id)) else { return };
    let known = measure.said.booking(order.id).cloned();
    let booking = known.unwrap_or_else(|| as_ordered(order, &measure));
    let mut said = measure.said.clone();
    said.unbook(order.id);
    let sums = Measure {
        released: (measure.released - booking.released).max(Decimal::ZERO),
        deducted: (measure.deducted - booking.deducted).max(Decimal::ZERO),
        said,
        note,
        ..measure
    };
    let id = match sums.state {
        state if state.stands() => stands_with(draft, sums, &booking),
        MeasureState::Released | MeasureState::Deducted | MeasureState::Transferred
            if booking.limit > Decimal::ZERO || sums.is_whole() =>
        {
            stands_anew(draft, sums, &booking, order)
        }
        // Nothing of its limit was booked, its term is over, or its freeze was not placed: nothing of it stands.
        _ => {
            let id = sums.id;
            draft.move_measure(sums);
            id
        }
    };
    if let Some(measure) = draft.file.measures.get(&id).cloned() {
        draft.tell(EventType::MeasureChanged, &measure, Some(order.id));
    }
    end_if_over(draft, id);
    follow(draft, Cause::Answered(id));
    give_back_unwanted(draft, id);
}

/// What an earlier edition booked, which remembered no amounts: what was ordered, as far as it is in the sums.
fn as_ordered(order: &OrderRecord, measure: &Measure) -> Booking {
    let (zero, order_id) = (Decimal::ZERO, order.id);
    let none =
        Booking { order: order_id, limit: zero, held: zero, surplus: zero, released: zero, deducted: zero };
    match &order.instruction {
        Instruction::Deduct { amount, .. } => {
            let deducted = amount.amount.min(measure.deducted);
            Booking { limit: deducted, held: deducted, deducted, ..none }
        }
        Instruction::Release { amount: Some(amount), .. } => {
            let released = amount.amount.min(measure.released);
            Booking { limit: released, released, ..none }
        }
        _ => none,
    }
}

/// The line that stands still, with what was booked. What was said to be held beyond the lower limit is within it again.
fn stands_with(draft: &mut Draft<'_>, sums: Measure, booking: &Booking) -> MeasureId {
    let (id, before) = (sums.id, sums.surplus);
    let limit = sums.limit + booking.limit;
    let held = (sums.held + booking.held).min(limit);
    let surplus = match booking.limit.is_zero() {
        true => before + booking.surplus,
        false => (before - booking.limit).max(Decimal::ZERO),
    };
    let restored = Measure { limit, held, surplus, ..sums };
    let restored = Measure { state: restored.settled_state(), ..restored };
    draft.move_measure(restored.clone());
    tell_surplus(draft, before, &restored, Some(booking.order));
    if before > Decimal::ZERO && surplus.is_zero() {
        draft.close_tasks(|task| task.kind == TaskKind::ReleaseExcess && task.measure == Some(id));
    }
    id
}

/// A line of its own for what ended and stands after all; later words about the control are about it.
fn stands_anew(draft: &mut Draft<'_>, sums: Measure, booking: &Booking, order: &OrderRecord) -> MeasureId {
    let zero = Decimal::ZERO;
    let said = Said {
        only_accepted: sums.said.only_accepted,
        renewal_reference: sums.said.renewal_reference.clone(),
        renewed: sums.said.renewed,
        stood: sums.said.stood,
        ..Said::default()
    };
    let anew = Measure {
        limit: booking.limit,
        held: booking.held.min(booking.limit),
        surplus: zero,
        released: zero,
        deducted: zero,
        control: None,
        said,
        ..sums.clone()
    };
    draft.move_measure(sums);
    let id = draft.add_measure(Measure { state: anew.standing_state(), ..anew });
    draft.move_order(OrderRecord { measure: Some(id), ..order.clone() });
    id
}
