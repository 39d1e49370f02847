//! Releases 解除: of a measure, of a party, of a case. What follows for the claim depends on the reason (查扣冻规定 art. 28).

use rust_decimal::Decimal;

use super::super::super::rules::release_reasons::ReleaseReason;
use super::super::super::{
    BroughtDocument, ChainParty, Change, ClaimState, DocumentId, LeftAlone, Measure, MeasureId, MeasureState,
    OrderId, OrderRecord, OrderState, PartyId, ReleaseCause, Source, TaskKind,
};
use super::super::candidate::{institution_of, same_property};
use super::super::control::without_control;
use super::super::counting::{Cause, is_unwanted};
use super::super::draft::Draft;
use super::super::giving_back::{end_of_claim, tell_what_stands};
use super::super::ledger::follow;
use super::super::missing_papers::Why;
use super::super::offers;
use super::super::orders::OrderInput;
use super::super::proposals::withdraw;
use super::super::query;
use super::super::releasing::{is_idle, start_release, start_surplus_release};
use super::super::reply::apply;
use super::super::unsent;
use super::super::{Decided, Rejected};
use super::{By, Outcome, Release, ReleaseScope, claim};

/// Why a control of what is released does not leave.
const RELEASED: &str = "该措施已决定解除 the measure is to be released";

/// Gives back what stands. "All" gives the whole limit back, also of a measure that waits and holds nothing.
pub fn release(
    draft: &mut Draft<'_>,
    release: Release,
    documents: Vec<BroughtDocument>,
    by: By<'_>,
) -> Decided<Outcome> {
    let measures = in_scope(draft, release.scope)?;
    let ids: Vec<MeasureId> = measures.iter().map(|measure| measure.id).collect();
    let inquiry = measures.last().map(|measure| measure.inquiry).or_else(|| newest_inquiry(draft));
    let inquiry = inquiry.ok_or(Rejected::Unknown("inquiry"))?;
    let brought = draft.keep_documents(documents, inquiry, &ids);
    if let ReleaseScope::Surplus(id) = release.scope {
        return give_surplus_back(draft, id, &brought);
    }
    let (mut outcome, mut is_done) = (Outcome::default(), release.ground.closes_room());
    if let ReleaseScope::Party(id) = release.scope
        && matches!(release.ground, ReleaseReason::WrongPerson)
        && let Some(party) = draft.file.parties.iter().find(|party| party.id == id).cloned()
    {
        draft.push(Change::SaveParty(ChainParty {
            is_freed: true,
            freed_by: by.actor.name().to_owned(),
            ..party
        }));
        is_done = true;
        stop_asking_about_freed(draft);
    }
    let ended = liability_ended(draft, release)?;
    match ended {
        Some(party) => end_liability(draft, party),
        None => close_claim(draft, release.ground, by),
    }
    unsent::withdraw(draft);
    // The claim may want again what it let go. A party whose liability ended is out of it.
    let lets_go = is_done && ended.is_none();
    let cause = if lets_go { ReleaseCause::Unwanted } else { ReleaseCause::Lasting };
    let single = matches!(release.scope, ReleaseScope::Measure(..));
    for id in ids {
        // What was given back before it may have made room, by which this one was asked meanwhile.
        let measure = draft.measure(id)?;
        let part = match release.scope {
            ReleaseScope::Measure(_, part) => part,
            ReleaseScope::Party(_) | ReleaseScope::Case | ReleaseScope::Surplus(_) => None,
        };
        let measure = remember(draft, measure, release, by);
        match give_back(draft, measure, part, (&brought, cause), by) {
            Ok(()) => outcome.measures.push(id),
            Err(rejected) if single => return Err(rejected),
            // What cannot be released now is on the list; the others are not held up by it.
            Err(rejected) => {
                let may_be_wanted_again = release.ground == ReleaseReason::WrongPerson
                    || release.ground.closes_room() && ended.is_none();
                put_on_list(draft, id, may_be_wanted_again, &rejected);
                is_done = true;
            }
        }
    }
    if outcome.measures.is_empty() && !single && !is_done {
        return Err(Rejected::NotNow("没有可解除的措施 nothing stands that could be released".into()));
    }
    if release.ground.closes_room() && ended.is_none() {
        after_closing(draft, release);
    }
    outcome.orders = outcome.measures.iter().filter_map(|id| draft.file.measures.get(id)?.control).collect();
    follow(draft, Cause::Act);
    Ok(outcome)
}

