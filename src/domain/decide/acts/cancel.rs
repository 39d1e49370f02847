//! Cancelling an inquiry: what was not sent is not sent, what still stands is told, and nothing is frozen any more.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::super::super::{
    Change, ClaimState, EventDraft, EventType, InquiryId, InquiryState, Measure, MeasureId, MeasureState,
    MeasureView, OrderId, OrderRecord, OrderState, Source, TaskKind,
};
use super::super::counting::{Cause, is_abandoned};
use super::super::draft::{Draft, NewTask};
use super::super::ledger::follow;
use super::super::offers;
use super::super::orders::OrderInput;
use super::super::reply::apply;
use super::super::unsent;
use super::super::{Decided, Rejected};
use super::{By, Outcome, claim};
use chakong_contract::ActionKind;

/// Withdraws an inquiry. Where it was the last of its case with a mandate, the claim is withdrawn with it.
pub fn cancel(draft: &mut Draft<'_>, id: InquiryId, by: By<'_>) -> Decided<Outcome> {
    let inquiry = draft.file.inquiries.get(&id).ok_or(Rejected::Unknown("inquiry"))?;
    if inquiry.state == InquiryState::Cancelled {
        return Ok(Outcome::default());
    }
    if let Some(inquiry) = draft.inquiry_mut(id) {
        inquiry.state = InquiryState::Cancelled;
    }
    close_claim_without_mandate(draft, id, by);
    draft.close_tasks(|task| {
        matches!(task.kind, TaskKind::StartInquiry | TaskKind::FileResults) && task.inquiry == Some(id)
    });
    stop_orders(draft, id);
    pass_on(draft, id);
    skip_what_is_not_asked(draft, id);
    let standing = put_on_list(draft);
    stop_daily_looks(draft);
    tell(draft, id, &standing);
    follow(draft, Cause::Act);
    Ok(Outcome::default())
}

/// What another inquiry of the case with a mandate wants, too, is its from now on: it names the same party. A freeze that was stopped
/// is ordered anew for it.
fn pass_on(draft: &mut Draft<'_>, id: InquiryId) {
    let own = |measure: &&Measure| measure.inquiry == id && !measure.state.ended();
    let own: Vec<Measure> = draft.file.ledger().filter(own).cloned().collect();
    for measure in own {
        let Some((inquiry, subject)) = draft.file.newest_that_names(&measure, |one| one.mandate.is_some())
        else {
            continue;
        };
        let (party, document) = (subject.party, subject.document);
        draft.move_measure(Measure { inquiry, party, document, ..measure });
    }
}

fn skip_what_is_not_asked(draft: &mut Draft<'_>, id: InquiryId) {
    let is_idle = |one: &&Measure| {
        one.inquiry == id && matches!(one.state, MeasureState::Candidate | MeasureState::Proposed)
    };
    let idle: Vec<Measure> = draft.file.ledger().filter(is_idle).cloned().collect();
    for measure in idle {
        let note = "查控申请已撤回 the inquiry was cancelled".to_owned();
        let measure_id = measure.id;
        draft.move_measure(Measure { state: MeasureState::Skipped, limit: Decimal::ZERO, note, ..measure });
        draft.close_tasks(|task| task.measure == Some(measure_id) && task.kind == TaskKind::Approve);
    }
}

/// What stands for no inquiry any more is on the list: a person gives it back, or submits an inquiry that wants it. Gives all of it.
fn put_on_list(draft: &mut Draft<'_>) -> Vec<Measure> {
    let is_closed = draft.file.chain.claim.as_ref().is_some_and(|claim| !claim.is_open());
    let is_left = |one: &&Measure| one.state.stands() && (is_closed || is_abandoned(&draft.file, one));
    let left: Vec<Measure> = draft.file.ledger().filter(is_left).cloned().collect();
    for measure in &left {
        let rest = measure.limit - measure.releasing;
        if !measure.is_whole() && rest <= Decimal::ZERO {
            continue;
        }
        let what =
            if measure.is_whole() { "该项财产".to_owned() } else { measure.money(rest).to_string() };
        let note = format!(
            "查控申请已撤回，{what}仍在控，应解除或另行提交查控申请 the inquiry was cancelled and this stands still: release it, or submit an inquiry that wants it"
        );
        draft.task(NewTask::about(TaskKind::Review, measure, draft.now()), note);
    }
    left
}

/// No account is looked at daily any more about whose holder no inquiry asks.
fn stop_daily_looks(draft: &mut Draft<'_>) {
    let file = &draft.file;
    let is_over = |one: &&Measure| !file.may_be_asked_about(one);
    let over: Vec<MeasureId> = file.ledger().filter(is_over).map(|one| one.id).collect();
    draft.close_tasks(|task| {
        task.kind == TaskKind::Requery && task.measure.is_some_and(|id| over.contains(&id))
    });
}

/// Without an inquiry that wants it, nothing more is frozen for a claim.
fn close_claim_without_mandate(draft: &mut Draft<'_>, id: InquiryId, by: By<'_>) {
    let wanted = draft
        .file
        .inquiries
        .values()
        .any(|inquiry| inquiry.mandate.is_some() && inquiry.state != InquiryState::Cancelled);
    if !wanted {
        claim::close(draft, id, ClaimState::Withdrawn, by.reason.to_owned(), by);
    }
}

/// Queries and freezes that were not sent are withdrawn; releases go out all the same.
fn stop_orders(draft: &mut Draft<'_>, id: InquiryId) {
    let stops = |action| matches!(action, ActionKind::Query | ActionKind::Freeze);
    let mut queued: Vec<OrderId> = draft
        .file
        .orders
        .values()
        .filter(|order| order.inquiry == id && order.state == OrderState::Queued)
        .filter(|order| stops(order.instruction.kind()))
        .map(|order| order.id)
        .collect();
    queued.sort_unstable();
    for order in queued {
        let measure = draft.file.orders.get(&order).and_then(|order| order.measure);
        let is_taken_back = measure.is_some_and(|id| unsent::take_back(draft, id, unsent::CANCELLED));
        if !is_taken_back {
            apply(draft, order, OrderInput::Cancelled, &Source::default());
        }
    }
    offers::keep_queries_in_line(draft);
}

/// Tells what stands for no inquiry any more, and what will when it arrives.
fn tell(draft: &mut Draft<'_>, id: InquiryId, standing: &[Measure]) {
    let shown = |measure: &Measure| {
        let terms = draft.file.terms.get(&measure.inquiry);
        let order = measure.control.or(measure.order).and_then(|order| draft.file.orders.get(&order));
        let mut shown = json!(MeasureView::from(measure));
        shown["party"] = terms.map(|terms| terms.reference_of(measure.party)).into();
        shown["order"] = json!(order.map(OrderRecord::number));
        shown
    };
    let standing: Vec<Value> = standing.iter().map(shown).collect();
    let is_under_way = |one: &&Measure| one.inquiry == id && one.state == MeasureState::Asked;
    let on_their_way: Vec<Value> = draft.file.ledger().filter(is_under_way).map(shown).collect();
    let data = json!({ "standing": standing, "on_their_way": on_their_way }).to_string();
    draft.push(Change::NewEvent(EventDraft {
        kind: EventType::InquiryCancelled,
        inquiry: id,
        order: None,
        revision: None,
        at: draft.now(),
        data: Some(data),
    }));
}
