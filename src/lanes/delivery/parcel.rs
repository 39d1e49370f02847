//! Delivery over a parcel line: files handed over, files taken in.

mod incoming;
mod responses;
mod shown;

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chakong_contract::connector::Batch;
use chakong_contract::{Fault, FaultKind, Message, Order};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use sha2::{Digest as _, Sha256};
use tokio::sync::OwnedSemaphorePermit;

use super::super::context::LaneContext;
use super::super::outcome::all;
use super::super::reach::{Reachable, Reached};
use super::{Delivery, Sendable, batch_of, wrong_line};
use crate::config::ParcelConfig;
use crate::domain::decide::OrderInput;
use crate::domain::{BatchId, Counted, OrderId, OrderRecord, RawDirection, RawMessage};
use crate::engine::Dispatch;
use crate::lines::parcel::{self, Depot};
use crate::store::Stored;
use crate::store::codec::{decode, encode};

/// Longest wait before files are handed over again.
const HAND_OVER_AGAIN: Duration = Duration::from_secs(60);

/// Delivery over a parcel line.
#[derive(Debug)]
pub struct ParcelDelivery {
    depot: Arc<dyn Depot>,
    config: ParcelConfig,
    /// Whether something may wait to be sent back.
    answers_wait: AtomicBool,
    /// Parcels of before the start that could not be handed over at once.
    left: Mutex<Vec<Parcel>>,
}

/// A parcel that was decided, by its batch, with its orders.
type Parcel = (BatchId, Vec<OrderId>);

impl ParcelDelivery {
    /// Over the depot that a configuration names.
    pub fn new(config: &ParcelConfig) -> Self {
        Self::over(parcel::open(config), config)
    }

    fn over(depot: Arc<dyn Depot>, config: &ParcelConfig) -> Self {
        // Something may wait since before a crash.
        let answers_wait = AtomicBool::new(true);
        Self { depot, config: config.clone(), answers_wait, left: Mutex::default() }
    }

    /// Writes a batch to files: durable with their digest first, then handed over, then awaiting.
    async fn write_and_hand_over(&self, lane: &LaneContext, sendable: Sendable) -> Stored<bool> {
        let made = lane.context.clock.now();
        let court = sendable.records.first().map(|record| record.court.as_str()).unwrap_or_default();
        let counts = lane.handle.admission.counted_to(court);
        let id = lane.context.engine.begin_batch(lane.config.name.clone(), made, counts).await?;
        let Sendable { records, orders } = sendable;
        let batch = Arc::new(batch_of(id, made, orders, None));
        let files = match write_files(lane, Arc::clone(&batch)).await {
            Ok(files) => files,
            Err(fault) if records.len() == 1 => {
                lane.handle.faulted(&fault, made);
                return lane.settle(all(&records, &OrderInput::Faulted(fault)), None).await;
            }
            // One order that cannot be expressed must not hold the others up: each goes alone.
            Err(_) => {
                let mut again = false;
                for (record, order) in records.into_iter().zip(&batch.orders) {
                    again |= Box::pin(self.send_alone(lane, record, order.clone())).await?;
                }
                return Ok(again);
            }
        };
        let mut digest = Sha256::new();
        files.iter().for_each(|file| digest.update(&file.bytes));
        let ids: Vec<OrderId> = records.iter().map(|record| record.id).collect();
        let dispatch = Dispatch {
            lane: lane.config.name.clone(),
            at: made,
            orders: ids.clone(),
            batch: Some(id),
            digest: digest.finalize().to_vec(),
            files: raw_of(lane, id, made, &files),
            counts: Counted::Not,
            // Somebody may have withdrawn a part of it meanwhile: nothing leaves then, and the rest queues again.
            together: true,
        };
        if lane.context.engine.dispatch(dispatch).await?.going.is_empty() {
            return Ok(true);
        }
        self.hand_over(lane, &files, ids).await
    }

