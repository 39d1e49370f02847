//! Writing down what happened to a batch, however long the store needs.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chakong_contract::connector::{Read, ReadContent};
use chakong_contract::{Fault, FaultKind};

use super::super::take_in::source;
use super::Lane;
use crate::inquiry::OrderId;
use crate::settle::{Happening, Source, apply};
use crate::store::{RawMessage, StoreError, Stored};

/// How long to wait before writing again what the store did not take.
const WRITE_AGAIN: Duration = Duration::from_secs(1);

/// What happened to each order of a batch.
pub(super) type Outcomes = Vec<(OrderId, Happening)>;

impl Lane {
    /// Settles orders and keeps the raw message, whose digest comes with it, in one transaction. A full or failing disk is waited for: what a
    /// counterpart said is never dropped.
    pub(super) async fn settle(&self, outcomes: Outcomes, raw: Option<(RawMessage, String)>) -> Stored<()> {
        let outcomes = Arc::new(outcomes);
        let (raw, digest) = raw.map_or((None, String::new()), |(raw, digest)| (Some(raw), digest));
        loop {
            let (outcomes, raw) = (Arc::clone(&outcomes), raw.clone());
            let (query, control) = (self.circumstances(false), self.circumstances(true));
            let mut source = self.source(digest.clone());
            let written = self
                .context
                .store
                .write(move |tx| {
                    source.raw = raw.as_ref().map(|raw| tx.insert_raw(raw)).transpose()?;
                    for (id, happening) in outcomes.iter() {
                        let order = tx.order(*id)?.ok_or(StoreError::Missing("the order"))?;
                        let on = if order.is_control() { &control } else { &query };
                        apply(tx, &order, happening.clone(), on, &source)?;
                    }
                    Ok(())
                })
                .await;
            match written {
                Err(StoreError::Full | StoreError::Failed { .. })
                    if !self.context.tasks.hard().is_cancelled() =>
                {
                    tracing::warn!(counterpart = self.config.name, "an outcome waits for the store");
                    tokio::time::sleep(WRITE_AGAIN).await;
                }
                other => return other,
            }
        }
    }

    pub(super) fn source(&self, digest: String) -> Source {
        source(&self.config, digest)
    }

    /// The outcome of each order from what was read; an order that nothing was said about has a fault of its own.
    pub(super) fn sort_out(&self, ids: &[(OrderId, String)], reads: Vec<Read>) -> Outcomes {
        let mut outcomes: Outcomes = Vec::with_capacity(ids.len());
        for read in reads {
            let found = read
                .number
                .as_ref()
                .and_then(|number| ids.iter().find(|(_, known)| known == number.as_str()));
            match (found, read.content) {
                (Some((id, _)), ReadContent::Answer(answer)) => {
                    self.health.unknown_values.fetch_add(
                        u64::try_from(answer.unknown.len()).unwrap_or(u64::MAX),
                        Ordering::Relaxed,
                    );
                    outcomes.push((*id, Happening::Answered(Arc::from(answer))));
                }
                (Some((id, _)), ReadContent::Fault(fault)) => outcomes.push((*id, Happening::Faulted(fault))),
                (None, _) => {
                    let fault = Fault::new(
                        FaultKind::Malformed,
                        "match an answer",
                        "it is about no order of the batch",
                    );
                    self.health.problem(&fault, self.context.clock.now());
                }
            }
        }
        for (id, _) in
            ids.iter().filter(|(id, _)| !outcomes.iter().any(|(known, _)| known == id)).collect::<Vec<_>>()
        {
            let fault =
                Fault::new(FaultKind::Malformed, "match the answers", "nothing was said about this order");
            outcomes.push((*id, Happening::Faulted(fault)));
        }
        outcomes
    }
}
