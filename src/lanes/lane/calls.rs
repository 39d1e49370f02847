//! Delivery over a call line.

use std::sync::Arc;

use chakong_contract::connector::{Batch, Dialogue, Heard, Speaks, Step};
use chakong_contract::{Fault, Moment};
use sha2::{Digest as _, Sha256};
use tokio::sync::OwnedSemaphorePermit;

use super::outcome::{Conversed, Outcomes};
use super::{Lane, Sendable, batch_of, reuse, wrong_line};
use crate::inquiry::{OrderId, OrderRecord, OrderState};
use crate::lines::call::{CallLine, Ended};
use crate::settle::Happening;
use crate::store::{BatchRecord, Packed, RawDirection, RawMessage, Stored};

impl Lane {
    /// Holds the conversation about a batch and settles it. The permit is given back before settling.
    pub(super) async fn deliver_call(
        self: &Arc<Self>,
        line: &CallLine,
        sendable: Sendable,
        permit: OwnedSemaphorePermit,
    ) -> Stored<bool> {
        let Sendable { mut records, orders } = sendable;
        let Some(leading) = records.first() else { return Ok(false) };
        let control = leading.is_control();
        let started = self.context.clock.now();
        // Where the counterpart calls back, it may ask whether a conversation is really ours, as long as that is under way.
        let drawn = self
            .config
            .line
            .called_at()
            .map(|_| self.health.tokens.draw(rand::Rng::random(&mut rand::rng())));
        let (token, standing) = drawn.unzip();
        let batch = batch_of(leading.id, started, orders, token);
        let (mut dialogue, first) = match self.open_dialogue(&batch, leading.ticket.as_deref()) {
            Ok(opened) => opened,
            Err(fault) => {
                drop(permit);
                return self.settle(all(&records, &Happening::Faulted(fault)), None).await;
            }
        };
        if control && matches!(first, Step::Send(_)) {
            let before = records.len();
            records = self.mark_sending(records, &first).await?;
            if records.len() < before {
                // Somebody withdrew a part of it meanwhile. The rest goes out in a message of its own.
                return self.settle(all(&records, &Happening::Interrupted), None).await;
            }
        } else if self.health.admission.has_quota() {
            let (name, day) = (self.config.name.clone(), Moment::from_timestamp(started).date());
            self.context.store.write(move |tx| tx.spend_quota(&name, day, 1)).await?;
        }
        let conversation = line.converse(&mut *dialogue, first, control, &self.health.admission).await;
        drop((permit, standing));
        let now = self.context.clock.now();
        match &conversation.ended {
            Ended::Failed(fault) => {
                self.health.admission.failed(fault);
                self.health.faulted(fault, now);
            }
            Ended::Done(_) | Ended::Later { .. } => {
                self.health.admission.succeeded();
                self.health.answered(now.duration_since(started).unsigned_abs(), now);
            }
        }
        // The next message need not wait until this one's answer is written.
        self.freed.notify_waiters();
        let raw = RawMessage {
            lane: self.config.name.clone(),
            batch: None,
            direction: RawDirection::In,
            name: "conversation".into(),
            at: now,
            bytes: Packed::of(&conversation.transcript),
        };
        let digest = hex::encode(Sha256::digest(&conversation.transcript));
        let further_requests = match self.health.admission.has_quota() {
            true => conversation.requests.saturating_sub(1),
            false => 0,
        };
        let (charges, keys) = (dialogue.charges(), reuse::keys(&self.config, &records, &batch.orders));
        let heard = Conversed { raw, digest, further_requests, charges, keys };
        self.settle(self.outcomes_of(&records, conversation.ended), Some(heard)).await
    }

    fn open_dialogue(&self, batch: &Batch, ticket: Option<&str>) -> Result<(Box<dyn Dialogue>, Step), Fault> {
        let speaks = self.config.connector.speaks();
        let Speaks::Call(call) = speaks else { return Err(wrong_line(speaks)) };
        let mut dialogue = call.open(batch, ticket)?;
        let step = dialogue.next(Heard::Start);
        Ok((dialogue, step))
    }

    /// Makes it durable that these controls leave, with the digest of their bytes; gives those that still may.
    async fn mark_sending(&self, records: Vec<OrderRecord>, first: &Step) -> Stored<Vec<OrderRecord>> {
        let Step::Send(request) = first else { return Ok(records) };
        let digest = Some(Sha256::digest(request.to_bytes()).to_vec());
        let (lane, made) = (self.config.name.clone(), self.context.clock.now());
        let ids: Vec<OrderId> = records.iter().map(|record| record.id).collect();
        let has_quota = self.health.admission.has_quota();
        let going = self
            .context
            .store
            .write(move |tx| {
                let id =
                    tx.insert_batch(&BatchRecord { lane: lane.clone(), made, digest: digest.clone() })?;
                if has_quota {
                    tx.spend_quota(&lane, Moment::from_timestamp(made).date(), 1)?;
                }
                super::parcels::send_those_queued(tx, &ids, id)
            })
            .await?;
        let goes = records.into_iter().filter(|record| going.contains(&record.id));
        Ok(goes.map(|record| OrderRecord { state: OrderState::Sending, ..record }).collect())
    }

    fn outcomes_of(&self, records: &[OrderRecord], ended: Ended) -> Outcomes {
        match ended {
            Ended::Failed(fault) => all(records, &Happening::Faulted(fault)),
            Ended::Later { ticket, after } => {
                let now = self.context.clock.now();
                let at = now.checked_add(after).unwrap_or(now);
                all(records, &Happening::Ticket { ticket, at })
            }
            Ended::Done(reads) => {
                let ids: Vec<_> = records.iter().map(|record| (record.id, record.number())).collect();
                self.sort_out(&ids, reads)
            }
        }
    }
}

/// The same for every order of a batch.
pub(super) fn all(records: &[OrderRecord], happening: &Happening) -> Outcomes {
    records.iter().map(|record| (record.id, happening.clone())).collect()
}
