//! What a lane has read ahead.

use std::collections::VecDeque;

use jiff::Timestamp;

use super::super::DueOrder;

/// What was read ahead.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    /// Orders in their turn.
    pub(super) ready: VecDeque<DueOrder>,
    /// When the next order comes, where nothing is due.
    pub(super) next: Option<Timestamp>,
    /// Whether courts that have used their share have orders that wait.
    pub(super) are_kept: bool,
    /// When controls were looked for alone.
    pub(super) looked: Option<Timestamp>,
}

impl Ahead {
    /// Forgets everything: it is read again.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    /// Keeps controls alone; the others wait in the store, from where they are read again.
    pub(super) fn keep_controls(&mut self) {
        self.ready.retain(|due| due.record.is_control());
    }
}
