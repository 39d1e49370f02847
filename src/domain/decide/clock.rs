//! Time: measures whose term ends soon or is over.

use chakong_contract::Date;
use serde_json::json;

use super::super::rules::terms::{self, Reminder};
use super::super::rules::working_days::end_of;
use super::super::{EventType, Measure, MeasureId, MeasureState, TaskKind};
use super::Decided;
use super::certificate::close_if_done;
use super::counting::Cause;
use super::draft::{Draft, NewTask};
use super::due::look_beside;
use super::ledger::follow;
use super::unsent;

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
        // What has not left does not leave any more.
        unsent::withdraw(draft);
        let measure = draft.measure(id)?;
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

/// Ends a measure whose term was over while something was under way about it that is under way no longer: before anything is decided
/// on what it held.
pub fn end_if_over(draft: &mut Draft<'_>, id: MeasureId) {
    let Some(measure) = draft.file.measures.get(&id).cloned() else { return };
    let is_over = measure.until.is_some_and(|until| draft.today() > until);
    if is_over && measure.state.stands() && !measure.state.is_busy() {
        lapse(draft, measure);
    }
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

/// The term is over: it ends by itself (查扣冻规定 art. 27), holds and covers nothing, and its room opens again.
fn lapse(draft: &mut Draft<'_>, measure: Measure) {
    let (id, inquiry, held) = (measure.id, measure.inquiry, measure.held);
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
    look_beside(draft, id, held);
    follow(draft, Cause::Clock);
    close_if_done(draft, inquiry, true);
}
