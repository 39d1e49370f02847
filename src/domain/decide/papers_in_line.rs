//! Tasks for the papers of releases, kept in line with what is to be given back: whoever followed one that outlived its reason would free
//! money that is wanted.

use chakong_contract::ActionKind;
use rust_decimal::Decimal;

use super::super::{Change, Claim, Measure, Task, TaskKind, UncoveredLimit};
use super::ask::original_of;
use super::counting::{exposure, is_abandoned, is_unwanted};
use super::draft::Draft;
use super::giving_back::{liabilities, part_beyond, relief, uncovered_parts, with_uncovered};
use super::missing_papers::{Why, note_of};
use super::releasing::{ReleaseError, is_idle};

/// Closes the tasks for papers of releases that nobody wants any more, because the claim grew, is open again, or something else was given
/// back meanwhile; and corrects those that name more than is to be given back. Those of measures about which something is under way are
/// looked at when it has ended.
pub fn keep(draft: &mut Draft<'_>, claim: &Claim) {
    let is_for_papers = |task: &&Task| task.kind == TaskKind::BringPapers;
    let asked: Vec<Task> = draft.file.tasks.iter().filter(is_for_papers).cloned().collect();
    for task in asked {
        let measure = task.measure.and_then(|id| draft.file.measures.get(&id)).filter(|one| is_idle(one));
        let (Some(measure), Some(why)) = (measure.cloned(), Why::of(&task)) else { continue };
        match still_wanted(draft, claim, &measure, why) {
            Still::Nothing => draft.push(Change::SaveTask(Task { done: Some(draft.now()), ..task })),
            Still::Part(part) => correct(draft, task, &measure, (why, part)),
            Still::AsAsked => {}
        }
    }
}

/// How much of what a task asks papers for is to be released still.
enum Still {
    Nothing,
    Part(Decimal),
    AsAsked,
}

fn still_wanted(draft: &Draft<'_>, claim: &Claim, measure: &Measure, why: Why) -> Still {
    let part = match why {
        Why::Excess => {
            let part = part_beyond(measure, claim, excess_at(draft, claim, measure));
            if part > Decimal::ZERO { with_uncovered(measure, claim, part) } else { part }
        }
        Why::Uncovered => uncovered_at(draft, claim, measure),
        Why::Unwanted | Why::ClaimClosed => {
            let is_wanted = !is_unwanted(&draft.file, measure) && !is_abandoned(&draft.file, measure);
            return if is_wanted { Still::Nothing } else { Still::AsAsked };
        }
        Why::LivingCosts => return Still::AsAsked,
    };
    if part > Decimal::ZERO { Still::Part(part) } else { Still::Nothing }
}

/// What a claim, or the liability of a measure's party, is exceeded by, without what releases under way give back, in yuan.
fn excess_at(draft: &Draft<'_>, claim: &Claim, measure: &Measure) -> Decimal {
    let beyond = |bound: Decimal, concerns: &dyn Fn(&Measure) -> bool| {
        let counts = |one: &Measure| exposure(one, claim.uncovered) - relief(one, claim.uncovered);
        draft.file.ledger().filter(|one| concerns(one)).map(counts).sum::<Decimal>() - bound
    };
    let of_parties = liabilities(draft).into_iter().filter(|(party, _)| *party == measure.debtor);
    let of_party = of_parties.map(|(party, liable)| beyond(liable, &|one| one.debtor == party));
    of_party.fold(beyond(claim.amount, &|_| true), Decimal::max)
}

/// How much of a measure's limit that no money covers is to be given back.
fn uncovered_at(draft: &Draft<'_>, claim: &Claim, measure: &Measure) -> Decimal {
    if claim.uncovered == UncoveredLimit::Strict {
        return Decimal::ZERO;
    }
    let part_of = |parts: Vec<(Measure, Decimal)>| {
        parts.into_iter().find(|(one, _)| one.id == measure.id).map_or(Decimal::ZERO, |(_, part)| part)
    };
    let of_parties = liabilities(draft).into_iter().filter(|(party, _)| *party == measure.debtor);
    let of_party = of_parties
        .map(|(party, liable)| part_of(uncovered_parts(draft, claim, liable, |one| one.debtor == party)));
    of_party.fold(part_of(uncovered_parts(draft, claim, claim.amount, |_| true)), Decimal::max)
}

/// Has a task name the part that is to be released by now, where papers for it are missing still.
fn correct(draft: &mut Draft<'_>, task: Task, measure: &Measure, (why, part): (Why, Decimal)) {
    let missing = draft.papers_for(measure, ActionKind::Release, &[]).err().map(ReleaseError::from);
    let unknown = || original_of(measure).is_none().then_some(ReleaseError::NoOriginal);
    let Some(error) = missing.or_else(unknown) else { return };
    let note = note_of(why, part, &error);
    if note != task.note {
        draft.push(Change::SaveTask(Task { note, ..task }));
    }
}
