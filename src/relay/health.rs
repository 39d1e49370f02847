//! How relays and intakes are, for people and machines.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use tokio::sync::watch;

use super::failure::Failure;
use crate::store::Leases;

/// What a relay or an intake does now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RelayState {
    /// It connects for the first time.
    Connecting,
    /// It is connected and works.
    Running,
    /// It failed and tries again after a while; or the broker does not take the events of some courts, while the others go on.
    Waiting,
    /// It ended with the gateway.
    Stopped,
    /// Another replica works for it, or none does yet.
    Elsewhere,
}

impl RelayState {
    /// Every state with its word.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::Connecting, "connecting"),
        (Self::Running, "running"),
        (Self::Waiting, "waiting"),
        (Self::Stopped, "stopped"),
        (Self::Elsewhere, "elsewhere"),
    ];
}

/// How a relay or an intake is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelayHealth {
    /// What it does now.
    pub state: RelayState,
    /// Since when.
    pub since: Timestamp,
    /// Relay: events that the broker has acknowledged since the start. Intake: messages that were answered.
    pub done: u64,
    /// Relay: events that went without their data, for it was too large. Intake: messages that were refused.
    pub set_aside: u64,
    /// Relay: events that the broker does not take for now and those behind them in their cases, by court.
    pub held_back: BTreeMap<String, u64>,
    /// Failures since the start.
    pub failures: u64,
    /// The last failure and when it was; it stays when the relay works again.
    pub last_failure: Option<(Failure, Timestamp)>,
}

/// One relay or intake, as others see it.
#[derive(Debug, Clone)]
pub struct RelayWatch {
    /// `nats` or `rabbitmq`.
    pub name: &'static str,
    /// Its servers.
    pub servers: String,
    /// The name under which its place in the log is kept; `None` for an intake.
    pub consumer: Option<&'static str>,
    /// The name of its lease.
    pub lease: String,
    health: watch::Receiver<RelayHealth>,
}

impl RelayWatch {
    /// How it is in this process, whenever that changes.
    pub(super) fn told(&self) -> watch::Receiver<RelayHealth> {
        self.health.clone()
    }

    /// How it is now, as far as this process knows: what another one works for is elsewhere.
    pub fn health(&self, leases: &Leases) -> RelayHealth {
        let health = self.health.borrow().clone();
        match leases.is_here(&self.lease) {
            true => health,
            false => RelayHealth { state: RelayState::Elsewhere, held_back: BTreeMap::new(), ..health },
        }
    }
}

/// Every relay and intake.
#[derive(Debug, Clone, Default)]
pub struct Relays {
    /// Results to brokers.
    pub relays: Arc<[RelayWatch]>,
    /// Inquiries from brokers.
    pub intakes: Arc<[RelayWatch]>,
}

/// Tells how a relay or an intake is.
#[derive(Debug)]
pub(super) struct HealthTeller {
    name: &'static str,
    sender: watch::Sender<RelayHealth>,
}

impl HealthTeller {
    pub(super) fn new(name: &'static str, now: Timestamp) -> Self {
        let health = RelayHealth {
            state: RelayState::Connecting,
            since: now,
            done: 0,
            set_aside: 0,
            held_back: BTreeMap::new(),
            failures: 0,
            last_failure: None,
        };
        Self { name, sender: watch::channel(health).0 }
    }

    pub(super) fn watch(&self, servers: String, consumer: Option<&'static str>, lease: String) -> RelayWatch {
        RelayWatch { name: self.name, servers, consumer, lease, health: self.sender.subscribe() }
    }

    /// How much was done since the start.
    pub(super) fn done(&self) -> u64 {
        self.sender.borrow().done
    }

    pub(super) fn is(&self, state: RelayState, now: Timestamp) {
        self.sender.send_modify(|health| {
            if health.state != state {
                (health.state, health.since) = (state, now);
            }
        });
    }

    pub(super) fn did(&self, done: u64, set_aside: u64) {
        self.sender.send_modify(|health| {
            health.done = health.done.saturating_add(done);
            health.set_aside = health.set_aside.saturating_add(set_aside);
        });
    }

    pub(super) fn holds_back(&self, courts: BTreeMap<String, u64>) {
        self.sender.send_if_modified(|health| {
            let is_new = health.held_back != courts;
            health.held_back = courts;
            is_new
        });
    }

    pub(super) fn failed(&self, failure: &Failure, now: Timestamp) {
        self.sender.send_modify(|health| {
            if health.state != RelayState::Waiting {
                (health.state, health.since) = (RelayState::Waiting, now);
            }
            health.failures = health.failures.saturating_add(1);
            health.last_failure = Some((failure.clone(), now));
        });
    }
}
