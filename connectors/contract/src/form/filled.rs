//! What a person filled in, and what does not fit in it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A form as a person filled it in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Filled {
    /// Word of the outcome.
    pub outcome: String,
    /// Fields by their words; those that are absent are empty.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
    /// What is listed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<FilledRow>,
}

/// One thing that is listed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FilledRow {
    /// Word of its kind.
    pub kind: String,
    /// Fields by their words; those that are absent are empty.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
}

/// Something in a form that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{zh} {en}")]
pub struct FieldProblem {
    /// Where, as a JSON pointer into [`Filled`]: `/rows/0/fields/number`.
    pub pointer: String,
    /// What is wrong, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
}

impl FieldProblem {
    /// A problem at a place.
    pub fn new(pointer: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), zh: zh.into(), en: en.into() }
    }
}
