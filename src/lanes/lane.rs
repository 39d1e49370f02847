//! One lane: reads ahead, asks admission, sends, and waits for whichever comes first.

mod ahead;
mod batch;
mod held_off;
mod passing_on;
mod predecessor;
mod read_ahead;
mod share;
#[cfg(test)]
mod tests;
#[cfg(test)]
pub(super) mod world;

use std::collections::HashSet;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chakong_contract::{Fault, Moment};
use jiff::Timestamp;
use tokio::sync::{Notify, OwnedSemaphorePermit};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::context::{Context, LaneContext};
use super::delivery::{Delivery, OpenLine, Sendable};
use super::outcome::Outcomes;
use super::reach::Reachable;
use super::{Admission, Blocked, DueOrder, Gate, LaneHandle, lacking};
use crate::config::CounterpartConfig;
use crate::domain::OrderId;
use crate::domain::decide::OrderInput;
use crate::store::{Lease, StoreError, Stored, lane_lease};
use ahead::Ahead;
use batch::take_batch;
use read_ahead::Read;

/// Orders read ahead; what does not fit waits in the store.
const READ_AHEAD: usize = 256;
/// Orders that may be under way or being settled.
const MOST_TAKEN: usize = 1024;
/// How long orders are kept back after the store did not take what must be durable before they leave.
const STORE_FAILED: Duration = Duration::from_secs(1);
/// How often a lease is looked at that was not renewed in time.
const LEASE_AGAIN: Duration = Duration::from_millis(200);
/// Longest wait without looking again, should a wake-up ever be missed.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// The engine's part for one counterpart.
#[derive(Debug)]
pub struct Lane {
    shared: LaneContext,
    delivery: Arc<dyn Delivery>,
    taken: Mutex<HashSet<OrderId>>,
    /// Batches under way, until they are settled.
    under_way: TaskTracker,
}

impl Lane {
    /// Opens the line and reads what must survive a restart: quota and pause.
    ///
    /// # Errors
    /// A fault when the line cannot be opened, or the store's error.
    pub async fn open(
        config: Arc<CounterpartConfig>,
        context: Context,
        open_line: OpenLine,
    ) -> Result<Arc<Self>, OpenError> {
        let leases = Arc::clone(context.store.leases());
        let name = lane_lease(&config.name);
        leases.want(&name);
        let lease = leases.held(&name).ok_or(OpenError::Elsewhere)?;
        let delivery = open_line(&config)?;
        delivery.prepare().await?;
        let (name, day) = (config.name.clone(), Moment::from_timestamp(context.clock.now()).date());
        let (spent, paused, limits) = context
            .store
            .read(move |reads| {
                Ok((reads.quota_used(&name, day)?, reads.paused(&name)?, reads.limits(&name)?))
            })
            .await?;
        let admission = Admission::new(Arc::clone(&config), Arc::clone(&context.clock), spent);
        let admission = admission.under(Arc::clone(&leases), lease.clone());
        if leases.is_shared() && lease.epoch > 1 {
            admission.go_on(limits.as_deref());
        }
        let context = Context { engine: context.engine.under(lease.clone()), ..context };
        let line: Arc<dyn Reachable> = Arc::<dyn Delivery>::clone(&delivery);
        let handle = Arc::new(LaneHandle::new(&config.name, admission, line, paused.is_some()));
        context.registry.put(Arc::clone(&handle));
        let stop = context.tasks.soft().child_token();
        let shared = LaneContext { config, context, handle, lease, freed: Notify::new(), stop };
        let lane =
            Arc::new(Self { shared, delivery, taken: Mutex::default(), under_way: TaskTracker::new() });
        lane.wait_for_predecessor().await?;
        Ok(lane)
    }

    /// Ends the lane: nothing new is begun, and what waits for the counterpart is left to its successor.
    pub const fn stop(&self) -> &CancellationToken {
        &self.shared.stop
    }

    /// The lease under which it works.
    pub const fn lease(&self) -> &Lease {
        &self.shared.lease
    }

    /// Works until it is stopped, then waits for what is under way, and gives its lease back where that is to go.
    pub async fn run(self: Arc<Self>) {
        let (leases, lease) = (Arc::clone(self.shared.context.store.leases()), self.shared.lease.clone());
        self.work().await;
        leases.ended(&lease);
    }

