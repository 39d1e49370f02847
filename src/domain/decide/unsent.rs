//! Controls that have not left 尚未发出. The case may change while one waits for its turn: the debtor pays, the claim is lowered, a party
//! is found to be somebody else, the inquiry is cancelled, the term ends. What nobody wants any more is withdrawn then, and its measure is
//! as it was before; at a counterpart nothing happens. What may have left stays as it is, and a person looks at it.

use chakong_contract::{ActionKind, Date};
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::json;

use super::super::rules::working_days::end_of;
use super::super::{
    CaseFile, Claim, EventType, Inquiry, InquiryState, Measure, MeasureId, MeasureState, OrderId,
    OrderRecord, OrderState, TaskKind,
};
use super::certificate::close_what_may_be_done;
use super::counting::{is_abandoned, is_not_to_be_deducted, is_not_to_be_frozen, is_unwanted, left_to_take};
use super::draft::{Draft, NewTask};
use super::orders::{OrderInput, OrderRules, settle};
use super::stake::{amount_of, stake_room};
use super::telling::{ask_a_person, tell_order};
use super::without_answer::undone;

const CLOSED: &str = "标的已了结或当事人已解除 the claim is closed or the party was freed";
/// Why nothing of an inquiry that was cancelled leaves.
pub const CANCELLED: &str = "查控申请已撤回 the inquiry was cancelled";
/// Why no freeze of an exempt property leaves, and no deduction from it, without a person who permits it.
pub const EXEMPT: &str = "后续反馈显示该财产属豁免财产，未经审批准许（permit）不得办理 a later answer shows that this property is exempt: nothing is done about it without an approval with `permit`";
const OVER: &str = "措施期限已届满 the term of the measure is over";
const TOO_MUCH: &str =
    "超出所余标的或当事人责任限额 it is more than the claim, or the party's liability, leaves open";

/// Why a control that waited for another attempt is before a person.
const MAY_HAVE_LEFT: &str = "该请求已无须办理，但此前可能已送达，须核实 nobody wants this control any more, and an earlier attempt may have reached the counterpart: find out whether it was done";

/// Whether a control stands in line and no byte of it has left.
pub fn is_unsent(order: &OrderRecord) -> bool {
    order.state == OrderState::Queued && !order.may_have_left()
}

/// The control that is under way about a measure.
fn control_of<'f>(file: &'f CaseFile, measure: &Measure) -> Option<&'f OrderRecord> {
    file.orders.get(&measure.control?).filter(|_| measure.state.is_busy())
}

/// The control under way about a measure, where it has not left.
pub fn unsent_of(file: &CaseFile, measure: &Measure) -> Option<OrderId> {
    control_of(file, measure).filter(|order| is_unsent(order)).map(|order| order.id)
}

/// Withdraws every control that has not left and that nobody wants any more.
pub fn withdraw(draft: &mut Draft<'_>) {
    let busy: Vec<MeasureId> =
        draft.file.ledger().rev().filter(|one| one.state.is_busy()).map(|one| one.id).collect();
    for id in busy {
        let Some(measure) = draft.file.measures.get(&id) else { continue };
        let Some(order) = control_of(&draft.file, measure).filter(|one| one.state == OrderState::Queued)
        else {
            continue;
        };
        let Some(why) = unwanted(&draft.file, measure, order, draft.today()) else { continue };
        let (order, is_ticketed) = (order.clone(), order.ticket.is_some());
        if is_unsent(&order) {
            take_back(draft, id, why);
        } else if !is_ticketed {
            // It would be sent once more. A ticket only asks for the answer.
            stop_repeating(draft, &order);
        }
    }
}

/// As `withdraw`, by itself: at the moment of sending.
pub fn withdraw_at_sending(draft: &mut Draft<'_>) {
    withdraw(draft);
    close_what_may_be_done(draft);
}

/// Why nobody wants a control any more; `None` where somebody does. A release gives back, and is looked at elsewhere.
pub fn unwanted(
    file: &CaseFile,
    measure: &Measure,
    order: &OrderRecord,
    today: Date,
) -> Option<&'static str> {
    let inquiry = file.inquiries.get(&order.inquiry);
    if let Some(why) = unwanted_by_now(order, measure, (file.chain.claim.as_ref(), inquiry), today) {
        return Some(why);
    }
    match order.instruction.kind() {
        ActionKind::Release | ActionKind::Query => None,
        _ if is_unwanted(file, measure) => Some(CLOSED),
        ActionKind::Freeze if is_abandoned(file, measure) => Some(CANCELLED),
        ActionKind::Deduct => (left_to_take(file, measure.debtor) < Decimal::ZERO).then_some(TOO_MUCH),
        ActionKind::Freeze => {
            let capital = amount_of(&measure.target).filter(|_| measure.is_whole())?;
            (capital > stake_room(file, measure.debtor, Some(measure.id))).then_some(TOO_MUCH)
        }
        ActionKind::Renew | ActionKind::Transfer => None,
    }
}

