//! Answers to controls: what each means for its measure.

use chakong_contract::order::Target;
use chakong_contract::reply::{Holding, Refusal, RefusalReason};
use chakong_contract::{ActionKind, Date, Instruction, Reply};
use rust_decimal::{Decimal, RoundingStrategy};

use super::super::{EventType, Measure, MeasureState, Origin, Said};
use super::fitting::{Unfit, check_money, check_taken, ordered_of};
use super::released::{MeasureOutcome, released};
use super::units::quantity_of;

/// The measure after a control's answer.
///
/// # Errors
/// [`Unfit`], when the answer speaks of something else than was ordered.
pub fn apply_answer(
    measure: &Measure,
    instruction: &Instruction,
    reply: &Reply,
    today: Date,
) -> Result<MeasureOutcome, Unfit> {
    let action = instruction.kind();
    match (action, reply) {
        (ActionKind::Freeze | ActionKind::Renew, Reply::Held(holding) | Reply::PartlyHeld(holding)) => {
            Ok(if action == ActionKind::Freeze {
                placed(&asked_for(measure, instruction), holding, today)
            } else if holding.accepted_only {
                renewal_accepted(measure, holding)
            } else {
                renewed(measure, instruction, holding, today)
            })
        }
        (ActionKind::Release, Reply::Released { amount, words }) => {
            check_money(instruction, *amount)?;
            let said = amount.map(|amount| amount.amount);
            check_taken("released", said, ordered_of(instruction, measure.releasing), measure.is_whole())?;
            Ok(released(measure, said, words))
        }
        (ActionKind::Deduct, Reply::Deducted { amount }) => {
            check_money(instruction, *amount)?;
            let said = amount.map(|amount| amount.amount);
            check_taken("deducted", said, ordered_of(instruction, measure.deducting), false)?;
            Ok(deducted(measure, said))
        }
        // It was taken and is under way: nothing was given back yet.
        (ActionKind::Release, Reply::Held(holding)) if measure.state == MeasureState::Releasing => {
            let note = some_or(&holding.words, &measure.note);
            Ok(MeasureOutcome { measure: Measure { note, ..measure.clone() }, event: None })
        }
        (ActionKind::Transfer, Reply::Transferred { .. }) => {
            Ok(moved(measure, MeasureState::Transferred, EventType::MeasureTransferred, String::new()))
        }
        (_, Reply::NotHeld(refusal) | Reply::Refused(refusal)) => Ok(declined(measure, instruction, refusal)),
        _ => Ok(MeasureOutcome { measure: measure.clone(), event: None }),
    }
}

/// A freeze that was taken for not placed stands after all: what it was ordered for counts again.
fn asked_for(measure: &Measure, instruction: &Instruction) -> Measure {
    let Instruction::Freeze { limit, .. } = instruction else { return measure.clone() };
    match measure.state {
        MeasureState::Refused => {
            Measure { limit: limit.map_or(Decimal::ZERO, |limit| limit.amount), ..measure.clone() }
        }
        _ => measure.clone(),
    }
}