    async fn work(self: Arc<Self>) {
        self.delivery.recover(&self.shared).await;
        let carrying = async {
            if self.delivery.carries() {
                Arc::clone(&self).send_loop().await;
            }
        };
        tokio::join!(carrying, self.delivery.receive(&self.shared));
        self.under_way.close();
        tokio::select! {
            () = self.under_way.wait() => {}
            () = self.shared.context.tasks.hard().cancelled() => {}
        }
    }

    async fn send_loop(self: Arc<Self>) {
        let stop = &self.shared.stop;
        let signal = self.shared.context.store.signals().lane(&self.shared.config.name);
        let mut ahead = Ahead::default();
        while !stop.is_cancelled() {
            // Interest is registered before looking, so that no wake-up falls between.
            let woken = signal.orders.notified();
            let freed = self.shared.freed.notified();
            tokio::pin!(woken, freed);
            woken.as_mut().enable();
            freed.as_mut().enable();
            if signal.take_urgent() {
                ahead.forget();
            }
            let (until, blocked) = match self.step(&mut ahead).await {
                Next::Again => continue,
                Next::Wait(until) => (until, false),
                Next::Blocked => (None, true),
            };
            let now = self.shared.context.clock.now();
            let wait =
                until.map_or(LOOK_AGAIN, |until| until.duration_since(now).unsigned_abs().min(LOOK_AGAIN));
            tokio::select! {
                () = stop.cancelled() => {}
                // While a gate is closed for a time, somebody else's turn may have come before what was read ahead.
                () = woken => if !blocked {
                    ahead.forget();
                },
                () = freed, if blocked => {}
                () = tokio::time::sleep(wait.max(Duration::from_millis(1))) => {}
            }
        }
    }

    /// One step: read ahead, be admitted, send. Or: until when to wait. While the counterpart asks for time, controls are
    /// looked for alone.
    async fn step(self: &Arc<Self>, ahead: &mut Ahead) -> Next {
        if self.shared.handle.is_paused() {
            ahead.forget();
            return Next::Wait(None);
        }
        if !self.shared.handle.admission.stands() {
            // Another process may work for this lane already.
            ahead.forget();
            return Next::Wait(self.shared.context.clock.now().checked_add(LEASE_AGAIN).ok());
        }
        if self.taken().len() >= MOST_TAKEN {
            return Next::Blocked;
        }
        self.pass_over_used(ahead);
        if let Some(held) = self.shared.handle.admission.held_off()
            && let Some(next) = self.keep_controls(ahead, held).await
        {
            return next;
        }
        // A wake-up that comes while an order is sent is lost. The lane looks once more before it waits.
        if ahead.ready.is_empty()
            && let Err(error) = self.look(ahead).await
        {
            return self.cannot_read(&error);
        }
        self.withhold_controls(&mut ahead.ready);
        if ahead.ready.is_empty() {
            return self.wait(ahead);
        }
        self.fill_batch(ahead).await;
        if self.shared.stop.is_cancelled() {
            return Next::Wait(None);
        }
        let Some(first) = ahead.ready.front().map(|due| &due.record) else { return Next::Again };
        let control = first.is_control();
        match self.shared.handle.admission.admit(control, &first.court) {
            // A conversation that is under way used it meanwhile.
            Err(Blocked { gate: Gate::Share, .. }) => Next::Again,
            Err(_) if !control && self.shared.handle.admission.held_off().is_some() => Next::Again,
            Err(blocked) => {
                self.shared.handle.waits_for(Some(blocked));
                if self.pass_on(ahead, blocked).await {
                    return Next::Again;
                }
                blocked.until.map_or(Next::Blocked, |until| Next::Wait(Some(until)))
            }
            Ok(permit) => {
                self.shared.handle.waits_for(None);
                let by_court = self.shared.config.limits.shares.is_some();
                self.send(take_batch(&mut ahead.ready, self.largest_batch(), by_court), permit);
                Next::Again
            }
        }
    }

    /// Lets no control leave from a store that is older than what counterparts have seen; shows what the lane waits for.
    fn withhold_controls(&self, ready: &mut std::collections::VecDeque<DueOrder>) {
        let is_older = self.shared.context.engine.older_than().is_some();
        if is_older {
            ready.retain(|due| !due.record.is_control());
        }
        if ready.is_empty() {
            self.shared.handle.waits_for(is_older.then_some(Blocked { gate: Gate::OlderStore, until: None }));
        }
    }

