//! Giving back: releases of what is held beyond the claim, of limits that no money covers, and of freezes that take
//! effect after their claim ended. Without papers for the release a task asks a person for them (`missing_papers`).

use rust_decimal::Decimal;

use super::super::{
    CaseFile, Claim, Measure, MeasureId, MeasureState, PartyId, ReleaseCause, TaskKind, UncoveredLimit,
};
use super::counting::{Cause, exposure, is_abandoned, is_unwanted, room};
use super::declined::waits_for_a_person;
use super::draft::{Draft, NewTask};
use super::due::look_daily;
use super::missing_papers::{Why, release_or_task};
use super::proposals::shrink;
use super::releasing::{is_idle, start_release};
use super::unsent;

/// Makes the room whole again when more is held or asked than the claim, or of a party than the party is liable for: proposals
/// first, which cost nobody anything. What is held is given back where the excess came about; after a person's act, from what
/// was placed last.
pub fn cut(draft: &mut Draft<'_>, claim: &Claim, cause: Cause) {
    let excess = -room(claim, draft.file.ledger());
    cut_of(draft, claim, cause, excess, |_| true);
    for (party, liable) in liabilities(draft) {
        let own = draft.file.ledger().filter(|measure| measure.debtor == party);
        let used: Decimal = own.map(|measure| exposure(measure, claim.uncovered)).sum();
        cut_of(draft, claim, cause, used - liable, |measure| measure.debtor == party);
    }
}

/// Parties that are liable up to an amount only.
pub fn liabilities(draft: &Draft<'_>) -> Vec<(PartyId, Decimal)> {
    let limited = draft.file.parties.iter().filter_map(|party| Some((party.id, party.liable_up_to?)));
    limited.collect()
}

fn cut_of(
    draft: &mut Draft<'_>,
    claim: &Claim,
    cause: Cause,
    mut excess: Decimal,
    concerns: impl Fn(&Measure) -> bool,
) {
    let proposed = |one: &&Measure| one.state == MeasureState::Proposed && concerns(one);
    let proposals: Vec<Measure> = draft.file.ledger().rev().filter(proposed).cloned().collect();
    for proposal in proposals {
        let part = exposure(&proposal, claim.uncovered).min(excess);
        if part <= Decimal::ZERO {
            continue;
        }
        excess -= part;
        shrink(draft, proposal, part);
    }
    excess -= take_back_freezes(draft, claim, excess, &concerns);
    let relieving = draft.file.ledger().filter(|measure| concerns(measure));
    excess -= relieving.map(|measure| relief(measure, claim.uncovered)).sum::<Decimal>();
    excess -= give_back_standing(draft, claim, (excess, cause), &concerns);
    if excess > Decimal::ZERO {
        take_back_renewals(draft, cause, &concerns);
        excess -= give_back_standing(draft, claim, (excess, cause), &concerns);
    }
    if excess > Decimal::ZERO {
        for measure in standing_last_first(draft, cause, &concerns) {
            let part = part_beyond(&measure, claim, excess);
            if part > Decimal::ZERO {
                let all = with_uncovered(&measure, claim, part);
                release_or_task(draft, measure, all, Why::Excess);
            }
        }
    }
}

/// How much of a measure an excess takes, in yuan.
pub fn part_beyond(measure: &Measure, claim: &Claim, excess: Decimal) -> Decimal {
    exposure(&Measure { deducted: Decimal::ZERO, ..measure.clone() }, claim.uncovered).min(excess)
}

/// How much of the limit is released so that a part of what counts is given back.
pub fn with_uncovered(measure: &Measure, claim: &Claim, part: Decimal) -> Decimal {
    match claim.uncovered {
        UncoveredLimit::Strict => part,
        // Nobody knows yet how much of the limit will be held: it counts in full.
        _ if measure.is_only_accepted() => part,
        // The limit goes down to what stays held: otherwise the next deposit would be caught again.
        UncoveredLimit::Release | UncoveredLimit::Keep => {
            part + (measure.limit - measure.held).max(Decimal::ZERO)
        }
    }
}

