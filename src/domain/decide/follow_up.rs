//! What people must do about something that happened to a measure.

use jiff::Span;
use rust_decimal::Decimal;

use super::super::{EventType, Measure, TaskKind};
use super::draft::{Draft, NewTask};

/// Days in which an objection is answered (法释〔2013〕20号 art. 6).
const OBJECTION_DAYS: i64 = 15;
/// Days in which those whom a measure concerns are told of it; the law says "promptly" 及时.
const NOTICE_DAYS: i64 = 3;

/// What people must do about something that happened to a measure.
pub fn follow_up(draft: &mut Draft<'_>, kind: EventType, measure: &Measure) {
    let now = draft.now();
    let days = |days: i64| now.checked_add(Span::new().hours(24 * days)).unwrap_or(now);
    match kind {
        EventType::MeasurePlaced | EventType::MeasurePartly | EventType::MeasureEffective => {
            let id = measure.id;
            draft.close_tasks(|task| task.kind == TaskKind::AnswerRefusal && task.measure == Some(id));
            let note = "冻结后应及时告知被执行人 tell the debtor of the freeze (法〔2018〕64号)";
            draft.task(NewTask::about(TaskKind::NotifyDebtor, measure, days(NOTICE_DAYS)), note);
            if measure.co_owned {
                let note =
                    "财产为共有，应及时通知共有人 tell the co-owners of the seizure (查扣冻规定 art. 12)";
                draft.task(NewTask::about(TaskKind::NotifyCoOwners, measure, days(NOTICE_DAYS)), note);
            }
        }
        EventType::MeasureRenewalRefused
        | EventType::MeasureReleaseRefused
        | EventType::MeasureDeductionRefused
        | EventType::MeasureTransferRefused
        | EventType::MeasureRefused => {
            let note = format!(
                "协助单位未予办理，书面异议应在十五日内答复 the counterpart declined: {}",
                measure.note
            );
            let task = NewTask::about(TaskKind::AnswerRefusal, measure, days(OBJECTION_DAYS));
            draft.task(NewTask { order: measure.control, ..task }, note);
        }
        EventType::MeasureRenewed | EventType::MeasureReleased => {
            let id = measure.id;
            let ended = measure.state.ended();
            // What was given back in part ends when it would have ended, and is renewed or not.
            let is_renewed = kind == EventType::MeasureRenewed;
            draft.close_tasks(|task| {
                let is_moot = match task.kind {
                    TaskKind::Renew => is_renewed,
                    kind => kind == TaskKind::Requery,
                };
                // What is held beyond the limit of what ended is still to be found out.
                let stays = task.kind == TaskKind::Review && measure.surplus > Decimal::ZERO;
                task.measure == Some(id) && (ended && !stays || is_moot)
            });
        }
        _ => {}
    }
}
