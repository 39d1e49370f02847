use chakong_contract::order::Target;
use rust_decimal::Decimal;

use super::{Level, stake_room, stake_within};
use crate::inquiry::{Mandate, Measure, MeasureId, MeasureState, Mode, Preference};

/// What to do with a line of the ledger. The amount is zero for what is controlled as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Send a freeze order with this limit.
    Ask(MeasureId, Decimal),
    /// Propose a freeze with this limit to an officer.
    Propose(MeasureId, Decimal),
    /// Take a proposal back, or make it smaller: the claim has no room for it any more. Zero takes it back.
    Shrink(MeasureId, Decimal),
    /// Send a release order for this part of what is held: more is held than the claim.
    Release(MeasureId, Decimal),
}

/// What a line counts for: what was taken, and what is held, or the whole limit while nobody knows how much of it will
/// be held. What is controlled as a whole counts for nothing: its value is not known.
pub fn exposure(measure: &Measure) -> Decimal {
    let standing = match measure.state {
        MeasureState::Proposed | MeasureState::Asked => measure.asked.max(measure.held),
        MeasureState::InForce
        | MeasureState::Releasing
        | MeasureState::Stuck
        | MeasureState::Renewing
        | MeasureState::Deducting
        | MeasureState::Deducted
        | MeasureState::Transferring
        | MeasureState::Transferred => measure.held,
        MeasureState::Candidate | MeasureState::Released | MeasureState::Refused | MeasureState::Skipped => {
            Decimal::ZERO
        }
    };
    standing + measure.deducted
}

/// Whether the property is controlled as a whole, without an amount.
pub const fn is_whole(target: &Target) -> bool {
    matches!(target, Target::Property { .. } | Target::Equity { .. })
}

/// How much more may be asked; negative when more is held than the claim.
pub fn room(claim: Decimal, ledger: &[Measure]) -> Decimal {
    claim - ledger.iter().map(exposure).sum::<Decimal>()
}

/// The limit with which a line may be asked now on a person's word: its own wish, bounded by the room that is left.
/// `None` when there is none. Zero for what is controlled as a whole.
pub fn may_ask(claim: Decimal, ledger: &[Measure], id: MeasureId, wish: Decimal) -> Option<Decimal> {
    let line = ledger.iter().find(|measure| measure.id == id)?;
    let others: Decimal = ledger.iter().filter(|measure| measure.id != id).map(exposure).sum();
    let left = claim - others - line.deducted;
    match is_whole(&line.target) {
        true if matches!(line.target, Target::Equity { .. }) => {
            stake_within(&line.target, stake_room(claim, ledger, Some(id))).map(|_| Decimal::ZERO)
        }
        true => (left > Decimal::ZERO).then_some(Decimal::ZERO),
        false => Some(wish.min(left)).filter(|limit| *limit > Decimal::ZERO),
    }
}

/// What follows from the ledger as it stands; `quiet` says that nothing more is on its way, so that what deposits do not
/// cover is known. Applying the decisions and deciding again gives none.
pub fn decide(mandate: &Mandate, ledger: &[Measure], quiet: bool) -> Vec<Decision> {
    let room = room(mandate.claim.amount, ledger);
    let (mut decisions, left) =
        if room < Decimal::ZERO { (cut(-room, ledger), Decimal::ZERO) } else { fill(room, mandate, ledger) };
    let stakes = stake_room(mandate.claim.amount, ledger, None) - (room.max(Decimal::ZERO) - left);
    decisions.extend(wholes((left > Decimal::ZERO, stakes), quiet, mandate.other_property, ledger));
    decisions
}

/// Asks or proposes amounts until the room is used up; gives what is left of it.
fn fill(mut room: Decimal, mandate: &Mandate, ledger: &[Measure]) -> (Vec<Decision>, Decimal) {
    let mut candidates: Vec<&Measure> = ledger
        .iter()
        .filter(|measure| is_open(measure) && !is_whole(&measure.target) && measure.available > Decimal::ZERO)
        .collect();
    // Deposits come first: their value is known.
    let is_product = |measure: &Measure| matches!(measure.target, Target::Product { .. });
    candidates.sort_by(|a, b| {
        let by_amount = match mandate.prefer {
            Preference::LargestFirst => b.available.cmp(&a.available),
            Preference::SmallestFirst => a.available.cmp(&b.available),
        };
        is_product(a).cmp(&is_product(b)).then(by_amount).then(a.id.cmp(&b.id))
    });
    let mut decisions = Vec::new();
    for candidate in candidates {
        let limit = candidate.available.min(room);
        if limit <= Decimal::ZERO {
            break;
        }
        room -= limit;
        let mode = if is_product(candidate) { mandate.other_property } else { mandate.mode };
        decisions.push(match mode {
            Mode::Auto => Decision::Ask(candidate.id, limit),
            Mode::Propose => Decision::Propose(candidate.id, limit),
        });
    }
    (decisions, room)
}

fn is_open(measure: &Measure) -> bool {
    measure.state == MeasureState::Candidate && measure.exemption.level != Level::NoMeasure
}

/// What is controlled as a whole is asked or proposed while amounts do not cover the claim; proposals are taken back
/// once they do. Without an officer it is asked only when nothing more is on its way.
fn wholes(
    (short, mut stakes): (bool, Decimal),
    quiet: bool,
    mode: Mode,
    ledger: &[Measure],
) -> Vec<Decision> {
    // Of a stake only so much may be frozen as the claim leaves open.
    let mut fits = |measure: &Measure| match &measure.target {
        target @ Target::Equity { .. } => match stake_within(target, stakes) {
            Some((_, used)) => {
                stakes -= used;
                true
            }
            None => false,
        },
        _ => true,
    };
    let whole = ledger.iter().filter(|measure| is_whole(&measure.target));
    whole
        .filter_map(|measure| match (mode, short) {
            (Mode::Propose, true) if is_open(measure) => Some(Decision::Propose(measure.id, Decimal::ZERO)),
            (Mode::Auto, true) if is_open(measure) && quiet && fits(measure) => {
                Some(Decision::Ask(measure.id, Decimal::ZERO))
            }
            (_, false) if measure.state == MeasureState::Proposed => {
                Some(Decision::Shrink(measure.id, Decimal::ZERO))
            }
            _ => None,
        })
        .collect()
}

/// Gives back `excess`: proposals first, which cost nobody anything, then what was placed last.
fn cut(mut excess: Decimal, ledger: &[Measure]) -> Vec<Decision> {
    let mut decisions = Vec::new();
    for proposal in ledger.iter().rev().filter(|measure| measure.state == MeasureState::Proposed) {
        let part = exposure(proposal).min(excess);
        if part > Decimal::ZERO {
            excess -= part;
            decisions.push(Decision::Shrink(proposal.id, proposal.asked - part));
        }
    }
    excess -= ledger.iter().map(|measure| measure.releasing).sum::<Decimal>();
    for standing in ledger.iter().rev().filter(|measure| measure.state == MeasureState::InForce) {
        let part = standing.held.min(excess);
        if part > Decimal::ZERO {
            excess -= part;
            decisions.push(Decision::Release(standing.id, part));
        }
    }
    decisions
}
