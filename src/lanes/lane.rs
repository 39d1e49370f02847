//! One lane: reads ahead, asks admission, sends, and waits for whichever comes first.

mod batch;
mod calls;
mod incoming;
mod outcome;
mod parcels;
mod passing_on;
mod responses;
mod reuse;

use std::collections::{HashSet, VecDeque};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chakong_contract::connector::Speaks;
use chakong_contract::{Fault, Moment};
use jiff::Timestamp;
use tokio::sync::{Notify, OwnedSemaphorePermit};
use tokio_util::sync::CancellationToken;

use super::take_in::circumstances;
use super::{Admission, Board, LaneHealth, Refusal, Submissions, lacking, order_for};
use crate::clock::Clock;
use crate::config::{CounterpartConfig, LineConfig};
use crate::counterparts::Counterparts;
use crate::inquiry::OrderId;
use crate::lifecycle::Tasks;
use crate::lines::call::CallLine;
use crate::lines::parcel::{self, Depot};
use crate::settle::{Circumstances, Happening};
use crate::store::{Reads, Store, StoreError, Stored};
use batch::{Due, Sendable, batch_of, take_batch};
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
    /// Store.
    pub store: Arc<dyn Store>,
    /// Clock.
    pub clock: Arc<dyn Clock>,
    /// The view for pages and metrics.
    pub board: Arc<Board>,
    /// Submissions read lately.
    pub submissions: Arc<Submissions>,
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
    health: Arc<LaneHealth>,
    line: Line,
    taken: Mutex<HashSet<OrderId>>,
    freed: Notify,
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
        let health = Arc::new(LaneHealth::new(&config.name, admission, paused.is_some()));
        context.board.put(Arc::clone(&health));
        let (taken, stop) = (Mutex::default(), context.tasks.soft().child_token());
        Ok(Arc::new(Self { config, context, health, line, taken, freed: Notify::new(), stop }))
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
        while !self.taken().is_empty() && !self.context.tasks.hard().is_cancelled() {
            tokio::select! {
                () = self.freed.notified() => {}
                () = self.context.tasks.hard().cancelled() => {}
                () = tokio::time::sleep(Duration::from_millis(200)) => {}
            }
        }
    }

    /// The counterpart fetches for itself; the lane only shows whether it may.
    async fn watch_window(&self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            let until = self.config.window.closed_until(self.context.clock.now());
            self.health.waits_for(until.map(|until| Refusal { by: "window", until: Some(until) }));
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(LOOK_AGAIN) => {}
            }
        }
    }

    async fn send_loop(self: Arc<Self>, stop: &CancellationToken) {
        let signal = self.context.store.signals().lane(&self.config.name);
        let mut ready: VecDeque<Due> = VecDeque::new();
        while !stop.is_cancelled() {
            // Interest is registered before looking, so that no wake-up falls between.
            let woken = signal.orders.notified();
            let freed = self.freed.notified();
            tokio::pin!(woken, freed);
            woken.as_mut().enable();
            freed.as_mut().enable();
            if signal.take_urgent() {
                ready.clear();
            }
            let (until, blocked) = match self.step(&mut ready).await {
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

    /// One step: read ahead, be admitted, send. Or: until when to wait.
    async fn step(self: &Arc<Self>, ready: &mut VecDeque<Due>) -> Next {
        if self.health.is_paused() {
            ready.clear();
            return Next::Wait(None);
        }
        if self.taken().len() >= MOST_TAKEN {
            return Next::Blocked;
        }
        let mut next_due = None;
        if ready.is_empty() {
            match self.read_ahead().await {
                Ok((orders, next)) => {
                    *ready = orders.into();
                    next_due = next;
                }
                Err(error) => {
                    tracing::error!(counterpart = self.config.name, %error, "due orders cannot be read");
                    return Next::Wait(self.context.clock.now().checked_add(Duration::from_secs(1)).ok());
                }
            }
        }
        if ready.is_empty() {
            self.health.waits_for(None);
            return Next::Wait(next_due);
        }
        self.fill_batch(ready).await;
        match self.health.admission.admit() {
            Err(refusal) => {
                self.health.waits_for(Some(refusal));
                if self.pass_on(ready, refusal).await {
                    return Next::Again;
                }
                refusal.until.map_or(Next::Blocked, |until| Next::Wait(Some(until)))
            }
            Ok(permit) => {
                self.health.waits_for(None);
                self.send(take_batch(ready, self.largest_batch()), permit);
                Next::Again
            }
        }
    }

    /// Gives a batch that is not full a moment to grow.
    async fn fill_batch(&self, ready: &mut VecDeque<Due>) {
        let waits = self.config.limits.batch_wait;
        if ready.len() >= self.largest_batch()
            || waits.is_zero()
            || ready.front().is_none_or(|(o, _)| o.is_control())
        {
            return;
        }
        tokio::time::sleep(waits).await;
        if let Ok((orders, _)) = self.read_ahead().await {
            *ready = orders.into();
        }
    }

    fn largest_batch(&self) -> usize {
        let most = self.config.limits.batch.min(self.config.plugin.manifest.largest_batch);
        usize::try_from(most).unwrap_or(1).clamp(1, READ_AHEAD)
    }

    fn send(self: &Arc<Self>, batch: Vec<Due>, permit: OwnedSemaphorePermit) {
        if batch.is_empty() {
            return;
        }
        let ids: Vec<OrderId> = batch.iter().map(|(record, _)| record.id).collect();
        self.taken().extend(&ids);
        self.health.sent.fetch_add(1, Ordering::Relaxed);
        let lane = Arc::clone(self);
        self.context.tasks.spawn_job("deliver", async move {
            match lane.deliver(batch, permit).await {
                Ok(again) => lane.give_back(&ids, again),
                // Only what is written before anything leaves fails so: outcomes wait for the store. Nothing was sent.
                Err(StoreError::Full | StoreError::Failed { .. }) => {
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
    }

    /// Sends orders and settles what comes of it. Whether one is queued again.
    async fn deliver(self: &Arc<Self>, batch: Vec<Due>, permit: OwnedSemaphorePermit) -> Stored<bool> {
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
    fn set_apart(&self, batch: Vec<Due>) -> Stored<(Sendable, Outcomes)> {
        let (mut sendable, mut incomplete) = (Sendable::with_capacity(batch.len()), Outcomes::new());
        let today = Moment::from_timestamp(self.context.clock.now()).date();
        for (record, submission) in batch {
            let order = order_for(&record, &submission, &self.config.plugin.manifest)?;
            match lacking(&order, &self.config, today) {
                Some(fault) => incomplete.push((record.id, Happening::Faulted(fault))),
                None => {
                    sendable.records.push(record);
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

    /// Orders whose time has come; if there are none, when the next one comes. Those whose answer is known are answered
    /// without being sent.
    async fn read_ahead(&self) -> Stored<(Vec<Due>, Option<Timestamp>)> {
        let taken = self.taken().clone();
        let (config, now) = (Arc::clone(&self.config), self.context.clock.now());
        let submissions = Arc::clone(&self.context.submissions);
        let read = move |reads: &mut dyn Reads| {
            let orders = reads.due_orders(&config.name, now, READ_AHEAD, &taken)?;
            let (mut ready, mut known) = (Vec::with_capacity(orders.len()), Vec::new());
            for record in orders {
                let submission = submissions.get(reads, record.inquiry)?;
                match reuse::known(reads, &config, &record, &submission, now)? {
                    Some(revision) => known.push((record.id, revision)),
                    None => ready.push((record, submission)),
                }
            }
            let next = match (ready.is_empty(), known.is_empty()) {
                (true, true) => reads.next_due(&config.name, now)?,
                // More may wait behind those that are answered now.
                (true, false) => Some(now),
                (false, _) => None,
            };
            Ok((ready, known, next))
        };
        // On the writer's thread: what was just written is at hand there, and a reader would fetch it anew.
        let (ready, known, next) = self.context.store.write(move |tx| read(tx)).await?;
        if !known.is_empty() {
            self.answer_known(known).await?;
        }
        Ok((ready, next))
    }

    /// Circumstances for settling orders of this lane now.
    fn circumstances(&self, control: bool) -> Circumstances {
        circumstances(&self.config, &self.context, control)
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
