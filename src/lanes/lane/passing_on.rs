//! Queries do not wait for a counterpart whose quota is spent or whose breaker is open, where another stands in for it.

use chakong_contract::{Fault, FaultKind};

use super::super::DueOrder;
use super::super::outcome::Outcomes;
use super::ahead::Ahead;
use super::{Blocked, Gate, Lane};
use crate::domain::decide::OrderInput;

impl Lane {
    /// Passes on what need not wait; `true` when nothing that was read ahead is left waiting, so that the lane should look again.
    pub(super) async fn pass_on(&self, ahead: &mut Ahead, blocked: Blocked) -> bool {
        let fault = match blocked.gate {
            Gate::Quota => {
                Fault::new(FaultKind::QuotaSpent, "send the order", "our quota for today is spent")
            }
            Gate::Spent => Fault::new(FaultKind::QuotaSpent, "send the order", "its quota for us is spent"),
            Gate::Breaker => Fault::new(FaultKind::Transient, "send the order", "the breaker is open"),
            Gate::Window
            | Gate::Share
            | Gate::HoldOff
            | Gate::Rate
            | Gate::Concurrency
            | Gate::OlderStore => return false,
        };
        if !self.shared.context.counterparts.lead_on_from(&self.shared.config.name) {
            return false;
        }
        let goes = |DueOrder { record, .. }: &&DueOrder| !record.is_control() && record.ticket.is_none();
        let passed: Outcomes = ahead
            .ready
            .iter()
            .filter(goes)
            .map(|due| (due.record.id, OrderInput::Blocked(fault.clone())))
            .collect();
        if passed.is_empty() {
            return false;
        }
        let whole = passed.len() == ahead.ready.len();
        // What was read ahead no longer stands as it was read.
        ahead.ready.clear();
        match self.shared.settle(passed, None).await {
            Ok(some_wait) => whole && !some_wait,
            Err(error) => {
                tracing::error!(counterpart = self.shared.config.name, %error, "orders could not be passed on");
                false
            }
        }
    }
}
