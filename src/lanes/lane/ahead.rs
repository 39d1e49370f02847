//! What a lane has read ahead, and what is known of what comes behind it.

use std::collections::VecDeque;

use jiff::Timestamp;

use super::super::DueOrder;

/// What comes behind the orders that were read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Behind {
    /// More may be due.
    #[default]
    Unknown,
    /// Every order that is due was read; the next one comes at this time, or when it is told of.
    Next(Option<Timestamp>),
}

impl Behind {
    /// When the next order comes, where that is known.
    pub(super) fn next(self) -> Option<Timestamp> {
        match self {
            Self::Unknown => None,
            Self::Next(at) => at,
        }
    }
}

/// What was read ahead.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    /// Orders in their turn.
    pub(super) ready: VecDeque<DueOrder>,
    /// What comes behind them.
    pub(super) behind: Behind,
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
        self.behind = Behind::Unknown;
    }

    /// Whether there is nothing left, and something may be due.
    pub(super) fn is_used_up(&self, now: Timestamp) -> bool {
        let is_due = match self.behind {
            Behind::Unknown => true,
            Behind::Next(at) => at.is_some_and(|at| at <= now),
        };
        self.ready.is_empty() && is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_all_that_is_due_was_read_nothing_is_read_before_the_next_one_comes() {
        let at = |second| Timestamp::from_second(second).expect("a time");
        let behind = |behind| Ahead { behind, ..Ahead::default() };
        assert!(Ahead::default().is_used_up(at(5)));
        assert!(!behind(Behind::Next(None)).is_used_up(at(5)));
        assert!(!behind(Behind::Next(Some(at(6)))).is_used_up(at(5)));
        assert!(behind(Behind::Next(Some(at(5)))).is_used_up(at(5)));
        let mut dropped = behind(Behind::Next(None));
        dropped.keep_controls();
        assert!(dropped.is_used_up(at(5)), "what was dropped is read again");
    }
}