/// What becomes of the rest when a release closed the claim: it is given back, or is for the person who did not name it.
fn after_closing(draft: &mut Draft<'_>, release: Release) {
    match release.scope {
        ReleaseScope::Measure(_, Some(_)) => tell_what_stands(draft),
        // Nothing says that the debt has ended, and more is frozen only on a new decision.
        ReleaseScope::Measure(..) | ReleaseScope::Party(_) if release.ground == ReleaseReason::Other => {
            tell_what_stands(draft);
        }
        _ => end_of_claim(draft),
    }
}

/// Gives back what is held beyond a measure's limit. The claim and the limit stay as they are.
fn give_surplus_back(draft: &mut Draft<'_>, id: MeasureId, brought: &[DocumentId]) -> Decided<Outcome> {
    let measure = draft.measure(id)?;
    if measure.surplus <= Decimal::ZERO || !is_idle(&measure) {
        return Err(Rejected::NotNow(format!(
            "没有可解除的超额部分 nothing is known to be held beyond the limit, or something is under way: the measure is {}",
            measure.state.word()
        )));
    }
    start_surplus_release(draft, measure, brought)
        .map_err(|error| Rejected::NotAllowed(error.to_string()))?;
    let orders = draft.measure(id)?.control.into_iter().collect();
    Ok(Outcome { measures: vec![id], orders })
}

fn newest_inquiry(draft: &Draft<'_>) -> Option<super::super::super::InquiryId> {
    draft.file.inquiries.keys().next_back().copied()
}

fn in_scope(draft: &Draft<'_>, scope: ReleaseScope) -> Decided<Vec<Measure>> {
    let concerned = |measure: &&Measure| !measure.state.ended() && measure.state != MeasureState::Refused;
    match scope {
        ReleaseScope::Measure(id, _) | ReleaseScope::Surplus(id) => Ok(vec![draft.measure(id)?]),
        ReleaseScope::Party(party) => {
            if !draft.file.parties.iter().any(|known| known.id == party) {
                return Err(Rejected::Unknown("party"));
            }
            let of_party = |measure: &&Measure| measure.debtor == party && concerned(measure);
            Ok(draft.file.ledger().filter(of_party).cloned().collect())
        }
        ReleaseScope::Case => Ok(draft.file.ledger().filter(concerned).cloned().collect()),
    }
}

/// Nothing is asked any more about a party that was freed.
fn stop_asking_about_freed(draft: &mut Draft<'_>) {
    let waits = |order: &&OrderRecord| {
        order.state == OrderState::Queued && !order.is_control() && draft.file.is_about_freed(order)
    };
    let mut waiting: Vec<OrderId> = draft.file.orders.values().filter(waits).map(|order| order.id).collect();
    waiting.sort_unstable();
    for order in waiting {
        apply(draft, order, OrderInput::Cancelled, &Source::default());
    }
    offers::keep_queries_in_line(draft);
}

/// Whose liability ends with a release, while the others owe the claim as before: nothing of a bankrupt's is held for one creditor
/// (企业破产法 art. 19). `None` where the reason, or the scope, is the case's.
fn liability_ended(draft: &Draft<'_>, release: Release) -> Decided<Option<PartyId>> {
    if !matches!(release.ground, ReleaseReason::BankruptcyAccepted) {
        return Ok(None);
    }
    Ok(match release.scope {
        ReleaseScope::Party(party) => Some(party),
        ReleaseScope::Measure(id, _) => Some(draft.measure(id)?.debtor),
        ReleaseScope::Case | ReleaseScope::Surplus(_) => None,
    })
}