    fn cannot_read(&self, error: &StoreError) -> Next {
        tracing::error!(counterpart = self.shared.config.name, %error, "due orders cannot be read");
        Next::Wait(self.shared.context.clock.now().checked_add(Duration::from_secs(1)).ok())
    }

    /// Gives a batch that is not full a moment to grow.
    async fn fill_batch(&self, ahead: &mut Ahead) {
        let waits = self.shared.config.limits.batch_wait;
        if ahead.ready.len() >= self.largest_batch()
            || waits.is_zero()
            || ahead.ready.front().is_none_or(|due| due.record.is_control())
        {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(waits) => {}
            () = self.shared.stop.cancelled() => return,
        }
        // What was read before stands where it cannot be read again.
        let _ = self.look(ahead).await;
    }

    async fn look(&self, ahead: &mut Ahead) -> Stored<()> {
        let Read { ready, next, are_kept } = self.read_ahead().await?;
        (ahead.ready, ahead.next, ahead.are_kept) = (ready.into(), next, are_kept);
        Ok(())
    }

    fn largest_batch(&self) -> usize {
        let most = self.shared.config.limits.batch.min(self.shared.config.plugin.manifest.largest_batch);
        usize::try_from(most).unwrap_or(1).clamp(1, READ_AHEAD)
    }

    fn send(self: &Arc<Self>, batch: Vec<DueOrder>, permit: OwnedSemaphorePermit) {
        if batch.is_empty() {
            return;
        }
        let ids: Vec<OrderId> = batch.iter().map(|due| due.record.id).collect();
        self.taken().extend(&ids);
        self.shared.handle.sent.fetch_add(1, Ordering::Relaxed);
        let lane = Arc::clone(self);
        let delivery = self.under_way.track_future(async move {
            match lane.deliver(batch, permit).await {
                Ok(again) => lane.give_back(&ids, again),
                // Only what is written before anything leaves fails so: outcomes wait for the store. Nothing was sent.
                Err(StoreError::Full | StoreError::Failed { .. } | StoreError::Again) => {
                    tracing::warn!(counterpart = lane.shared.config.name, "orders wait for the store");
                    tokio::time::sleep(STORE_FAILED).await;
                    lane.give_back(&ids, true);
                }
                // Nothing was sent: whoever has the lease now goes on with it.
                Err(StoreError::LeaseLost) => lane.give_back(&ids, false),
                // Orders whose outcome could not be written stay taken: they are not sent again before a restart.
                Err(error) => {
                    tracing::error!(counterpart = lane.shared.config.name, %error, "an outcome could not be written");
                    lane.shared.freed.notify_waiters();
                }
            }
        });
        self.shared.context.tasks.spawn_job("deliver", delivery);
    }

    /// Sends orders and settles what comes of it. Whether one is queued again.
    async fn deliver(&self, batch: Vec<DueOrder>, permit: OwnedSemaphorePermit) -> Stored<bool> {
        let (sendable, lacking) = self.set_apart(batch)?;
        let settled = match sendable.records.is_empty() {
            true => Ok(false),
            false => self.delivery.send(&self.shared, sendable, permit).await,
        };
        let lacking = if lacking.is_empty() { Ok(false) } else { self.shared.settle(lacking, None).await };
        settled.and_then(|again| Ok(again | lacking?))
    }

    /// Sets those apart that lack a document or an officer; they fail visibly and are never sent.
    fn set_apart(&self, batch: Vec<DueOrder>) -> Stored<(Sendable, Outcomes)> {
        let (mut sendable, mut incomplete) = (Sendable::with_capacity(batch.len()), Outcomes::new());
        let today = Moment::from_timestamp(self.shared.context.clock.now()).date();
        for due in batch {
            let order = due.order()?;
            match lacking(&order, &self.shared.config, today) {
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
        self.shared.freed.notify_waiters();
        if again {
            self.shared.context.store.signals().wake(&self.shared.config.name, false);
        }
    }

    #[cfg(test)]
    pub(super) const fn shared(&self) -> &LaneContext {
        &self.shared
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
    /// Another process works for it.
    #[error("another replica works for this lane")]
    Elsewhere,
    /// The line cannot be used.
    #[error(transparent)]
    Line(#[from] Fault),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
