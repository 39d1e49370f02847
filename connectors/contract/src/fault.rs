//! Faults: why an attempt brought no reply. The fault says whether a retry can help; nobody else decides.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// May pass by itself: time-out, connection refused, 5xx.
    Transient,
    /// Too fast: wait until the time stated, or back off.
    RateLimited,
    /// No more today or no more money: wait until the time stated.
    QuotaSpent,
    /// The counterpart does not know us: a person must act.
    Unauthorised,
    /// Address, account or parameters are wrong: a person must act.
    Misconfigured,
    /// The counterpart cannot do this.
    Unsupported,
    /// What came back cannot be read, or does not fit what was asked.
    #[serde(alias = "does_not_fit")]
    Malformed,
    /// Something was sent and nobody knows whether it was done.
    OutcomeUnknown,
}

impl FaultKind {
    /// Whether sending the same again may bring a reply.
    pub const fn retry_can_help(self) -> bool {
        matches!(self, Self::Transient | Self::RateLimited | Self::QuotaSpent | Self::Malformed)
    }

    /// Whether the counterpart itself is to blame; only these count for the breaker.
    pub const fn is_counterparts(self) -> bool {
        matches!(self, Self::Transient | Self::Malformed | Self::OutcomeUnknown)
    }

    /// A short stable word, for labels.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Transient => "transient",
            Self::RateLimited => "rate_limited",
            Self::QuotaSpent => "quota_spent",
            Self::Unauthorised => "unauthorised",
            Self::Misconfigured => "misconfigured",
            Self::Unsupported => "unsupported",
            Self::Malformed => "malformed",
            Self::OutcomeUnknown => "outcome_unknown",
        }
    }
}

/// When trying again is allowed, as the counterpart said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryAfter {
    /// After this long.
    Delay(Duration),
    /// At this instant.
    At(jiff::Timestamp),
    /// When the next day begins in Asia/Shanghai.
    Tomorrow,
}

/// Why an attempt brought no reply: kind, status, operation and context. Holds no personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// What kind.
    pub kind: FaultKind,
    /// What was being done, e.g. `fetch shareholders`.
    pub operation: String,
    /// What went wrong, lower case, so that it reads after "failed to".
    pub detail: String,
    /// The counterpart's status code or error code.
    pub status: Option<String>,
    /// When trying again is allowed.
    pub retry_after: Option<RetryAfter>,
}

impl Fault {
    /// A fault of a kind in an operation.
    pub fn new(kind: FaultKind, operation: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { kind, operation: operation.into(), detail: detail.into(), status: None, retry_after: None }
    }

    /// Adds the counterpart's status or error code.
    #[must_use]
    pub fn status(mut self, status: impl fmt::Display) -> Self {
        self.status = Some(status.to_string());
        self
    }

    /// Adds when trying again is allowed.
    #[must_use]
    pub fn retry_after(mut self, retry_after: Option<RetryAfter>) -> Self {
        self.retry_after = retry_after;
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "failed to {}: {} ({})", self.operation, self.detail, self.kind.word())?;
        match &self.status {
            Some(status) => write!(f, ", status {status}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Fault {}
