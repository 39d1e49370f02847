//! Delivery over a parcel line, and recovery after a crash.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chakong_contract::connector::{Batch, Speaks};
use chakong_contract::{Fault, FaultKind, Message, Order};
use sha2::{Digest as _, Sha256};
use tokio::sync::OwnedSemaphorePermit;

use super::calls::all;
use super::outcome::Outcomes;
use super::{Lane, Line, Sendable, batch_of, wrong_line};
use crate::domain::decide::OrderInput;
use crate::domain::{BatchId, OrderId, OrderRecord, RawDirection, RawMessage};
use crate::engine::Dispatch;
use crate::lines::parcel::Depot;
use crate::store::Stored;
use crate::store::codec::{decode, encode};

impl Lane {
    /// Writes a batch to files: durable with their digest first, then handed over, then awaiting.
    pub(super) async fn deliver_parcel(
        self: &Arc<Self>,
        sendable: Sendable,
        permit: OwnedSemaphorePermit,
    ) -> Stored<bool> {
        let _permit = permit;
        let made = self.context.clock.now();
        let counts = self.handle.admission.has_quota();
        let id = self.context.engine.begin_batch(self.config.name.clone(), made, counts).await?;
        let Sendable { records, orders } = sendable;
        let batch = Arc::new(batch_of(id, made, orders, None));
        let files = match self.write_files(Arc::clone(&batch)).await {
            Ok(files) => files,
            Err(fault) if records.len() == 1 => {
                self.handle.faulted(&fault, made);
                return self.settle(all(&records, &OrderInput::Faulted(fault)), None).await;
            }
            // One order that cannot be expressed must not hold the others up: each goes alone.
            Err(_) => {
                let mut again = false;
                for (record, order) in records.into_iter().zip(&batch.orders) {
                    again |= Box::pin(self.deliver_alone(record, order.clone())).await?;
                }
                return Ok(again);
            }
        };
        let mut digest = Sha256::new();
        files.iter().for_each(|file| digest.update(&file.bytes));
        let ids: Vec<OrderId> = records.iter().map(|record| record.id).collect();
        let dispatch = Dispatch {
            lane: self.config.name.clone(),
            at: made,
            orders: ids.clone(),
            batch: Some(id),
            digest: digest.finalize().to_vec(),
            files: self.keep_files(id, made, &files),
            counts: false,
            // Somebody may have withdrawn a part of it meanwhile: nothing leaves then, and the rest queues again.
            together: true,
        };
        if self.context.engine.dispatch(dispatch).await?.going.is_empty() {
            return Ok(true);
        }
        self.hand_over(files, ids).await
    }

    async fn deliver_alone(self: &Arc<Self>, record: OrderRecord, order: Order) -> Stored<bool> {
        match self.handle.admission.pass(record.is_control()).await {
            Ok(()) => {}
            Err(fault) => return self.settle(all(&[record], &OrderInput::Faulted(fault)), None).await,
        }
        let permit = Arc::new(tokio::sync::Semaphore::new(1)).try_acquire_owned();
        let Ok(permit) = permit else { return Ok(true) };
        self.deliver_parcel(Sendable { records: vec![record], orders: vec![order] }, permit).await
    }

    async fn write_files(&self, batch: Arc<Batch>) -> Result<Vec<Message>, Fault> {
        let connector = Arc::clone(&self.config.connector);
        let written = tokio::task::spawn_blocking(move || match connector.speaks() {
            Speaks::Parcel(parcel) => parcel.write(&batch),
            other @ (Speaks::Call(_) | Speaks::Postbox(_)) => Err(wrong_line(other)),
        });
        written.await.unwrap_or_else(|_| {
            Err(Fault::new(FaultKind::Unsupported, "write the batch", "the connector panicked"))
        })
    }

    fn keep_files(&self, batch: BatchId, at: jiff::Timestamp, files: &[Message]) -> Vec<RawMessage> {
        let keep = |file: &Message| RawMessage {
            lane: self.config.name.clone(),
            batch: Some(batch),
            direction: RawDirection::Out,
            name: file.name.clone(),
            at,
            bytes: encode(&file.bytes),
        };
        files.iter().map(keep).collect()
    }

    /// Hands files over and says so. A folder that cannot be written is tried again: the bytes are decided, and the
    /// same name handed over twice is taken once.
    async fn hand_over(&self, files: Vec<Message>, ids: Vec<OrderId>) -> Stored<bool> {
        let Line::Parcel(depot) = &self.line else { return Ok(false) };
        if !self.hand_over_until_stopped(depot.as_ref(), &files).await {
            return Ok(false);
        }
        self.settle(ids.into_iter().map(|id| (id, OrderInput::HandedOver)).collect(), None).await
    }

    /// Hands files over, and again until that works. `false` when the lane was stopped before: its successor, or the next
    /// start, hands them over.
    pub(super) async fn hand_over_until_stopped(&self, depot: &dyn Depot, files: &[Message]) -> bool {
        let mut failures = 0_u32;
        while let Err(fault) = depot.hand_over(files).await {
            failures += 1;
            self.handle.admission.failed(&fault);
            self.handle.faulted(&fault, self.context.clock.now());
            tracing::warn!(counterpart = self.config.name, %fault, "files wait to be handed over");
            let wait = self.config.retry_control.wait(failures, 0.0).min(Duration::from_secs(60));
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.stop.cancelled() => return false,
            }
        }
        true
    }

    /// After a crash: parcels that were decided are handed over again as they were; over a call line a query goes out
    /// again and a control is held unless its number is idempotent there.
    pub(super) async fn recover(self: Arc<Self>) {
        if let Line::Parcel(depot) = &self.line {
            self.send_responses(depot.as_ref()).await;
        }
        let name = self.config.name.clone();
        let Ok(interrupted) = self.context.store.read(move |reads| reads.interrupted(&name)).await else {
            return;
        };
        let parcels = matches!(self.line, Line::Parcel(_));
        let mut batches: BTreeMap<BatchId, Vec<OrderId>> = BTreeMap::new();
        let mut others: Outcomes = Vec::new();
        for order in &interrupted {
            match order.batch.filter(|_| parcels) {
                Some(batch) => batches.entry(batch).or_default().push(order.id),
                None => others.push((order.id, OrderInput::Interrupted)),
            }
        }
        for (batch, ids) in batches {
            let files =
                self.context.store.read(move |reads| reads.raw_of_batch(batch)).await.unwrap_or_default();
            if files.is_empty() {
                others.extend(ids.into_iter().map(|id| (id, OrderInput::Interrupted)));
                continue;
            }
            let unpacked: Stored<Vec<Message>> = files
                .into_iter()
                .map(|raw| Ok(Message::new(raw.name, decode("file", raw.bytes.as_stored())?)))
                .collect();
            let Ok(files) = unpacked else {
                tracing::error!(
                    counterpart = self.config.name,
                    batch = batch.get(),
                    "a stored parcel cannot be read"
                );
                others.extend(ids.into_iter().map(|id| (id, OrderInput::Interrupted)));
                continue;
            };
            if let Err(error) = self.hand_over(files, ids).await {
                tracing::error!(counterpart = self.config.name, %error, "a parcel could not be handed over again");
            }
        }
        if !others.is_empty()
            && let Err(error) = self.settle(others, None).await
        {
            tracing::error!(counterpart = self.config.name, %error, "interrupted orders could not be settled");
        }
    }
}
