//! Replies 反馈: what a counterpart said about one order. Nothing ≠ silence ≠ refusal ≠ failure.

mod fit;
mod holding;
mod stated;

pub use fit::{Misfit, misfits};
pub use holding::Holding;
pub use stated::Stated;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::asset::FoundAsset;
use crate::date::{Date, Moment};
use crate::money::Money;

/// What a counterpart said about one order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Reply {
    /// To a query: these assets.
    Found {
        /// At least one.
        assets: Vec<FoundAsset>,
    },
    /// To a query: the counterpart knows of none. One "none" is never final: a bank may say so for an error of its own.
    Nothing,
    /// To a query: these assets, and something is missing.
    Partial {
        /// What was found, perhaps none.
        assets: Vec<FoundAsset>,
        /// What is missing and why, in words for court staff.
        missing: Vec<String>,
    },
    /// To a control: done, the full amount is held.
    Held(Holding),
    /// To a control: in force, but less is held than was asked; the rest may wait behind earlier freezes.
    PartlyHeld(Holding),
    /// To a release: done.
    Released {
        /// How much was released; null when the counterpart does not say.
        amount: Option<Money>,
        /// The counterpart's remark.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        words: String,
    },
    /// To a deduction: done.
    Deducted {
        /// How much was deducted; null when the counterpart does not say.
        amount: Option<Money>,
    },
    /// To a forced transfer: registered.
    Transferred {
        /// On this day; null when the counterpart does not say.
        on: Option<Date>,
    },
    /// To a control: not done.
    NotHeld(Refusal),
    /// The counterpart does not do what was asked, or not for this order.
    Refused(Refusal),
}

impl Reply {
    /// The assets said to exist.
    pub fn assets(&self) -> &[FoundAsset] {
        match self {
            Self::Found { assets } | Self::Partial { assets, .. } => assets,
            _ => &[],
        }
    }

    /// The counterpart's words for what it did not do, or what is missing; empty otherwise.
    pub fn words(&self) -> String {
        match self {
            Self::Refused(refusal) | Self::NotHeld(refusal) => refusal.words.clone(),
            Self::Partial { missing, .. } => missing.join("；"),
            _ => String::new(),
        }
    }

    /// A short stable word, for labels and events.
    pub const fn outcome(&self) -> &'static str {
        match self {
            Self::Found { .. } => "found",
            Self::Nothing => "nothing",
            Self::Partial { .. } => "partial",
            Self::Held(holding) if holding.accepted_only => "accepted",
            Self::Held(_) => "held",
            Self::PartlyHeld(_) => "partly_held",
            Self::Released { .. } => "released",
            Self::Deducted { .. } => "deducted",
            Self::Transferred { .. } => "transferred",
            Self::NotHeld(_) => "not_held",
            Self::Refused(_) => "refused",
        }
    }
}

/// Why something was not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Refusal {
    /// Our reason.
    pub reason: RefusalReason,
    /// The counterpart's words, verbatim.
    pub words: String,
}

/// Reasons, one catalogue for every counterpart; the words are kept beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefusalReason {
    /// A legal document or certificate is missing or unreadable.
    DocumentMissing,
    /// Name, number or documents do not agree with each other.
    IdentityMismatch,
    /// The account, unit or certificate does not exist there.
    TargetUnknown,
    /// The account or right has ended: closed, transferred.
    TargetEnded,
    /// The measure that should be renewed or released is not known there.
    OriginalUnknown,
    /// The counterpart does not do this kind of act.
    NotSupported,
    /// The counterpart says its own system failed.
    CounterpartError,
    /// The counterpart reviewed the request and declined it.
    Declined,
    /// None of the above could be read from the words.
    Other,
}

/// A value or code that the connector does not know: kept verbatim, counted, shown, never guessed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UnknownValue {
    /// Field name as on the wire.
    pub field: String,
    /// The value, verbatim.
    pub value: String,
}

/// A reply with what came along with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Answer {
    /// The reply.
    pub reply: Reply,
    /// When the counterpart says it answered.
    pub answered_at: Option<Moment>,
    /// Values that the connector does not know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<UnknownValue>,
    /// Sealed receipts 回执, byte for byte.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub receipts: Vec<Receipt>,
}

impl Answer {
    /// A bare reply.
    pub const fn of(reply: Reply) -> Self {
        Self { reply, answered_at: None, unknown: Vec::new(), receipts: Vec::new() }
    }
}

/// A receipt document that came with an answer, kept byte for byte (法释〔2013〕20号 art. 4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Receipt {
    /// File name or title.
    pub title: String,
    /// File extension.
    pub format: String,
    /// The bytes, Base64 in JSON.
    #[serde(with = "crate::message::base64_bytes")]
    #[schemars(with = "String")]
    pub content: std::sync::Arc<[u8]>,
}
