//! Delivery over a call line.

use std::sync::Arc;
use std::time::Duration;

use chakong_contract::connector::{Batch, Dialogue, Input, Read, ReadContent, Speaks, Step};
use chakong_contract::{Fault, FaultKind};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use tokio::sync::OwnedSemaphorePermit;

use super::super::Admission;
use super::outcome::Outcomes;
use super::{Lane, Sendable, batch_of, reuse, wrong_line};
use crate::domain::decide::OrderInput;
use crate::domain::{BatchId, OrderId, OrderRecord, OrderState, RawDirection, RawMessage};
use crate::engine::{Conversation, Dispatch};
use crate::lines::call::{CallLine, Ended};
use crate::store::Stored;
use crate::store::codec::encode;

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
            .map(|_| self.handle.tokens.draw(rand::Rng::random(&mut rand::rng())));
        let (token, standing) = drawn.unzip();
        let batch = batch_of(BatchId::new(leading.id.get()), started, orders, token);
        let (mut dialogue, first) = match self.open_dialogue(&batch, leading.ticket.as_deref()) {
            Ok(opened) => opened,
            Err(fault) => {
                drop(permit);
                return self.settle(all(&records, &OrderInput::Faulted(fault)), None).await;
            }
        };
        if control && matches!(first, Step::Send(_)) {
            let before = records.len();
            records = self.mark_sending(records, &first).await?;
            if records.len() < before {
                // Somebody withdrew a part of it meanwhile. The rest goes out in a message of its own.
                return self.settle(all(&records, &OrderInput::Interrupted), None).await;
            }
        } else if self.handle.admission.has_quota() {
            self.context.engine.spend_quota(self.config.name.clone(), started).await?;
        }
        let conversation = line.converse(&mut *dialogue, first, control, &self.handle.admission).await;
        drop((permit, standing));
        let now = self.context.clock.now();
        self.note(&conversation.ended, now.duration_since(started).unsigned_abs(), now);
        // The next message need not wait until this one's answer is written.
        self.freed.notify_waiters();
        let raw = RawMessage {
            lane: self.config.name.clone(),
            batch: None,
            direction: RawDirection::In,
            name: "conversation".into(),
            at: now,
            bytes: encode(&conversation.transcript),
        };
        let digest = hex::encode(Sha256::digest(&conversation.transcript));
        let further_requests = match self.handle.admission.has_quota() {
            true => conversation.requests.saturating_sub(1),
            false => 0,
        };
        let (charges, keys) =
            (dialogue.charges(), reuse::keys(&*self.context.store, &self.config, &records, &batch.orders));
        let told = Conversation { raw, digest, further_requests, charges, keys };
        self.settle(self.outcomes_of(&records, conversation.ended), Some(told)).await
    }

    /// Keeps what a conversation says of the counterpart itself.
    fn note(&self, ended: &Ended, took: Duration, now: Timestamp) {
        match ended {
            Ended::Failed(fault) => {
                self.handle.admission.failed(fault);
                self.handle.faulted(fault, now);
            }
            Ended::Done(reads) => {
                self.handle.answered(took, now);
                hear(&self.handle.admission, reads);
            }
            Ended::Later { .. } => {
                self.handle.admission.succeeded();
                self.handle.answered(took, now);
            }
        }
    }

    fn open_dialogue(&self, batch: &Batch, ticket: Option<&str>) -> Result<(Box<dyn Dialogue>, Step), Fault> {
        let speaks = self.config.connector.speaks();
        let Speaks::Call(call) = speaks else { return Err(wrong_line(speaks)) };
        let mut dialogue = call.open(batch, ticket)?;
        let step = dialogue.next(Input::Start);
        Ok((dialogue, step))
    }

    /// Makes it durable that these controls leave, with the digest of their bytes; gives those that still may.
    async fn mark_sending(&self, records: Vec<OrderRecord>, first: &Step) -> Stored<Vec<OrderRecord>> {
        let Step::Send(request) = first else { return Ok(records) };
        let dispatch = Dispatch {
            lane: self.config.name.clone(),
            at: self.context.clock.now(),
            orders: records.iter().map(|record| record.id).collect::<Vec<OrderId>>(),
            batch: None,
            digest: Sha256::digest(request.to_bytes()).to_vec(),
            files: Vec::new(),
            counts: self.handle.admission.has_quota(),
            together: false,
        };
        let going = self.context.engine.dispatch(dispatch).await?.going;
        let goes = records.into_iter().filter(|record| going.contains(&record.id));
        Ok(goes.map(|record| OrderRecord { state: OrderState::Sending, ..record }).collect())
    }

    fn outcomes_of(&self, records: &[OrderRecord], ended: Ended) -> Outcomes {
        match ended {
            Ended::Failed(fault) => all(records, &OrderInput::Faulted(fault)),
            Ended::Later { ticket, after } => {
                let now = self.context.clock.now();
                let at = now.checked_add(after).unwrap_or(now);
                all(records, &OrderInput::Ticket { ticket, at })
            }
            Ended::Done(reads) => {
                let ids: Vec<_> = records.iter().map(|record| (record.id, record.number())).collect();
                self.sort_out(&ids, reads)
            }
        }
    }
}

/// What an answer says about the counterpart: that it is there, and where it puts single orders off, that it asks for time.
fn hear(admission: &Admission, reads: &[Read]) {
    let put_off = |read: &Read| match &read.content {
        ReadContent::Fault(fault) => {
            let asks = matches!(fault.kind, FaultKind::RateLimited | FaultKind::QuotaSpent);
            (asks || fault.retry_after.is_some()).then(|| fault.clone())
        }
        _ => None,
    };
    let put_off: Vec<Fault> = reads.iter().filter_map(put_off).collect();
    if put_off.is_empty() || put_off.len() < reads.len() {
        admission.succeeded();
    }
    put_off.iter().for_each(|fault| admission.failed(fault));
}

/// The same for every order of a batch.
pub(super) fn all(records: &[OrderRecord], happening: &OrderInput) -> Outcomes {
    records.iter().map(|record| (record.id, happening.clone())).collect()
}
