//! Delivery over a call line: one conversation a batch.

pub mod conversation;
pub mod reserve;

use std::time::Duration;

use chakong_contract::connector::{Batch, Dialogue, Input, Read, ReadContent, Step};
use chakong_contract::{Fault, FaultKind};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use tokio::sync::OwnedSemaphorePermit;

use super::super::Admission;
use super::super::context::LaneContext;
use super::super::outcome::{Outcomes, all};
use super::super::reach::{Reachable, Reached};
use super::super::reuse;
use super::super::tokens::Tokens;
use super::{Delivery, Sendable, batch_of, wrong_line};
use crate::config::CallConfig;
use crate::domain::decide::OrderInput;
use crate::domain::{BatchId, Counted, OrderId, OrderRecord, OrderState, RawDirection, RawMessage};
use crate::engine::{Conversation as Told, Dispatch};
use crate::lines::call::CallLine;
use crate::store::Stored;
use crate::store::codec::encode;

use reserve::Reserve;

pub use conversation::{About, Conversation, Ended, converse};

/// Delivery over a call line. Nothing comes unasked: call-backs come to the postbox service.
#[derive(Debug)]
pub struct CallDelivery(CallLine);

impl CallDelivery {
    /// Opens the line.
    ///
    /// # Errors
    /// A fault when a certificate or proxy of the configuration cannot be used.
    pub fn open(config: &CallConfig) -> Result<Self, Fault> {
        CallLine::open(config).map(Self)
    }

    /// Holds the conversation about a batch and settles it. The permit is given back before settling.
    async fn hold(
        &self,
        lane: &LaneContext,
        sendable: Sendable,
        permit: OwnedSemaphorePermit,
    ) -> Stored<bool> {
        let Sendable { mut records, orders } = sendable;
        let Some(leading) = records.first() else { return Ok(false) };
        let (control, court) = (leading.is_control(), leading.court.clone());
        let counts = lane.handle.admission.counted_to(&court);
        let started = lane.context.clock.now();
        // Where the counterpart calls back, it may ask whether a conversation is really ours, as long as that is under way.
        let called_at = lane.config.line.called_at();
        let drawn = called_at.map(|_| lane.handle.tokens.draw(rand::Rng::random(&mut rand::rng())));
        let (token, standing) = drawn.unzip();
        let shared = token.as_ref().filter(|_| lane.context.store.leases().is_shared()).map(Tokens::digest);
        let batch = batch_of(BatchId::new(leading.id.get()), started, orders, token);
        let (mut dialogue, first) = match open_dialogue(lane, &batch, leading.ticket.as_deref()) {
            Ok(opened) => opened,
            Err(fault) => {
                drop(permit);
                return lane.settle(all(&records, &OrderInput::Faulted(fault)), None).await;
            }
        };
        if let Some(digest) = &shared {
            // It may be asked about anywhere. One that never leaves is known to nobody.
            lane.context.engine.keep_call_token(digest.clone(), lane.config.name.clone()).await?;
        }
        if control && matches!(first, Step::Send(_)) {
            let before = records.len();
            records = mark_sending(lane, records, &first, counts.clone()).await?;
            if records.len() < before {
                // Somebody withdrew a part of it meanwhile. The rest goes out in a message of its own.
                return lane.settle(all(&records, &OrderInput::Interrupted), None).await;
            }
        } else {
            lane.context.engine.spend_quota(&lane.config.name, &counts, started, 1).await?;
        }
        let (admission, quota) = (&lane.handle.admission, Reserve::of(lane, counts.clone()));
        let about = About { control, court: &court };
        let conversation = converse(&self.0, &mut *dialogue, first, about, admission, quota).await;
        drop((permit, standing));
        if let Some(digest) = shared
            && let Err(error) = lane.context.engine.spend_call_token(digest).await
        {
            tracing::warn!(counterpart = lane.config.name, %error, "a token stands longer than its call");
        }
        let now = lane.context.clock.now();
        note(lane, &conversation.ended, now.duration_since(started).unsigned_abs(), now);
        // The next message need not wait until this one's answer is written.
        lane.freed.notify_waiters();
        let raw = RawMessage {
            lane: lane.config.name.clone(),
            batch: None,
            direction: RawDirection::In,
            name: String::new(),
            at: now,
            bytes: encode(&conversation.transcript),
        };
        let digest = hex::encode(Sha256::digest(&conversation.transcript));
        let keys = reuse::keys(&*lane.context.store, &lane.config, &records, &batch.orders);
        let unsent = conversation.unsent;
        let told = Told { raw, digest, unsent, counts, charges: dialogue.charges(), keys };
        lane.settle(outcomes_of(lane, &records, conversation.ended), Some(told)).await
    }
}

