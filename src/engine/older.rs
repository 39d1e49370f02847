//! Proof that this store is older than what its counterparts have seen: a request number of its own epoch that it has not given.
//! It was lost, emptied or put back since. Numbers must never repeat, so no control leaves any more, until an operator starts the
//! gateway once with `--restored`.

use std::sync::{Arc, OnceLock};

use chakong_contract::RequestNumber;
use serde_json::json;

use super::Engine;
use crate::domain::{AuditEntry, Change, GivenNumber, IdKind, actor, numbers_in_name};
use crate::store::{ActFilter, Store, Stored, Tx};

/// What is noted in the audit, about the epoch.
const ACT: &str = "store_older";
/// Who notes it.
const ACTOR: &str = actor::GATEWAY;

/// The number that proved it; empty while nothing did.
pub(super) type Proof = Arc<OnceLock<String>>;

impl Engine {
    /// The request number that proved that the store is older than what a counterpart has seen, if one did.
    pub fn older_than(&self) -> Option<&str> {
        self.older.get().map(String::as_str)
    }

    /// Learns from the store whether another process has met the proof.
    pub async fn learn_of_age(&self) {
        if self.older_than().is_some() {
            return;
        }
        if let Ok(Some(number)) = was_older(&self.store).await
            && self.older.set(number.clone()).is_ok()
        {
            tracing::error!(
                number,
                "another replica met the proof that the store is older than the world; no control leaves until it was started with \
                 --restored"
            );
        }
    }

    /// Remembers the number that proved it, and says so.
    pub(super) fn is_older(&self, lane: &str, number: &RequestNumber) {
        if self.older.set(number.to_string()).is_ok() {
            tracing::error!(
                counterpart = lane,
                %number,
                "the counterpart showed a number of this store that it has not given: the store is older than the world; no control \
                 leaves until it was started with --restored"
            );
        }
    }

    /// A number that a counterpart showed by asking about it, and that is no order's of its.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn shown(&self, lane: String, number: RequestNumber) -> Stored<()> {
        let epoch = self.store.epoch();
        let proves =
            self.execute((lane.clone(), number.clone(), epoch), |tx, (lane, number, epoch), facts| {
                if !proves(tx, *epoch, number)? {
                    return Ok(false);
                }
                tx.write(&[note(facts.now, *epoch, lane, number)])?;
                Ok(true)
            });
        if proves.await? {
            self.is_older(&lane, &number);
        }
        Ok(())
    }
}

/// The number that proved, before the last end of the process, that a store is older, if one did in its epoch.
///
/// # Errors
/// When the store fails.
pub async fn was_older(store: &Arc<dyn Store>) -> Stored<Option<String>> {
    let filter = ActFilter {
        act: Some(ACT.to_owned()),
        subject: Some(store.epoch().to_string()),
        limit: 1,
        ..ActFilter::default()
    };
    let found = store.read(move |reads| reads.find_acts(&filter)).await?;
    Ok(found.into_iter().next().map(|(_, entry)| entry.reason))
}

/// Whether a number is of this store's epoch, well formed, and beyond every one that it has given. A number of another epoch is
/// another installation's, or of an earlier store: it proves nothing.
pub(super) fn proves(tx: &mut dyn Tx, epoch: i64, number: &RequestNumber) -> Stored<bool> {
    let own = |given: &GivenNumber| given.kind == IdKind::Order && given.epoch() == epoch;
    let Some(given) = numbers_in_name(number.as_str()).into_iter().find(own) else { return Ok(false) };
    Ok(tx.last_row(IdKind::Order, epoch)?.is_none_or(|last| given.row > last))
}

/// The line of the audit by which the next start knows.
pub(super) fn note(at: jiff::Timestamp, epoch: i64, lane: &str, number: &RequestNumber) -> Change {
    Change::Audit(AuditEntry {
        at,
        actor: ACTOR.to_owned(),
        act: ACT.to_owned(),
        subject: epoch.to_string(),
        reason: format!("{number} ({lane})"),
        detail: Some(json!({ "counterpart": lane, "orders": [number] })),
        refused: None,
    })
}
