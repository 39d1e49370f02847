//! What a counterpart's answer means for a line of the ledger.

use chakong_contract::asset::MatchedBy;
use chakong_contract::order::Target;
use chakong_contract::reply::{Holding, Refusal};
use chakong_contract::{Account, ActionKind, Currency, Reply};
use rust_decimal::Decimal;

use super::{Exemption, Level, exemption};
use crate::inquiry::{EventType, Measure, MeasureState, OrderRecord};

/// A line for an account that a query found, with why it cannot be frozen if it cannot.
pub fn candidate(order: &OrderRecord, account: &Account, matched_by: MatchedBy, can_freeze: bool) -> Measure {
    let exemption = exemption(&account.class, &account.remark);
    let note = match can_freeze {
        true => obstacle(account, matched_by, &exemption),
        false => "该单位不支持网络冻结 this counterpart takes no freeze orders".to_owned(),
    };
    let state = if note.is_empty() { MeasureState::Candidate } else { MeasureState::Skipped };
    let target = Target::Account {
        number: account.number.clone(),
        sub_account: None,
        class: account.class.clone(),
        branch: account.branch.clone(),
        branch_code: account.branch_code.clone(),
        whole: false,
    };
    Measure {
        id: 0,
        inquiry: order.inquiry,
        counterpart: order.lane.clone(),
        party: order.party,
        document: order.document,
        institution: account.institution_code.clone(),
        target,
        state,
        exemption,
        available: account.available.map_or(Decimal::ZERO, |available| available.amount),
        asked: Decimal::ZERO,
        held: Decimal::ZERO,
        releasing: Decimal::ZERO,
        from: None,
        until: None,
        rank: None,
        order: None,
        note,
    }
}

/// Why an account is not a candidate, Chinese first; empty when it is one.
fn obstacle(account: &Account, matched_by: MatchedBy, exemption: &Exemption) -> String {
    let yuan = account.currency == Some(Currency::CNY);
    let reason = match (exemption.level, matched_by, account.available) {
        (Level::NoMeasure, ..) => return format!("豁免账户 exempt: {}", exemption.basis),
        (_, MatchedBy::NameOnly, _) => {
            "仅姓名相符，须承办人确认 matched by name only; an officer must confirm"
        }
        (_, _, None) => "银行未反馈可用余额 the bank did not state the available balance",
        _ if !yuan => "非人民币账户，不自动冻结 not a yuan account; not frozen automatically",
        _ if account.closed.is_some() => "账户已销户 the account is closed",
        _ => "",
    };
    reason.to_owned()
}

/// The line after a control's answer, and the event to tell.
pub fn hear(measure: &Measure, action: ActionKind, reply: &Reply) -> (Measure, Option<EventType>) {
    match (action, reply) {
        (ActionKind::Freeze | ActionKind::Renew, Reply::Held(holding) | Reply::PartlyHeld(holding)) => {
            placed(measure, holding)
        }
        (ActionKind::Freeze, Reply::NotHeld(refusal) | Reply::Refused(refusal)) => refused(measure, refusal),
        (ActionKind::Release, Reply::Released { amount }) => {
            released(measure, amount.map_or(measure.releasing, |amount| amount.amount))
        }
        (ActionKind::Release, Reply::Held(holding) | Reply::PartlyHeld(holding)) => {
            released(measure, holding.held.amount)
        }
        (ActionKind::Release, Reply::NotHeld(refusal) | Reply::Refused(refusal)) => {
            let note = format!("解除未成 release declined: {}", refusal.words);
            let stuck =
                Measure { state: MeasureState::Stuck, releasing: Decimal::ZERO, note, ..measure.clone() };
            (stuck, Some(EventType::MeasureExcess))
        }
        _ => (measure.clone(), None),
    }
}

fn placed(measure: &Measure, holding: &Holding) -> (Measure, Option<EventType>) {
    let held = holding.held.amount.max(Decimal::ZERO);
    let waits = held.is_zero() && holding.rank.is_some_and(|rank| rank.place > 1);
    let event = if waits {
        EventType::MeasureWaiting
    } else if held < measure.asked {
        EventType::MeasurePartly
    } else {
        EventType::MeasurePlaced
    };
    let standing = Measure {
        state: MeasureState::InForce,
        held,
        from: holding.from.or(measure.from),
        until: holding.until.or(measure.until),
        rank: holding.rank,
        note: holding.words.clone(),
        ..measure.clone()
    };
    (standing, Some(event))
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

fn released(measure: &Measure, amount: Decimal) -> (Measure, Option<EventType>) {
    let held = (measure.held - amount).max(Decimal::ZERO);
    let state = if held.is_zero() { MeasureState::Released } else { MeasureState::InForce };
    let rest = Measure { state, held, releasing: Decimal::ZERO, ..measure.clone() };
    (rest, Some(EventType::MeasureReleased))
}
