//! What a counterpart's answer to a control means for a line of the ledger.

use chakong_contract::order::Target;
use chakong_contract::reply::{Holding, Refusal};
use chakong_contract::{ActionKind, Reply};
use rust_decimal::{Decimal, RoundingStrategy};

use super::{is_waiting, is_whole};
use crate::inquiry::{EventType, Measure, MeasureState};

/// The line after a control's answer, and the event to tell.
pub fn hear(measure: &Measure, action: ActionKind, reply: &Reply) -> (Measure, Option<EventType>) {
    match (action, reply) {
        (ActionKind::Freeze, Reply::Held(holding) | Reply::PartlyHeld(holding)) => {
            placed(measure, action, holding)
        }
        (ActionKind::Renew, Reply::Held(holding) | Reply::PartlyHeld(holding)) => {
            (placed(measure, action, holding).0, Some(EventType::MeasureRenewed))
        }
        (ActionKind::Renew, Reply::NotHeld(refusal) | Reply::Refused(refusal)) => {
            let note = format!("续冻未成 renewal declined: {}", refusal.words);
            let state = match measure.state {
                MeasureState::Renewing => MeasureState::InForce,
                other => other,
            };
            (Measure { state, note, ..measure.clone() }, Some(EventType::MeasureRefused))
        }
        (ActionKind::Freeze, Reply::NotHeld(refusal) | Reply::Refused(refusal)) => refused(measure, refusal),
        (ActionKind::Release, Reply::Released { amount, words }) => {
            released(measure, amount.map_or(measure.releasing, |amount| amount.amount), words)
        }
        (ActionKind::Release, Reply::Held(holding) | Reply::PartlyHeld(holding)) => {
            released(measure, holding.held.amount, &holding.words)
        }
        (ActionKind::Release, Reply::NotHeld(refusal) | Reply::Refused(refusal)) => {
            let note = format!("解除未成 release declined: {}", refusal.words);
            let stuck =
                Measure { state: MeasureState::Stuck, releasing: Decimal::ZERO, note, ..measure.clone() };
            (stuck, Some(EventType::MeasureExcess))
        }
        (ActionKind::Deduct, Reply::Deducted { amount }) => deducted(measure, amount.amount),
        (ActionKind::Deduct, Reply::NotHeld(refusal) | Reply::Refused(refusal)) => {
            let note = format!("扣划未成 deduction declined: {}", refusal.words);
            let standing =
                Measure { state: MeasureState::InForce, deducting: Decimal::ZERO, note, ..measure.clone() };
            (standing, Some(EventType::MeasureRefused))
        }
        (ActionKind::Transfer, Reply::Transferred { .. }) => {
            let gone = Measure { state: MeasureState::Transferred, ..measure.clone() };
            (gone, Some(EventType::MeasureTransferred))
        }
        (ActionKind::Transfer, Reply::NotHeld(refusal) | Reply::Refused(refusal)) => {
            let note = format!("强制转让未成 transfer declined: {}", refusal.words);
            let standing = Measure { state: MeasureState::InForce, note, ..measure.clone() };
            (standing, Some(EventType::MeasureRefused))
        }
        _ => (measure.clone(), None),
    }
}

fn placed(measure: &Measure, action: ActionKind, holding: &Holding) -> (Measure, Option<EventType>) {
    let held = held_of(measure, holding);
    let waited = is_waiting(measure);
    // An answer that does not speak of a place is no word that it changed.
    let rank = holding.rank.or(measure.rank.filter(|_| waited && held.is_zero()));
    let waits = held.is_zero() && rank.is_some_and(|rank| rank.place > 1);
    let event = if waits {
        EventType::MeasureWaiting
    } else if waited {
        EventType::MeasureEffective
    } else if held < measure.asked {
        EventType::MeasurePartly
    } else {
        EventType::MeasurePlaced
    };
    let standing = Measure {
        state: state_of(measure, action),
        held,
        from: holding.from.or(measure.from),
        until: holding.until.or(measure.until),
        rank,
        reference: Some(&holding.reference)
            .filter(|said| !said.is_empty())
            .unwrap_or(&measure.reference)
            .clone(),
        note: holding.words.clone(),
        ..measure.clone()
    };
    (standing, Some(event))
}

/// The state after a freeze or renewal was answered. An answer that comes again, such as word that it is registered, does not undo
/// what was asked of the whole property since.
const fn state_of(measure: &Measure, action: ActionKind) -> MeasureState {
    let later = match measure.state {
        MeasureState::Releasing | MeasureState::Stuck | MeasureState::Released => true,
        MeasureState::Renewing | MeasureState::Transferring | MeasureState::Transferred => {
            matches!(action, ActionKind::Freeze)
        }
        _ => false,
    };
    if later && is_whole(&measure.target) { measure.state } else { MeasureState::InForce }
}

/// The money that is held: as said, or the units of a product at the price that the bank last reported.
fn held_of(measure: &Measure, holding: &Holding) -> Decimal {
    let said = holding.held.amount.max(Decimal::ZERO);
    let number = |text: &Option<String>| text.as_ref().and_then(|text| text.parse::<Decimal>().ok());
    let Target::Product { quantity, .. } = &measure.target else { return said };
    match (number(&holding.units), number(quantity)) {
        (Some(units), Some(all)) if all > Decimal::ZERO => {
            let value = units.min(all) / all * measure.available;
            said.max(value.round_dp_with_strategy(2, RoundingStrategy::AwayFromZero).min(measure.asked))
        }
        _ => said,
    }
}

fn deducted(measure: &Measure, amount: Decimal) -> (Measure, Option<EventType>) {
    let held = (measure.held - amount).max(Decimal::ZERO);
    let state = if held.is_zero() { MeasureState::Deducted } else { MeasureState::InForce };
    let deducted = measure.deducted + amount;
    let rest = Measure { state, held, deducted, deducting: Decimal::ZERO, ..measure.clone() };
    (rest, Some(EventType::MeasureDeducted))
}

fn refused(measure: &Measure, refusal: &Refusal) -> (Measure, Option<EventType>) {
    let gone = Measure {
        state: MeasureState::Refused,
        held: Decimal::ZERO,
        note: refusal.words.clone(),
        ..measure.clone()
    };
    (gone, Some(EventType::MeasureRefused))
}

fn released(measure: &Measure, amount: Decimal, words: &str) -> (Measure, Option<EventType>) {
    let held = (measure.held - amount).max(Decimal::ZERO);
    let over = held.is_zero() || is_whole(&measure.target);
    let state = if over { MeasureState::Released } else { MeasureState::InForce };
    let note = if words.is_empty() { measure.note.as_str() } else { words };
    let rest = Measure { state, held, releasing: Decimal::ZERO, note: note.to_owned(), ..measure.clone() };
    (rest, Some(EventType::MeasureReleased))
}
