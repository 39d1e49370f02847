//! Restoration: a store that came back from a backup does not know what became of its controls since. A person decides
//! each.

use super::{Engine, Settlement};
use crate::domain::decide::OrderInput;
use crate::domain::{AuditEntry, OrderId, OrderState, actor};
use crate::store::{ActFilter, OrderFilter, Stored};

/// Most orders that are settled in one transaction, and looked at in one read.
const MOST: usize = 500;
/// Who does it, in the audit.
const ACTOR: &str = actor::OPERATOR;
/// What is done, in the audit.
const ACT: &str = "restored";

impl Engine {
    /// Puts every control that is under way before a person, once after each restoration: it may have been carried out, answered or
    /// given up since the backup was made. One that waits to be sent may have been sent. Begun again where it was interrupted; gives
    /// how many controls it was, `None` where nothing was to be done.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn after_restoration(&self) -> Stored<Option<usize>> {
        let epoch = self.store.epoch();
        let filter = ActFilter {
            act: Some(ACT.to_owned()),
            subject: Some(epoch.to_string()),
            limit: 1,
            ..ActFilter::default()
        };
        let (known, done) =
            self.store.read(move |reads| Ok((reads.known_epochs()?, reads.find_acts(&filter)?))).await?;
        // A store that was never restored knows no epoch but its own.
        if known.iter().all(|known| *known == epoch) || !done.is_empty() {
            return Ok(None);
        }
        let mut count = 0;
        for state in [OrderState::Sending, OrderState::Awaiting, OrderState::Queued] {
            count += self.forget_controls(state).await?;
        }
        self.audit(AuditEntry {
            at: self.clock.now(),
            actor: ACTOR.to_owned(),
            act: ACT.to_owned(),
            subject: epoch.to_string(),
            reason: "store.restored".to_owned(),
            detail: Some(serde_json::json!({ "controls": count })),
            refused: None,
        })
        .await?;
        Ok(Some(count))
    }

    /// Makes every control in a state undetermined. How many.
    async fn forget_controls(&self, state: OrderState) -> Stored<usize> {
        let (mut before, mut count) = (None, 0);
        loop {
            let filter = OrderFilter { state: Some(state), before, limit: MOST, ..OrderFilter::default() };
            let page = self.store.read(move |reads| reads.find_orders(&filter)).await?;
            let Some(last) = page.last() else { return Ok(count) };
            before = Some(last.id);
            let controls: Vec<OrderId> =
                page.iter().filter(|order| order.is_control()).map(|order| order.id).collect();
            if controls.is_empty() {
                continue;
            }
            count += controls.len();
            let outcomes = controls.into_iter().map(|id| (id, OrderInput::Restored)).collect();
            self.settle(Settlement { outcomes, conversation: None, connector: String::new() }).await?;
        }
    }
}
