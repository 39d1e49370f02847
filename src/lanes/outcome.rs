//! Writing down what happened to a batch, however long the store needs.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chakong_contract::connector::{Read, ReadContent};
use chakong_contract::{Fault, FaultKind, RequestNumber};

use super::context::LaneContext;
use super::receiving::connector_of;
use crate::domain::decide::OrderInput;
use crate::domain::{OrderId, OrderRecord};
use crate::engine::{Conversation, Settlement};
use crate::store::{Reads, StoreError, Stored};

/// How long to wait before writing again what the store did not take.
const WRITE_AGAIN: Duration = Duration::from_secs(1);
/// How long to wait before reading again what the store did not give.
const READ_AGAIN: Duration = Duration::from_secs(1);

/// What happened to each order of a batch.
pub(super) type Outcomes = Vec<(OrderId, OrderInput)>;

impl LaneContext {
    /// Settles orders and keeps the conversation in one transaction. A full or failing disk is waited for: what a
    /// counterpart said is never dropped. Whether an order is queued again.
    pub(super) async fn settle(
        &self,
        outcomes: Outcomes,
        conversation: Option<Conversation>,
    ) -> Stored<bool> {
        let connector = connector_of(&self.config);
        let settlement = Arc::new(Settlement { outcomes, conversation, connector });
        self.keep_limits().await;
        loop {
            match self.context.engine.settle(Arc::clone(&settlement)).await {
                Err(StoreError::LeaseLost) => return self.settle_elsewhere(&settlement).await,
                Err(StoreError::Full | StoreError::Failed { .. } | StoreError::Again)
                    if !self.context.tasks.hard().is_cancelled() =>
                {
                    tracing::warn!(counterpart = self.config.name, "an outcome waits for the store");
                    tokio::time::sleep(WRITE_AGAIN).await;
                }
                other => return other,
            }
        }
    }

    /// The lane has moved to another process, which goes on with these orders. What the counterpart said about them counts all the same;
    /// what follows from our own failures does not.
    async fn settle_elsewhere(&self, settlement: &Settlement) -> Stored<bool> {
        let is_said = |(_, outcome): &&(OrderId, OrderInput)| matches!(outcome, OrderInput::Answered(_));
        let outcomes: Outcomes = settlement.outcomes.iter().filter(is_said).cloned().collect();
        let counterpart = &self.config.name;
        tracing::warn!(
            counterpart,
            answers = outcomes.len(),
            "the lane has moved to another replica, which goes on with what was not answered"
        );
        if outcomes.is_empty() && settlement.conversation.is_none() {
            return Ok(false);
        }
        let late = Arc::new(Settlement { outcomes, ..settlement.clone() });
        loop {
            match self.context.engine.free().settle(Arc::clone(&late)).await {
                Err(StoreError::Full | StoreError::Failed { .. } | StoreError::Again)
                    if !self.context.tasks.hard().is_cancelled() =>
                {
                    tokio::time::sleep(WRITE_AGAIN).await;
                }
                other => return other.map(|_| false),
            }
        }
    }

    /// Keeps what limits the lane now, where the next process would not know it.
    pub(super) async fn keep_limits(&self) {
        let Some(limits) = self.handle.admission.to_keep() else { return };
        let Ok(written) = serde_json::to_string(&limits) else { return };
        match self.context.engine.keep_limits(self.config.name.clone(), written).await {
            Ok(()) => self.handle.admission.are_kept(limits),
            Err(error) => {
                tracing::warn!(counterpart = self.config.name, %error, "what limits the lane could not be kept");
            }
        }
    }

    /// The outcome of each order from what was read; an order that nothing was said about has a fault of its own.
    pub(super) fn sort_out(&self, ids: &[(OrderId, RequestNumber)], reads: Vec<Read>) -> Outcomes {
        let mut outcomes: Outcomes = Vec::with_capacity(ids.len());
        for read in reads {
            let found = read.number.as_ref().and_then(|number| ids.iter().find(|(_, known)| known == number));
            match (found, read.content) {
                (Some((id, _)), ReadContent::Answer(answer)) => {
                    self.handle.unknown_values.fetch_add(
                        u64::try_from(answer.unknown.len()).unwrap_or(u64::MAX),
                        Ordering::Relaxed,
                    );
                    outcomes.push((*id, OrderInput::Answered(Arc::from(answer))));
                }
                (Some((id, _)), ReadContent::Fault(fault)) => {
                    outcomes.push((*id, OrderInput::Faulted(fault)))
                }
                // A conversation gives answers whole; more of one, or what stands beside it, comes only from who hands in.
                (Some(_), ReadContent::Continuation(_) | ReadContent::Attachment(_)) | (None, _) => {
                    let fault = Fault::new(
                        FaultKind::Malformed,
                        "match an answer",
                        "it is about no order of the batch",
                    );
                    self.handle.problem(&fault, self.context.clock.now());
                }
            }
        }
        for (id, _) in
            ids.iter().filter(|(id, _)| !outcomes.iter().any(|(known, _)| known == id)).collect::<Vec<_>>()
        {
            let fault =
                Fault::new(FaultKind::Malformed, "match the answers", "nothing was said about this order");
            outcomes.push((*id, OrderInput::Faulted(fault)));
        }
        outcomes
    }

    /// Orders that were on their way when the gateway ended; `None` where the lane was stopped before they could be read, or they never
    /// can be.
    pub(super) async fn interrupted(&self) -> Option<Vec<OrderRecord>> {
        let name = self.config.name.clone();
        let read = self.read_until_stopped(move |reads| reads.interrupted(&name)).await?;
        let damaged = |error: &StoreError| {
            tracing::error!(counterpart = self.config.name, %error, "what was on its way cannot be read");
        };
        read.inspect_err(damaged).ok()
    }

    /// Reads, and again until that works: what a lane does after a crash must not be left out because the store failed once. `None` when
    /// the lane was stopped before.
    ///
    /// # Errors
    /// Where a row is damaged, which stays so.
    pub(super) async fn read_until_stopped<T: Send + 'static>(
        &self,
        read: impl Fn(&mut dyn Reads) -> Stored<T> + Clone + Send + 'static,
    ) -> Option<Stored<T>> {
        loop {
            match self.context.store.read(read.clone()).await {
                Err(error) if !error.is_about_a_row() => {
                    tracing::warn!(counterpart = self.config.name, %error,
                        "what was interrupted cannot be read; the lane begins when it can");
                }
                found => return Some(found),
            }
            tokio::select! {
                () = tokio::time::sleep(READ_AGAIN) => {}
                () = self.stop.cancelled() => return None,
            }
        }
    }

    /// Settles orders of which nobody knows what became of them.
    pub(super) async fn settle_interrupted(&self, ids: Vec<OrderId>) {
        let outcomes = ids.into_iter().map(|id| (id, OrderInput::Interrupted)).collect::<Vec<_>>();
        if outcomes.is_empty() {
            return;
        }
        if let Err(error) = self.settle(outcomes, None).await {
            tracing::error!(counterpart = self.config.name, %error, "interrupted orders could not be settled");
        }
    }
}

/// The same for every order of a batch.
pub(super) fn all(records: &[OrderRecord], input: &OrderInput) -> Outcomes {
    records.iter().map(|record| (record.id, input.clone())).collect()
}
