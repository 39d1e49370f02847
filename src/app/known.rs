//! What the engine learns of the counterparts.

use std::sync::Arc;

use chakong_contract::{Fault, FaultKind};

use crate::counterparts::Counterparts;
use crate::domain::abilities::Rules;
use crate::engine::CurrentRules;
use crate::lanes::LaneRegistry;

/// What the engine learns of the counterparts: what is configured, and what their lanes wait for.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) counterparts: Arc<Counterparts>,
    pub(super) registry: Arc<LaneRegistry>,
}

impl CurrentRules for Known {
    fn rules(&self) -> Arc<Rules> {
        self.counterparts.rules()
    }

    fn withheld(&self, counterpart: &str) -> Option<Fault> {
        let unknown = || {
            let detail = "该单位已不在配置中 the counterpart is no longer configured";
            Fault::new(FaultKind::Misconfigured, "send the order in time", detail)
        };
        Some(self.registry.get(counterpart).map_or_else(unknown, |lane| lane.withheld()))
    }
}
