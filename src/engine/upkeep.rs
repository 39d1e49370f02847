//! The store's own upkeep: whether it writes and reads, and consumers that read no more.

use super::Engine;
use crate::domain::{AuditEntry, Change, LaneChange};
use crate::store::Stored;

impl Engine {
    /// Writes to the store and reads what was written. Whether it came back.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn probe_store(&self) -> Stored<bool> {
        let now = self.clock.now();
        self.execute(now, |tx, now, _| tx.write(&[Change::Probe(*now)])).await?;
        Ok(self.store.read(|reads| reads.probed()).await?.is_some_and(|probed| probed >= now))
    }

    /// Forgets a consumer of results, with its line in the audit. Gives what it had acknowledged and the newest event; `None`
    /// where there is no such consumer.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn remove_consumer(&self, name: String, audit: AuditEntry) -> Stored<Option<(i64, i64)>> {
        self.execute((name, audit), |tx, (name, audit), _| {
            let known = tx.consumers()?.into_iter().find(|(known, _)| known == name);
            let Some((_, acknowledged)) = known else { return Ok(None) };
            let last = tx.last_event()?;
            let detail = serde_json::json!({ "acknowledged": acknowledged, "last_event": last });
            let audit = AuditEntry { detail: Some(detail), ..audit.clone() };
            tx.write(&[Change::Lane(LaneChange::RemoveConsumer(name.clone())), Change::Audit(audit)])?;
            Ok(Some((acknowledged, last)))
        })
        .await
    }
}
