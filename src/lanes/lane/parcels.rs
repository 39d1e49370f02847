//! Delivery over a parcel line, the poll for what comes back, and recovery after a crash.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chakong_contract::connector::{Reading, Speaks};
use chakong_contract::{Fault, FaultKind, Message, Moment};
use sha2::{Digest as _, Sha256};
use tokio::sync::OwnedSemaphorePermit;
use tokio_util::sync::CancellationToken;

use super::super::take_in::TakeIn;
use super::calls::all;
use super::outcome::Outcomes;
use super::{Lane, Ready, batch_of, wrong_line};
use crate::config::{LineConfig, ParcelConfig};
use crate::inquiry::{OrderId, OrderState};
use crate::lines::parcel::{ParcelLine, hand_over};
use crate::settle::Happening;
use crate::store::{BatchRecord, Packed, RawDirection, RawMessage, StoreError, Stored, Tx};

/// How long a file that could not be taken in is left alone.
const HINDERED: Duration = Duration::from_secs(1);

/// A file could not be taken in now; why was told.
struct Hindered;

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
        batch: Vec<Ready>,
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
        let files = match self.write_files(id, made, &batch).await {
            Ok(files) => files,
            Err(fault) if batch.len() == 1 => {
                self.health.faulted(&fault, made);
                return self.settle(all(&batch, &Happening::Faulted(fault)), None).await;
            }
            // One order that cannot be expressed must not hold the others up: each goes alone.
            Err(_) => {
                let mut again = false;
                for order in batch {
                    again |= Box::pin(self.deliver_alone(order)).await?;
                }
                return Ok(again);
            }
        };
        let kept = self.keep_files(id, made, &files);
        let digest =
            Sha256::digest(files.iter().flat_map(|file| file.bytes.iter()).copied().collect::<Vec<_>>())
                .to_vec();
        let ids: Vec<OrderId> = batch.iter().map(|(record, _)| record.id).collect();
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
        self.hand_over(files, batch.iter().map(|(record, _)| record.id).collect()).await
    }

    async fn deliver_alone(self: &Arc<Self>, order: Ready) -> Stored<bool> {
        match self.health.admission.pass().await {
            Ok(()) => {}
            Err(fault) => return self.settle(all(&[order], &Happening::Faulted(fault)), None).await,
        }
        let permit = Arc::new(tokio::sync::Semaphore::new(1)).try_acquire_owned();
        let Ok(permit) = permit else { return Ok(true) };
        self.deliver_parcel(vec![order], permit).await
    }

    async fn write_files(
        &self,
        id: i64,
        made: jiff::Timestamp,
        batch: &[Ready],
    ) -> Result<Vec<Message>, Fault> {
        let batch = batch_of(id, made, batch);
        let connector = Arc::clone(&self.config.connector);
        let written = tokio::task::spawn_blocking(move || match connector.speaks() {
            Speaks::Parcel(parcel) => parcel.write(&batch),
            other @ Speaks::Call(_) => Err(wrong_line(other)),
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
        let LineConfig::Parcel(config) = &self.config.line else { return Ok(false) };
        let files = Arc::new(files);
        let mut failures = 0_u32;
        loop {
            let (config, handed) = (config.clone(), Arc::clone(&files));
            let outcome = tokio::task::spawn_blocking(move || hand_over(&config, &handed)).await;
            match outcome {
                Ok(Ok(())) => break,
                Ok(Err(fault)) => {
                    failures += 1;
                    self.health.admission.failed(&fault);
                    self.health.faulted(&fault, self.context.clock.now());
                    tracing::warn!(counterpart = self.config.name, %fault, "files wait for their folder");
                }
                Err(_) => return Err(StoreError::Closed),
            }
            let wait = self.config.retry_control.wait(failures, 0.0).min(Duration::from_secs(60));
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                // The next start hands them over: they are in the store.
                () = self.context.tasks.soft().cancelled() => return Ok(false),
            }
        }
        self.settle(ids.into_iter().map(|id| (id, Happening::HandedOver)).collect(), None).await
    }

    /// After a crash: parcels that were decided are handed over again as they were; over a call line a query goes out
    /// again and a control is held unless its number is idempotent there.
    pub(super) async fn recover(self: Arc<Self>) {
        let name = self.config.name.clone();
        let Ok(interrupted) = self.context.store.read(move |reads| reads.interrupted(&name)).await else {
            return;
        };
        let parcels = matches!(self.config.line, LineConfig::Parcel(_));
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

    /// Looks for files until `stop`.
    pub(super) async fn poll_parcels(self: Arc<Self>, config: &ParcelConfig, stop: &CancellationToken) {
        let Ok(mut line) = ParcelLine::open(config) else { return };
        let mut polls = 0_u64;
        while !stop.is_cancelled() {
            match line.arrived() {
                Ok(files) => {
                    for path in files {
                        if self.take_in(&mut line, &path).await.is_err() {
                            // It stays where it is; what hinders it will not be gone at once.
                            tokio::time::sleep(HINDERED).await;
                        }
                    }
                }
                Err(fault) => self.health.problem(&fault, self.context.clock.now()),
            }
            if polls.is_multiple_of(1000) {
                line.tidy(std::time::SystemTime::from(self.context.clock.now()));
            }
            polls += 1;
            tokio::select! {
                () = tokio::time::sleep(line.poll()) => {}
                () = stop.cancelled() => {}
            }
        }
    }

    /// Takes one file in: kept, settled, answered where it must be, and only then put away.
    async fn take_in(&self, line: &mut ParcelLine, path: &Path) -> Result<(), Hindered> {
        let now = self.context.clock.now();
        let message = match line.read(path) {
            Ok(message) => message,
            Err(fault) => {
                self.health.problem(&fault, now);
                if fault.kind == FaultKind::Malformed {
                    self.put_away(line, path);
                }
                return Err(Hindered);
            }
        };
        let connector = Arc::clone(&self.config.connector);
        let (bytes, name) = (Arc::clone(&message.bytes), message.name.clone());
        let reading = tokio::task::spawn_blocking(move || connector.read(&message)).await;
        let reading = reading.unwrap_or_else(|_| Reading {
            problems: vec![Fault::new(FaultKind::Malformed, "read a file", "the connector panicked")],
            ..Reading::default()
        });
        let responses = reading.responses.clone();
        for problem in &reading.problems {
            self.health.problem(problem, now);
            tracing::warn!(counterpart = self.config.name, %problem, "a file could not be understood");
        }
        let raw = RawMessage {
            lane: self.config.name.clone(),
            batch: None,
            direction: RawDirection::In,
            name,
            at: now,
            bytes: Packed::of(&bytes),
        };
        let digest = hex::encode(Sha256::digest(&bytes));
        let taking = TakeIn { config: &self.config, context: &self.context, health: &self.health };
        match taking.keep(reading, raw, digest).await {
            Ok(_) => {
                if let LineConfig::Parcel(config) = &self.config.line
                    && !responses.is_empty()
                    && let Err(fault) = hand_over(config, &responses)
                {
                    // The file stays, so that it is read and answered again at the next poll.
                    self.health.problem(&fault, now);
                    return Err(Hindered);
                }
                self.put_away(line, path);
                Ok(())
            }
            Err(error) => {
                tracing::error!(counterpart = self.config.name, %error, "a file waits: its content could not be kept");
                Err(Hindered)
            }
        }
    }

    fn put_away(&self, line: &mut ParcelLine, path: &Path) {
        if let Err(fault) = line.put_away(path) {
            self.health.problem(&fault, self.context.clock.now());
        }
    }
}
