//! Giving back: releases of what is held beyond the claim, of limits that no money covers, and of freezes that take
//! effect after their claim ended. Without papers for the release a task asks a person for them.

use chakong_contract::{ActionKind, Instruction, Money};
use jiff::Span;
use rust_decimal::Decimal;
use serde_json::json;

use super::super::{
    CaseFile, Claim, DocumentId, EventType, InquiryState, Measure, MeasureId, MeasureState, OrderId, PartyId,
    Said, Task, TaskKind, UncoveredLimit,
};
use super::ask::original_of;
use super::counting::{Cause, exposure, room};
use super::declined::waits_for_a_person;
use super::draft::{Draft, NewTask, NoPapers};
use super::proposals::withdraw;

/// Whether a release of it can be ordered: it stands and nothing else is under way.
pub fn is_idle(measure: &Measure) -> bool {
    matches!(measure.state, MeasureState::InForce | MeasureState::Waiting | MeasureState::Accepted)
}

/// Why a release could not be ordered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReleaseError {
    /// Papers are missing, or the counterpart takes no releases.
    #[error(transparent)]
    Papers(#[from] NoPapers),
    /// The number of the freeze is not known.
    #[error("原冻结请求单号不明 the number of the freeze is not known; enter the measure with it")]
    NoOriginal,
}

/// Orders the release of a part of what stands ordered (the whole limit is a release of all); a property that is controlled
/// as a whole is released as a whole. `part` is in the measure's currency.
///
/// # Errors
/// See [`ReleaseError`]; nothing is changed then.
pub fn start_release(
    draft: &mut Draft<'_>,
    measure: Measure,
    part: Decimal,
    brought: &[DocumentId],
) -> Result<(), ReleaseError> {
    let order = order_release(draft, &measure, part, brought)?;
    let only_accepted = measure.is_only_accepted();
    let said = Said { only_accepted, surplus_release: None, ..measure.said.clone() };
    let (state, control) = (MeasureState::Releasing, Some(order));
    is_releasing(draft, Measure { state, releasing: part, control, said, ..measure });
    Ok(())
}

/// Orders the release of what is held beyond the limit, and of nothing else.
///
/// # Errors
/// See [`ReleaseError`]; nothing is changed then.
pub fn start_surplus_release(
    draft: &mut Draft<'_>,
    measure: Measure,
    brought: &[DocumentId],
) -> Result<(), ReleaseError> {
    let order = order_release(draft, &measure, measure.surplus, brought)?;
    let said = Said { surplus_release: Some(order), ..measure.said.clone() };
    let (state, control) = (MeasureState::Releasing, Some(order));
    is_releasing(draft, Measure { state, releasing: Decimal::ZERO, control, said, ..measure });
    Ok(())
}

fn order_release(
    draft: &mut Draft<'_>,
    measure: &Measure,
    amount: Decimal,
    brought: &[DocumentId],
) -> Result<OrderId, ReleaseError> {
    let papers = draft.papers_for(measure, ActionKind::Release, brought)?;
    let original = original_of(measure).ok_or(ReleaseError::NoOriginal)?;
    let amount = (!measure.is_whole()).then(|| measure.money(amount));
    let instruction = Instruction::Release { target: measure.target.clone(), amount, original };
    Ok(draft.control(measure, instruction, papers))
}

/// Notes that a release is under way, and tells it.
fn is_releasing(draft: &mut Draft<'_>, releasing: Measure) {
    let (id, order) = (releasing.id, releasing.control);
    draft.move_measure(releasing.clone());
    draft.close_tasks(|task| {
        let is_moot =
            matches!(task.kind, TaskKind::BringPapers | TaskKind::ReleaseExcess | TaskKind::Resolve);
        let is_short = task.kind == TaskKind::Review && task.order.is_some();
        task.measure == Some(id) && (is_moot || is_short)
    });
    draft.tell(EventType::MeasureReleasing, &releasing, order);
}

