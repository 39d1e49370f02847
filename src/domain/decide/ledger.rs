//! The ledger of a chain: how much more may be frozen, and of what. No other code decides it. What is held, asked and
//! taken together never exceeds the claim (民诉法 art. 253, 查扣冻规定 art. 19), nor any party's liability.
//!
//! [`exposure`] is what a measure counts for, [`room`] what the claim leaves open. [`follow`] runs after every answer,
//! act and deadline: it cuts what is too much, fills the room, and deals with limits that no money covers.

use chakong_contract::PartyKind;
use chakong_contract::order::Target;
use rust_decimal::Decimal;

use super::super::rules::exemptions::Level;
use super::super::{
    CaseFile, Claim, EventType, InquiryState, Measure, MeasureId, MeasureState, Mode, Origin, PartyId,
    Preference, TaskKind, UncoveredLimit,
};
use super::ask::{AskError, ask};
use super::candidate::same_property;
use super::draft::{Draft, NewTask};
use super::{giving_back, wholes};

/// Hours in which a proposal should be approved.
const APPROVE_HOURS: i64 = 24;

/// What made the ledger be looked at. It bounds what may follow without a person: no counterpart's answer moves a freeze
/// at another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// A query found or did not find property.
    Found,
    /// A counterpart said something about this measure.
    Answered(MeasureId),
    /// A counterpart said what became of the freeze of this measure.
    Placed(MeasureId),
    /// A person acted.
    Act,
    /// Time passed.
    Clock,
}

/// What a measure counts for in yuan: what was taken, and what is held, or the whole limit while nobody knows how much of
/// it will be held. What is controlled as a whole counts for nothing: its value is not known for sure.
pub fn exposure(measure: &Measure, uncovered: UncoveredLimit) -> Decimal {
    use MeasureState::{
        Accepted, Asked, Candidate, Deducted, Deducting, InForce, Lapsed, Proposed, Refused, Released,
        Releasing, Renewing, Skipped, Transferred, Transferring, Waiting,
    };
    let standing = match measure.state {
        Proposed | Asked | Accepted => measure.limit.max(measure.held),
        Releasing if measure.said.only_accepted => measure.limit.max(measure.held),
        InForce | Waiting | Releasing | Renewing | Deducting | Transferring => match uncovered {
            UncoveredLimit::Strict => measure.limit.max(measure.held),
            UncoveredLimit::Release | UncoveredLimit::Keep => measure.held,
        },
        Candidate | Lapsed | Released | Deducted | Transferred | Refused | Skipped => Decimal::ZERO,
    };
    measure.in_yuan(standing) + measure.in_yuan(measure.deducted)
}

/// How much more may be asked, in yuan; negative when more is held than the claim.
pub fn room<'m>(claim: &Claim, ledger: impl Iterator<Item = &'m Measure>) -> Decimal {
    claim.amount - ledger.map(|measure| exposure(measure, claim.uncovered)).sum::<Decimal>()
}

/// How much more may be asked of a party, in yuan, without one measure.
pub fn room_of(file: &CaseFile, claim: &Claim, party: PartyId, without: Option<MeasureId>) -> Decimal {
    let others = || file.ledger().filter(move |measure| Some(measure.id) != without);
    let whole = room(claim, others());
    let liability = file.parties.iter().find(|known| known.id == party).and_then(|known| known.liable_up_to);
    match liability {
        None => whole,
        Some(liable) => {
            let own = others().filter(|measure| measure.debtor == party);
            let used: Decimal = own.map(|measure| exposure(measure, claim.uncovered)).sum();
            whole.min(liable - used)
        }
    }
}

/// Whether nothing more is on its way, so that what deposits do not cover is known.
pub fn is_quiet(file: &CaseFile) -> bool {
    file.inquiries
        .values()
        .all(|inquiry| inquiry.state == InquiryState::Cancelled || inquiry.open_orders <= 0)
}

/// Whether a measure may be asked or proposed without more ado.
pub fn is_open(file: &CaseFile, measure: &Measure) -> bool {
    is_served(file, measure)
        && measure.state == MeasureState::Candidate
        && measure.exemption.level != Level::NoMeasure
}

/// Whether an inquiry with a mandate stands behind a measure, and its party was not freed.
fn is_served(file: &CaseFile, measure: &Measure) -> bool {
    let inquiry = file.inquiries.get(&measure.inquiry);
    let live = inquiry.is_some_and(|one| one.state != InquiryState::Cancelled && one.mandate.is_some());
    let freed = file.parties.iter().any(|party| party.id == measure.debtor && party.is_freed);
    live && !freed
}

/// Brings everything in line with the claim: proposes and asks for what is open, gives back what is too much.
pub fn follow(draft: &mut Draft<'_>, cause: Cause) {
    let Some(claim) = draft.file.chain.claim.clone() else { return };
    if claim.is_open() {
        giving_back::cut(draft, &claim, cause);
        fill(draft, &claim);
        wholes::fill(draft, &claim, cause);
        giving_back::uncovered(draft, &claim, cause);
    } else {
        withdraw_proposals(draft);
    }
    giving_back::unwanted(draft, cause);
    giving_back::tell_excess(draft, cause);
}

