//! Wholes: property that is controlled as a whole, real estate and stakes in companies. Their value is not known for
//! sure. They are taken one at a time, only while deposits fall short, and by an officer where too much would be taken.

use chakong_contract::order::Target;
use rust_decimal::Decimal;

use super::super::{
    CaseFile, Claim, EventType, Measure, MeasureState, Mode, PartyId, ReleaseCause, TaskKind,
};
use super::candidate::same_property;
use super::counting::{Cause, is_open, is_quiet, room, room_of};
use super::declined::waits_for_a_person;
use super::draft::{Draft, NewTask};
use super::excess::held_and_taken;
use super::proposals::{freeze_or_propose, propose, withdraw};
use super::releasing::{is_idle, start_release};
use super::stake::{amount_of, stake_room, stake_within};
use super::unsent;

/// Asks or proposes wholes while amounts do not cover the claim, or what their party is liable for, and gives them back once they do.
pub fn fill(draft: &mut Draft<'_>, claim: &Claim, cause: Cause) {
    no_longer_needed(draft, claim, cause);
    let open: Vec<Measure> =
        draft.file.ledger().filter(|one| one.is_whole() && is_open(&draft.file, one)).cloned().collect();
    for measure in open {
        if is_under_control(&draft.file, &measure) {
            continue;
        }
        let left = room_of(&draft.file, claim, measure.debtor, None);
        let stake = matches!(measure.target, Target::Equity { .. });
        let is_full =
            stake && stake_within(&measure.target, stake_room(&draft.file, measure.debtor, None)).is_none();
        if left <= Decimal::ZERO || is_full {
            continue;
        }
        match mode(draft, claim, &measure) {
            Some(Mode::Propose) => propose(draft, measure, Decimal::ZERO),
            Some(Mode::Auto) => freeze_or_propose(draft, measure, Decimal::ZERO),
            None => {}
        }
    }
}

/// Whether a home is controlled already by another line of the ledger, or asked to be. It is controlled whole: a second control of it
/// takes nothing more.
pub fn is_under_control(file: &CaseFile, measure: &Measure) -> bool {
    let controls = |other: &Measure| {
        other.id != measure.id
            && (other.state.stands() || other.state == MeasureState::Asked)
            && same_property(other, measure)
    };
    matches!(measure.target, Target::Property { .. }) && file.ledger().any(controls)
}

/// Whether a whole is proposed or asked now; `None` while others must come first.
fn mode(draft: &Draft<'_>, claim: &Claim, measure: &Measure) -> Option<Mode> {
    if claim.other_property == Mode::Propose {
        return (!is_worth_enough(draft, claim, measure.debtor)).then_some(Mode::Propose);
    }
    let wanted = wanted_of(draft, claim, measure.debtor);
    if wanted <= Decimal::ZERO || !is_quiet(&draft.file) {
        return None;
    }
    if amount_of(&measure.target).is_some() {
        // Of a stake no more is taken than the claim and the liability leave open.
        return Some(Mode::Auto);
    }
    if measure.queued_behind {
        // What its value leaves to those who come later is an officer's to judge.
        return Some(Mode::Propose);
    }
    match measure.value {
        Some(value) if is_far_more(value, wanted, draft.facts.rules.officer_above) => Some(Mode::Propose),
        None if has_one_of_unknown_value(draft) => Some(Mode::Propose),
        _ => Some(Mode::Auto),
    }
}

/// What is wanted of a party beside what is held, asked and taken, and the wholes that are asked or stand: of the claim, and of what the
/// party is liable for.
fn wanted_of(draft: &Draft<'_>, claim: &Claim, debtor: PartyId) -> Decimal {
    let all = |_: &Measure| true;
    let of_all = room(claim, draft.file.ledger()) - standing_value(draft, None, all);
    of_all.min(room_of(&draft.file, claim, debtor, None) - standing_value(draft, Some(debtor), all))
}

/// Whether the real estate of a stated value that is asked or stands, first in its turn and without others' rights, is worth what is wanted
/// of a party. What a stake is worth nobody states, and others take their part of the rest first.
fn is_worth_enough(draft: &Draft<'_>, claim: &Claim, debtor: PartyId) -> bool {
    let is_sure = |one: &Measure| {
        let is_real = matches!(one.target, Target::Property { .. });
        is_real && !one.queued_behind && one.state != MeasureState::Waiting
    };
    let of_all = room(claim, draft.file.ledger()) - standing_value(draft, None, is_sure);
    let of_party = room_of(&draft.file, claim, debtor, None) - standing_value(draft, Some(debtor), is_sure);
    of_all.min(of_party) <= Decimal::ZERO
}