/// The same, as far as the claim, the order's inquiry and the day tell it: what is asked once more at the moment of sending.
pub fn unwanted_by_now(
    order: &OrderRecord,
    measure: &Measure,
    (claim, inquiry): (Option<&Claim>, Option<&Inquiry>),
    today: Date,
) -> Option<&'static str> {
    use ActionKind::{Deduct, Freeze, Query, Release, Renew, Transfer};
    let action = order.instruction.kind();
    if matches!(action, Release | Query) {
        return None;
    }
    let is_closed = claim.is_some_and(|claim| !claim.is_open());
    let is_cancelled = inquiry.is_some_and(|inquiry| inquiry.state == InquiryState::Cancelled);
    let is_over = measure.state.stands() && measure.until.is_some_and(|until| until < today);
    match action {
        _ if is_closed => Some(CLOSED),
        Deduct | Transfer if is_cancelled => Some(CANCELLED),
        Deduct | Renew | Transfer if is_over => Some(OVER),
        Freeze if is_not_to_be_frozen(measure) => Some(EXEMPT),
        Deduct if is_not_to_be_deducted(measure) => Some(EXEMPT),
        _ => None,
    }
}

/// Withdraws a freeze or a renewal that has not left, because more is asked and held than the claim or a liability leaves. Whether it
/// was withdrawn.
pub fn take_back_too_much(draft: &mut Draft<'_>, id: MeasureId) -> bool {
    take_back(draft, id, TOO_MUCH)
}

/// Withdraws the control of a measure that has not left: the measure is as it was before, and can be asked again where it was asked.
/// Whether it was withdrawn.
pub fn take_back(draft: &mut Draft<'_>, id: MeasureId, why: &str) -> bool {
    let Some(measure) = draft.file.measures.get(&id).cloned() else { return false };
    let Some(order) = control_of(&draft.file, &measure).filter(|order| is_unsent(order)).cloned() else {
        return false;
    };
    let rules = OrderRules::of(&order, &draft.facts);
    let Some(settled) = settle(&order, OrderInput::Cancelled, &rules) else { return false };
    draft.move_order(settled.order.clone());
    draft.may_be_done(order.inquiry);
    draft.close_tasks(|task| task.kind == TaskKind::Resolve && task.order == Some(order.id));
    let note = format!("请求尚未发出，已撤回 it had not left and was withdrawn: {why}");
    let before = undone(&measure, note.clone());
    draft.move_measure(before.clone());
    if before.state == MeasureState::Refused {
        // Nobody declined it.
        let approved_by = String::new();
        let (state, order) = match is_not_to_be_frozen(&before) {
            true => (MeasureState::Skipped, None),
            false => (MeasureState::Candidate, before.order),
        };
        draft.move_measure(Measure { state, approved_by, order, ..before.clone() });
    }
    tell_order(draft, EventType::OrderWithdrawn, &settled.order, None, Some(json!({ "reason": why })));
    put_on_list(draft, &before, &order, why);
    true
}

/// What a person ordered and what is not done is on the list. Freezes and releases follow the claim by themselves.
fn put_on_list(draft: &mut Draft<'_>, measure: &Measure, order: &OrderRecord, why: &str) {
    let (kind, due, what): (TaskKind, Timestamp, &str) = match order.instruction.kind() {
        ActionKind::Renew => {
            let end = measure.until.and_then(end_of);
            (TaskKind::Renew, end.unwrap_or(draft.now()), "续冻 the renewal")
        }
        ActionKind::Deduct => (TaskKind::Review, draft.now(), "扣划 the deduction"),
        ActionKind::Transfer => (TaskKind::Review, draft.now(), "强制转让 the transfer"),
        ActionKind::Freeze | ActionKind::Release | ActionKind::Query => return,
    };
    let note = format!(
        "{what} 尚未发出，已撤回，如仍须办理请重新提交 had not left and was withdrawn; order it anew where it is still wanted: {why}"
    );
    draft.task(NewTask::about(kind, measure, due), note);
}

/// A control that waits for another attempt is not sent again: a person finds out what became of the earlier one.
fn stop_repeating(draft: &mut Draft<'_>, order: &OrderRecord) {
    let rules = OrderRules::of(order, &draft.facts);
    let Some(settled) = settle(order, OrderInput::Cancelled, &rules) else { return };
    draft.move_order(settled.order.clone());
    draft.may_be_done(order.inquiry);
    if let Some(event) = settled.event {
        tell_order(draft, event, &settled.order, None, None);
    }
    ask_a_person(draft, &settled.order, MAY_HAVE_LEFT.to_owned());
}