    async fn send_alone(&self, lane: &LaneContext, record: OrderRecord, order: Order) -> Stored<bool> {
        match lane.handle.admission.pass(record.is_control(), &record.court).await {
            Ok(()) => {
                let alone = Sendable { records: vec![record], orders: vec![order] };
                self.write_and_hand_over(lane, alone).await
            }
            Err(fault) => lane.settle(all(&[record], &OrderInput::Faulted(fault)), None).await,
        }
    }

    /// Hands files over and says so. A folder that cannot be written is tried again: the bytes are decided, and the
    /// same name handed over twice is taken once.
    async fn hand_over(&self, lane: &LaneContext, files: &[Message], ids: Vec<OrderId>) -> Stored<bool> {
        if !self.hand_over_until_stopped(lane, files).await {
            return Ok(false);
        }
        handed_over(lane, ids).await
    }

    /// Hands files over, and again until that works. `false` when the lane was stopped before: its successor, or the next
    /// start, hands them over.
    async fn hand_over_until_stopped(&self, lane: &LaneContext, files: &[Message]) -> bool {
        let mut failures = 0_u32;
        while !self.hand_over_once(lane, files).await {
            failures += 1;
            tokio::select! {
                () = tokio::time::sleep(wait_after(lane, failures)) => {}
                () = lane.stop.cancelled() => return false,
            }
        }
        true
    }

    /// Hands files over, or says why they wait. Whether it did; not where the lane was stopped before.
    async fn hand_over_once(&self, lane: &LaneContext, files: &[Message]) -> bool {
        while lane.may_leave().await {
            let Err(fault) = self.depot.hand_over(files, &lane.handle.admission.may_leave()).await else {
                return true;
            };
            if !lane.handle.admission.stands() {
                // It is no failure of the counterpart's that this process must not send any more.
                continue;
            }
            lane.handle.admission.failed(&fault);
            lane.handle.faulted(&fault, lane.context.clock.now());
            tracing::warn!(counterpart = lane.config.name, %fault, "files wait to be handed over");
            lane.keep_limits().await;
            break;
        }
        false
    }

    /// Parcels that were decided are handed over again as they were. Where that does not work they are left for later: what comes is read
    /// meanwhile.
    async fn hand_over_again(&self, lane: &LaneContext) {
        let Some(interrupted) = lane.interrupted().await else { return };
        let mut batches: BTreeMap<BatchId, Vec<OrderId>> = BTreeMap::new();
        let mut others = Vec::new();
        for order in &interrupted {
            match order.batch {
                Some(batch) => batches.entry(batch).or_default().push(order.id),
                None => others.push(order.id),
            }
        }
        let mut left = Vec::new();
        for (batch, ids) in batches {
            let Some(stored) = stored_files(lane, batch).await else { return };
            match stored {
                Some(files) if left.is_empty() && self.hand_over_once(lane, &files).await => {
                    told_if_failed(lane, handed_over(lane, ids).await);
                }
                Some(_) => left.push((batch, ids)),
                None => others.extend(ids),
            }
        }
        *self.left.lock().unwrap_or_else(PoisonError::into_inner) = left;
        lane.settle_interrupted(others).await;
    }

    /// Hands over what the start left, and again until that works.
    async fn hand_over_left(&self, lane: &LaneContext) {
        let left = std::mem::take(&mut *self.left.lock().unwrap_or_else(PoisonError::into_inner));
        for (batch, ids) in left {
            let mut failures = 0_u32;
            loop {
                // What was answered meanwhile had been handed over, and is not handed over once more.
                let Some(open) = lane.interrupted().await else { return };
                let ids: Vec<OrderId> =
                    ids.iter().copied().filter(|id| open.iter().any(|order| order.id == *id)).collect();
                if ids.is_empty() {
                    break;
                }
                let Some(stored) = stored_files(lane, batch).await else { return };
                let Some(files) = stored else {
                    lane.settle_interrupted(ids).await;
                    break;
                };
                if self.hand_over_once(lane, &files).await {
                    told_if_failed(lane, handed_over(lane, ids).await);
                    break;
                }
                failures += 1;
                tokio::select! {
                    () = tokio::time::sleep(wait_after(lane, failures)) => {}
                    () = lane.stop.cancelled() => return,
                }
            }
        }
    }
}

