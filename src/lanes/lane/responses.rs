//! What is sent back about files that could not be understood: durable before the file is put away, handed over after that, and
//! not for ever.

use chakong_contract::{Fault, FaultKind, Message, Response};

use super::Lane;
use crate::domain::{RawDirection, RawMessage};
use crate::engine::Response as KeptResponse;
use crate::lines::parcel::Depot;
use crate::store::codec::{decode, encode};
use crate::store::{Responded, Stored};

/// How often a failure about the same is answered; then somebody has to look.
const MOST_RESPONSES: u32 = 10;

impl Lane {
    /// Keeps what is sent back about a message, `digest` its bytes', each under a name that was not used before.
    pub(super) async fn note_responses(&self, responses: Vec<Response>, digest: String) -> Stored<()> {
        let (engine, lane, now) = (&self.context.engine, &self.config.name, self.context.clock.now());
        let mut given_up = false;
        for Response { about, message } in responses {
            let (name, digest) = (message.name.clone(), digest.clone());
            let Responded { nth, times } =
                engine.responded(lane.clone(), name.clone(), about.clone(), digest.clone()).await?;
            if times >= MOST_RESPONSES {
                given_up = true;
                engine.note_response(lane.clone(), name, about, digest).await?;
                continue;
            }
            let message = if nth > 1 { self.config.connector.renamed(&message, nth) } else { message };
            let raw = RawMessage {
                lane: lane.clone(),
                batch: None,
                direction: RawDirection::Out,
                name: message.name.clone(),
                at: now,
                bytes: encode(&message.bytes),
            };
            engine.keep_responses(lane.clone(), digest, vec![(name, KeptResponse { about, raw })]).await?;
        }
        if given_up {
            let detail = format!(
                "the same failed {MOST_RESPONSES} times; the counterpart is not told again, a person must talk to it"
            );
            let fault = Fault::new(FaultKind::Malformed, "answer a file", detail);
            self.handle.problem(&fault, now);
            tracing::warn!(counterpart = self.config.name, %fault, "a file stays unanswered");
        }
        Ok(())
    }

    /// Hands over whatever was kept to be sent back, also before a crash. What a stopped lane leaves is its successor's.
    pub(super) async fn send_responses(&self, depot: &dyn Depot) {
        if let Err(error) = self.try_send_responses(depot).await {
            tracing::error!(counterpart = self.config.name, %error, "what is sent back waits for the store");
        }
    }

    async fn try_send_responses(&self, depot: &dyn Depot) -> Stored<()> {
        let lane = self.config.name.clone();
        let unsent = self.context.store.read(move |reads| reads.unsent(&lane)).await?;
        let mut sent = Vec::with_capacity(unsent.len());
        for (id, raw) in unsent {
            let Ok(bytes) = decode("answer to a file", raw.bytes.as_stored()) else {
                tracing::error!(
                    counterpart = self.config.name,
                    id = id.get(),
                    "a stored answer cannot be read"
                );
                sent.push(id);
                continue;
            };
            if !self.hand_over_until_stopped(depot, &[Message::new(raw.name, bytes)]).await {
                break;
            }
            sent.push(id);
        }
        if !sent.is_empty() {
            self.context.engine.note_sent(sent).await?;
        }
        Ok(())
    }
}