/// Orders a release on the papers that are there; without them a person must act, once told.
pub fn release_or_task(draft: &mut Draft<'_>, measure: Measure, part: Decimal, why: &str) -> bool {
    let Err(error) = start_release(draft, measure.clone(), part, &[]) else { return true };
    let note = format!("{why}{part} 元须解除 {part} yuan must be released: {error}");
    let known = |task: &Task| task.kind == TaskKind::BringPapers && task.measure == Some(measure.id);
    if !draft.file.tasks.iter().any(known) {
        draft.tell_with(
            EventType::MeasurePapersMissing,
            &measure,
            None,
            json!({ "to_release": measure.money(part), "reason": note }),
        );
    }
    draft.task(NewTask::about(TaskKind::BringPapers, &measure, draft.now()), note);
    look_daily(draft, &measure);
    false
}

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
fn liabilities(draft: &Draft<'_>) -> Vec<(PartyId, Decimal)> {
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
    let relieving = draft.file.ledger().filter(|measure| concerns(measure));
    excess -= relieving.map(|measure| relief(measure, claim.uncovered)).sum::<Decimal>();
    for measure in standing_last_first(draft, cause, &concerns) {
        let part =
            exposure(&Measure { deducted: Decimal::ZERO, ..measure.clone() }, claim.uncovered).min(excess);
        if part <= Decimal::ZERO {
            continue;
        }
        let all = match claim.uncovered {
            UncoveredLimit::Strict => part,
            // Nobody knows yet how much of the limit will be held: it counts in full.
            _ if measure.is_only_accepted() => part,
            // The limit goes down to what stays held: otherwise the next deposit would be caught again.
            UncoveredLimit::Release | UncoveredLimit::Keep => {
                part + (measure.limit - measure.held).max(Decimal::ZERO)
            }
        };
        if release_or_task(draft, measure, all, "超标的冻结，") {
            excess -= part;
        }
    }
}

/// What may be given back for a cause, what was placed last first.
fn standing_last_first(
    draft: &Draft<'_>,
    cause: Cause,
    concerns: &impl Fn(&Measure) -> bool,
) -> Vec<Measure> {
    let may = |measure: &&Measure| match cause {
        Cause::Answered(id) | Cause::Placed(id) => measure.id == id,
        Cause::Act => true,
        Cause::Found | Cause::Clock => false,
    };
    let standing = draft.file.ledger().rev().filter(|measure| {
        is_idle(measure) && !measure.is_whole() && measure.currency.is_none() && concerns(measure)
    });
    standing.filter(may).filter(|measure| !waits_for_a_person(draft, measure)).cloned().collect()
}

