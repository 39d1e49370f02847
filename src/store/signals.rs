//! Signals: a commit wakes the lanes that it touched and the readers of the log.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Notify, watch};

use super::leases::Leases;

/// Who is woken after a commit: lanes by name, and everyone who reads results.
#[derive(Debug)]
pub struct Signals {
    lanes: Mutex<HashMap<String, Arc<LaneSignal>>>,
    events: watch::Sender<i64>,
    leases: Arc<Leases>,
}

/// Wakes one lane.
#[derive(Debug, Default)]
pub struct LaneSignal {
    /// New or changed orders.
    pub orders: Notify,
    urgent: std::sync::atomic::AtomicBool,
}

impl LaneSignal {
    /// Whether something urgent came since the last call.
    pub fn take_urgent(&self) -> bool {
        self.urgent.swap(false, std::sync::atomic::Ordering::Relaxed)
    }
}

impl Default for Signals {
    fn default() -> Self {
        Self::with(Leases::embedded())
    }
}

impl Signals {
    /// Those of a process with these leases.
    pub(super) fn with(leases: Arc<Leases>) -> Self {
        Self { lanes: Mutex::default(), events: watch::channel(0).0, leases }
    }

    /// Which work this process may do.
    pub(super) const fn leases(&self) -> &Arc<Leases> {
        &self.leases
    }

    /// The signal of a lane.
    pub fn lane(&self, name: &str) -> Arc<LaneSignal> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(signal) = lanes.get(name) {
            return Arc::clone(signal);
        }
        Arc::clone(lanes.entry(name.to_owned()).or_default())
    }

    /// Wakes a lane; `urgent` makes it look again before it goes on with what it has read ahead.
    pub fn wake(&self, name: &str, urgent: bool) {
        let signal = self.lane(name);
        if urgent {
            signal.urgent.store(true, std::sync::atomic::Ordering::Relaxed);
        }
        signal.orders.notify_one();
    }

    /// Wakes every lane.
    pub fn wake_all(&self) {
        let names: Vec<String> =
            self.lanes.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect();
        names.iter().for_each(|name| self.wake(name, true));
    }

    /// Says that the log has grown to a sequence number.
    pub fn events_grew(&self, seq: i64) {
        self.events.send_if_modified(|last| {
            let grew = seq > *last;
            *last = seq.max(*last);
            grew
        });
    }

    /// Follows the growth of the log.
    pub fn events(&self) -> watch::Receiver<i64> {
        self.events.subscribe()
    }
}
