//! Words that a release, a deduction or a transfer was done, when it is under way no longer: its time was over, a person resolved
//! it as not done, or another one was ordered since. The counterpart's word is taken, once.

use chakong_contract::{Instruction, Money, Reply};
use rust_decimal::Decimal;

use super::super::{EventType, Measure, MeasureState, OrderRecord, Revision};
use super::fitting::Unfit;
use super::released::{MeasureOutcome, says_back, still_held, surplus_released};

/// Whether a reply says that a release, a deduction or a transfer was done.
pub const fn is_done(reply: &Reply) -> bool {
    matches!(reply, Reply::Released { .. } | Reply::Deducted { .. } | Reply::Transferred { .. })
}

/// Whether a control is what is under way about its measure.
pub fn is_under_way(measure: &Measure, order: &OrderRecord) -> bool {
    use MeasureState::{Deducting, Releasing, Transferring};
    let is_busy = matches!(measure.state, Releasing | Deducting | Transferring);
    is_busy && measure.control.is_none_or(|control| control == order.id)
}

/// Why a late word that a measure was released is not taken: an answer that came after what was known of the release says that
/// the measure stands.
pub fn contradicted(
    measure: &Measure,
    order: &OrderRecord,
    before: Option<&Revision>,
    reply: &Reply,
) -> Option<Unfit> {
    let is_late = matches!(reply, Reply::Released { .. })
        && measure.state.stands()
        && !is_under_way(measure, order)
        && !measure.said.is_booked(order.id);
    let own = before.filter(|before| before.order == order.id).map(|before| before.at);
    let known = own.or(order.sent).unwrap_or(order.created);
    let later = measure.said.stood.filter(|stood| is_late && *stood > known)?;
    Some(format!("反馈已解除，但此后的反馈载明该措施仍在 an answer of {later} says that the measure stands"))
}

/// The measure after a late word that a control was done.
pub fn late(measure: &Measure, instruction: &Instruction, reply: &Reply) -> MeasureOutcome {
    let said = |amount: &Option<Money>| amount.map(|amount| amount.amount);
    match (instruction, reply) {
        (Instruction::Release { amount: ordered, .. }, Reply::Released { amount, .. }) => {
            released(measure, said(ordered), said(amount))
        }
        (Instruction::Deduct { amount: ordered, .. }, Reply::Deducted { amount }) => {
            deducted(measure, said(amount).unwrap_or(ordered.amount))
        }
        (Instruction::Transfer { .. }, Reply::Transferred { .. }) if measure.state.stands() => {
            let measure = Measure { state: MeasureState::Transferred, ..measure.clone() };
            MeasureOutcome { measure, event: Some(EventType::MeasureTransferred) }
        }
        _ => MeasureOutcome { measure: measure.clone(), event: None },
    }
}

/// The measure after a late word that what was held beyond its limit was given back.
pub fn surplus(measure: &Measure, reply: &Reply) -> MeasureOutcome {
    match reply {
        Reply::Released { amount, .. } if measure.state.stands() => MeasureOutcome {
            measure: surplus_released(measure, amount.map(|amount| amount.amount)),
            event: Some(EventType::MeasureReleased),
        },
        _ => MeasureOutcome { measure: measure.clone(), event: None },
    }
}

/// Only what that release ordered goes; another one that is under way goes on with the rest.
fn released(measure: &Measure, ordered: Option<Decimal>, said: Option<Decimal>) -> MeasureOutcome {
    if !measure.state.stands() {
        return MeasureOutcome { measure: measure.clone(), event: None };
    }
    let ordered = ordered.unwrap_or(measure.limit).min(measure.limit);
    let limit = (measure.limit - ordered).max(Decimal::ZERO);
    if let Some(rest) = said.filter(|_| limit.is_zero()).and_then(|said| still_held(measure, said)) {
        let state = if measure.state.is_busy() { measure.state } else { rest.standing_state() };
        let releasing = measure.releasing.min(rest.limit);
        let measure = Measure { state, releasing, ..rest };
        return MeasureOutcome { measure, event: Some(EventType::MeasureReleased) };
    }
    let freed = said.filter(|said| !says_back(measure, limit, *said)).unwrap_or_default();
    let held = (measure.held - freed).max(Decimal::ZERO).min(limit);
    let rest = Measure {
        limit,
        held,
        surplus: Decimal::ZERO,
        released: measure.released + ordered,
        releasing: measure.releasing.min(limit),
        ..measure.clone()
    };
    let state = match measure.state {
        // What is being taken is waited for.
        MeasureState::Deducting => MeasureState::Deducting,
        _ if measure.is_whole() || limit.is_zero() => MeasureState::Released,
        state if state.is_busy() => state,
        _ => rest.standing_state(),
    };
    MeasureOutcome { measure: Measure { state, ..rest }, event: Some(EventType::MeasureReleased) }
}

/// What was taken counts for good, also where the measure has ended since or its freeze was taken for not placed.
fn deducted(measure: &Measure, amount: Decimal) -> MeasureOutcome {
    let is_over = measure.state.ended() || measure.state == MeasureState::Refused;
    if !measure.state.stands() && !is_over {
        return MeasureOutcome { measure: measure.clone(), event: None };
    }
    let limit = (measure.limit - amount).max(Decimal::ZERO);
    let rest = Measure {
        limit,
        held: (measure.held - amount).max(Decimal::ZERO),
        deducted: measure.deducted + amount,
        releasing: measure.releasing.min(limit),
        ..measure.clone()
    };
    let state = match measure.state {
        state if is_over => state,
        MeasureState::Releasing | MeasureState::Deducting => measure.state,
        _ if limit.is_zero() => MeasureState::Deducted,
        state if state.is_busy() => state,
        _ => rest.standing_state(),
    };
    MeasureOutcome { measure: Measure { state, ..rest }, event: Some(EventType::MeasureDeducted) }
}