impl Reachable for CallDelivery {
    fn is_remote(&self) -> bool {
        true
    }

    fn probe(&self) -> BoxFuture<'_, Result<Reached, Fault>> {
        async {
            let status = self.0.probe().await?;
            Ok(Reached { status: Some(status), how: format!("it answered with status {status}") })
        }
        .boxed()
    }
}

impl Delivery for CallDelivery {
    fn carries(&self) -> bool {
        true
    }

    fn longest_request(&self) -> Option<Duration> {
        Some(self.0.longest())
    }

    fn send<'a>(
        &'a self,
        lane: &'a LaneContext,
        batch: Sendable,
        permit: OwnedSemaphorePermit,
    ) -> BoxFuture<'a, Stored<bool>> {
        self.hold(lane, batch, permit).boxed()
    }
}

fn open_dialogue(
    lane: &LaneContext,
    batch: &Batch,
    ticket: Option<&str>,
) -> Result<(Box<dyn Dialogue>, Step), Fault> {
    let call = lane.config.connector.call().ok_or_else(|| wrong_line("call"))?;
    let mut dialogue = call.open(batch, ticket)?;
    let step = dialogue.next(Input::Start);
    Ok((dialogue, step))
}

/// Makes it durable that these controls leave, with the digest of their bytes; gives those that still may.
async fn mark_sending(
    lane: &LaneContext,
    records: Vec<OrderRecord>,
    first: &Step,
    counts: Counted,
) -> Stored<Vec<OrderRecord>> {
    let Step::Send(request) = first else { return Ok(records) };
    let dispatch = Dispatch {
        lane: lane.config.name.clone(),
        at: lane.context.clock.now(),
        orders: records.iter().map(|record| record.id).collect::<Vec<OrderId>>(),
        batch: None,
        digest: Sha256::digest(request.to_bytes()).to_vec(),
        files: Vec::new(),
        counts,
        together: false,
    };
    let going = lane.context.engine.dispatch(dispatch).await?.going;
    let goes = records.into_iter().filter(|record| going.contains(&record.id));
    Ok(goes.map(|record| OrderRecord { state: OrderState::Sending, ..record }).collect())
}

/// Keeps what a conversation says of the counterpart itself.
fn note(lane: &LaneContext, ended: &Ended, took: Duration, now: Timestamp) {
    match ended {
        // It is no failure of the counterpart's that this process must not send any more.
        Ended::Failed(_) if !lane.handle.admission.stands() => {}
        Ended::Failed(fault) => {
            lane.handle.admission.failed(fault);
            lane.handle.faulted(fault, now);
        }
        Ended::Done(reads) => {
            lane.handle.answered(took, now);
            note_reads(&lane.handle.admission, reads);
        }
        Ended::Later { .. } => {
            lane.handle.admission.succeeded();
            lane.handle.answered(took, now);
        }
    }
}

/// What an answer says about the counterpart: that it is there, and where it puts single orders off, that it asks for time.
fn note_reads(admission: &Admission, reads: &[Read]) {
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

fn outcomes_of(lane: &LaneContext, records: &[OrderRecord], ended: Ended) -> Outcomes {
    match ended {
        Ended::Failed(fault) => all(records, &OrderInput::Faulted(fault)),
        Ended::Later { ticket, after } => {
            let now = lane.context.clock.now();
            let at = now.checked_add(after).unwrap_or(now);
            all(records, &OrderInput::Ticket { ticket, at })
        }
        Ended::Done(reads) => {
            let ids: Vec<_> = records.iter().map(|record| (record.id, record.number())).collect();
            lane.sort_out(&ids, reads)
        }
    }
}
