//! Why a release is under way, as far as the case may change so that nobody wants it any more.

use serde::{Deserialize, Serialize};

/// Why a release was ordered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseCause {
    /// For a reason that no change of the claim or of the parties takes away.
    #[default]
    Lasting,
    /// More was held or asked than the claim, or the party's liability, leaves.
    Excess,
    /// Its claim was closed, its party was freed or its inquiry was cancelled.
    Unwanted,
}

/// What is known of the release of a measure that was ordered last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LastRelease {
    /// Why it was ordered.
    pub cause: ReleaseCause,
    /// Whether the claim has wanted its money again since it left: the account is looked at once it is answered.
    pub wanted_again: bool,
}

impl LastRelease {
    /// One that is ordered now.
    pub const fn because_of(cause: ReleaseCause) -> Self {
        Self { cause, wanted_again: false }
    }
}
