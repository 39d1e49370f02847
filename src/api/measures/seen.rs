//! What a caller says that they saw of a measure.

use chakong_contract::{Date, Money};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::domain::MeasureState;
use crate::domain::decide::{SeenMeasure, SeenStanding};
use crate::domain::rules::exemptions::Level;

/// A measure as it was shown to whoever approves it.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SeenRequest {
    /// Its `state`.
    state: MeasureState,
    /// Its `limit`.
    limit: Money,
    /// The `level` of its `exemption`.
    exemption: Level,
}

impl From<SeenRequest> for SeenMeasure {
    fn from(seen: SeenRequest) -> Self {
        Self { state: seen.state, limit: seen.limit, level: seen.exemption }
    }
}

/// A measure that stands, as it was shown to whoever has something taken of it, given back or renewed.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SeenStandingRequest {
    /// Its `state`.
    state: MeasureState,
    /// Its `limit`.
    limit: Money,
    /// What it `held`.
    held: Money,
    /// Its last day, `until`; null where it was not known.
    until: Option<Date>,
}

impl From<SeenStandingRequest> for SeenStanding {
    fn from(seen: SeenStandingRequest) -> Self {
        Self { state: seen.state, limit: seen.limit, held: seen.held, until: seen.until }
    }
}
