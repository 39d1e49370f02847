//! The audit: what was done, by whom, why, and what it changed.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

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
    pub detail: Option<Value>,
    /// Why it was refused; null for what was done.
    pub refused: Option<String>,
}
