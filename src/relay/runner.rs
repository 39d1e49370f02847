//! One relay: connect, send in order, move on behind what was acknowledged; on any failure begin again from there.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

use super::failure::{Done, Failure, FailureKind};
use super::health::{HealthTeller, RelayState, RelayWatch};
use super::message::outgoing;
use super::parties::{Outlet, Publisher};
use super::window::Window;
use crate::clock::Clock;
use crate::config::RelayLimits;
use crate::domain::retry::RetryPolicy;
use crate::engine::Engine;
use crate::lifecycle::Tasks;
use crate::queue::{EventLog, LogEntry};
use crate::store::Lease;

/// Longest time that a stop waits for what is under way; the rest comes again at the next start.
const LAST_WORDS: Duration = Duration::from_secs(3);
/// Wait after a first failure.
const FIRST_WAIT: Duration = Duration::from_millis(200);

/// One relay.
#[derive(Debug)]
pub struct Relay {
    pub(super) name: &'static str,
    /// The name under which its place in the log is kept. No HTTP consumer can have it.
    pub(super) consumer: &'static str,
    pub(super) outlet: Box<dyn Outlet>,
    pub(super) limits: RelayLimits,
    pub(super) log: EventLog,
    pub(super) engine: Engine,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) health: HealthTeller,
}

impl Relay {
    /// The name of its lease.
    pub fn lease(&self) -> String {
        format!("relay/{}", self.name)
    }

    fn under(self: Arc<Self>, lease: Lease) -> AtWork {
        AtWork { engine: self.engine.under(lease.clone()), relay: self, lease }
    }

    /// How it is, for others.
    pub fn watch(&self) -> RelayWatch {
        self.health.watch(self.outlet.servers(), Some(self.consumer))
    }
}

/// How long to wait after so many failures.
pub(super) fn wait_after(failures: u32, longest: Duration) -> Duration {
    let policy =
        RetryPolicy { initial: FIRST_WAIT, longest, multiplier: 2.0, jitter: 0.2, attempts: u32::MAX };
    policy.wait(failures, rand::Rng::random(&mut rand::rng()))
}