/// What a release under way takes off what a measure counts for, in yuan.
fn relief(measure: &Measure, uncovered: UncoveredLimit) -> Decimal {
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

/// Makes a proposal smaller by a part in yuan, or takes it back.
pub fn shrink(draft: &mut Draft<'_>, proposal: Measure, part: Decimal) {
    let limit = proposal.limit - part;
    if limit > Decimal::ZERO && proposal.currency.is_none() {
        draft.move_measure(Measure { limit, ..proposal });
    } else {
        withdraw(draft, proposal, "标的已足额 the claim is covered");
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

/// Gives back what no money covers of the limits concerned: as far as they could catch more than their bound leaves open or, where they are
/// kept, once it leaves nothing open.
fn give_back_uncovered(
    draft: &mut Draft<'_>,
    claim: &Claim,
    bound: Decimal,
    concerns: impl Fn(&Measure) -> bool,
) {
    let own = || draft.file.ledger().filter(|measure| concerns(measure));
    let is_kept = claim.uncovered == UncoveredLimit::Keep;
    // A proposal asks nobody yet; and a limit that is kept stands until enough is really held.
    let counts = |one: &&Measure| match one.state {
        MeasureState::Proposed => false,
        MeasureState::Asked | MeasureState::Accepted => !is_kept,
        _ => true,
    };
    let used: Decimal = own().filter(counts).map(|measure| exposure(measure, claim.uncovered)).sum();
    let uncovered: Vec<Measure> =
        own().rev().filter(|one| one.uncovered() > Decimal::ZERO).cloned().collect();
    let all: Decimal = uncovered.iter().map(|measure| measure.in_yuan(measure.uncovered())).sum();
    let free = (bound - used).max(Decimal::ZERO);
    let mut over = if is_kept && free > Decimal::ZERO { Decimal::ZERO } else { all - free };
    for measure in uncovered.into_iter().filter(|one| is_idle(one) && one.currency.is_none()) {
        let part = measure.uncovered().min(over);
        if part > Decimal::ZERO && !waits_for_a_person(draft, &measure) {
            over -= part;
            release_or_task(draft, measure, part, "未冻结到位的限额另行冻结，");
        }
    }
}

/// Has a property looked at again tomorrow, because a limit stands there that no money covers.
pub fn look_daily(draft: &mut Draft<'_>, measure: &Measure) {
    let due = draft.now().checked_add(Span::new().hours(24)).unwrap_or(draft.now());
    let note = "限额未冻结到位，每日复查 the limit is not covered; the account is looked at daily";
    draft.task(NewTask::about(TaskKind::Requery, measure, due), note);
}

/// Whether nobody wants a freeze any more: its claim is closed or its party was freed.
pub fn is_unwanted(file: &CaseFile, measure: &Measure) -> bool {
    let is_closed = file.chain.claim.as_ref().is_some_and(|claim| !claim.is_open());
    is_closed || file.parties.iter().any(|party| party.id == measure.debtor && party.is_freed)
}

/// A freeze that takes effect though nobody wants it any more, because its claim ended, its party was freed or its inquiry was cancelled
/// meanwhile, is given back.
pub fn unwanted(draft: &mut Draft<'_>, cause: Cause) {
    if let Cause::Placed(id) = cause {
        give_back_if(draft, id, |file, measure| is_unwanted(file, measure) || is_abandoned(file, measure));
    }
}

/// Whether the inquiry of a measure was cancelled and no other one took it over.
pub fn is_abandoned(file: &CaseFile, measure: &Measure) -> bool {
    file.inquiries.get(&measure.inquiry).is_some_and(|inquiry| inquiry.state == InquiryState::Cancelled)
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
        release_or_task(draft, measure, limit, "标的已了结、当事人已解除或查控申请已撤回，");
    }
}

/// What stands when its claim is closed is given back; what is under way first, or has no papers, is on the list.
pub fn end_of_claim(draft: &mut Draft<'_>) {
    let standing: Vec<Measure> = draft.file.ledger().filter(|one| one.state.stands()).cloned().collect();
    for measure in standing {
        if is_idle(&measure) {
            let all = if measure.limit.is_zero() { measure.held } else { measure.limit };
            release_or_task(draft, measure, all, "标的已了结，");
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

/// The held amount beyond the claim, or beyond what parties are liable for, that nothing under way gives back, in yuan.
pub fn excess_of(draft: &Draft<'_>) -> Decimal {
    let Some(claim) = &draft.file.chain.claim else { return Decimal::ZERO };
    let of_parties = liabilities(draft).into_iter().map(|(party, liable)| {
        let own = draft.file.ledger().filter(|measure| measure.debtor == party);
        beyond(own, liable)
    });
    of_parties.sum::<Decimal>().max(beyond(draft.file.ledger(), claim.amount))
}

/// How much more than a bound is held and taken, without what a release under way gives back.
fn beyond<'m>(measures: impl Iterator<Item = &'m Measure>, bound: Decimal) -> Decimal {
    let held = measures.map(|measure| {
        let standing = if measure.state.stands() { measure.held } else { Decimal::ZERO };
        let given_back = relief(measure, UncoveredLimit::Keep).min(measure.in_yuan(standing));
        measure.in_yuan(standing) + measure.in_yuan(measure.deducted) - given_back
    });
    (held.sum::<Decimal>() - bound).max(Decimal::ZERO)
}

/// Tells how much is held beyond the claim, each amount once, and keeps it on the task list until it is given back.
pub fn tell_excess(draft: &mut Draft<'_>, cause: Cause) {
    let excess = excess_of(draft);
    let told = draft.file.chain.claim.as_ref().map(|claim| claim.excess_told).unwrap_or_default();
    if excess == told {
        return;
    }
    let measure = measure_of(draft, cause);
    if let Some(claim) = draft.claim_mut().filter(|_| excess.is_zero() || measure.is_some()) {
        claim.excess_told = excess;
    }
    if excess.is_zero() {
        // Those of one measure, a surplus or a whole, are other matters.
        draft.close_tasks(|task| task.kind == TaskKind::ReleaseExcess && task.measure.is_none());
        return;
    }
    let Some(measure) = measure else { return };
    let due = draft.now();
    let note = format!(
        "超标的冻结 {excess} 元，应及时解除 {excess} yuan are held beyond the claim; release them (查扣冻规定 art. 19)"
    );
    draft.tell_with(EventType::MeasureExcess, &measure, None, json!({ "excess": Money::yuan(excess) }));
    let task = NewTask { measure: None, ..NewTask::about(TaskKind::ReleaseExcess, &measure, due) };
    draft.task(task, note);
}

/// The measure that an excess is told of: the one that the cause was about, else the one placed last; what was deducted too where
/// nothing is held.
fn measure_of(draft: &Draft<'_>, cause: Cause) -> Option<Measure> {
    let holds = |measure: &&Measure| measure.state.stands() && measure.held > Decimal::ZERO;
    let blamed = match cause {
        Cause::Answered(id) | Cause::Placed(id) => draft.file.measures.get(&id),
        Cause::Found | Cause::Act | Cause::Clock => None,
    };
    let was_deducted = |measure: &&Measure| measure.deducted > Decimal::ZERO;
    let last = || draft.file.ledger().rev().find(holds);
    blamed.or_else(last).or_else(|| draft.file.ledger().rev().find(was_deducted)).cloned()
}
