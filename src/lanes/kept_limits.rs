//! What limits a lane beyond its move to another process: the breaker, and the time that the counterpart asked for.

use chakong_contract::fault::{Fault, FaultKind, RetryAfter};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptLimits {
    /// Until when the breaker is open, and how often it opened in a row.
    #[serde(default)]
    pub breaker: Option<(Timestamp, u32)>,
    /// Until when queries wait because the counterpart asked for time.
    #[serde(default)]
    pub held_until: Option<Timestamp>,
    /// Whether it says that its quota for us is spent.
    #[serde(default)]
    pub is_spent: bool,
}

impl KeptLimits {
    /// What the counterpart said when it asked for time.
    pub(super) fn asked(&self) -> Option<Fault> {
        let until = self.held_until?;
        let kind = if self.is_spent { FaultKind::QuotaSpent } else { FaultKind::RateLimited };
        let fault =
            Fault::new(kind, "take over the lane", "the counterpart asked for time before the lane moved");
        Some(fault.retry_after(Some(RetryAfter::At(until))))
    }
}
