//! Tasks that the clock looks at: its own, and those of people that are due.

use chakong_contract::Instruction;
use jiff::{SignedDuration, Span, Timestamp};
use rust_decimal::Decimal;
use serde_json::json;

use super::super::{
    Change, EventDraft, EventType, Measure, MeasureId, MeasureState, MeasureView, OrderId, Priority, Task,
    TaskId, TaskKind,
};
use super::Decided;
use super::candidate::same_property;
use super::draft::{Draft, NewOrder, NewTask};
use super::effect;
use super::follow_up::follow_up;

/// The shortest time between two looks at whether a search has started.
const SHORTEST: SignedDuration = SignedDuration::from_secs(60);
/// The longest.
const LONGEST: SignedDuration = SignedDuration::from_hours(1);

/// What is known beside the case when the clock looks at a task.
#[derive(Debug, Clone, Copy, Default)]
pub struct TaskFacts {
    /// The first order of the question that the task asks again, if it was asked before.
    pub asked: Option<OrderId>,
    /// Whether an order of the task's inquiry was sent.
    pub was_sent: bool,
}

/// Does a task that is the clock's, and tells of one of people's that is due.
///
/// # Errors
/// As for [`due_measure`](super::due_measure).
pub fn due_task(draft: &mut Draft<'_>, id: TaskId, known: TaskFacts) -> Decided<()> {
    let Some(task) = draft.file.tasks.iter().find(|task| task.id == id).cloned() else { return Ok(()) };
    match task.kind {
        TaskKind::Requery => requery(draft, task, known.asked),
        TaskKind::AwaitEffect => effect::overdue(draft, &task),
        TaskKind::StartInquiry if known.was_sent => {
            draft.push(Change::SaveTask(Task { done: Some(draft.now()), ..task }));
        }
        TaskKind::StartInquiry => not_started(draft, task),
        _ => {
            tell_due(draft, &task);
            draft.push(Change::SaveTask(Task { look: None, ..task }));
        }
    }
    Ok(())
}

/// Tells once that a search did not start in time, and looks again whether it has: the later, the longer it has waited.
fn not_started(draft: &mut Draft<'_>, task: Task) {
    let now = draft.now();
    let last = task.created.checked_add(SHORTEST).unwrap_or(task.due).max(task.due);
    if now >= last && task.look.is_some_and(|look| look <= last) {
        tell_due(draft, &task);
    }
    let waited = now.duration_since(task.created).clamp(SHORTEST, LONGEST);
    let later = now.checked_add(waited).unwrap_or(last);
    let look = if now < last { later.min(last) } else { later };
    draft.push(Change::SaveTask(Task { look: Some(look), ..task }));
}

/// Tells that a task is due; it stays on the list.
fn tell_due(draft: &mut Draft<'_>, task: &Task) {
    let newest = || draft.file.inquiries.keys().next_back().copied();
    if let Some(inquiry) = task.inquiry.or_else(newest) {
        let measure = task.measure.and_then(|id| draft.file.measures.get(&id));
        let terms = measure.and_then(|measure| draft.file.terms.get(&measure.inquiry));
        let party = terms.zip(measure).map(|(terms, measure)| terms.reference_of(measure.party));
        let order = task.order.or_else(|| measure.and_then(|measure| measure.control.or(measure.order)));
        let data = json!({
            "task": {
                "id": task.id, "kind": task.kind, "measure": task.measure, "due_at": task.due, "note": task.note,
            },
            "measure": measure.map(MeasureView::from),
            "party": party,
        });
        draft.push(Change::NewEvent(EventDraft {
            kind: EventType::TaskDue,
            inquiry,
            order,
            revision: None,
            at: draft.now(),
            data: Some(data.to_string()),
        }));
    }
}

