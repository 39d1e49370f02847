//! Queries do not wait for a counterpart whose quota is spent or whose breaker is open, where another stands in for it.

use std::collections::VecDeque;

use chakong_contract::{Fault, FaultKind};

use super::outcome::Outcomes;
use super::{Due, Lane, Refusal};
use crate::settle::Happening;

impl Lane {
    /// Passes on what need not wait; `true` when nothing that was read ahead is left waiting, so that the lane should look again.
    pub(super) async fn pass_on(&self, ready: &mut VecDeque<Due>, refusal: Refusal) -> bool {
        let fault = match refusal.by {
            "quota" => Fault::new(FaultKind::QuotaSpent, "send the order", "our quota for today is spent"),
            "breaker" => Fault::new(FaultKind::Transient, "send the order", "the breaker is open"),
            _ => return false,
        };
        if !self.context.counterparts.routes().lead_on_from(&self.config.name) {
            return false;
        }
        let goes = |(record, _): &&Due| !record.is_control() && record.ticket.is_none();
        let blocked: Outcomes = ready
            .iter()
            .filter(goes)
            .map(|(record, _)| (record.id, Happening::Blocked(fault.clone())))
            .collect();
        if blocked.is_empty() {
            return false;
        }
        let whole = blocked.len() == ready.len();
        // What was read ahead no longer stands as it was read.
        ready.clear();
        match self.settle(blocked, None).await {
            Ok(some_wait) => whole && !some_wait,
            Err(error) => {
                tracing::error!(counterpart = self.config.name, %error, "orders could not be passed on");
                false
            }
        }
    }
}
