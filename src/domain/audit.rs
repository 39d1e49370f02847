//! The audit: what was done, by whom, why, and what it changed.

use chakong_contract::RequestNumber;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::{ClaimState, MeasureView, OrderState};

/// A line of the audit: an act of a person, of the clock or of a counterpart.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// Who: the name of the key or person, or `clock`.
    pub actor: String,
    /// What: `submit`, `requery`, `cancel`, `approve`, `pause` …
    pub act: String,
    /// On what: the inquiry's identifier, the case's number or the counterpart's name.
    pub subject: String,
    /// Why.
    pub reason: String,
    /// What it was about: measure, order, amount, and each before and after; null where nothing of it applies.
    #[schemars(with = "Option<ActDetail>")]
    pub detail: Option<Value>,
    /// Why it was refused; null for what was done.
    pub refused: Option<String>,
}

/// What an act was about, before and after. Which of these stand there follows from the act; a line of an earlier version may have
/// others.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ActDetail {
    /// What it was about, as it was before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<ActSubject>,
    /// Its measures, as they are after it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measures: Vec<MeasureView>,
    /// Request numbers of the orders that it made or was about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub orders: Vec<RequestNumber>,
    /// The claim after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<ClaimBrief>,
    /// References of parties whose numbers fail their check, on an officer's word.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unverified_documents_of: Vec<String>,
    /// How many controls under way a restoration put before a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub controls: Option<u64>,
    /// The counterpart that showed a number beyond those that this store gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counterpart: Option<String>,
}

/// What an act was about: a measure, an order, or a claim.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum ActSubject {
    /// A measure as it stood.
    Measure(Box<MeasureView>),
    /// An order that was resolved.
    Order {
        /// Its request number.
        order: RequestNumber,
        /// Its state.
        state: OrderState,
        /// How it was resolved.
        resolution: String,
    },
    /// The claim.
    Claim {
        /// As it stood; null while there was none.
        claim: Option<ClaimBrief>,
    },
}

/// A claim in short.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ClaimBrief {
    /// How much may be taken, in yuan, as decimal text.
    pub amount: String,
    /// State.
    pub state: ClaimState,
}