/// A party is liable for what was taken of it, and for nothing more.
fn end_liability(draft: &mut Draft<'_>, id: PartyId) {
    let taken = draft.file.ledger().filter(|one| one.debtor == id).map(|one| one.in_yuan(one.deducted)).sum();
    let party = draft.file.parties.iter().find(|party| party.id == id).cloned();
    if let Some(party) = party {
        draft.push(Change::SaveParty(ChainParty { liable_up_to: Some(taken), ..party }));
    }
}

/// A reason that ends the debt closes the claim: nothing is frozen instead.
fn close_claim(draft: &mut Draft<'_>, ground: ReleaseReason, by: By<'_>) {
    if !ground.closes_room() {
        return;
    }
    let withdrawn = matches!(ground, ReleaseReason::ApplicationWithdrawn | ReleaseReason::PreservationEnded);
    let state = if withdrawn { ClaimState::Withdrawn } else { ClaimState::Settled };
    if let Some(inquiry) = newest_inquiry(draft) {
        claim::close(draft, inquiry, state, format!("{}：{}", ground.chinese(), by.reason), by);
    }
}

/// A property that is exempt or a third party's is left alone from now on, whoever asks about it: other cases are told why, and neither
/// who found it nor in what words. What is not this debtor's, but of somebody of the same name, may be the debtor's of another case: it is
/// left alone in this chain.
fn remember(draft: &mut Draft<'_>, measure: Measure, release: Release, by: By<'_>) -> Measure {
    let ground = release.ground;
    match (ground, release.scope) {
        (ReleaseReason::ThirdPartyProperty | ReleaseReason::ExemptProperty, _) => {
            let found = LeftAlone { reason: ground, by: by.actor.name().to_owned() };
            let institution = institution_of(draft.file.ledger(), &measure);
            query::remember(draft, &Measure { institution, ..measure.clone() }, &found);
            let measure = Measure { left_alone: Some(found), ..measure };
            draft.move_measure(measure.clone());
            leave_the_rest_alone(draft, &measure, ground);
            measure
        }
        // A party that is freed is known by itself.
        (ReleaseReason::WrongPerson, ReleaseScope::Measure(..) | ReleaseScope::Case) => {
            let measure = Measure { is_anothers: true, ..measure };
            draft.move_measure(measure.clone());
            leave_the_rest_alone(draft, &measure, ground);
            measure
        }
        _ => measure,
    }
}

/// What else of the same property waits to be asked is not asked.
fn leave_the_rest_alone(draft: &mut Draft<'_>, released: &Measure, ground: ReleaseReason) {
    let waits = |one: &&Measure| {
        let is_idle = matches!(one.state, MeasureState::Candidate | MeasureState::Proposed);
        is_idle && one.id != released.id && same_property(one, released)
    };
    let rest: Vec<Measure> = draft.file.ledger().filter(waits).cloned().collect();
    for measure in rest {
        skip(draft, measure, ground.in_words());
    }
}

/// Puts a release that cannot be ordered now on the list. Where the claim may want the measure again, for as long as nobody wants it.
fn put_on_list(draft: &mut Draft<'_>, id: MeasureId, may_be_wanted_again: bool, rejected: &Rejected) {
    let Some(measure) = draft.file.measures.get(&id).cloned() else { return };
    let is_for_now = may_be_wanted_again && is_unwanted(&draft.file, &measure);
    let why = if is_for_now { Why::Unwanted.words() } else { "" };
    let note = format!("{why}应解除，尚未办理 to be released, and not done yet: {rejected}");
    draft.task(super::super::draft::NewTask::about(TaskKind::BringPapers, &measure, draft.now()), note);
}

