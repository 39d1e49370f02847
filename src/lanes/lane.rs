//! One lane: reads ahead, asks admission, sends, and waits for whichever comes first.

mod batch;
mod calls;
mod held_off;
mod incoming;
mod outcome;
mod parcels;
mod passing_on;
mod read_ahead;
mod responses;
mod reuse;
#[cfg(test)]
pub(super) mod world;

use std::collections::{HashSet, VecDeque};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chakong_contract::connector::Speaks;
use chakong_contract::{Fault, Moment};
use jiff::Timestamp;
use tokio::sync::{Notify, OwnedSemaphorePermit};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{Admission, Blocked, DueOrder, Gate, LaneHandle, LaneRegistry, RecentTerms, lacking};
use crate::clock::Clock;
use crate::config::{CounterpartConfig, LineConfig};
use crate::counterparts::Counterparts;
use crate::domain::OrderId;
use crate::domain::decide::OrderInput;
use crate::engine::Engine;
use crate::lifecycle::Tasks;
use crate::lines::call::CallLine;
use crate::lines::parcel::{self, Depot};
use crate::store::{Store, StoreError, Stored};
use batch::{Sendable, batch_of, take_batch};
use outcome::Outcomes;

/// Orders read ahead; what does not fit waits in the store.
const READ_AHEAD: usize = 256;
/// Orders that may be under way or being settled.
const MOST_TAKEN: usize = 1024;
/// How long orders are kept back after the store did not take what must be durable before they leave.
const STORE_FAILED: Duration = Duration::from_secs(1);
/// Longest wait without looking again, should a wake-up ever be missed.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// What every lane works with.
#[derive(Debug, Clone)]
pub struct Context {
    /// Store, to be read.
    pub store: Arc<dyn Store>,
    /// The engine, which takes what happens.
    pub engine: Engine,
    /// Clock.
    pub clock: Arc<dyn Clock>,
    /// The view for pages and metrics.
    pub registry: Arc<LaneRegistry>,
    /// Terms and documents read lately.
    pub terms: Arc<RecentTerms>,
    /// The counterparts as configured now.
    pub counterparts: Arc<Counterparts>,
    /// Tasks.
    pub tasks: Tasks,
}

#[derive(Debug)]
enum Line {
    Call(Box<CallLine>),
    Parcel(Arc<dyn Depot>),
    Postbox,
}

/// The engine's part for one counterpart.
#[derive(Debug)]
pub struct Lane {
    config: Arc<CounterpartConfig>,
    context: Context,
    handle: Arc<LaneHandle>,
    line: Line,
    taken: Mutex<HashSet<OrderId>>,
    freed: Notify,
    /// Batches under way, until they are settled.
    deliveries: TaskTracker,
    stop: CancellationToken,
}

impl Lane {
    /// Opens the line and reads what must survive a restart: quota and pause.
    ///
    /// # Errors
    /// A fault when the line cannot be opened, or the store's error.
    pub async fn open(config: Arc<CounterpartConfig>, context: Context) -> Result<Arc<Self>, OpenError> {
        let line = match &config.line {
            LineConfig::Call(call) => Line::Call(Box::new(CallLine::open(call)?)),
            LineConfig::Parcel(parcel) => {
                let depot = parcel::open(parcel);
                depot.prepare().await?;
                Line::Parcel(depot)
            }
            LineConfig::Postbox(_) => Line::Postbox,
        };
        let (name, day) = (config.name.clone(), Moment::from_timestamp(context.clock.now()).date());
        let (spent, paused) = context
            .store
            .read(move |reads| Ok((reads.quota_used(&name, day)?, reads.paused(&name)?)))
            .await?;
        let admission = Admission::new(Arc::clone(&config), Arc::clone(&context.clock), spent);
        let handle = Arc::new(LaneHandle::new(&config.name, admission, paused.is_some()));
        context.registry.put(Arc::clone(&handle));
        let (taken, stop) = (Mutex::default(), context.tasks.soft().child_token());
        let (freed, deliveries) = (Notify::new(), TaskTracker::new());
        Ok(Arc::new(Self { config, context, handle, line, taken, freed, deliveries, stop }))
    }

    /// Ends the lane: nothing new is begun, and what waits for the counterpart is left to its successor.
    pub const fn stop(&self) -> &CancellationToken {
        &self.stop
    }

    /// The configuration it runs with.
    pub const fn config(&self) -> &Arc<CounterpartConfig> {
        &self.config
    }

