//! Tokens of calls under way, where the counterpart may ask any of several processes about one: each is good once.

use jiff::SignedDuration;

use super::Engine;
use crate::domain::{Change, LaneChange};
use crate::store::Stored;

/// No call takes longer.
const LONGEST_CALL: SignedDuration = SignedDuration::from_hours(1);

impl Engine {
    /// Keeps the digest of a token that was drawn for a lane's call.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn keep_call_token(&self, digest: Vec<u8>, lane: String) -> Stored<()> {
        self.execute((digest, lane), |tx, (digest, lane), facts| {
            tx.write(&[Change::Lane(LaneChange::NewCallToken(digest.clone(), lane.clone(), facts.now))])
        })
        .await
    }

    /// Whether a token is that of a call under way; it is good no more afterwards.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn spend_call_token(&self, digest: Vec<u8>) -> Stored<bool> {
        self.execute(digest, |tx, digest, facts| {
            let since = facts.now.checked_sub(LONGEST_CALL).unwrap_or(facts.now);
            let stands = tx.has_call_token(digest, since)?;
            if stands {
                tx.write(&[Change::Lane(LaneChange::DropCallToken(digest.clone()))])?;
            }
            Ok(stands)
        })
        .await
    }
}
