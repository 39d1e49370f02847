//! What fails at a broker.

/// Kind of a failure at a broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// It cannot be reached, or the connection was lost. It may pass.
    Unreachable,
    /// It did not answer in time. It may pass.
    TimedOut,
    /// It does not take more for now: full, or nobody to take the message.
    Full,
    /// The store cannot be read or written. It may pass.
    Store,
    /// It does not accept our credentials.
    Denied,
    /// It is not as configured: no JetStream, a stream with other limits, an exchange of another type.
    Unfit,
}

impl FailureKind {
    /// In a word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed_out",
            Self::Full => "full",
            Self::Store => "store",
            Self::Denied => "denied",
            Self::Unfit => "unfit",
        }
    }

    /// Whether a person must mend it.
    pub const fn is_a_persons(self) -> bool {
        matches!(self, Self::Denied | Self::Unfit)
    }
}

/// Why something failed at a broker: one sentence, without secrets and personal data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Failure {
    /// What kind.
    pub kind: FailureKind,
    /// What failed, and what to do.
    pub detail: String,
}

impl Failure {
    /// A failure of a kind.
    pub(super) fn new(kind: FailureKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }
}

/// Result of what is done at a broker.
pub(super) type Done<T> = Result<T, Failure>;