    /// Works until it is stopped, then waits for what is under way.
    pub async fn run(self: Arc<Self>) {
        let stop = self.stop.clone();
        Arc::clone(&self).recover().await;
        let polling = async {
            if let (Line::Parcel(depot), LineConfig::Parcel(config)) = (&self.line, &self.config.line) {
                self.poll_parcels(depot.as_ref(), config, &stop).await;
            }
        };
        match self.line {
            Line::Postbox => self.watch_window(&stop).await,
            Line::Call(_) | Line::Parcel(_) => {
                tokio::join!(Arc::clone(&self).send_loop(&stop), polling);
            }
        }
        self.deliveries.close();
        tokio::select! {
            () = self.deliveries.wait() => {}
            () = self.context.tasks.hard().cancelled() => {}
        }
    }

    /// The counterpart fetches for itself; the lane only shows whether it may.
    async fn watch_window(&self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            let until = self.config.window.closed_until(self.context.clock.now());
            self.handle.waits_for(until.map(|until| Blocked { gate: Gate::Window, until: Some(until) }));
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(LOOK_AGAIN) => {}
            }
        }
    }

    async fn send_loop(self: Arc<Self>, stop: &CancellationToken) {
        let signal = self.context.store.signals().lane(&self.config.name);
        let (mut ready, mut looked) = (VecDeque::new(), None);
        while !stop.is_cancelled() {
            // Interest is registered before looking, so that no wake-up falls between.
            let woken = signal.orders.notified();
            let freed = self.freed.notified();
            tokio::pin!(woken, freed);
            woken.as_mut().enable();
            freed.as_mut().enable();
            if signal.take_urgent() {
                ready.clear();
                looked = None;
            }
            let (until, blocked) = match self.step(&mut ready, &mut looked).await {
                Next::Again => continue,
                Next::Wait(until) => (until, false),
                Next::Blocked => (None, true),
            };
            let now = self.context.clock.now();
            let wait =
                until.map_or(LOOK_AGAIN, |until| until.duration_since(now).unsigned_abs().min(LOOK_AGAIN));
            tokio::select! {
                () = stop.cancelled() => {}
                () = woken => {}
                () = freed, if blocked => {}
                () = tokio::time::sleep(wait.max(Duration::from_millis(1))) => {}
            }
        }
    }

    /// One step: read ahead, be admitted, send. Or: until when to wait. While the counterpart asks for time, controls are
    /// looked for alone; `looked` is when that was done last.
    async fn step(self: &Arc<Self>, ready: &mut VecDeque<DueOrder>, looked: &mut Option<Timestamp>) -> Next {
        if self.handle.is_paused() {
            ready.clear();
            return Next::Wait(None);
        }
        if self.taken().len() >= MOST_TAKEN {
            return Next::Blocked;
        }
        if let Some(held) = self.handle.admission.held_off()
            && let Some(next) = self.keep_controls(ready, looked, held).await
        {
            return next;
        }
        let mut next_due = None;
        if ready.is_empty() {
            match self.read_ahead().await {
                Ok((orders, next)) => {
                    *ready = orders.into();
                    next_due = next;
                }
                Err(error) => return self.cannot_read(&error),
            }
        }
        if ready.is_empty() {
            self.handle.waits_for(None);
            return Next::Wait(next_due);
        }
        self.fill_batch(ready).await;
        if self.stop.is_cancelled() {
            return Next::Wait(None);
        }
        let control = ready.front().is_some_and(|due| due.record.is_control());
        match self.handle.admission.admit(control) {
            Err(_) if !control && self.handle.admission.held_off().is_some() => Next::Again,
            Err(blocked) => {
                self.handle.waits_for(Some(blocked));
                if self.pass_on(ready, blocked).await {
                    return Next::Again;
                }
                blocked.until.map_or(Next::Blocked, |until| Next::Wait(Some(until)))
            }
            Ok(permit) => {
                self.handle.waits_for(None);
                self.send(take_batch(ready, self.largest_batch()), permit);
                Next::Again
            }
        }
    }

    fn cannot_read(&self, error: &StoreError) -> Next {
        tracing::error!(counterpart = self.config.name, %error, "due orders cannot be read");
        Next::Wait(self.context.clock.now().checked_add(Duration::from_secs(1)).ok())
    }

    /// Gives a batch that is not full a moment to grow.
    async fn fill_batch(&self, ready: &mut VecDeque<DueOrder>) {
        let waits = self.config.limits.batch_wait;
        if ready.len() >= self.largest_batch()
            || waits.is_zero()
            || ready.front().is_none_or(|due| due.record.is_control())
        {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(waits) => {}
            () = self.stop.cancelled() => return,
        }
        if let Ok((orders, _)) = self.read_ahead().await {
            *ready = orders.into();
        }
    }

    fn largest_batch(&self) -> usize {
        let most = self.config.limits.batch.min(self.config.plugin.manifest.largest_batch);
        usize::try_from(most).unwrap_or(1).clamp(1, READ_AHEAD)
    }

    fn send(self: &Arc<Self>, batch: Vec<DueOrder>, permit: OwnedSemaphorePermit) {
        if batch.is_empty() {
            return;
        }
        let ids: Vec<OrderId> = batch.iter().map(|due| due.record.id).collect();
        self.taken().extend(&ids);
        self.handle.sent.fetch_add(1, Ordering::Relaxed);
        let lane = Arc::clone(self);
        let delivery = self.deliveries.track_future(async move {
            match lane.deliver(batch, permit).await {
                Ok(again) => lane.give_back(&ids, again),
                // Only what is written before anything leaves fails so: outcomes wait for the store. Nothing was sent.
                Err(StoreError::Full | StoreError::Failed { .. } | StoreError::Again) => {
                    tracing::warn!(counterpart = lane.config.name, "orders wait for the store");
                    tokio::time::sleep(STORE_FAILED).await;
                    lane.give_back(&ids, true);
                }
                // Orders whose outcome could not be written stay taken: they are not sent again before a restart.
                Err(error) => {
                    tracing::error!(counterpart = lane.config.name, %error, "an outcome could not be written");
                    lane.freed.notify_waiters();
                }
            }
        });
        self.context.tasks.spawn_job("deliver", delivery);
    }

    /// Sends orders and settles what comes of it. Whether one is queued again.
    async fn deliver(self: &Arc<Self>, batch: Vec<DueOrder>, permit: OwnedSemaphorePermit) -> Stored<bool> {
        let (sendable, lacking) = self.set_apart(batch)?;
        let settled = match &self.line {
            _ if sendable.records.is_empty() => Ok(false),
            Line::Call(line) => self.deliver_call(line, sendable, permit).await,
            Line::Parcel(_) => self.deliver_parcel(sendable, permit).await,
            Line::Postbox => Ok(false),
        };
        let lacking = if lacking.is_empty() { Ok(false) } else { self.settle(lacking, None).await };
        settled.and_then(|again| Ok(again | lacking?))
    }

    /// Sets those apart that lack a document or an officer; they fail visibly and are never sent.
    fn set_apart(&self, batch: Vec<DueOrder>) -> Stored<(Sendable, Outcomes)> {
        let (mut sendable, mut incomplete) = (Sendable::with_capacity(batch.len()), Outcomes::new());
        let today = Moment::from_timestamp(self.context.clock.now()).date();
        for due in batch {
            let order = due.order()?;
            match lacking(&order, &self.config, today) {
                Some(fault) => incomplete.push((due.record.id, OrderInput::Faulted(fault))),
                None => {
                    sendable.records.push(due.record);
                    sendable.orders.push(order);
                }
            }
        }
        Ok((sendable, incomplete))
    }

    /// Gives orders back. Those that are queued `again` could not be seen while they were taken: the lane looks again.
    fn give_back(&self, ids: &[OrderId], again: bool) {
        let mut taken = self.taken();
        for id in ids {
            taken.remove(id);
        }
        drop(taken);
        self.freed.notify_waiters();
        if again {
            self.context.store.signals().wake(&self.config.name, false);
        }
    }

    fn taken(&self) -> std::sync::MutexGuard<'_, HashSet<OrderId>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Next {
    /// Go on at once.
    Again,
    /// Until a time, or until something new comes.
    Wait(Option<Timestamp>),
    /// Until something under way comes back.
    Blocked,
}

/// The lane could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The line cannot be used.
    #[error(transparent)]
    Line(#[from] Fault),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The connector's speech does not fit the line, which `check` rules out.
fn wrong_line(speaks: Speaks<'_>) -> Fault {
    let detail = match speaks {
        Speaks::Call(_) => "the connector speaks over a call line only",
        Speaks::Parcel(_) => "the connector speaks over a parcel line only",
        Speaks::Postbox(_) => "the connector speaks over a postbox line only",
    };
    Fault::new(chakong_contract::FaultKind::Misconfigured, "speak over this line", detail)
}
