//! What stands after a release, as the counterpart says it.

use chakong_contract::order::Target;
use rust_decimal::Decimal;

use super::super::{EventType, Measure, MeasureState};

/// A measure after an answer, and what is to be told.
#[derive(Debug, Clone, PartialEq)]
pub struct MeasureOutcome {
    /// The measure.
    pub measure: Measure,
    /// What to tell.
    pub event: Option<EventType>,
}

/// What stands after a release that was done. An answer without an amount is taken as what was ordered.
pub fn released(measure: &Measure, said: Option<Decimal>, words: &str) -> MeasureOutcome {
    if measure.state != MeasureState::Releasing {
        return MeasureOutcome { measure: measure.clone(), event: None };
    }
    if measure.control.is_some() && measure.said.surplus_release == measure.control {
        let rest = surplus_released(measure, said);
        let state = rest.standing_state();
        return MeasureOutcome {
            measure: Measure { state, ..rest },
            event: Some(EventType::MeasureReleased),
        };
    }
    let limit = (measure.limit - measure.releasing).max(Decimal::ZERO);
    let all = measure.is_whole() || limit.is_zero();
    if let Some(rest) = said.filter(|_| all).and_then(|said| still_held(measure, said)) {
        let state = rest.standing_state();
        return MeasureOutcome {
            measure: Measure { state, ..rest },
            event: Some(EventType::MeasureReleased),
        };
    }
    // Of a part, what no money covers goes first: less may really be set free than was ordered, never more.
    let held = match said {
        _ if all => Decimal::ZERO,
        // More than could be set free is the ordered sum said back: nobody's money.
        Some(said) if says_back(measure, limit, said) => measure.held.min(limit),
        Some(said) => (measure.held - said).max(Decimal::ZERO).min(limit),
        None => measure.held.min(limit),
    };
    let note = match (words.is_empty(), said) {
        (false, _) => words.to_owned(),
        (true, None) if !measure.is_whole() => {
            "反馈未载金额，按请求金额计 no amount was stated; taken as ordered".to_owned()
        }
        (true, _) => measure.note.clone(),
    };
    let rest = Measure {
        limit: if all { Decimal::ZERO } else { limit },
        units: measure.units_within(if all { Decimal::ZERO } else { limit }),
        held,
        surplus: if all { surplus_after(measure, said) } else { Decimal::ZERO },
        released: measure.released + measure.releasing,
        releasing: Decimal::ZERO,
        note,
        ..measure.clone()
    };
    let state = if all { MeasureState::Released } else { rest.standing_state() };
    MeasureOutcome { measure: Measure { state, ..rest }, event: Some(EventType::MeasureReleased) }
}

/// What is held beyond the limit still when all of the limit was given back: as much as before, unless more is said to have been set free.
/// A person finds out.
fn surplus_after(measure: &Measure, said: Option<Decimal>) -> Decimal {
    let more = said.map_or(Decimal::ZERO, |said| (said - measure.releasing).max(Decimal::ZERO));
    (measure.surplus - more).max(Decimal::ZERO)
}

/// Whether a release of a part is said to have set more free than it could, with the limit that stays: the counterpart says the ordered
/// sum back, of which a part held nothing.
pub fn says_back(measure: &Measure, limit: Decimal, said: Decimal) -> bool {
    let most = (measure.held - limit).max(Decimal::ZERO);
    !measure.is_whole() && limit > Decimal::ZERO && said > most
}

/// What stands after a release of what was held beyond the limit: the limit and what is held within it are as before.
pub fn surplus_released(measure: &Measure, said: Option<Decimal>) -> Measure {
    let surplus = said.map_or(Decimal::ZERO, |said| (measure.surplus - said).max(Decimal::ZERO));
    Measure { surplus, ..measure.clone() }
}

/// What stands after a release of all that set less free than is held: the rest is held still, and can be released. `None` where all
/// was set free. Of a product a counterpart may say units alone: it is taken as ordered.
pub fn still_held(measure: &Measure, said: Decimal) -> Option<Measure> {
    let is_account = matches!(measure.target, Target::Account { .. });
    let held = measure.held - said;
    (is_account && held > Decimal::ZERO).then(|| Measure {
        limit: measure.limit - said,
        held,
        surplus: Decimal::ZERO,
        released: measure.released + said,
        releasing: Decimal::ZERO,
        ..measure.clone()
    })
}
