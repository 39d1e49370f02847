//! One relay: connect, send in order, move on behind what was acknowledged; on any failure begin again from there. What the broker does
//! not take for now is held back, and the rest goes on.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::time::Instant;

use super::failure::{Done, Failure, FailureKind};
use super::health::{HealthTeller, RelayState, RelayWatch};
use super::message::outgoing;
use super::parties::{Outlet, Publisher};
use super::window::{Head, MOST_HELD, Window};
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
        self.health.watch(self.outlet.servers(), Some(self.consumer), self.lease())
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
    let (mut failures, mut progress) = (0, Progress::default());
    while !stop.is_cancelled() {
        let before = relay.health.done();
        let failure = match relay.work(&tasks, &mut progress).await {
            Ok(Ended::Stopped) => break,
            Ok(Ended::RoundIsOver) => continue,
            Err(failure) => failure,
        };
        let progressed = relay.health.done() > before;
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

/// How work over a connection ended that did not fail.
enum Ended {
    /// It is to stop.
    Stopped,
    /// What the broker did not take is to be tried again, over a connection that looks after streams, exchanges and queues anew.
    RoundIsOver,
}

/// What one connection leaves to the next.
#[derive(Debug, Default)]
struct Progress {
    window: Option<Window>,
    /// Rounds in a row in which the broker did not take something.
    refusals: u32,
    /// When that is tried again.
    again_at: Option<Instant>,
}

impl Progress {
    /// Goes on behind a place of the log, with what is known to be acknowledged behind it.
    fn window(&mut self, place: i64) -> Window {
        let known = self.window.take().filter(|window| window.cursor() >= place);
        let mut window = known.unwrap_or_else(|| Window::behind(place));
        window.begin_round();
        self.again_at = None;
        window
    }

    fn is_due(&self) -> bool {
        self.again_at.is_some_and(|at| at <= Instant::now())
    }
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
    /// Connects and sends until it fails, is to stop, or is to try again what the broker did not take.
    async fn work(&self, tasks: &Tasks, progress: &mut Progress) -> Done<Ended> {
        let stop = tasks.soft();
        let place = self.place().await?;
        let publisher = tokio::select! {
            () = stop.cancelled() => return Ok(Ended::Stopped),
            connected = self.outlet.connect() => connected?,
        };
        let servers = self.outlet.servers();
        tracing::info!(relay = self.name, servers, after = place, "a relay is connected");
        let mut window = progress.window(place);
        let ended = self.send_all(tasks, &*publisher, place, &mut window, progress).await;
        progress.window = Some(window);
        ended
    }

    /// Sends page after page, and moves its place behind what is acknowledged.
    async fn send_all(
        &self,
        tasks: &Tasks,
        publisher: &dyn Publisher,
        mut place: i64,
        window: &mut Window,
        progress: &mut Progress,
    ) -> Done<Ended> {
        let stop = tasks.soft();
        let lost = publisher.lost();
        tokio::pin!(lost);
        self.tell(window, progress);
        while !stop.is_cancelled() {
            if progress.is_due() {
                return Ok(Ended::RoundIsOver);
            }
            let growth = self.log.growth();
            let page = match window.next() {
                Some(from) => self.log.entries(from, self.limits.in_flight).await.map_err(unread)?,
                None => Vec::new(),
            };
            if page.is_empty() {
                window.end_round();
                tokio::select! {
                    () = stop.cancelled() => break,
                    failure = &mut lost => return Err(failure),
                    () = growth.comes(), if !window.is_full() => {}
                    () = due(progress.again_at) => {}
                }
                continue;
            }
            let sent = tokio::select! {
                sent = self.send(publisher, &page, window) => sent,
                failure = &mut lost => Err(failure),
                () = stopping(tasks) => Ok(None),
            };
            if window.cursor() > place {
                self.engine.acknowledge(self.consumer.to_owned(), window.cursor()).await.map_err(unread)?;
                place = window.cursor();
            }
            if let Some(refused) = sent? {
                self.hold_back(refused, window, progress);
            }
            self.tell(window, progress);
        }
        Ok(Ended::Stopped)
    }

    /// The broker did not take something: that is tried again after a while, and the rest goes on.
    fn hold_back(&self, refused: Failure, window: &Window, progress: &mut Progress) {
        if progress.again_at.is_some() {
            return;
        }
        progress.refusals = progress.refusals.saturating_add(1);
        let wait = wait_after(progress.refusals, self.limits.longest_wait);
        progress.again_at = Some(Instant::now() + wait);
        let refused = match window.is_full() {
            true => {
                let detail = format!("{MOST_HELD} events are held back, and no more are read: {refused}");
                Failure::new(FailureKind::Full, detail)
            }
            false => refused,
        };
        tracing::warn!(relay = self.name, kind = refused.kind.word(), error = %refused, courts = window.held_back().len(),
            wait_ms = wait.as_millis(), "the broker does not take some events; the others go on");
        self.health.failed(&refused, self.clock.now());
    }

    /// Tells what is held back. A relay runs while that is nothing.
    fn tell(&self, window: &Window, progress: &mut Progress) {
        let is_held = progress.refusals > 0 && !window.is_done();
        self.health.holds_back(if is_held { window.held_back() } else { BTreeMap::new() });
        if !is_held {
            progress.refusals = 0;
            self.health.is(RelayState::Running, self.clock.now());
        }
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

    /// Sends what may be sent of a page; each event once those before it of its case are acknowledged. What the broker does not take
    /// for now is left out; the last of its reasons is given.
    async fn send(
        &self,
        publisher: &dyn Publisher,
        page: &[LogEntry],
        window: &mut Window,
    ) -> Done<Option<Failure>> {
        let mut ready = window.take_up(page.iter().map(head));
        let (mut under_way, mut refused, mut taken) = (FuturesUnordered::new(), None, 0_u64);
        loop {
            while under_way.len() < self.limits.in_flight {
                let Some(seq) = ready.pop_front() else { break };
                let Some(entry) = entry_of(page, seq).filter(|_| window.may_go(seq)) else { continue };
                under_way.push(self.publish(publisher, entry)?);
            }
            let Some((seq, published)) = under_way.next().await else { return Ok(refused) };
            match published {
                Ok(set_aside) => {
                    self.health.did(1, set_aside);
                    taken += 1;
                    ready.extend(window.acknowledged(seq));
                }
                // Where it takes others, only this one's way is closed.
                Err(failure)
                    if failure.kind == FailureKind::Full
                        || (failure.kind == FailureKind::TimedOut && taken > 0) =>
                {
                    window.refused(seq);
                    refused = Some(failure);
                }
                Err(failure) => {
                    // What is acknowledged already counts; the rest is sent again.
                    while let Some(Some((seq, Ok(set_aside)))) =
                        futures_util::FutureExt::now_or_never(under_way.next())
                    {
                        window.acknowledged(seq);
                        self.health.did(1, set_aside);
                    }
                    return Err(failure);
                }
            }
        }
    }

    /// Sends one. When it is done: its number, and whether it went without its data.
    fn publish<'p>(
        &self,
        publisher: &'p dyn Publisher,
        entry: &LogEntry,
    ) -> Done<impl Future<Output = (i64, Done<u64>)> + use<'p>> {
        if !self.engine.store().leases().stands(&self.lease) {
            let detail = "another replica may have this relay now; nothing more is sent";
            return Err(Failure::new(FailureKind::Store, detail));
        }
        let message = outgoing(entry, publisher.largest())?;
        let (relay, event) = (self.name, entry.seq);
        if message.is_reference {
            tracing::warn!(relay, event, "an event is too large for the broker; it goes without its data");
        }
        let (limit, set_aside) = (self.limits.ack_timeout, u64::from(message.is_reference));
        Ok(async move {
            let published = tokio::time::timeout(limit, publisher.publish(message)).await;
            (event, published.unwrap_or_else(|_| Err(unacknowledged(limit))).map(|()| set_aside))
        })
    }
}

fn head(entry: &LogEntry) -> Head<'_> {
    Head { seq: entry.seq, case: &entry.case_number, court: &entry.court, kind: entry.event.kind.name() }
}

/// The entry of a number; `None` where it is behind the page.
fn entry_of(page: &[LogEntry], seq: i64) -> Option<&LogEntry> {
    page.binary_search_by_key(&seq, |entry| entry.seq).ok().and_then(|at| page.get(at))
}

/// Resolves at a time, or never.
async fn due(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// Resolves a while after the soft token: what is under way may still be acknowledged.
pub(super) async fn stopping(tasks: &Tasks) {
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
