//! The ledger of a chain: how much more may be frozen, and of what. No other code decides it. What is held, asked and
//! taken together never exceeds the claim (民诉法 art. 253, 查扣冻规定 art. 19), nor any party's liability.
//!
//! [`follow`] runs after every answer, act and deadline: it withdraws what has not left and nobody wants, cuts what is too much, fills
//! the room, and deals with limits that no money covers. What a measure counts for and what the claim leaves open is told in `counting`.

use chakong_contract::order::Target;
use rust_decimal::Decimal;

use super::super::rules::exemptions::Level;
use super::super::{CaseFile, Claim, Measure, MeasureId, MeasureState, Mode, Origin, Preference};
use super::candidate::same_property;
use super::certificate::close_what_may_be_done;
use super::counting::{Cause, is_open, is_quiet, is_served, room_of};
use super::draft::Draft;
use super::living_costs::free_of_living_costs;
use super::proposals::{freeze_or_propose, propose, withdraw};
use super::{excess, foreign, giving_back, offers, papers_in_line, unsent, wanted_again, wholes};

/// Brings everything in line with the claim: proposes and asks for what is open, gives back what is too much.
pub fn follow(draft: &mut Draft<'_>, cause: Cause) {
    let Some(claim) = draft.file.chain.claim.clone() else { return };
    unsent::withdraw(draft);
    if claim.is_open() {
        wanted_again::keep(draft, &claim, cause);
        giving_back::cut(draft, &claim, cause);
        fill(draft, &claim);
        foreign::fill(draft, &claim);
        wholes::fill(draft, &claim, cause);
        papers_in_line::keep(draft, &claim);
        giving_back::uncovered(draft, &claim);
    } else {
        withdraw_proposals(draft);
    }
    offers::keep_in_line(draft);
    giving_back::unwanted(draft, cause);
    excess::tell_excess(draft, cause);
    // After an answer, its own inquiry is closed by what brought it.
    if matches!(cause, Cause::Act | Cause::Clock) {
        close_what_may_be_done(draft);
    }
}

/// Takes every proposal back: the claim is closed.
fn withdraw_proposals(draft: &mut Draft<'_>) {
    let proposed: Vec<Measure> =
        draft.file.ledger().filter(|one| one.state == MeasureState::Proposed).cloned().collect();
    for measure in proposed {
        withdraw(draft, measure, "标的已了结，不再冻结 the claim is closed: nothing more is frozen");
    }
}

/// Asks or proposes amounts until the room is used up.
fn fill(draft: &mut Draft<'_>, claim: &Claim) {
    for id in in_turn(draft, claim) {
        fill_with(draft, claim, id);
    }
    for asked in with_rests(&draft.file) {
        let available = asked.available - asked.limit;
        let rest = Measure { available, ..asked.anew(MeasureId::default()) };
        if wish(draft, claim, &rest) > Decimal::ZERO {
            draft.move_measure(Measure { available: asked.limit, ..asked });
            let id = draft.add_measure(rest);
            fill_with(draft, claim, id);
        }
    }
}

fn fill_with(draft: &mut Draft<'_>, claim: &Claim, id: MeasureId) {
    let Some(measure) = draft.file.measures.get(&id).cloned() else { return };
    let limit = wish(draft, claim, &measure);
    if limit <= Decimal::ZERO {
        return;
    }
    match mode_of(claim, &measure) {
        Mode::Propose => propose(draft, measure, limit),
        Mode::Auto => freeze_or_propose(draft, measure, limit),
    }
}

/// Accounts that hold, as far as it is known, more than was asked of them: a further freeze of the same account may follow,
/// once every answer is there. An account of which something was given back or taken is looked at again first.
fn with_rests(file: &CaseFile) -> Vec<Measure> {
    if !is_quiet(file) {
        return Vec::new();
    }
    let is_account = |measure: &Measure| matches!(measure.target, Target::Account { whole: false, .. });
    let stands_whole = |measure: &Measure| {
        measure.state == MeasureState::InForce
            && measure.origin == Origin::Ordered
            && measure.held == measure.limit
            && measure.released.is_zero()
            && measure.deducted.is_zero()
    };
    // Of several freezes of one account the newest knows what is left: it was made of the rest of those before it.
    let is_last_line = |measure: &Measure| {
        let mut others = file
            .ledger()
            .filter(|other| other.id != measure.id && !other.state.ended() && same_property(other, measure));
        others.all(|other| other.id < measure.id && stands_whole(other))
    };
    let has_more = |measure: &&Measure| {
        stands_whole(measure)
            && is_account(measure)
            && measure.currency.is_none()
            && measure.exemption.level != Level::NoMeasure
            && measure.available > measure.limit
            && is_last_line(measure)
            && is_served(file, measure)
    };
    file.ledger().filter(has_more).cloned().collect()
}

/// Candidates in the order in which they are asked.
fn in_turn(draft: &Draft<'_>, claim: &Claim) -> Vec<MeasureId> {
    let quiet = is_quiet(&draft.file);
    let asks = |measure: &&Measure| {
        is_open(&draft.file, measure)
            && !measure.is_whole()
            && measure.currency.is_none()
            && measure.available > Decimal::ZERO
            // A freeze that waits behind others catches nothing for now: it is for what nothing else covers.
            && (quiet || !measure.queued_behind)
    };
    let mut candidates: Vec<&Measure> = draft.file.ledger().filter(asks).collect();
    let is_product = |measure: &Measure| matches!(measure.target, Target::Product { .. });
    candidates.sort_by(|a, b| {
        let by_amount = match claim.prefer {
            Preference::LargestFirst => b.available.cmp(&a.available),
            Preference::SmallestFirst => a.available.cmp(&b.available),
        };
        let last = a.queued_behind.cmp(&b.queued_behind);
        last.then(is_product(a).cmp(&is_product(b))).then(by_amount).then(a.id.cmp(&b.id))
    });
    candidates.into_iter().map(|measure| measure.id).collect()
}

/// With how much a candidate would be asked now.
fn wish(draft: &Draft<'_>, claim: &Claim, measure: &Measure) -> Decimal {
    let left = room_of(&draft.file, claim, measure.debtor, Some(measure.id));
    measure.available.min(left).min(free_of_living_costs(&draft.file, claim, measure))
}

fn mode_of(claim: &Claim, measure: &Measure) -> Mode {
    if measure.exemption.level == Level::Doubtful || measure.exemption.needs_an_officer {
        return Mode::Propose;
    }
    if matches!(measure.target, Target::Product { .. }) { claim.other_property } else { claim.mode }
}
