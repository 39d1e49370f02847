//! Property that a person found to be left alone.

use serde::{Deserialize, Serialize};

use super::super::rules::release_reasons::ReleaseReason;

/// That a person released a property because no measure may touch it: it is exempt, or a third party's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftAlone {
    /// Why.
    pub reason: ReleaseReason,
    /// Who found it.
    pub by: String,
}