fn placed(measure: &Measure, holding: &Holding, today: Date) -> MeasureOutcome {
    if measure.state.ended() {
        // What ended takes no older word.
        return MeasureOutcome { measure: measure.clone(), event: None };
    }
    let was_effective = measure.state.stands() && !measure.is_only_accepted();
    if holding.accepted_only && was_effective {
        // That the order was taken is older than that it has effect.
        return MeasureOutcome { measure: measure.clone(), event: None };
    }
    let said = Said { only_accepted: holding.accepted_only, ..measure.said.clone() };
    let (held, beyond) = held_of(measure, holding);
    // What was given back or taken since is in what it said it held: it is no surplus.
    let surplus = if measure.said.booked.is_empty() { beyond } else { measure.surplus };
    let waited = measure.state == MeasureState::Waiting;
    let before = measure.state;
    // An answer that does not speak of a place is no word that it changed.
    let rank = holding.rank.or(measure.rank.filter(|_| waited && held.is_zero()));
    // Where less is held than was asked, nothing more was there.
    let available = if held < measure.limit { held } else { measure.available };
    // What is said of the first term is older than a renewal.
    let (from, until) = if measure.said.renewed { (None, None) } else { (holding.from, holding.until) };
    let standing = with_term(
        Measure {
            held,
            surplus,
            available,
            rank,
            reference: some_or(&holding.reference, &measure.reference),
            note: holding.words.clone(),
            said,
            ..measure.clone()
        },
        from,
        until,
        today,
    );
    // An answer that comes again does not undo what was asked since.
    let state = match before {
        MeasureState::Releasing
        | MeasureState::Renewing
        | MeasureState::Deducting
        | MeasureState::Transferring => before,
        _ => standing.standing_state(),
    };
    let event = match state {
        _ if before == state && measure.held == standing.held && measure.until == standing.until => None,
        MeasureState::Accepted => Some(EventType::MeasureAccepted),
        MeasureState::Waiting => Some(EventType::MeasureWaiting),
        _ if waited => Some(EventType::MeasureEffective),
        _ if matches!(before, MeasureState::Asked | MeasureState::Accepted | MeasureState::Refused) => {
            let partly = !measure.is_whole() && held < measure.limit;
            Some(if partly { EventType::MeasurePartly } else { EventType::MeasurePlaced })
        }
        _ => Some(EventType::MeasureChanged),
    };
    MeasureOutcome { measure: Measure { state, ..standing }, event }
}

/// The earlier of the counterpart's word and the law's is the last day; holidays prolong nothing. No measure began after today, and none that was
/// ordered here began before it was ordered: such a first day is not believed, lest the law's term seem over.
pub fn with_term(measure: Measure, from: Option<Date>, until: Option<Date>, today: Date) -> Measure {
    let ordered = measure.from.filter(|_| measure.origin == Origin::Ordered);
    let may_be = |from: &Date| *from <= today && ordered.is_none_or(|ordered| *from >= ordered);
    let from = from.filter(may_be).or(measure.from);
    let by_law = from.map(|from| measure.longest_term().last_day_by_law(from));
    let by_law = if measure.said.renewed { by_law.max(measure.until) } else { by_law };
    let said = until.or(measure.until);
    let until = match (said, by_law) {
        (Some(said), Some(law)) => Some(said.min(law)),
        (said, law) => said.or(law),
    };
    let until_said = said.filter(|said| Some(*said) != until);
    let reminded = measure.reminded.filter(|_| measure.until == until);
    Measure { from, until, until_said, reminded, ..measure }
}

/// A renewal that was taken and has no effect yet: the measure keeps its term, and waits for the counterpart's word.
fn renewal_accepted(measure: &Measure, holding: &Holding) -> MeasureOutcome {
    if measure.state != MeasureState::Renewing {
        return MeasureOutcome { measure: measure.clone(), event: None };
    }
    let is_news = measure.said.renewal_reference.is_empty() || !holding.reference.is_empty();
    let renewal_reference = some_or(&holding.reference, &measure.said.renewal_reference);
    let note = some_or(&holding.words, &measure.note);
    let said = Said { renewal_reference, ..measure.said.clone() };
    let event = is_news.then_some(EventType::MeasureAccepted);
    MeasureOutcome { measure: Measure { note, said, ..measure.clone() }, event }
}

