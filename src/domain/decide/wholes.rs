//! Wholes: property that is controlled as a whole, real estate and stakes in companies. Their value is not known for
//! sure. They are taken one at a time, only while deposits fall short, and by an officer where too much would be taken.

use chakong_contract::order::Target;
use rust_decimal::{Decimal, RoundingStrategy};

use super::super::{Claim, EventType, Measure, MeasureId, MeasureState, Mode, TaskKind};
use super::ask::ask;
use super::draft::{Draft, NewTask};
use super::giving_back::{is_idle, start_release, waits_for_a_person};
use super::ledger::{Cause, give_up, is_open, is_quiet, propose, room, withdraw};

/// A property worth more than so many times of what is still wanted is for an officer.
const MOST_TIMES_THE_SHORTFALL: Decimal = Decimal::TWO;

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
        Some(value) if value > wanted * MOST_TIMES_THE_SHORTFALL => Some(Mode::Propose),
        None if measure.queued_behind || has_one_of_unknown_value(draft) => Some(Mode::Propose),
        _ => Some(Mode::Auto),
    }
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

/// The subscribed capital in yuan that a target stands for; `None` where it states none.
fn amount_of(target: &Target) -> Option<Decimal> {
    match target {
        Target::Equity { subscribed: Some(money), .. } if money.is_yuan() => Some(money.amount),
        _ => None,
    }
}

/// How much subscribed capital may still be frozen: the room of the claim without the stakes of other measures that are asked,
/// stand, or were transferred (法释〔2021〕20号 art. 5).
pub fn stake_room(draft: &Draft<'_>, without: Option<MeasureId>) -> Decimal {
    let Some(claim) = &draft.file.chain.claim else { return Decimal::ZERO };
    let frozen = |measure: &&Measure| {
        let taken = matches!(measure.state, MeasureState::Asked | MeasureState::Transferred);
        Some(measure.id) != without && (taken || measure.state.stands())
    };
    let others: Decimal =
        draft.file.ledger().filter(frozen).filter_map(|measure| amount_of(&measure.target)).sum();
    room(claim, draft.file.ledger()) - others
}

/// The stake as an order names it: of its subscribed capital no more than `left`, in whole yuan. `None` when nothing is left.
/// Gives what it uses up as well.
pub fn stake_within(target: &Target, left: Decimal) -> Option<(Target, Decimal)> {
    let mut part = target.clone();
    let Some(amount) = amount_of(target) else {
        return (left > Decimal::ZERO).then_some((part, Decimal::ZERO));
    };
    let bounded = amount.min(left).round_dp_with_strategy(0, RoundingStrategy::ToZero);
    if bounded < Decimal::ONE {
        return None;
    }
    if let Target::Equity { subscribed: Some(money), percent, shares, .. } = &mut part
        && bounded < amount
    {
        // Ratio and number belong to the whole of it.
        (money.amount, *percent, *shares) = (bounded, None, None);
    }
    Some((part, bounded))
}
