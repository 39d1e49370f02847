//! Findings: what is wrong with a request, each with its place.

use schemars::JsonSchema;
use serde::Serialize;

/// One rule that a request breaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Finding {
    /// JSON pointer to the place (RFC 6901).
    pub pointer: String,
    /// What is wrong and what to do.
    pub detail: String,
}

impl Finding {
    /// A finding at a place.
    pub fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), detail: detail.into() }
    }
}
