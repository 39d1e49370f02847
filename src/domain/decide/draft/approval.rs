//! Proposals on the approvers' list.

use jiff::Span;

use super::super::super::{EventType, Measure, TaskKind};
use super::{Draft, NewTask};

/// Hours in which a proposal should be approved.
const APPROVE_HOURS: i64 = 24;

impl Draft<'_> {
    /// Puts a proposal on the approvers' list.
    pub fn ask_for_approval(&mut self, proposed: &Measure, note: String) {
        let due = self.now().checked_add(Span::new().hours(APPROVE_HOURS)).unwrap_or(self.now());
        self.task(NewTask::about(TaskKind::Approve, proposed, due), note);
    }

    /// Tells that what waited for its second approval changed, so that both approvers look at it as it is now.
    pub(super) fn propose_again(&mut self, proposed: &Measure) {
        self.tell(EventType::MeasureProposed, proposed, None);
        let note = "拟冻内容已变更，原第一次审批失效，须重新审批 the proposal changed after the first approval: both approve it anew";
        self.ask_for_approval(proposed, note.to_owned());
    }
}
