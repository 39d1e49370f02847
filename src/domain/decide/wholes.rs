//! Wholes: property that is controlled as a whole, real estate and stakes in companies. Their value is not known for
//! sure. They are taken one at a time, only while deposits fall short, and by an officer where too much would be taken.

use chakong_contract::order::Target;
use rust_decimal::Decimal;

use super::super::{Claim, EventType, Measure, MeasureState, Mode, TaskKind};
use super::ask::ask;
use super::counting::{Cause, is_open, is_quiet, room};
use super::declined::waits_for_a_person;
use super::draft::{Draft, NewTask};
use super::giving_back::{is_idle, start_release};
use super::proposals::{give_up, propose, withdraw};
use super::stake::{stake_room, stake_within};

/// Asks or proposes wholes while amounts do not cover the claim, and gives them back once they do.
pub fn fill(draft: &mut Draft<'_>, claim: &Claim, cause: Cause) {
    let left = room(claim, draft.file.ledger());
    if left <= Decimal::ZERO {
        no_longer_needed(draft, claim, cause);
        return;
    }
    let open: Vec<Measure> =
        draft.file.ledger().filter(|one| one.is_whole() && is_open(&draft.file, one)).cloned().collect();
    for measure in open {
        let stake = matches!(measure.target, Target::Equity { .. });
        if stake && stake_within(&measure.target, stake_room(draft, None)).is_none() {
            continue;
        }
        match mode(draft, claim, &measure, left) {
            Some(Mode::Propose) => propose(draft, measure, Decimal::ZERO),
            Some(Mode::Auto) => {
                if let Err(error) = ask(draft, measure.clone(), Decimal::ZERO, &[], "") {
                    give_up(draft, measure, &error);
                }
            }
            None => {}
        }
    }
}

/// Whether a whole is proposed or asked now; `None` while others must come first.
fn mode(draft: &Draft<'_>, claim: &Claim, measure: &Measure, left: Decimal) -> Option<Mode> {
    if claim.other_property == Mode::Propose {
        return Some(Mode::Propose);
    }
    if !is_quiet(&draft.file) {
        return None;
    }
    let wanted = left - standing_value(draft);
    if wanted <= Decimal::ZERO {
        return None;
    }
    if matches!(measure.target, Target::Equity { .. }) {
        // Of a stake no more is taken than the claim leaves open.
        return Some(Mode::Auto);
    }
    match measure.value {
        Some(value) if is_far_more(value, wanted, draft.facts.rules.officer_above) => Some(Mode::Propose),
        None if measure.queued_behind || has_one_of_unknown_value(draft) => Some(Mode::Propose),
        _ => Some(Mode::Auto),
    }
}

/// Whether a value is beyond so many percent of what is wanted.
fn is_far_more(value: Decimal, wanted: Decimal, percent: u32) -> bool {
    let most =
        wanted.checked_mul(Decimal::from(percent)).and_then(|most| most.checked_div(Decimal::ONE_HUNDRED));
    most.is_some_and(|most| value > most)
}

/// What the wholes that are asked or stand are known to be worth, in yuan.
fn standing_value(draft: &Draft<'_>) -> Decimal {
    let stands = |measure: &&Measure| {
        measure.is_whole() && (measure.state.stands() || measure.state == MeasureState::Asked)
    };
    draft.file.ledger().filter(stands).filter_map(|measure| measure.value).sum()
}

/// Whether a whole of unknown value, other than a stake, is asked or stands.
fn has_one_of_unknown_value(draft: &Draft<'_>) -> bool {
    draft.file.ledger().any(|measure| {
        matches!(measure.target, Target::Property { .. })
            && measure.value.is_none()
            && (measure.state.stands() || measure.state == MeasureState::Asked)
    })
}

/// Amounts cover the claim: proposals of wholes are taken back, standing ones told and, where freezes come without an officer
/// and papers are there, released (查扣冻规定 art. 19).
fn no_longer_needed(draft: &mut Draft<'_>, claim: &Claim, cause: Cause) {
    let held: Decimal =
        draft.file.ledger().filter(|one| one.state.stands()).map(|one| one.in_yuan(one.held)).sum();
    let deducted: Decimal = draft.file.ledger().map(|one| one.in_yuan(one.deducted)).sum();
    let covered = held + deducted >= claim.amount;
    let wholes: Vec<Measure> = draft.file.ledger().filter(|one| one.is_whole()).cloned().collect();
    for measure in wholes {
        match measure.state {
            MeasureState::Proposed => withdraw(draft, measure, "标的已足额 the claim is covered"),
            _ if covered && is_idle(&measure) && cause != Cause::Clock => give_back(draft, claim, measure),
            _ => {}
        }
    }
}

fn give_back(draft: &mut Draft<'_>, claim: &Claim, measure: Measure) {
    let told = draft
        .file
        .tasks
        .iter()
        .any(|task| task.kind == TaskKind::ReleaseExcess && task.measure == Some(measure.id));
    if told || waits_for_a_person(draft, &measure) {
        return;
    }
    draft.tell(EventType::MeasureExcess, &measure, None);
    if claim.other_property == Mode::Auto && start_release(draft, measure.clone(), Decimal::ZERO, &[]).is_ok()
    {
        return;
    }
    let note = "存款已足额，应解除该项财产的控制 deposits cover the claim; release this property (查扣冻规定 art. 19)";
    draft.task(NewTask::about(TaskKind::ReleaseExcess, &measure, draft.now()), note);
}
