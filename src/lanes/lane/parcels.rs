//! Delivery over a parcel line, and recovery after a crash.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use chakong_contract::connector::{Batch, Speaks};
use chakong_contract::{Fault, FaultKind, Message, Moment, Order};
use sha2::{Digest as _, Sha256};
use tokio::sync::OwnedSemaphorePermit;

use super::calls::all;
use super::outcome::Outcomes;
use super::{Lane, Line, Sendable, batch_of, wrong_line};
use crate::inquiry::{OrderId, OrderRecord, OrderState};
use crate::lines::parcel::Depot;
use crate::settle::Happening;
use crate::store::{BatchRecord, Packed, RawDirection, RawMessage, StoreError, Stored, Tx};

/// Moves those orders that are still queued to `sending` and gives them: what was withdrawn meanwhile does not leave.
pub(super) fn send_those_queued(tx: &mut dyn Tx, ids: &[OrderId], batch: i64) -> Stored<HashSet<OrderId>> {
    let mut going = HashSet::new();
    for id in ids {
        let mut order = tx.order(*id)?.ok_or(StoreError::Missing("the order"))?;
        if order.state == OrderState::Queued {
            order.state = OrderState::Sending;
            order.batch = Some(batch);
            tx.save_order(&order)?;
            going.insert(*id);
        }
    }
    Ok(going)
}

impl Lane {
    /// Writes a batch to files: durable with their digest first, then handed over, then awaiting.
    pub(super) async fn deliver_parcel(
        self: &Arc<Self>,
        sendable: Sendable,
        permit: OwnedSemaphorePermit,
    ) -> Stored<bool> {
        let _permit = permit;
        let made = self.context.clock.now();
        let record = BatchRecord { lane: self.config.name.clone(), made, digest: None };
        let counted = self.health.admission.has_quota();
        let id = self
            .context
            .store
            .write(move |tx| {
                if counted {
                    tx.spend_quota(&record.lane, Moment::from_timestamp(made).date(), 1)?;
                }
                tx.insert_batch(&record)
            })
            .await?;
        let Sendable { records, orders } = sendable;
        let batch = Arc::new(batch_of(id, made, orders, None));
        let files = match self.write_files(Arc::clone(&batch)).await {
            Ok(files) => files,
            Err(fault) if records.len() == 1 => {
                self.health.faulted(&fault, made);
                return self.settle(all(&records, &Happening::Faulted(fault)), None).await;
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
        let kept = self.keep_files(id, made, &files);
        let digest =
            Sha256::digest(files.iter().flat_map(|file| file.bytes.iter()).copied().collect::<Vec<_>>())
                .to_vec();
        let ids: Vec<OrderId> = records.iter().map(|record| record.id).collect();
        let expected = ids.len();
        let going = self
            .context
            .store
            .write(move |tx| {
                let going = send_those_queued(tx, &ids, id)?;
                if going.len() == expected {
                    tx.save_batch(id, &digest)?;
                    kept.iter().try_for_each(|raw| tx.insert_raw(raw).map(drop))?;
                    return Ok(going);
                }
                // Somebody withdrew a part of it meanwhile: nothing leaves, the rest queues again.
                for id in &going {
                    let mut order = tx.order(*id)?.ok_or(StoreError::Missing("the order"))?;
                    order.state = OrderState::Queued;
                    order.batch = None;
                    tx.save_order(&order)?;
                }
                Ok(HashSet::new())
            })
            .await?;
        if going.is_empty() {
            return Ok(true);
        }
        self.hand_over(files, records.iter().map(|record| record.id).collect()).await
    }

    async fn deliver_alone(self: &Arc<Self>, record: OrderRecord, order: Order) -> Stored<bool> {
        match self.health.admission.pass().await {
            Ok(()) => {}
            Err(fault) => return self.settle(all(&[record], &Happening::Faulted(fault)), None).await,
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

    fn keep_files(&self, batch: i64, at: jiff::Timestamp, files: &[Message]) -> Vec<RawMessage> {
        let keep = |file: &Message| RawMessage {
            lane: self.config.name.clone(),
            batch: Some(batch),
            direction: RawDirection::Out,
            name: file.name.clone(),
            at,
            bytes: Packed::of(&file.bytes),
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
        self.settle(ids.into_iter().map(|id| (id, Happening::HandedOver)).collect(), None).await
    }

    /// Hands files over, and again until that works. `false` when the lane was stopped before: its successor, or the next
    /// start, hands them over.
    pub(super) async fn hand_over_until_stopped(&self, depot: &dyn Depot, files: &[Message]) -> bool {
        let mut failures = 0_u32;
        while let Err(fault) = depot.hand_over(files).await {
            failures += 1;
            self.health.admission.failed(&fault);
            self.health.faulted(&fault, self.context.clock.now());
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
        let mut batches: BTreeMap<i64, Vec<OrderId>> = BTreeMap::new();
        let mut others: Outcomes = Vec::new();
        for order in &interrupted {
            match order.batch.filter(|_| parcels) {
                Some(batch) => batches.entry(batch).or_default().push(order.id),
                None => others.push((order.id, Happening::Interrupted)),
            }
        }
        for (batch, ids) in batches {
            let files =
                self.context.store.read(move |reads| reads.raw_of_batch(batch)).await.unwrap_or_default();
            if files.is_empty() {
                others.extend(ids.into_iter().map(|id| (id, Happening::Interrupted)));
                continue;
            }
            let unpacked: std::io::Result<Vec<Message>> =
                files.into_iter().map(|raw| Ok(Message::new(raw.name, raw.bytes.unpack()?))).collect();
            let Ok(files) = unpacked else {
                tracing::error!(counterpart = self.config.name, batch, "a stored parcel cannot be read");
                others.extend(ids.into_iter().map(|id| (id, Happening::Interrupted)));
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