impl Reachable for ParcelDelivery {
    fn is_remote(&self) -> bool {
        self.config.sftp.is_some()
    }

    fn probe(&self) -> BoxFuture<'_, Result<Reached, Fault>> {
        async {
            self.depot.probe().await?;
            Ok(Reached { status: None, how: "both folders can be used".to_owned() })
        }
        .boxed()
    }
}

impl Delivery for ParcelDelivery {
    fn prepare(&self) -> BoxFuture<'_, Result<(), Fault>> {
        self.depot.prepare()
    }

    fn carries(&self) -> bool {
        true
    }

    fn send<'a>(
        &'a self,
        lane: &'a LaneContext,
        batch: Sendable,
        permit: OwnedSemaphorePermit,
    ) -> BoxFuture<'a, Stored<bool>> {
        async move {
            let _permit = permit;
            self.write_and_hand_over(lane, batch).await
        }
        .boxed()
    }

    fn receive<'a>(&'a self, lane: &'a LaneContext) -> BoxFuture<'a, ()> {
        async {
            tokio::join!(self.hand_over_left(lane), self.poll(lane));
        }
        .boxed()
    }

    fn recover<'a>(&'a self, lane: &'a LaneContext) -> BoxFuture<'a, ()> {
        self.hand_over_again(lane).boxed()
    }
}

async fn handed_over(lane: &LaneContext, ids: Vec<OrderId>) -> Stored<bool> {
    lane.settle(ids.into_iter().map(|id| (id, OrderInput::HandedOver)).collect(), None).await
}

fn told_if_failed(lane: &LaneContext, handed_over: Stored<bool>) {
    if let Err(error) = handed_over {
        tracing::error!(counterpart = lane.config.name, %error, "a parcel could not be handed over again");
    }
}

/// How long files wait that could not be handed over so many times.
fn wait_after(lane: &LaneContext, failures: u32) -> Duration {
    lane.config.retry_control.wait(failures, 0.0).min(HAND_OVER_AGAIN)
}

async fn write_files(lane: &LaneContext, batch: Arc<Batch>) -> Result<Vec<Message>, Fault> {
    let connector = Arc::clone(&lane.config.connector);
    let written = tokio::task::spawn_blocking(move || {
        connector.parcel().ok_or_else(|| wrong_line("parcel"))?.write(&batch)
    });
    let panicked = |_| Err(Fault::new(FaultKind::Unsupported, "write the batch", "the connector panicked"));
    written.await.unwrap_or_else(panicked)
}

fn raw_of(lane: &LaneContext, batch: BatchId, at: jiff::Timestamp, files: &[Message]) -> Vec<RawMessage> {
    let raw = |file: &Message| RawMessage {
        lane: lane.config.name.clone(),
        batch: Some(batch),
        direction: RawDirection::Out,
        name: file.name.clone(),
        at,
        bytes: encode(&file.bytes),
    };
    files.iter().map(raw).collect()
}

/// The files of a batch as they were decided; none where the store holds none that can be read. Nothing when the lane was stopped
/// before the store answered.
async fn stored_files(lane: &LaneContext, batch: BatchId) -> Option<Option<Vec<Message>>> {
    let found = lane.read_until_stopped(move |reads| reads.raw_of_batch(batch)).await?;
    let unpacked = found.and_then(|files| {
        let message = |raw: RawMessage| Ok(Message::new(raw.name, decode("file", raw.bytes.as_stored())?));
        files.into_iter().map(message).collect::<Stored<Vec<Message>>>()
    });
    Some(match unpacked {
        Ok(files) => (!files.is_empty()).then_some(files),
        Err(_) => {
            let (counterpart, batch) = (&lane.config.name, batch.get());
            tracing::error!(counterpart, batch, "a stored parcel cannot be read");
            None
        }
    })
}

#[cfg(test)]
mod tests;
