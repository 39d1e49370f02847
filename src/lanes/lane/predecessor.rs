//! What the replica that had the lane before may still have under way. One that was cut off from the database lives on, and so do its last
//! requests; none of them was begun after its lease was over.

use std::sync::Arc;

use super::Lane;
use crate::domain::OpenCourts;
use crate::store::Stored;

impl Lane {
    /// Keeps as many requests back as the last replica may have under way that lost the lane without giving it back, until the longest of
    /// them is over. What it has under way is due still, or on its way, as far as the store knows: it could not write what came of it.
    pub(super) async fn wait_for_predecessor(self: &Arc<Self>) -> Stored<()> {
        let shared = &self.shared;
        let (Some(longest), Some(lapsed)) =
            (self.delivery.longest_request(), shared.context.store.leases().lapsed(&shared.lease))
        else {
            return Ok(());
        };
        let wait = longest.saturating_sub(lapsed);
        if wait.is_zero() {
            return Ok(());
        }
        let (name, now) = (shared.config.name.clone(), shared.context.clock.now());
        let most = usize::try_from(shared.config.limits.concurrency).unwrap_or(usize::MAX);
        let read = move |reads: &mut dyn crate::store::Reads| {
            let due =
                reads.due_orders(&name, now, most, &std::collections::HashSet::new(), &OpenCourts::All)?;
            Ok(due.len() + reads.interrupted(&name)?.len())
        };
        let under_way = shared.context.store.read(read).await?.min(most);
        let Some(kept_back) = shared.handle.admission.keep_back(under_way) else { return Ok(()) };
        tracing::info!(
            counterpart = shared.config.name,
            requests = under_way,
            wait_ms = wait.as_millis(),
            "the replica that had this lane was not heard of and may have requests under way; as many wait until those are over"
        );
        let lane = Arc::clone(self);
        // The lane goes to nobody else before. Where the process ends, whoever has it next reckons anew.
        let over = self.under_way.track_future(async move {
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = lane.shared.context.tasks.soft().cancelled() => {}
            }
            drop(kept_back);
            lane.shared.freed.notify_waiters();
        });
        shared.context.tasks.spawn_job("predecessor", over);
        Ok(())
    }
}
