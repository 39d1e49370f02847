//! Writing down what happened to a batch, however long the store needs.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chakong_contract::connector::{Charges, Read, ReadContent};
use chakong_contract::{Fault, FaultKind, Moment, RequestNumber};

use super::super::take_in::source;
use super::Lane;
use super::reuse::{Keys, keep};
use crate::inquiry::{OrderId, OrderRecord, OrderState};
use crate::settle::{Happening, Source, apply};
use crate::store::{RawMessage, StoreError, Stored, Tx};

/// Most numbers of a vendor that are kept of one conversation.
const MOST_REFERENCES: usize = 200;
/// How long to wait before writing again what the store did not take.
const WRITE_AGAIN: Duration = Duration::from_secs(1);

/// A conversation, to be kept with what follows from it.
#[derive(Debug)]
pub(super) struct Conversed {
    /// What was said.
    pub(super) raw: RawMessage,
    /// Its SHA-256, hexadecimal.
    pub(super) digest: String,
    /// Requests that still count against the day's quota; the first one was counted before it left.
    pub(super) further_requests: u64,
    /// What it cost.
    pub(super) charges: Charges,
    /// Keys under which answers may be used again.
    pub(super) keys: Keys,
}

/// Books what a conversation cost: the counter of the day, and the vendor's numbers beside the order.
fn account(tx: &mut dyn Tx, heard: &Conversed, order: Option<OrderId>) -> Stored<()> {
    let (charges, at) = (&heard.charges, heard.raw.at);
    if charges.requests > 0 {
        tx.add_charges(&heard.raw.lane, Moment::from_timestamp(at).date(), charges.requests)?;
    }
    for reference in charges.references.iter().take(MOST_REFERENCES) {
        if let Some(order) = order {
            tx.insert_charge_reference(order, at, reference)?;
        }
    }
    Ok(())
}

/// Whether the counterpart called back about a control before it answered the conversation: what it said there is about what
/// became of the control, and the answer only about its acceptance.
fn was_called_back(order: &OrderRecord, happening: &Happening) -> bool {
    let is_settled = matches!(order.state, OrderState::Answered | OrderState::Refused);
    order.is_control() && is_settled && matches!(happening, Happening::Answered(_))
}

/// What happened to each order of a batch.
pub(super) type Outcomes = Vec<(OrderId, Happening)>;

impl Lane {
    /// Settles orders and keeps the conversation in one transaction. A full or failing disk is waited for: what a
    /// counterpart said is never dropped. Whether an order is queued again.
    pub(super) async fn settle(&self, outcomes: Outcomes, heard: Option<Conversed>) -> Stored<bool> {
        let outcomes = Arc::new(outcomes);
        let heard = heard.map(Arc::new);
        loop {
            let (outcomes, heard) = (Arc::clone(&outcomes), heard.clone());
            let (query, control) = (self.circumstances(false), self.circumstances(true));
            let digest = heard.as_ref().map(|heard| heard.digest.clone()).unwrap_or_default();
            let mut source = self.source(digest);
            let written = self
                .context
                .store
                .write(move |tx| {
                    if let Some(heard) = &heard {
                        source.raw = Some(tx.insert_raw(&heard.raw)?);
                        if heard.further_requests > 0 {
                            let day = Moment::from_timestamp(heard.raw.at).date();
                            tx.spend_quota(&heard.raw.lane, day, heard.further_requests)?;
                        }
                        account(tx, heard, outcomes.first().map(|(id, _)| *id))?;
                    }
                    let mut again = false;
                    for (id, happening) in outcomes.iter() {
                        let order = tx.order(*id)?.ok_or(StoreError::Missing("the order"))?;
                        let on = if order.is_control() { &control } else { &query };
                        if heard.is_some() && was_called_back(&order, happening) {
                            continue;
                        }
                        let after = apply(tx, &order, happening.clone(), on, &source)?;
                        again |= after.state == OrderState::Queued;
                        if let Some(heard) = &heard {
                            keep(tx, &after, heard)?;
                        }
                    }
                    Ok(again)
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
    pub(super) fn sort_out(&self, ids: &[(OrderId, RequestNumber)], reads: Vec<Read>) -> Outcomes {
        let mut outcomes: Outcomes = Vec::with_capacity(ids.len());
        for read in reads {
            let found = read.number.as_ref().and_then(|number| ids.iter().find(|(_, known)| known == number));
            match (found, read.content) {
                (Some((id, _)), ReadContent::Answer(answer)) => {
                    self.health.unknown_values.fetch_add(
                        u64::try_from(answer.unknown.len()).unwrap_or(u64::MAX),
                        Ordering::Relaxed,
                    );
                    outcomes.push((*id, Happening::Answered(Arc::from(answer))));
                }
                (Some((id, _)), ReadContent::Fault(fault)) => outcomes.push((*id, Happening::Faulted(fault))),
                // A conversation gives answers whole; more of one, or what stands beside it, comes only from who hands in.
                (Some(_), ReadContent::More(_) | ReadContent::Beside(_)) | (None, _) => {
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