/// Whether a value is beyond so many percent of what is wanted.
fn is_far_more(value: Decimal, wanted: Decimal, percent: u32) -> bool {
    let most =
        wanted.checked_mul(Decimal::from(percent)).and_then(|most| most.checked_div(Decimal::ONE_HUNDRED));
    most.is_some_and(|most| value > most)
}

/// What the wholes that are asked or stand, of a party or of all, are known to be worth, in yuan, as far as they count.
fn standing_value(draft: &Draft<'_>, of: Option<PartyId>, counts: impl Fn(&Measure) -> bool) -> Decimal {
    let stands = |measure: &&Measure| {
        measure.is_whole()
            && counts(measure)
            && of.is_none_or(|party| measure.debtor == party)
            && (measure.state.stands() || measure.state == MeasureState::Asked)
    };
    draft.file.ledger().filter(stands).filter_map(|measure| measure.value).sum()
}

/// Whether a whole of unknown value, real estate or a stake whose capital nobody states, is asked or stands.
fn has_one_of_unknown_value(draft: &Draft<'_>) -> bool {
    draft.file.ledger().any(|measure| {
        measure.is_whole()
            && measure.value.is_none()
            && amount_of(&measure.target).is_none()
            && (measure.state.stands() || measure.state == MeasureState::Asked)
    })
}

/// Amounts cover the claim, or what a party is liable for: proposals of its wholes are taken back, freezes that have not left are
/// withdrawn, standing ones told and, where freezes come without an officer and papers are there, released (查扣冻规定 art. 19). Where they
/// do not cover it any more, nobody is asked any longer to release what stands. A proposal is taken back, too, while wholes that are asked
/// or stand are worth enough.
fn no_longer_needed(draft: &mut Draft<'_>, claim: &Claim, cause: Cause) {
    let wholes: Vec<Measure> = draft.file.ledger().filter(|one| one.is_whole()).cloned().collect();
    for measure in wholes {
        let covered = is_covered(draft, claim, measure.debtor);
        if !covered {
            keep_under_control(draft, &measure);
        }
        if room_of(&draft.file, claim, measure.debtor, None) > Decimal::ZERO {
            if measure.state == MeasureState::Proposed && is_worth_enough(draft, claim, measure.debtor) {
                withdraw(draft, measure, "已控财产价值已足额 what is under control is worth the claim");
            }
            continue;
        }
        match measure.state {
            MeasureState::Proposed => withdraw(draft, measure, "标的已足额 the claim is covered"),
            // What is asked of deposits may be held already: nothing beside it leaves before that is known.
            MeasureState::Asked => drop(unsent::take_back_too_much(draft, measure.id)),
            _ if covered && is_idle(&measure) && cause != Cause::Clock => give_back(draft, claim, measure),
            _ => {}
        }
    }
}

/// Deposits do not cover the claim any more: the control of a whole is wanted, and nobody is asked to release it.
fn keep_under_control(draft: &mut Draft<'_>, whole: &Measure) {
    let (id, holds_more) = (whole.id, whole.surplus > Decimal::ZERO);
    draft.close_tasks(|task| task.kind == TaskKind::ReleaseExcess && task.measure == Some(id) && !holds_more);
}

/// Whether what is held and was taken covers the claim, or what a party is liable for. What a release under way gives back covers
/// nothing.
fn is_covered(draft: &Draft<'_>, claim: &Claim, debtor: PartyId) -> bool {
    let covers = |of: Option<PartyId>, amount: Decimal| {
        let own = draft.file.ledger().filter(|one| of.is_none_or(|party| one.debtor == party));
        held_and_taken(own) >= amount
    };
    let party = draft.file.parties.iter().find(|known| known.id == debtor);
    let liable = party.and_then(|party| party.liable_up_to);
    covers(None, claim.amount) || liable.is_some_and(|liable| covers(Some(debtor), liable))
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
    let papers = (&[][..], ReleaseCause::Excess);
    if claim.other_property == Mode::Auto
        && start_release(draft, measure.clone(), Decimal::ZERO, papers).is_ok()
    {
        return;
    }
    let note = "存款已足额，应解除该项财产的控制 deposits cover the claim; release this property (查扣冻规定 art. 19)";
    draft.task(NewTask::about(TaskKind::ReleaseExcess, &measure, draft.now()), note);
}
