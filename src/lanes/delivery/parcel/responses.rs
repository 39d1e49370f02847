//! What is sent back about files that could not be understood: durable before the file is put away, handed over after that, and
//! not for ever.

use std::sync::atomic::Ordering;

use chakong_contract::{Fault, FaultKind, Message, Response};
use tokio::time::Instant;

use super::super::super::context::LaneContext;
use super::{ParcelDelivery, wait_after};
use crate::domain::{RawDirection, RawMessage};
use crate::engine::Response as KeptResponse;
use crate::store::codec::{decode, encode};
use crate::store::{Responded, Stored};

/// How often a failure about the same is answered; then somebody has to look.
const MOST_RESPONSES: u32 = 10;

/// When it is tried again to send back what could not be.
#[derive(Debug, Default)]
pub(super) struct Again {
    failures: u32,
    at: Option<Instant>,
}

impl Again {
    fn is_due(&self) -> bool {
        self.at.is_none_or(|at| Instant::now() >= at)
    }

    fn after_failure(&mut self, lane: &LaneContext) {
        self.failures = self.failures.saturating_add(1);
        self.at = Some(Instant::now() + wait_after(lane, self.failures));
    }
}

impl ParcelDelivery {
    /// Tries to hand over whatever was kept to be sent back, also before a crash. What stays is tried again, ever less often: what comes
    /// is read meanwhile. What a stopped lane leaves is its successor's.
    pub(super) async fn send_responses(&self, lane: &LaneContext, again: &mut Again) {
        if !self.answers_wait.load(Ordering::Relaxed) || !again.is_due() {
            return;
        }
        match self.try_send_responses(lane).await {
            Ok(true) => {
                self.answers_wait.store(false, Ordering::Relaxed);
                *again = Again::default();
            }
            Ok(false) => again.after_failure(lane),
            Err(error) => {
                again.after_failure(lane);
                tracing::error!(counterpart = lane.config.name, %error, "what is sent back waits for the store");
            }
        }
    }

    /// Whether none is left.
    async fn try_send_responses(&self, lane: &LaneContext) -> Stored<bool> {
        let name = lane.config.name.clone();
        let unsent = match lane.read_until_stopped(move |reads| reads.unsent(&name)).await {
            Some(read) => read?,
            None => return Ok(false),
        };
        let count = unsent.len();
        let mut sent = Vec::with_capacity(unsent.len());
        for (id, raw) in unsent {
            let Ok(bytes) = decode("answer to a file", raw.bytes.as_stored()) else {
                tracing::error!(
                    counterpart = lane.config.name,
                    id = id.get(),
                    "a stored answer cannot be read"
                );
                sent.push(id);
                continue;
            };
            if !self.hand_over_once(lane, &[Message::new(raw.name, bytes)]).await {
                break;
            }
            sent.push(id);
        }
        let is_all = sent.len() == count;
        if !sent.is_empty() {
            lane.context.engine.note_sent(sent).await?;
        }
        Ok(is_all)
    }
}

/// Keeps what is sent back about a message, `digest` its bytes', each under a name that was not used before.
pub(super) async fn note_responses(
    lane: &LaneContext,
    responses: Vec<Response>,
    digest: String,
) -> Stored<()> {
    let (engine, counterpart, now) = (&lane.context.engine, &lane.config.name, lane.context.clock.now());
    let mut given_up = false;
    for Response { about, message } in responses {
        let (name, digest) = (message.name.clone(), digest.clone());
        let Responded { nth, times } =
            engine.responded(counterpart.clone(), name.clone(), about.clone(), digest.clone()).await?;
        if times >= MOST_RESPONSES {
            given_up = true;
            engine.note_response(counterpart.clone(), name, about, digest).await?;
            continue;
        }
        let message = if nth > 1 { renamed(lane, message, nth) } else { message };
        let raw = RawMessage {
            lane: counterpart.clone(),
            batch: None,
            direction: RawDirection::Out,
            name: message.name.clone(),
            at: now,
            bytes: encode(&message.bytes),
        };
        engine.keep_responses(counterpart.clone(), digest, vec![(name, KeptResponse { about, raw })]).await?;
    }
    if given_up {
        let detail = format!(
            "the same failed {MOST_RESPONSES} times; the counterpart is not told again, a person must talk to it"
        );
        let fault = Fault::new(FaultKind::Malformed, "answer a file", detail);
        lane.handle.problem(&fault, now);
        tracing::warn!(counterpart = lane.config.name, %fault, "a file stays unanswered");
    }
    Ok(())
}

/// A message under a name that was not used before; one that cannot be renamed goes out as it is.
fn renamed(lane: &LaneContext, message: Message, nth: u32) -> Message {
    match lane.config.connector.parcel() {
        Some(parcel) => parcel.renamed(&message, nth),
        None => message,
    }
}
