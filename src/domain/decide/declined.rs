//! Releases that a counterpart declined, or that came to nothing: a person decides, on every path.

use chakong_contract::ActionKind;

use super::super::{Measure, Task, TaskKind};
use super::draft::Draft;

/// Whether a release of a measure was declined or came to nothing, and no person has looked at it: the gateway does not order the
/// same again by itself, which a counterpart that declines would answer for ever.
pub fn waits_for_a_person(draft: &Draft<'_>, measure: &Measure) -> bool {
    let is_release = |task: &Task| {
        let order = task.order.and_then(|id| draft.file.orders.get(&id));
        order.is_none_or(|order| order.instruction.kind() == ActionKind::Release)
    };
    let about = |task: &&Task| {
        let asks = matches!(task.kind, TaskKind::AnswerRefusal | TaskKind::Resolve);
        // A release that set less free than was ordered.
        let is_short = task.kind == TaskKind::Review && task.order.is_some();
        (asks || is_short) && task.measure == Some(measure.id)
    };
    draft.file.tasks.iter().filter(about).any(is_release)
}
