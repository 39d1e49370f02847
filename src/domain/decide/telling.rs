//! What is told about orders: events, and controls that are put before a person.

use std::time::Duration;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::super::{Change, EventDraft, EventType, Measure, OrderId, OrderRecord, Task, TaskKind};
use super::draft::{Draft, NewTask};

/// Appends an event about an order.
pub fn tell_order(
    draft: &mut Draft<'_>,
    kind: EventType,
    order: &OrderRecord,
    revision: Option<u32>,
    data: Option<Value>,
) {
    draft.push(Change::NewEvent(EventDraft {
        kind,
        inquiry: order.inquiry,
        order: Some(order.id),
        revision,
        at: draft.now(),
        data: data.map(|data| data.to_string()),
    }));
}

/// Tells that a counterpart holds more than a measure's limit, where it is more than before, and has a person give it back there. What a
/// later answer takes back of it nobody is asked to give back any longer.
pub fn tell_surplus(draft: &mut Draft<'_>, before: Decimal, measure: &Measure, order: Option<OrderId>) {
    let asks_for_it = |task: &Task| task.kind == TaskKind::ReleaseExcess && task.measure == Some(measure.id);
    if measure.surplus <= Decimal::ZERO {
        if before > Decimal::ZERO {
            draft.close_tasks(asks_for_it);
        }
        return;
    }
    let surplus = measure.money(measure.surplus);
    let is_more = measure.surplus > before;
    if is_more {
        draft.tell_with(EventType::MeasureExcess, measure, order, json!({ "surplus": surplus }));
    } else if measure.surplus == before || !draft.file.tasks.iter().any(asks_for_it) {
        return;
    }
    let note = format!(
        "反馈的控制金额超出限额 {surplus}，须核实 {surplus} more than the limit is said to be held; find out"
    );
    draft.task(NewTask::about(TaskKind::ReleaseExcess, measure, draft.now()), note);
}

/// Puts a control before a person.
pub fn ask_a_person(draft: &mut Draft<'_>, order: &OrderRecord, note: String) {
    let task = NewTask {
        kind: TaskKind::Resolve,
        inquiry: Some(order.inquiry),
        order: Some(order.id),
        measure: order.measure,
        due: draft.now(),
    };
    draft.task(task, note);
}

/// A time in words, in Chinese and in English: in the largest unit that says it exactly.
pub fn in_words(time: Duration) -> (String, String) {
    let seconds = time.as_secs();
    let (count, chinese, english) = match seconds {
        0 => (0, "秒", "second"),
        _ if seconds.is_multiple_of(3600) => (seconds / 3600, "小时", "hour"),
        _ if seconds.is_multiple_of(60) => (seconds / 60, "分钟", "minute"),
        _ => (seconds, "秒", "second"),
    };
    let many = if count == 1 { "" } else { "s" };
    (format!("{count}{chinese}"), format!("{count} {english}{many}"))
}
