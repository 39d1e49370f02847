//! What the engine learns of the counterparts.

use std::sync::Arc;

use chakong_contract::{Fault, FaultKind};

use crate::counterparts::Counterparts;
use crate::domain::abilities::Rules;
use crate::engine::CurrentRules;
use crate::lanes::LaneRegistry;
use crate::store::{Leases, Store, lane_lease};

/// What the engine learns of the counterparts: what is configured, and what their lanes wait for.
#[derive(Debug)]
struct Known {
    counterparts: Arc<Counterparts>,
    registry: Arc<LaneRegistry>,
    leases: Arc<Leases>,
}

/// What decisions know beside the case.
pub(super) fn known(
    store: &Arc<dyn Store>,
    counterparts: &Arc<Counterparts>,
    registry: &Arc<LaneRegistry>,
) -> Arc<dyn CurrentRules> {
    Arc::new(Known {
        counterparts: Arc::clone(counterparts),
        registry: Arc::clone(registry),
        leases: Arc::clone(store.leases()),
    })
}

impl CurrentRules for Known {
    fn rules(&self) -> Arc<Rules> {
        self.counterparts.rules()
    }

    fn withheld(&self, counterpart: &str, court: &str) -> Option<Fault> {
        let fault = |kind, detail| Some(Fault::new(kind, "send the order in time", detail));
        let counterparts = self.counterparts.now();
        let Some(config) = counterparts.get(counterpart) else {
            return fault(
                FaultKind::Misconfigured,
                "该单位已不在配置中 the counterpart is no longer configured",
            );
        };
        let lane = self.registry.get(counterpart);
        let is_carried = config.line.desk().is_some();
        if is_carried && lane.as_ref().is_some_and(|lane| !lane.is_paused()) {
            return fault(FaultKind::Transient, "期限内无人领取送达 nobody carried it along in time");
        }
        if !self.leases.is_here(&lane_lease(counterpart)) {
            // What it waits for is known where its lane works.
            return None;
        }
        let closed = "线路未能打开 its line cannot be opened";
        lane.map_or_else(|| fault(FaultKind::Misconfigured, closed), |lane| Some(lane.withheld(court)))
    }
}
