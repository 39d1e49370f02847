//! Controls that a counterpart took and has not carried out: its word about the effect is waited for until the order's deadline.

use chakong_contract::{Fault, FaultKind, Reply};
use serde_json::json;

use super::super::{Change, EventType, Measure, OrderRecord, OrderState, Task, TaskKind};
use super::certificate::close_if_done;
use super::draft::{Draft, NewTask};
use super::telling::{ask_a_person, tell_order};

const NOTE: &str = "已受理，逾期未反馈办理结果，须催办或核实 it was taken, and nothing was heard of its effect in time (法〔2018〕64号)";

/// Whether the counterpart took a control and has not carried it out: that is no word of what became of it.
pub const fn is_accepted_only(reply: &Reply) -> bool {
    matches!(reply, Reply::Held(holding) if holding.accepted_only)
}

/// Waits for the effect of a control, or waits no longer.
pub fn expect(draft: &mut Draft<'_>, order: &OrderRecord, is_only_accepted: bool) {
    if !is_only_accepted {
        draft.close_tasks(|task| task.kind == TaskKind::AwaitEffect && task.order == Some(order.id));
        return;
    }
    let task = NewTask {
        kind: TaskKind::AwaitEffect,
        inquiry: Some(order.inquiry),
        order: Some(order.id),
        measure: order.measure,
        due: order.deadline.max(draft.now()),
    };
    draft.task(task, "已受理，等待办理结果 it was taken; its effect is waited for");
}

/// The time for the effect is over: unless it was heard of meanwhile, the order is overdue, and a person finds out.
pub fn overdue(draft: &mut Draft<'_>, task: &Task) {
    draft.push(Change::SaveTask(Task { done: Some(draft.now()), ..task.clone() }));
    let order = task.order.and_then(|id| draft.file.orders.get(&id)).cloned();
    let Some(order) = order.filter(|order| is_waited_for(draft, order)) else { return };
    let overdue = OrderRecord { state: OrderState::Overdue, ..order };
    draft.move_order(overdue.clone());
    let fault = Fault::new(FaultKind::OutcomeUnknown, "wait for the effect", "the order was only accepted");
    let data = json!({ "kind": fault.kind, "detail": fault.to_string(), "status": null });
    tell_order(draft, EventType::OrderOverdue, &overdue, None, Some(data));
    ask_a_person(draft, &overdue, NOTE.to_owned());
    close_if_done(draft, overdue.inquiry, true);
}

/// Whether an order was taken, and neither an answer to it nor one to a query has shown its effect.
fn is_waited_for(draft: &Draft<'_>, order: &OrderRecord) -> bool {
    let last = draft.file.revisions.get(&order.root).filter(|last| last.order == order.id);
    let waits = |measure: &Measure| {
        let is_freeze = measure.is_only_accepted() && measure.order == Some(order.id);
        is_freeze || (measure.state.is_busy() && measure.control == Some(order.id))
    };
    order.state == OrderState::Answered
        && last.is_some_and(|last| is_accepted_only(&last.answer.reply))
        && order.measure.and_then(|id| draft.file.measures.get(&id)).is_some_and(waits)
}
