//! The store as one job sees it.

use std::collections::HashMap;

use super::super::ids::Ids;
use super::state::State;
use crate::domain::{IdKind, NewIds};
use crate::store::{Signals, StoreError, Stored};

/// What a job touched, to be told after its commit.
#[derive(Debug, Default)]
pub(super) struct Touched {
    /// Lanes, and whether something urgent was added.
    pub(super) lanes: HashMap<String, bool>,
    /// Newest sequence number of the log.
    pub(super) event: i64,
}

impl Touched {
    pub(super) fn lane(&mut self, name: &str, urgent: bool) {
        *self.lanes.entry(name.to_owned()).or_default() |= urgent;
    }

    /// Wakes whoever waits for it.
    pub(super) fn tell(&self, signals: &Signals) {
        signals.events_grew(self.event);
        for (lane, urgent) in &self.lanes {
            signals.wake(lane, *urgent);
        }
    }
}

/// The store within a job.
#[derive(Debug)]
pub(super) struct View<'a> {
    pub(super) state: &'a mut State,
    pub(super) touched: Touched,
    pub(super) has_written: bool,
    /// The first write that failed: the job fails with it, whatever it makes of it.
    pub(super) failed: Option<StoreError>,
    ids: &'a Ids,
}

impl<'a> View<'a> {
    pub(super) fn of(state: &'a mut State, ids: &'a Ids) -> Self {
        Self { state, touched: Touched::default(), has_written: false, failed: None, ids }
    }

    /// What became of a job, what it touched, and whether it wrote.
    pub(super) fn end(self, ran: Stored<()>) -> (Stored<()>, Touched, bool) {
        let outcome = ran.and_then(|()| self.failed.map_or(Ok(()), Err));
        (outcome, self.touched, self.has_written)
    }
}

impl NewIds for View<'_> {
    fn next(&self, kind: IdKind) -> i64 {
        self.ids.next(kind)
    }
}
