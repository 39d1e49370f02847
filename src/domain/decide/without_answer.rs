//! Controls that came to an end without an answer.

use rust_decimal::Decimal;

use super::super::{Measure, MeasureState, OrderRecord, OrderState};

/// A control that came to an end without an answer. Only where it certainly never reached the counterpart, or was
/// turned away there, is the measure free again; whatever may have been done keeps counting in full.
pub fn without_answer(measure: &Measure, before: &OrderRecord, order: &OrderRecord) -> Measure {
    let never_left = !before.may_have_left();
    let turned_away = order.state == OrderState::Failed;
    let over = matches!(order.state, OrderState::Failed | OrderState::Overdue | OrderState::Cancelled);
    if !over || !(never_left || turned_away) || measure.control.is_some_and(|control| control != order.id) {
        return measure.clone();
    }
    let words = order.fault.as_ref().map(ToString::to_string);
    let note = words.unwrap_or_else(|| "期限内未能发出 it could not be sent in time".to_owned());
    undone(measure, note)
}

/// The measure without the control that was under way about it.
pub fn undone(measure: &Measure, note: String) -> Measure {
    let zero = Decimal::ZERO;
    let state = match measure.state {
        MeasureState::Asked | MeasureState::Accepted => MeasureState::Refused,
        MeasureState::Releasing
        | MeasureState::Renewing
        | MeasureState::Deducting
        | MeasureState::Transferring => measure.standing_state(),
        other => other,
    };
    let limit = if state == MeasureState::Refused { zero } else { measure.limit };
    Measure { state, limit, releasing: zero, deducting: zero, control: None, note, ..measure.clone() }
}
