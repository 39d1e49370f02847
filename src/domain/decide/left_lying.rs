//! Queries that people have let lie beyond their time.

use super::super::{OrderRecord, TaskKind};
use super::desk::silence;
use super::draft::{Draft, NewTask};

/// Puts a query whose time people have let pass on the list. A control is put before a person anyhow.
pub fn overdue(draft: &mut Draft<'_>, order: &OrderRecord) {
    let Some(note) = silence(&draft.facts, &order.lane) else { return };
    let (inquiry, due) = (Some(order.inquiry), draft.now());
    draft.task(NewTask { kind: TaskKind::Review, inquiry, order: Some(order.id), measure: None, due }, note);
}

/// Takes that off the list once there is an answer.
pub fn answered(draft: &mut Draft<'_>, order: &OrderRecord) {
    let id = order.id;
    draft.close_tasks(|task| {
        task.kind == TaskKind::Review && task.measure.is_none() && task.order == Some(id)
    });
}
