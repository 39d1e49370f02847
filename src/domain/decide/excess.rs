//! What is held beyond the claim, or beyond what parties are liable for: told once, and on the task list until it is given back.

use chakong_contract::Money;
use rust_decimal::Decimal;
use serde_json::json;

use super::super::{EventType, Measure, TaskKind, UncoveredLimit};
use super::counting::Cause;
use super::draft::{Draft, NewTask};
use super::giving_back::{liabilities, relief};

/// The held amount beyond the claim, or beyond what parties are liable for, that nothing under way gives back, in yuan.
pub fn excess_of(draft: &Draft<'_>) -> Decimal {
    let Some(claim) = &draft.file.chain.claim else { return Decimal::ZERO };
    let of_parties = liabilities(draft).into_iter().map(|(party, liable)| {
        let own = draft.file.ledger().filter(|measure| measure.debtor == party);
        beyond(own, liable)
    });
    of_parties.sum::<Decimal>().max(beyond(draft.file.ledger(), claim.amount))
}

/// How much more than a bound is held and taken.
fn beyond<'m>(measures: impl Iterator<Item = &'m Measure>, bound: Decimal) -> Decimal {
    (held_and_taken(measures) - bound).max(Decimal::ZERO)
}

/// What is held and was taken, without what a release under way gives back, in yuan.
pub fn held_and_taken<'m>(measures: impl Iterator<Item = &'m Measure>) -> Decimal {
    let held = measures.map(|measure| {
        let standing = if measure.state.stands() { measure.held } else { Decimal::ZERO };
        let given_back = relief(measure, UncoveredLimit::Keep).min(measure.in_yuan(standing));
        measure.in_yuan(standing) + measure.in_yuan(measure.deducted) - given_back
    });
    held.sum()
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
