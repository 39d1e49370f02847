use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Something in what a counterpart said that nothing may be concluded from until a person has looked at it. What it said is kept
/// verbatim beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Doubt {
    /// What it is about.
    pub about: DoubtAbout,
    /// What is wrong with it.
    pub kind: DoubtKind,
    /// Field name as on the wire.
    pub field: String,
    /// The value, verbatim.
    pub value: String,
}

/// What a doubt is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DoubtAbout {
    /// The number of the account, sub-account or product.
    Number,
    /// Its class, by which it may be exempt.
    Class,
    /// Its status.
    Status,
    /// Its currency.
    Currency,
    /// Its balance.
    Balance,
    /// Its available balance.
    Available,
    /// The day of its opening.
    Opened,
    /// The day of its closing.
    Closed,
    /// The limit of a measure.
    Limit,
    /// What a measure really holds.
    Held,
    /// The term of a measure.
    Term,
    /// Anything else.
    Other,
}

/// What is wrong with what a counterpart said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DoubtKind {
    /// Text that no counterpart writes: decoded wrongly on its way, or with characters lost 乱码.
    Garbled,
    /// Stated, and not readable: not the same as not stated.
    Unreadable,
    /// Two entries of one answer contradict each other.
    Contradiction,
    /// An amount or a date beyond all measure.
    Implausible,
}

impl DoubtAbout {
    /// Whether a control may depend on it, so that no control is ordered without an officer.
    pub const fn bars_a_measure(self) -> bool {
        !matches!(self, Self::Balance | Self::Opened | Self::Other)
    }
}
