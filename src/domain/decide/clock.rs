//! Time: measures whose term ends soon or is over, and re-queries that are due.

use chakong_contract::{Date, Instruction};
use jiff::{Span, Timestamp};
use serde_json::json;

use super::super::Change;
use super::super::rules::terms::{self, Reminder};
use super::super::{
    EventType, InquiryId, Measure, MeasureId, MeasureState, OrderId, Priority, Subject, Task, TaskId,
    TaskKind,
};
use super::Decided;
use super::certificate::close_if_done;
use super::draft::{Draft, NewOrder, NewTask};
use super::ledger::{Cause, follow};

/// The day on which something is to be done about a measure next: a reminder, or its end. `None` for one without an end.
pub fn next_look(measure: &Measure) -> Option<Date> {
    let until = measure.until.filter(|_| measure.state.stands())?;
    let first = measure.from.unwrap_or(until);
    let open = |reminder: &Reminder| measure.reminded.is_none_or(|reminded| reminder.days_before < reminded);
    let next = terms::reminders(first, until).into_iter().find(open);
    Some(next.map_or_else(|| terms::lapses_on(until), |reminder| reminder.on))
}

/// Reminds of a measure that ends soon, or notes that its term is over.
///
/// # Errors
/// Never for a measure of the file; the signature is that of every decision.
pub fn due_measure(draft: &mut Draft<'_>, id: MeasureId) -> Decided<()> {
    let measure = draft.measure(id)?;
    let (Some(until), today) = (measure.until.filter(|_| measure.state.stands()), draft.today()) else {
        return Ok(());
    };
    if today > until {
        // What is being taken or renewed is waited for: as long as nobody knows what the counterpart did, it counts.
        use MeasureState::{Deducting, Renewing, Transferring};
        if !matches!(measure.state, Deducting | Transferring | Renewing) {
            lapse(draft, measure);
        }
        return Ok(());
    }
    let due = terms::reminder_due(measure.from.unwrap_or(today), until, today);
    let Some(days) = due.map(|reminder| reminder.days_before) else { return Ok(()) };
    if measure.reminded.is_none_or(|reminded| days < reminded) {
        remind(draft, measure, days, until);
    }
    Ok(())
}

fn remind(draft: &mut Draft<'_>, measure: Measure, days: u16, until: Date) {
    let reminded = Measure { reminded: Some(days), ..measure };
    draft.move_measure(reminded.clone());
    draft.tell_with(EventType::MeasureExpiring, &reminded, None, json!({ "days": days }));
    let due = end_of(until).unwrap_or(draft.now());
    let note = format!(
        "{until} 届满，逾期自动解除，须及时续行 the measure ends on {until}: renew it before (民诉法解释 art. 485)"
    );
    draft.task(NewTask::about(TaskKind::Renew, &reminded, due), note);
}

/// The last instant of a day in China.
fn end_of(day: Date) -> Option<Timestamp> {
    let zoned = day.tomorrow().ok()?.to_zoned(chakong_contract::date::shanghai()).ok()?;
    zoned.timestamp().checked_sub(Span::new().seconds(1)).ok()
}

/// The term is over: it ends by itself (查扣冻规定 art. 27), holds and covers nothing, and its room opens again.
fn lapse(draft: &mut Draft<'_>, measure: Measure) {
    let (id, inquiry) = (measure.id, measure.inquiry);
    let note = "期限已届满，效力消灭 its term is over: it has no effect any more".to_owned();
    let zero = rust_decimal::Decimal::ZERO;
    let lapsed = Measure {
        state: MeasureState::Lapsed,
        held: zero,
        surplus: zero,
        releasing: zero,
        control: None,
        note,
        ..measure
    };
    draft.move_measure(lapsed.clone());
    draft.tell(EventType::MeasureLapsed, &lapsed, None);
    draft.close_tasks(|task| task.measure == Some(id));
    let note = "控制措施已届满失效，请核实 a measure lapsed; find out why it was not renewed";
    draft.task(NewTask::about(TaskKind::Review, &lapsed, draft.now()), note);
    follow(draft, Cause::Clock);
    close_if_done(draft, inquiry, true);
}

/// Does a task that is the clock's: asks again what an account holds.
///
/// # Errors
/// As for [`due_measure`].
pub fn due_task(draft: &mut Draft<'_>, id: TaskId, asks: Option<OrderId>) -> Decided<()> {
    let Some(task) = draft.file.tasks.iter().find(|task| task.id == id).cloned() else { return Ok(()) };
    let measure = task.measure.and_then(|id| draft.file.measures.get(&id)).cloned();
    let wanted = measure.filter(|measure| {
        measure.uncovered() > rust_decimal::Decimal::ZERO && task.kind == TaskKind::Requery
    });
    let Some(measure) = wanted else {
        draft.push(Change::SaveTask(Task { done: Some(draft.now()), ..task }));
        return Ok(());
    };
    ask_again(draft, &measure, asks);
    let due = draft.now().checked_add(Span::new().hours(24)).unwrap_or(draft.now());
    draft.push(Change::SaveTask(Task { due, ..task }));
    Ok(())
}

/// A standing re-query of the account; `asks` is the first order of the question, if one was asked before.
fn ask_again(draft: &mut Draft<'_>, measure: &Measure, asks: Option<OrderId>) {
    let own = (measure.inquiry, Subject { party: measure.party, document: measure.document });
    let (inquiry, subject): (InquiryId, Subject) =
        if asks.is_some() { own } else { draft.subject_of(measure) };
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