fn renewed(measure: &Measure, instruction: &Instruction, holding: &Holding, today: Date) -> MeasureOutcome {
    let Instruction::Renew { limit, from, until, .. } = instruction else {
        return MeasureOutcome { measure: measure.clone(), event: None };
    };
    if measure.state.ended() {
        return MeasureOutcome { measure: measure.clone(), event: None };
    }
    let ordered = limit.map_or(measure.limit, |limit| limit.amount);
    // What was taken or given back since it was ordered does not come back with it, in the limit or in what is held.
    let is_less = !measure.limit.is_zero() && measure.limit < ordered;
    let limit = if is_less { measure.limit } else { ordered };
    let with_limit = Measure { limit, units: measure.units_within(limit), ..measure.clone() };
    let (held, surplus) = held_of(&with_limit, holding);
    let held = if is_less { held.min(measure.held) } else { held };
    let law = measure.longest_term().renewed_last_day(from.yesterday().unwrap_or(*from));
    let said = holding.until.unwrap_or(*until);
    let last = said.min(law).min(*until).max(measure.until.unwrap_or(today));
    let standing = Measure {
        held,
        surplus,
        rank: holding.rank.or(measure.rank.filter(|_| held.is_zero())),
        until: Some(last),
        until_said: Some(said).filter(|said| *said != last),
        reminded: None,
        reference: some_or(&holding.reference, &measure.reference),
        note: holding.words.clone(),
        said: Said { renewal_reference: String::new(), renewed: true, ..measure.said.clone() },
        ..with_limit
    };
    let was_under_way = measure.state == MeasureState::Renewing;
    let state = if was_under_way { standing.standing_state() } else { standing.settled_state() };
    let is_news = was_under_way || measure.until != standing.until;
    MeasureOutcome {
        measure: Measure { state, ..standing },
        event: is_news.then_some(EventType::MeasureRenewed),
    }
}

/// What was said; what was known where nothing was.
fn some_or(said: &str, known: &str) -> String {
    if said.is_empty() { known } else { said }.to_owned()
}

/// The money that is held, at most the limit, and what is said to be held beyond it. For a product: of the limit as large a part as of the
/// units that stand ordered; where nobody knows these, its units at the price that the bank last reported.
fn held_of(measure: &Measure, holding: &Holding) -> (Decimal, Decimal) {
    if measure.is_whole() {
        return (Decimal::ZERO, Decimal::ZERO);
    }
    let said = holding.held.amount.max(Decimal::ZERO);
    let number = |text: &Option<String>| text.as_ref().and_then(|text| text.parse::<Decimal>().ok());
    if !matches!(measure.target, Target::Product { .. }) {
        return (said.min(measure.limit), (said - measure.limit).max(Decimal::ZERO));
    }
    let (all, worth) = match measure.units {
        Some(ordered) => (Some(ordered), measure.limit),
        None => (quantity_of(&measure.target), measure.available),
    };
    let held = match (number(&holding.units), all) {
        (Some(units), Some(all)) if all > Decimal::ZERO => {
            let share = units.min(all).checked_div(all).unwrap_or(Decimal::ONE);
            let value = share.checked_mul(worth).unwrap_or(measure.limit);
            said.max(value.round_dp_with_strategy(2, RoundingStrategy::AwayFromZero))
        }
        _ => said,
    };
    (held.min(measure.limit), Decimal::ZERO)
}

/// What stands after a deduction. An answer without an amount is taken as what was ordered.
fn deducted(measure: &Measure, said: Option<Decimal>) -> MeasureOutcome {
    if measure.state != MeasureState::Deducting {
        return MeasureOutcome { measure: measure.clone(), event: None };
    }
    let amount = said.unwrap_or(measure.deducting);
    let held = (measure.held - amount).max(Decimal::ZERO);
    let limit = (measure.limit - amount).max(Decimal::ZERO);
    let note = match said {
        None => "反馈未载金额，按请求金额计 no amount was stated; taken as ordered".to_owned(),
        Some(_) => measure.note.clone(),
    };
    let rest = Measure {
        limit,
        units: measure.units_within(limit),
        held,
        deducted: measure.deducted + amount,
        deducting: Decimal::ZERO,
        note,
        ..measure.clone()
    };
    let state = if limit.is_zero() { MeasureState::Deducted } else { rest.standing_state() };
    MeasureOutcome { measure: Measure { state, ..rest }, event: Some(EventType::MeasureDeducted) }
}

