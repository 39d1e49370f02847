//! Cancelling an inquiry: what was not sent is not sent, what still stands is told, and nothing is frozen any more.

use rust_decimal::Decimal;
use serde_json::json;

use super::super::super::{
    Change, ClaimState, EventDraft, EventType, InquiryId, InquiryState, Measure, MeasureState, MeasureView,
    OrderId, OrderState, Source, TaskKind,
};
use super::super::counting::Cause;
use super::super::draft::Draft;
use super::super::ledger::follow;
use super::super::orders::OrderInput;
use super::super::reply::apply;
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
    let open: Vec<Measure> = draft
        .file
        .ledger()
        .filter(|measure| measure.inquiry == id)
        .filter(|measure| matches!(measure.state, MeasureState::Candidate | MeasureState::Proposed))
        .cloned()
        .collect();
    for measure in open {
        // Another inquiry of the case with a mandate names the same party: the property is its, too.
        let (other, subject) = draft.subject_of(&measure);
        if other != id && draft.file.inquiries.get(&other).is_some_and(|one| one.mandate.is_some()) {
            let (party, document) = (subject.party, subject.document);
            draft.move_measure(Measure { inquiry: other, party, document, ..measure });
            continue;
        }
        let note = "查控申请已撤回 the inquiry was cancelled".to_owned();
        let measure_id = measure.id;
        draft.move_measure(Measure { state: MeasureState::Skipped, limit: Decimal::ZERO, note, ..measure });
        draft.close_tasks(|task| task.measure == Some(measure_id) && task.kind == TaskKind::Approve);
    }
    tell(draft, id);
    follow(draft, Cause::Act);
    Ok(Outcome::default())
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
        apply(draft, order, OrderInput::Cancelled, &Source::default());
    }
}

fn tell(draft: &mut Draft<'_>, id: InquiryId) {
    let of_inquiry = |states: fn(&Measure) -> bool| -> Vec<MeasureView> {
        let found = draft.file.ledger().filter(|measure| measure.inquiry == id && states(measure));
        found.map(MeasureView::from).collect()
    };
    let standing = of_inquiry(|measure| measure.state.stands());
    let on_their_way = of_inquiry(|measure| measure.state == MeasureState::Asked);
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
