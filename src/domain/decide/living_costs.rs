//! The costs of living 生活必需费用 that each natural person keeps, over all accounts known (民诉法 art. 254).

use chakong_contract::PartyKind;
use rust_decimal::Decimal;

use super::super::{
    CaseFile, ChainParty, Claim, Measure, MeasureId, MeasureState, PartyId, TaskKind, UncoveredLimit,
};
use super::counting::exposure;
use super::declined::waits_for_a_person;
use super::draft::{Draft, NewTask};
use super::missing_papers::{Why, release_or_task};
use super::proposals::shrink;
use super::releasing::is_idle;

/// How much may be taken of a natural person so that the costs of living stay, over all accounts known (民诉法 art. 254).
pub fn free_of_living_costs(file: &CaseFile, claim: &Claim, measure: &Measure) -> Decimal {
    let is_person = |party: &&ChainParty| party.id == measure.debtor && party.kind == PartyKind::Person;
    if claim.living_costs.is_zero() || !file.parties.iter().any(|party| is_person(&party)) {
        return Decimal::MAX;
    }
    let (known, taken) = known_and_taken(file, measure.debtor, Some(measure.id));
    (known - claim.living_costs - taken).max(Decimal::ZERO)
}

/// What the accounts of a party are known to hold, and what is asked and taken of it, without what one measure takes. Money behind the
/// freezes of others is nobody's living while it is there: it counts for the one measure that would wait for it, so that what waits
/// leaves the costs of living over once it takes effect.
fn known_and_taken(file: &CaseFile, party: PartyId, without: Option<MeasureId>) -> (Decimal, Decimal) {
    let own = file.ledger().filter(|other| {
        let is_behind = other.behind_others().is_some() && Some(other.id) != without;
        other.debtor == party && !other.is_whole() && other.currency.is_none() && !is_behind
    });
    let (mut known, mut taken) = (Decimal::ZERO, Decimal::ZERO);
    for other in own {
        let is_idle = matches!(other.state, MeasureState::Candidate | MeasureState::Skipped);
        if is_idle || Some(other.id) == without {
            known += other.available;
        } else {
            known += other.available.max(other.limit);
            taken += exposure(other, UncoveredLimit::Strict);
        }
    }
    (known, taken)
}

/// Gives back what natural persons must keep for living, where more is held or proposed since the costs were raised: proposals first,
/// then what was placed last. What is under way, or cannot be released, is before a person.
pub fn leave(draft: &mut Draft<'_>, claim: &Claim) {
    let persons = draft.file.parties.iter().filter(|party| party.kind == PartyKind::Person);
    for party in persons.map(|party| party.id).collect::<Vec<_>>() {
        let (known, taken) = known_and_taken(&draft.file, party, None);
        let under_way: Decimal = of(draft, party).map(|one| one.releasing).sum();
        let mut short = claim.living_costs - (known - taken) - under_way;
        let own: Vec<Measure> = of(draft, party).rev().cloned().collect();
        for proposal in own.iter().filter(|one| one.state == MeasureState::Proposed) {
            let part = proposal.limit.min(short);
            if part > Decimal::ZERO {
                short -= part;
                shrink(draft, proposal.clone(), part);
            }
        }
        for measure in own.iter().filter(|one| one.state.stands() && one.held > Decimal::ZERO) {
            let part = measure.held.min(short);
            if part > Decimal::ZERO {
                short -= part;
                give_back(draft, measure, part);
            }
        }
    }
}

/// What of a party's ledger counts in yuan.
fn of<'d>(draft: &'d Draft<'_>, party: PartyId) -> impl DoubleEndedIterator<Item = &'d Measure> {
    let counts = move |one: &&Measure| one.debtor == party && one.currency.is_none() && !one.is_whole();
    draft.file.ledger().filter(counts)
}

fn give_back(draft: &mut Draft<'_>, measure: &Measure, part: Decimal) {
    if is_idle(measure) && !waits_for_a_person(draft, measure) {
        // Otherwise the limit would catch the next deposit.
        let all = part + (measure.limit - measure.held).max(Decimal::ZERO);
        release_or_task(draft, measure.clone(), all, Why::LivingCosts);
        return;
    }
    let why = Why::LivingCosts.words();
    let note = format!(
        "{why}须解除 {part} 元 {part} yuan must be released, once what is under way has ended or what was declined is cleared up"
    );
    draft.task(NewTask::about(TaskKind::ReleaseExcess, measure, draft.now()), note);
}