/// A control was not done: a freeze never came about; anything else leaves the measure as it stands.
fn declined(measure: &Measure, instruction: &Instruction, refusal: &Refusal) -> MeasureOutcome {
    let (what, event) = match instruction.kind() {
        ActionKind::Renew => ("续冻未成 renewal declined", EventType::MeasureRenewalRefused),
        ActionKind::Release => ("解除未成 release declined", EventType::MeasureReleaseRefused),
        ActionKind::Deduct => ("扣划未成 deduction declined", EventType::MeasureDeductionRefused),
        ActionKind::Transfer => ("强制转让未成 transfer declined", EventType::MeasureTransferRefused),
        ActionKind::Freeze | ActionKind::Query => return not_placed(measure, refusal),
    };
    let note = format!("{what}: {}", refusal.words);
    let busy = match instruction.kind() {
        ActionKind::Renew => MeasureState::Renewing,
        ActionKind::Release => MeasureState::Releasing,
        ActionKind::Deduct => MeasureState::Deducting,
        _ => MeasureState::Transferring,
    };
    let before = if instruction.kind() == ActionKind::Renew {
        without_renewal(measure, instruction)
    } else {
        measure.clone()
    };
    let state = if before.state == busy { without_control(&before) } else { before.state };
    let standing = Measure { state, releasing: Decimal::ZERO, deducting: Decimal::ZERO, note, ..before };
    MeasureOutcome { measure: standing, event: Some(event) }
}

/// A renewal that was accepted and is declined after all, as when a registrar refuses the case, takes its term back: the measure
/// ends when it would have ended without it.
fn without_renewal(measure: &Measure, instruction: &Instruction) -> Measure {
    let Instruction::Renew { from, until, original, .. } = instruction else { return measure.clone() };
    let said = Said { renewal_reference: String::new(), ..measure.said.clone() };
    if measure.until != Some(*until) || measure.state.ended() {
        return Measure { said, ..measure.clone() };
    }
    let (until, reference) = (from.yesterday().ok(), original.reference.clone());
    Measure { until, until_said: None, reference, said, ..measure.clone() }
}

/// The state of a measure about which nothing is under way any more: a word that came meanwhile may have ended it.
pub fn without_control(measure: &Measure) -> MeasureState {
    let is_gone = !measure.is_whole() && measure.limit.is_zero() && !measure.released.is_zero();
    if is_gone { MeasureState::Released } else { measure.standing_state() }
}

/// A freeze that was not placed after all, as a person found out, whatever was ordered about it since.
pub fn never_placed(measure: &Measure, note: String) -> MeasureOutcome {
    let (zero, said) = (Decimal::ZERO, Said { only_accepted: false, ..measure.said.clone() });
    let gone = Measure { limit: zero, held: zero, surplus: zero, said, ..measure.clone() };
    let gone = Measure { releasing: zero, deducting: zero, control: None, ..gone };
    moved(&gone, MeasureState::Refused, EventType::MeasureRefused, note)
}

fn not_placed(measure: &Measure, refusal: &Refusal) -> MeasureOutcome {
    use MeasureState::{Accepted, Asked, InForce, Refused, Waiting};
    if !matches!(measure.state, Asked | Accepted | InForce | Waiting | Refused) {
        return MeasureOutcome { measure: measure.clone(), event: None };
    }
    let (zero, said) = (Decimal::ZERO, Said { only_accepted: false, ..measure.said.clone() });
    let gone = Measure { limit: zero, held: zero, surplus: zero, said, ..measure.clone() };
    moved(&gone, Refused, EventType::MeasureRefused, refusal.words.clone())
}

fn moved(measure: &Measure, state: MeasureState, event: EventType, note: String) -> MeasureOutcome {
    let note = if note.is_empty() { measure.note.clone() } else { note };
    MeasureOutcome { measure: Measure { state, note, ..measure.clone() }, event: Some(event) }
}

/// Whether the counterpart says that its own system failed, so that the same may be ordered again.
pub fn is_passing(reply: &Reply) -> bool {
    matches!(
        reply,
        Reply::NotHeld(Refusal { reason: RefusalReason::CounterpartError, .. })
            | Reply::Refused(Refusal { reason: RefusalReason::CounterpartError, .. })
    )
}