/// Gives one measure back, whatever its state.
fn give_back(
    draft: &mut Draft<'_>,
    measure: Measure,
    part: Option<Decimal>,
    papers: (&[DocumentId], ReleaseCause),
    by: By<'_>,
) -> Decided<()> {
    use MeasureState::{Deducting, Renewing, Transferring};
    match measure.state {
        MeasureState::Proposed | MeasureState::Candidate | MeasureState::Skipped => {
            leave_alone(draft, measure, by);
            Ok(())
        }
        MeasureState::Asked => stop_freeze(draft, measure, by),
        _ if is_idle(&measure) => order_release(draft, measure, part, papers),
        // The release before it was never answered, or nobody knows what became of it: it is ordered again.
        MeasureState::Releasing if !is_under_way(draft, &measure) => {
            let standing = Measure { state: without_control(&measure), releasing: Decimal::ZERO, ..measure };
            draft.move_measure(standing.clone());
            // What came meanwhile may have taken or freed the last of it.
            if standing.state.ended() { Ok(()) } else { order_release(draft, standing, part, papers) }
        }
        Deducting | Renewing | Transferring if unsent::take_back(draft, measure.id, RELEASED) => {
            let standing = draft.measure(measure.id)?;
            order_release(draft, standing, part, papers)
        }
        state => Err(Rejected::NotNow(format!(
            "该措施尚有事项办理中，请待其办结 the measure is {}: what is under way about it must end first",
            state.word()
        ))),
    }
}

/// Whether the control of a measure may still be answered in its time.
fn is_under_way(draft: &Draft<'_>, measure: &Measure) -> bool {
    let control = measure.control.and_then(|id| draft.file.orders.get(&id));
    control.is_some_and(|order| order.state.is_open())
}

fn leave_alone(draft: &mut Draft<'_>, measure: Measure, by: By<'_>) {
    skip(draft, measure, by.note());
}

/// A freeze that was not asked is not asked.
fn skip(draft: &mut Draft<'_>, measure: Measure, note: String) {
    let id = measure.id;
    if measure.state == MeasureState::Proposed {
        withdraw(draft, measure, "");
    }
    let Some(measure) = draft.file.measures.get(&id).cloned() else { return };
    draft.move_measure(Measure { state: MeasureState::Skipped, order: None, note, ..measure });
}

/// A freeze that was not sent is not sent; one that is on its way is given back when it is answered.
fn stop_freeze(draft: &mut Draft<'_>, measure: Measure, by: By<'_>) -> Decided<()> {
    let control = measure.control.and_then(|id| draft.file.orders.get(&id)).cloned();
    let unwanted = is_unwanted(&draft.file, &measure);
    match control {
        Some(order) if order.state == OrderState::Queued && (unwanted || !order.may_have_left()) => {
            apply(draft, order.id, OrderInput::Cancelled, &super::super::super::Source::default());
            Ok(())
        }
        _ => {
            if unwanted {
                draft.move_measure(Measure { note: by.note(), ..measure });
                return Ok(());
            }
            Err(Rejected::NotNow(
                "冻结请求已发出尚未反馈 the freeze is on its way; it can be released once it is answered"
                    .into(),
            ))
        }
    }
}

fn order_release(
    draft: &mut Draft<'_>,
    measure: Measure,
    part: Option<Decimal>,
    papers: (&[DocumentId], ReleaseCause),
) -> Decided<()> {
    let all = if measure.limit.is_zero() { measure.held } else { measure.limit };
    let part = part.unwrap_or(all);
    if !measure.is_whole() && (part <= Decimal::ZERO || part > all) {
        return Err(Rejected::NotAllowed(format!(
            "解除金额应大于零且不超过现行限额 {all} 元 the amount must be more than zero and at most the {all} yuan that stand ordered"
        )));
    }
    start_release(draft, measure, part, papers).map_err(|error| Rejected::NotAllowed(error.to_string()))
}
