//! Controls that came to an end without an answer.

use rust_decimal::Decimal;

use super::super::{Measure, MeasureState, OrderRecord, OrderState, Said};
use super::control::without_control;

/// A control that came to an end without an answer. Only where it certainly never reached the counterpart, or was
/// turned away there, is the measure free again; whatever may have been done keeps counting in full. That a freeze was not ordered is no
/// refusal: its property is left alone until a person orders it anew, or a later answer shows it again. Asked again at once, what can
/// never be sent would be ordered for ever.
pub fn without_answer(measure: &Measure, before: &OrderRecord, order: &OrderRecord) -> Measure {
    let never_left = !before.may_have_left();
    let turned_away = order.state == OrderState::Failed;
    let over = matches!(order.state, OrderState::Failed | OrderState::Overdue | OrderState::Cancelled);
    if !over || !(never_left || turned_away) || measure.control.is_some_and(|control| control != order.id) {
        return measure.clone();
    }
    let words = order.fault.as_ref().map(ToString::to_string);
    let note = words.unwrap_or_else(|| "期限内未能发出 it could not be sent in time".to_owned());
    let free = undone(measure, note);
    // What a person stopped is not asked again by any answer.
    let could_not_leave = measure.state == MeasureState::Asked && order.state != OrderState::Cancelled;
    if could_not_leave { Measure { state: MeasureState::Skipped, ..free } } else { free }
}

/// The measure without the control that was under way about it.
pub fn undone(measure: &Measure, note: String) -> Measure {
    let zero = Decimal::ZERO;
    let state = match measure.state {
        MeasureState::Asked | MeasureState::Accepted => MeasureState::Refused,
        MeasureState::Releasing
        | MeasureState::Renewing
        | MeasureState::Deducting
        | MeasureState::Transferring => without_control(measure),
        other => other,
    };
    let is_refused = state == MeasureState::Refused;
    let limit = if is_refused { zero } else { measure.limit };
    let only_accepted = measure.said.only_accepted && !is_refused;
    let said = Said { only_accepted, renewal_reference: String::new(), ..measure.said.clone() };
    Measure { state, limit, releasing: zero, deducting: zero, control: None, note, said, ..measure.clone() }
}
