//! What is wrong with a line is told in the log once, and again when it is something else or came back.

use std::sync::{Mutex, PoisonError};

use chakong_contract::fault::{Fault, FaultKind};

/// The last fault that was told.
#[derive(Debug, Default)]
pub(super) struct FaultLog(Mutex<Option<Fault>>);

impl FaultLog {
    /// A fault that a person must mend; others are the lane's to tell.
    pub(super) fn fault(&self, fault: &Fault) {
        let is_a_persons = matches!(fault.kind, FaultKind::Misconfigured | FaultKind::Unauthorised);
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if is_a_persons && last.as_ref() != Some(fault) {
            tracing::warn!(%fault, "a line cannot be used until somebody mends it");
            *last = Some(fault.clone());
        }
    }

    /// The line works.
    pub(super) fn works(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
