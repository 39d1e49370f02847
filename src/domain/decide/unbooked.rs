//! Answers that this program cannot book, because its decision would make a move that the tables do not allow: a defect of ours, for which
//! no other answer pays. The message is kept; a person looks at the control.

use chakong_contract::{EntryResult, Fault, FaultKind};

use super::super::{ApplyError, OrderId, Source};
use super::draft::Draft;
use super::orders::OrderInput;
use super::reply::{Applied, apply};
use super::telling::ask_a_person;

/// Why a person is asked about an answer that could not be booked.
const UNBOOKED: &str = "反馈已留存，本系统未能入账，须人工核实 an answer was kept, and this program could not book it: find out what the counterpart did";

/// Does what follows from an entry about an order by itself: what cannot be booked changes nothing and is put before a person. Gives the
/// defect, too.
pub fn take_alone(
    draft: &mut Draft<'_>,
    id: OrderId,
    source: &Source,
    step: impl FnOnce(&mut Draft<'_>) -> EntryResult,
) -> (EntryResult, Option<ApplyError>) {
    match draft.attempt(step) {
        Ok(taken) => (taken, None),
        Err(error) => {
            let fault = fault();
            unbooked(draft, id, OrderInput::Unreadable(fault.clone()), source);
            (EntryResult::Unreadable(fault), Some(error))
        }
    }
}

/// As [`apply`], for what happened to an order by itself. What cannot be booked of an answer counts as one that cannot be read; anything
/// else is left as it was.
pub fn apply_alone(
    draft: &mut Draft<'_>,
    id: OrderId,
    input: &OrderInput,
    source: &Source,
) -> (Applied, Option<ApplyError>) {
    match draft.attempt(|draft| apply(draft, id, input.clone(), source).1) {
        Ok(applied) => (applied, None),
        Err(error) => {
            if matches!(input, OrderInput::Answered(_)) {
                unbooked(draft, id, OrderInput::Faulted(fault()), source);
            }
            (Applied::Nothing, Some(error))
        }
    }
}

fn fault() -> Fault {
    Fault::new(
        FaultKind::Malformed,
        "book the answer",
        "it was kept, and could not be booked; the court looks at it",
    )
}

/// Has the order go on as after an answer that cannot be read, and a person look at a control.
fn unbooked(draft: &mut Draft<'_>, id: OrderId, input: OrderInput, source: &Source) {
    // What that would change is not worth losing the message for.
    let _ = draft.attempt(|draft| apply(draft, id, input, source));
    if let Some(order) = draft.file.orders.get(&id).filter(|order| order.is_control()).cloned() {
        ask_a_person(draft, &order, UNBOOKED.to_owned());
    }
}
