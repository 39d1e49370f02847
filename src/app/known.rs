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
        let lane = self.registry.get(counterpart);
        let counterparts = self.counterparts.now();
        let is_carried = counterparts.get(counterpart).is_some_and(|config| config.line.desk().is_some());
        if is_carried && lane.as_ref().is_some_and(|lane| !lane.is_paused()) {
            let detail = "期限内无人领取送达 nobody carried it along in time";
            return Some(Fault::new(FaultKind::Transient, "send the order in time", detail));
        }
        Some(lane.map_or_else(unknown, |lane| lane.withheld()))
    }
}