/// Takes every proposal back: the claim is closed.
fn withdraw_proposals(draft: &mut Draft<'_>) {
    let proposed: Vec<Measure> =
        draft.file.ledger().filter(|one| one.state == MeasureState::Proposed).cloned().collect();
    for measure in proposed {
        withdraw(draft, measure, "标的已了结，不再冻结 the claim is closed: nothing more is frozen");
    }
}

/// Takes a proposal back.
pub fn withdraw(draft: &mut Draft<'_>, measure: Measure, note: &str) {
    let id = measure.id;
    let note = note.to_owned();
    draft.move_measure(Measure { state: MeasureState::Candidate, limit: Decimal::ZERO, note, ..measure });
    draft.close_tasks(|task| task.kind == TaskKind::Approve && task.measure == Some(id));
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
        Mode::Auto => {
            if let Err(error) = ask(draft, measure.clone(), limit, &[], "") {
                give_up(draft, measure, &error);
            }
        }
    }
}

/// Accounts that hold, as far as it is known, more than was asked of them: a further freeze of the same account may follow,
/// once every answer is there. An account of which something was given back or taken is looked at again first.
fn with_rests(file: &CaseFile) -> Vec<Measure> {
    if !is_quiet(file) {
        return Vec::new();
    }
    let is_account = |measure: &Measure| matches!(measure.target, Target::Account { whole: false, .. });
    let is_only_line = |measure: &Measure| {
        let same = |other: &&Measure| !other.state.ended() && same_property(other, measure);
        file.ledger().filter(same).count() == 1
    };
    let has_more = |measure: &&Measure| {
        measure.state == MeasureState::InForce
            && is_account(measure)
            && measure.origin == Origin::Ordered
            && measure.currency.is_none()
            && measure.held == measure.limit
            && measure.released.is_zero()
            && measure.deducted.is_zero()
            && measure.available > measure.limit
            && is_only_line(measure)
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

/// How much may be taken of a natural person so that the costs of living stay, over all accounts known (民诉法 art. 254).
fn free_of_living_costs(file: &CaseFile, claim: &Claim, measure: &Measure) -> Decimal {
    let is_person =
        |party: &&super::super::ChainParty| party.id == measure.debtor && party.kind == PartyKind::Person;
    if claim.living_costs.is_zero() || !file.parties.iter().any(|party| is_person(&party)) {
        return Decimal::MAX;
    }
    let (known, taken) = known_and_taken(file, measure.debtor, Some(measure.id));
    (known - claim.living_costs - taken).max(Decimal::ZERO)
}

/// What the accounts of a party are known to hold, and what is asked and taken of it, without one measure.
fn known_and_taken(file: &CaseFile, party: PartyId, without: Option<MeasureId>) -> (Decimal, Decimal) {
    let own = file.ledger().filter(|other| {
        other.debtor == party && !other.is_whole() && other.currency.is_none() && !other.queued_behind
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

/// How much of what is held of each natural person must be given back so that the costs of living stay (民诉法 art. 254), with the
/// measure that was placed last.
pub fn short_of_living_costs(file: &CaseFile, claim: &Claim) -> Vec<(Measure, Decimal)> {
    let persons = file.parties.iter().filter(|party| party.kind == PartyKind::Person);
    let short = persons.filter_map(|party| {
        let (known, taken) = known_and_taken(file, party.id, None);
        let holds = |one: &&Measure| {
            one.debtor == party.id && one.state.stands() && one.currency.is_none() && !one.held.is_zero()
        };
        let held: Decimal = file.ledger().filter(holds).map(|one| one.held).sum();
        let short = (claim.living_costs - (known - taken)).min(held);
        let last = file.ledger().rev().find(holds)?;
        (short > Decimal::ZERO).then(|| (last.clone(), short))
    });
    short.collect()
}

fn mode_of(claim: &Claim, measure: &Measure) -> Mode {
    if measure.exemption.level == Level::Doubtful {
        return Mode::Propose;
    }
    if matches!(measure.target, Target::Product { .. }) { claim.other_property } else { claim.mode }
}

/// Proposes a freeze to an approver.
pub fn propose(draft: &mut Draft<'_>, measure: Measure, limit: Decimal) {
    let proposed = Measure { state: MeasureState::Proposed, limit, ..measure };
    draft.move_measure(proposed.clone());
    draft.tell(EventType::MeasureProposed, &proposed, None);
    let due = draft.now().checked_add(jiff::Span::new().hours(APPROVE_HOURS)).unwrap_or(draft.now());
    let note = match limit.is_zero() {
        true => "待审批冻结 a freeze waits for approval".to_owned(),
        false => format!("待审批冻结 {limit} 元 a freeze of {limit} yuan waits for approval"),
    };
    draft.task(NewTask::about(TaskKind::Approve, &proposed, due), note);
}

/// Leaves a property alone that cannot be asked, with the reason; its room goes to others.
pub fn give_up(draft: &mut Draft<'_>, measure: Measure, error: &AskError) {
    let note = error.to_string();
    let skipped = Measure { state: MeasureState::Skipped, note: note.clone(), ..measure };
    draft.move_measure(skipped.clone());
    if matches!(error, AskError::Papers(_)) {
        draft.tell(EventType::MeasurePapersMissing, &skipped, None);
        draft.task(NewTask::about(TaskKind::BringPapers, &skipped, draft.now()), note);
    }
}
