//! What the threads of the store share, and what a transaction leaves to be told.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::blocks::Blocks;
use super::others::Others;
use super::watch::Watch;
use crate::store::Signals;

/// What a transaction has touched, to be told after its commit.
#[derive(Debug, Default)]
pub(super) struct Touched {
    /// Lanes, and whether something urgent was added.
    pub(super) lanes: HashMap<String, bool>,
    /// Newest sequence number of the log.
    pub(super) event: i64,
}

impl Touched {
    pub(super) fn lane(&mut self, name: &str, urgent: bool) {
        match self.lanes.get_mut(name) {
            Some(known) => *known |= urgent,
            None => drop(self.lanes.insert(name.to_owned(), urgent)),
        }
    }

    /// Wakes whoever waits for it.
    pub(super) fn tell(&self, signals: &Signals) {
        signals.events_grew(self.event);
        for (lane, urgent) in &self.lanes {
            signals.wake(lane, *urgent);
        }
    }
}

/// How often the writer has connected. Where it did so anew it may have found another server, and readers follow it there: an old one that
/// can still be read would show them what was.
#[derive(Debug, Default)]
pub(super) struct Connects(AtomicU64);

impl Connects {
    /// The writer has connected anew.
    pub(super) fn again(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    /// How often it has.
    pub(super) fn count(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// What every thread shares.
#[derive(Debug, Clone)]
pub(super) struct Shared {
    pub(super) signals: Arc<Signals>,
    pub(super) ids: Arc<Blocks>,
    pub(super) key: Arc<[u8]>,
    pub(super) watch: Arc<Watch>,
    pub(super) connects: Arc<Connects>,
    pub(super) others: Arc<Others>,
}