/// Orders the release of what stands, the last first, until an excess is gone; gives how much of it that is, in yuan. What has no papers for
/// it is passed over: what comes before it may be enough.
fn give_back_standing(
    draft: &mut Draft<'_>,
    claim: &Claim,
    (excess, cause): (Decimal, Cause),
    concerns: &impl Fn(&Measure) -> bool,
) -> Decimal {
    let mut given = Decimal::ZERO;
    for measure in standing_last_first(draft, cause, concerns) {
        let part = part_beyond(&measure, claim, excess - given);
        if part <= Decimal::ZERO {
            continue;
        }
        let all = with_uncovered(&measure, claim, part);
        if start_release(draft, measure, all, (&[], ReleaseCause::Excess)).is_ok() {
            given += part;
        }
    }
    given
}

/// Withdraws freezes that have not left, the last first, until an excess is gone; gives what that takes off it, in yuan.
fn take_back_freezes(
    draft: &mut Draft<'_>,
    claim: &Claim,
    excess: Decimal,
    concerns: &impl Fn(&Measure) -> bool,
) -> Decimal {
    let asked = |one: &&Measure| one.state == MeasureState::Asked && concerns(one);
    let asked: Vec<Measure> = draft.file.ledger().rev().filter(asked).cloned().collect();
    let mut taken = Decimal::ZERO;
    for freeze in asked {
        let part = exposure(&freeze, claim.uncovered);
        if taken < excess && part > Decimal::ZERO && unsent::take_back_too_much(draft, freeze.id) {
            taken += part;
        }
    }
    taken
}

/// Withdraws renewals that have not left of what is to be given back.
fn take_back_renewals(draft: &mut Draft<'_>, cause: Cause, concerns: &impl Fn(&Measure) -> bool) {
    let renewing = |one: &&Measure| {
        one.state == MeasureState::Renewing && one.held > Decimal::ZERO && may_be_cut(one, cause)
    };
    let renewing: Vec<MeasureId> =
        draft.file.ledger().filter(renewing).filter(|one| concerns(one)).map(|one| one.id).collect();
    for id in renewing {
        unsent::take_back_too_much(draft, id);
    }
}

/// Whether a cause gives something of a measure back.
fn may_be_cut(measure: &Measure, cause: Cause) -> bool {
    match cause {
        Cause::Answered(id) | Cause::Placed(id) => measure.id == id,
        Cause::Act => true,
        Cause::Found | Cause::Clock => false,
    }
}

/// What may be given back for a cause, what was placed last first.
fn standing_last_first(
    draft: &Draft<'_>,
    cause: Cause,
    concerns: &impl Fn(&Measure) -> bool,
) -> Vec<Measure> {
    let may = |measure: &&Measure| may_be_cut(measure, cause);
    let standing = draft.file.ledger().rev().filter(|measure| {
        is_idle(measure) && !measure.is_whole() && measure.currency.is_none() && concerns(measure)
    });
    standing.filter(may).filter(|measure| !waits_for_a_person(draft, measure)).cloned().collect()
}

/// What a release under way takes off what a measure counts for, in yuan.
pub fn relief(measure: &Measure, uncovered: UncoveredLimit) -> Decimal {
    match measure.state {
        MeasureState::Releasing if uncovered == UncoveredLimit::Strict || measure.said.only_accepted => {
            measure.in_yuan(measure.releasing)
        }
        MeasureState::Releasing => measure.in_yuan(
            (measure.held - (measure.limit - measure.releasing).max(Decimal::ZERO)).max(Decimal::ZERO),
        ),
        _ => Decimal::ZERO,
    }
}

/// Deals with limits that stand ordered beyond what is held, as the claim says: the same money is not asked twice.
pub fn uncovered(draft: &mut Draft<'_>, claim: &Claim) {
    if claim.uncovered == UncoveredLimit::Strict {
        return;
    }
    give_back_uncovered(draft, claim, claim.amount, |_| true);
    for (party, liable) in liabilities(draft) {
        give_back_uncovered(draft, claim, liable, |measure| measure.debtor == party);
    }
    if claim.uncovered == UncoveredLimit::Keep {
        let stands = |measure: &&Measure| measure.uncovered() > Decimal::ZERO;
        let kept: Vec<Measure> = draft.file.ledger().rev().filter(stands).cloned().collect();
        kept.iter().for_each(|measure| look_daily(draft, measure));
    }
}

/// Gives back what no money covers of the limits concerned.
fn give_back_uncovered(
    draft: &mut Draft<'_>,
    claim: &Claim,
    bound: Decimal,
    concerns: impl Fn(&Measure) -> bool,
) {
    for (measure, part) in uncovered_parts(draft, claim, bound, concerns) {
        release_or_task(draft, measure, part, Why::Uncovered);
    }
}