/// Asks again what an account holds, daily while a limit stands there that no money covers and an inquiry wants to know.
fn requery(draft: &mut Draft<'_>, task: Task, asked: Option<OrderId>) {
    let measure = task.measure.and_then(|id| draft.file.measures.get(&id)).cloned();
    let wanted = measure.filter(|measure| measure.uncovered() > rust_decimal::Decimal::ZERO);
    let Some(measure) = wanted else {
        draft.push(Change::SaveTask(Task { done: Some(draft.now()), ..task }));
        return;
    };
    if !draft.file.may_be_asked_about(&measure) {
        draft.push(Change::SaveTask(Task { done: Some(draft.now()), ..task }));
        put_what_stands_on_list(draft, &measure);
        return;
    }
    ask_again(draft, &measure, asked);
    let due: Timestamp = draft.now().checked_add(Span::new().hours(24)).unwrap_or(draft.now());
    draft.push(Change::SaveTask(Task { due, look: Some(due), ..task }));
}

/// Has a property looked at again tomorrow, because a limit stands there that no money covers: where it may be asked about.
pub fn look_daily(draft: &mut Draft<'_>, measure: &Measure) {
    if !draft.file.may_be_asked_about(measure) {
        return;
    }
    let due = draft.now().checked_add(Span::new().hours(24)).unwrap_or(draft.now());
    let note = "限额未冻结到位，每日复查 the limit is not covered; the account is looked at daily";
    draft.task(NewTask::about(TaskKind::Requery, measure, due), note);
}

/// What nobody looks at daily any more, and stands still, is before a person.
fn put_what_stands_on_list(draft: &mut Draft<'_>, measure: &Measure) {
    let is_on_list = |task: &Task| {
        task.kind == TaskKind::Review && task.measure == Some(measure.id) && task.order.is_none()
    };
    if draft.file.tasks.iter().any(is_on_list) {
        return;
    }
    let note = format!(
        "查控申请已撤回或当事人已解除，不再每日复查；尚有限额 {} 在控，应解除 the inquiry was cancelled or the party was freed, so that the account is looked at no more, and a limit stands there still: release it",
        measure.money(measure.limit - measure.releasing)
    );
    draft.task(NewTask::about(TaskKind::Review, measure, draft.now()), note);
}

/// A standing re-query of the account; `asks` is the first order of the question, if it was asked before under the inquiry that asks now.
pub fn ask_again(draft: &mut Draft<'_>, measure: &Measure, asks: Option<OrderId>) {
    let (inquiry, subject) = draft.file.subject_of(measure);
    let deadline = draft.now().checked_add(Span::new().hours(24)).unwrap_or(draft.now());
    draft.new_order(NewOrder {
        inquiry,
        lane: measure.counterpart.clone(),
        subject,
        instruction: Instruction::Query { transactions: None },
        priority: Priority::Standing,
        deadline,
        root: asks,
        measure: None,
        stands_in: None,
        papers: Vec::new(),
    });
}

/// A measure that holds more than before. One that waited takes effect.
fn catch(draft: &mut Draft<'_>, measure: Measure, caught: Decimal) {
    let more = Measure { held: measure.held + caught, ..measure };
    let caught = Measure { state: more.settled_state(), ..more };
    let before = draft.file.measures.get(&caught.id).map(|known| known.state);
    draft.move_measure(caught.clone());
    if before == Some(MeasureState::Waiting) && caught.state == MeasureState::InForce {
        draft.tell(EventType::MeasureEffective, &caught, None);
        follow_up(draft, EventType::MeasureEffective, &caught);
    }
}

/// What a measure of ours sets free on an account, as a release or the end of its term, another limit of ours there may catch: so much
/// counts as held there, and the account is looked at again.
pub fn look_beside(draft: &mut Draft<'_>, from: MeasureId, freed: Decimal) {
    let Some(from) = draft.file.measures.get(&from).cloned() else { return };
    let catches =
        |one: &&Measure| one.id != from.id && !one.uncovered().is_zero() && same_property(one, &from);
    let beside: Vec<Measure> = draft.file.ledger().filter(catches).cloned().collect();
    let Some(first) = beside.first().cloned() else { return };
    let mut left = freed;
    for measure in beside {
        let caught = measure.uncovered().min(left).max(Decimal::ZERO);
        left -= caught;
        catch(draft, measure, caught);
    }
    if draft.file.may_be_asked_about(&first) {
        ask_again(draft, &first, None);
    }
}
