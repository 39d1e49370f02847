use rust_decimal::Decimal;

use super::Level;
use crate::inquiry::{Mandate, Measure, MeasureId, MeasureState, Mode, Preference};

/// What to do with a line of the ledger.
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

/// What a line counts for: what is held, or the whole limit while nobody knows how much of it will be held.
pub fn exposure(measure: &Measure) -> Decimal {
    match measure.state {
        MeasureState::Proposed | MeasureState::Asked => measure.asked.max(measure.held),
        MeasureState::InForce | MeasureState::Releasing | MeasureState::Stuck => measure.held,
        MeasureState::Candidate | MeasureState::Released | MeasureState::Refused | MeasureState::Skipped => {
            Decimal::ZERO
        }
    }
}

/// How much more may be asked; negative when more is held than the claim.
pub fn room(claim: Decimal, ledger: &[Measure]) -> Decimal {
    claim - ledger.iter().map(exposure).sum::<Decimal>()
}

/// The limit with which a line may be asked now on a person's word: its own wish, bounded by the room that is left.
/// `None` when there is none.
pub fn may_ask(claim: Decimal, ledger: &[Measure], id: MeasureId, wish: Decimal) -> Option<Decimal> {
    let others: Decimal = ledger.iter().filter(|measure| measure.id != id).map(exposure).sum();
    let limit = wish.min(claim - others);
    (limit > Decimal::ZERO).then_some(limit)
}

/// What follows from the ledger as it stands. Applying the decisions and deciding again gives none.
pub fn decide(mandate: &Mandate, ledger: &[Measure]) -> Vec<Decision> {
    let room = room(mandate.claim.amount, ledger);
    if room < Decimal::ZERO { cut(-room, ledger) } else { fill(room, mandate, ledger) }
}

fn fill(mut room: Decimal, mandate: &Mandate, ledger: &[Measure]) -> Vec<Decision> {
    let is_open = |measure: &&Measure| {
        measure.state == MeasureState::Candidate
            && measure.exemption.level != Level::NoMeasure
            && measure.available > Decimal::ZERO
    };
    let mut candidates: Vec<&Measure> = ledger.iter().filter(is_open).collect();
    candidates.sort_by(|a, b| match mandate.prefer {
        Preference::LargestFirst => b.available.cmp(&a.available).then(a.id.cmp(&b.id)),
        Preference::SmallestFirst => a.available.cmp(&b.available).then(a.id.cmp(&b.id)),
    });
    let mut decisions = Vec::new();
    for candidate in candidates {
        let limit = candidate.available.min(room);
        if limit <= Decimal::ZERO {
            break;
        }
        room -= limit;
        decisions.push(match mandate.mode {
            Mode::Auto => Decision::Ask(candidate.id, limit),
            Mode::Propose => Decision::Propose(candidate.id, limit),
        });
    }
    decisions
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