/// How much is given back of each of the limits concerned that no money covers, the last first: as far as they could catch more than their
/// bound leaves open or, where they are kept, once it leaves nothing open.
pub fn uncovered_parts(
    draft: &Draft<'_>,
    claim: &Claim,
    bound: Decimal,
    concerns: impl Fn(&Measure) -> bool,
) -> Vec<(Measure, Decimal)> {
    let own = || draft.file.ledger().filter(|measure| concerns(measure));
    let is_kept = claim.uncovered == UncoveredLimit::Keep;
    // A proposal asks nobody yet; and a limit that is kept stands until enough is really held.
    let counts = |one: &&Measure| match one.state {
        MeasureState::Proposed => false,
        MeasureState::Asked | MeasureState::Accepted => !is_kept,
        _ => true,
    };
    let used: Decimal = own().filter(counts).map(|measure| exposure(measure, claim.uncovered)).sum();
    let uncovered: Vec<&Measure> = own().rev().filter(|one| one.uncovered() > Decimal::ZERO).collect();
    let all: Decimal = uncovered.iter().map(|measure| measure.in_yuan(measure.uncovered())).sum();
    let free = (bound - used).max(Decimal::ZERO);
    let mut over = if is_kept && free > Decimal::ZERO { Decimal::ZERO } else { all - free };
    let mut parts = Vec::new();
    for measure in uncovered.into_iter().filter(|one| is_idle(one) && one.currency.is_none()) {
        let part = measure.uncovered().min(over);
        if part > Decimal::ZERO && !waits_for_a_person(draft, measure) {
            over -= part;
            parts.push((measure.clone(), part));
        }
    }
    parts
}

/// A freeze that takes effect though nobody wants it any more, because its claim ended, its party was freed or its inquiry was cancelled
/// meanwhile, is given back.
pub fn unwanted(draft: &mut Draft<'_>, cause: Cause) {
    if let Cause::Placed(id) = cause {
        give_back_if(draft, id, |file, measure| is_unwanted(file, measure) || is_abandoned(file, measure));
    }
}

/// What stands is given back, now that nothing of it is under way, where nobody wants it any more. Not for a release that ended: one
/// that was declined would be ordered for ever.
pub fn give_back_unwanted(draft: &mut Draft<'_>, id: MeasureId) {
    give_back_if(draft, id, is_unwanted);
}

fn give_back_if(draft: &mut Draft<'_>, id: MeasureId, is_so: impl Fn(&CaseFile, &Measure) -> bool) {
    let Some(measure) = draft.file.measures.get(&id).cloned() else { return };
    if is_so(&draft.file, &measure) && is_idle(&measure) && !waits_for_a_person(draft, &measure) {
        let limit = measure.limit;
        release_or_task(draft, measure, limit, Why::Unwanted);
    }
}

/// What stands when its claim is closed is given back; what is under way first, or has no papers, is on the list.
pub fn end_of_claim(draft: &mut Draft<'_>) {
    let standing: Vec<Measure> = draft.file.ledger().filter(|one| one.state.stands()).cloned().collect();
    for measure in standing {
        if is_idle(&measure) {
            let all = if measure.limit.is_zero() { measure.held } else { measure.limit };
            release_or_task(draft, measure, all, Why::ClaimClosed);
        } else if measure.state != MeasureState::Releasing {
            let note = "标的已了结，办理中的措施结束后应解除 the claim is closed: release it once what is under way has ended";
            draft.task(NewTask::about(TaskKind::BringPapers, &measure, draft.now()), note);
        }
    }
}

/// What still stands though its claim is closed is on the list: a person gives it back, or opens the claim again.
pub fn tell_what_stands(draft: &mut Draft<'_>) {
    let rest = |one: &Measure| if one.is_whole() { one.limit } else { one.limit - one.releasing };
    let standing: Vec<Measure> = draft.file.ledger().filter(|one| one.state.stands()).cloned().collect();
    for measure in standing.into_iter().filter(|one| one.is_whole() || rest(one) > Decimal::ZERO) {
        let amount = rest(&measure);
        let note = format!(
            "标的已了结，尚有 {amount} 元未解除 the claim is closed and {amount} yuan stand ordered still: release them"
        );
        draft.task(NewTask::about(TaskKind::BringPapers, &measure, draft.now()), note);
    }
}