/// Runs a relay under a lease until the soft token.
pub async fn run_relay(relay: Arc<Relay>, lease: Lease, tasks: Tasks) {
    let relay = relay.under(lease);
    let stop = tasks.soft().clone();
    let (mut failures, mut ahead) = (0, BTreeSet::new());
    while !stop.is_cancelled() {
        let before = relay.health.watch(String::new(), None).health().done;
        let ended = relay.work(&tasks, &mut ahead).await;
        let Err(failure) = ended else { break };
        let progressed = relay.health.watch(String::new(), None).health().done > before;
        failures = if progressed { 1 } else { failures + 1 };
        relay.health.failed(&failure, relay.clock.now());
        let wait = wait_after(failures, relay.limits.longest_wait);
        tracing::warn!(relay = relay.name, kind = failure.kind.word(), error = %failure, failures, wait_ms = wait.as_millis(),
            "a relay failed; it goes on from what was acknowledged");
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
    relay.health.is(RelayState::Stopped, relay.clock.now());
}

/// A relay at work under a lease.
struct AtWork {
    relay: Arc<Relay>,
    engine: Engine,
    lease: Lease,
}

impl std::ops::Deref for AtWork {
    type Target = Relay;

    fn deref(&self) -> &Relay {
        &self.relay
    }
}

impl AtWork {
    /// Connects and sends until it fails or is to stop.
    async fn work(&self, tasks: &Tasks, ahead: &mut BTreeSet<i64>) -> Done<()> {
        let stop = tasks.soft();
        let mut cursor = self.place().await?;
        let publisher = tokio::select! {
            () = stop.cancelled() => return Ok(()),
            connected = self.outlet.connect() => connected?,
        };
        self.health.is(RelayState::Running, self.clock.now());
        tracing::info!(
            relay = self.name,
            servers = self.outlet.servers(),
            after = cursor,
            "a relay is connected"
        );
        let lost = publisher.lost();
        tokio::pin!(lost);
        while !stop.is_cancelled() {
            let page = self.log.entries(cursor, self.limits.in_flight).await.map_err(unread)?;
            if page.is_empty() {
                tokio::select! {
                    () = stop.cancelled() => break,
                    failure = &mut lost => return Err(failure),
                    () = self.log.grown(cursor) => {}
                }
                continue;
            }
            let entries = page.iter().map(|entry| (entry.seq, entry.case_number.clone()));
            let mut window = Window::new(entries, ahead);
            let sent = tokio::select! {
                sent = self.send(&*publisher, &page, &mut window) => sent,
                failure = &mut lost => Err(failure),
                () = stopping(tasks) => Ok(()),
            };
            *ahead = window.ahead();
            if let Some(seq) = window.cursor() {
                self.engine.acknowledge(self.consumer.to_owned(), seq).await.map_err(unread)?;
                cursor = seq;
            }
            sent?;
        }
        Ok(())
    }

    /// Where it goes on. A relay that never acknowledged anything is put down with nothing, so that no event is forgotten before it
    /// was sent.
    async fn place(&self) -> Done<i64> {
        let consumer = self.consumer;
        let place = self.log.place_of(consumer).await.map_err(unread)?;
        if place.is_none() {
            self.engine.acknowledge(consumer.to_owned(), 0).await.map_err(unread)?;
        }
        Ok(place.unwrap_or_default())
    }

    /// Sends a page; each event once those before it of its case are acknowledged. One that the broker does not take for now keeps back
    /// its own case only.
    async fn send(&self, publisher: &dyn Publisher, page: &[LogEntry], window: &mut Window) -> Done<()> {
        let mut under_way = FuturesUnordered::new();
        let mut refused = None;
        loop {
            while under_way.len() < self.limits.in_flight {
                let Some(at) = window.take() else { break };
                let Some(entry) = page.get(at) else { break };
                if !self.engine.store().leases().stands(&self.lease) {
                    let detail = "another replica may have this relay now; nothing more is sent";
                    return Err(Failure::new(FailureKind::Store, detail));
                }
                let message = outgoing(entry, publisher.largest())?;
                if message.is_reference {
                    tracing::warn!(
                        relay = self.name,
                        event = entry.seq,
                        "an event is too large for the broker; it goes without its data"
                    );
                }
                let (limit, set_aside) = (self.limits.ack_timeout, u64::from(message.is_reference));
                under_way.push(async move {
                    match tokio::time::timeout(limit, publisher.publish(message)).await {
                        Ok(published) => published.map(|()| (at, set_aside)),
                        Err(_) => Err(unacknowledged(limit)),
                    }
                });
            }
            let Some(published) = under_way.next().await else { return refused.map_or(Ok(()), Err) };
            match published {
                Ok((at, set_aside)) => {
                    window.acknowledged(at);
                    self.health.did(1, set_aside);
                }
                Err(failure) if failure.kind == FailureKind::Full => refused = Some(failure),
                Err(failure) => {
                    // What is acknowledged already counts; the rest is sent again.
                    while let Some(Some(Ok((at, set_aside)))) =
                        futures_util::FutureExt::now_or_never(under_way.next())
                    {
                        window.acknowledged(at);
                        self.health.did(1, set_aside);
                    }
                    return Err(failure);
                }
            }
        }
    }
}

/// Resolves a while after the soft token: what is under way may still be acknowledged.
async fn stopping(tasks: &Tasks) {
    tasks.soft().cancelled().await;
    tokio::select! {
        () = tasks.hard().cancelled() => {}
        () = tokio::time::sleep(LAST_WORDS) => {}
    }
}

fn unacknowledged(limit: Duration) -> Failure {
    let detail = format!(
        "the broker has not acknowledged an event within {} seconds; it may be full or too slow",
        limit.as_secs_f32()
    );
    Failure::new(FailureKind::TimedOut, detail)
}

/// The store failed; the relay waits for it like for its broker.
pub(super) fn unread(error: crate::store::StoreError) -> Failure {
    Failure::new(FailureKind::Store, error.to_string())
}
