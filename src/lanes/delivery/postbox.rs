//! Delivery over a postbox line: the counterpart fetches orders and hands answers in at the postbox service.

use std::time::Duration;

use chakong_contract::{Fault, FaultKind};
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, ready};

use super::super::context::LaneContext;
use super::super::gate::{Blocked, Gate};
use super::super::reach::{Reachable, Reached};
use super::Delivery;

/// How often the service window is looked at.
const LOOK: Duration = Duration::from_secs(30);

/// Delivery over a postbox line.
#[derive(Debug)]
pub struct PostboxDelivery;

impl Reachable for PostboxDelivery {
    fn is_remote(&self) -> bool {
        false
    }

    fn probe(&self) -> BoxFuture<'_, Result<Reached, Fault>> {
        let detail = "this counterpart calls us; it cannot be called";
        ready(Err(Fault::new(FaultKind::Unsupported, "probe the line", detail))).boxed()
    }
}

impl Delivery for PostboxDelivery {
    /// The counterpart fetches for itself; the lane only shows whether it may.
    fn receive<'a>(&'a self, lane: &'a LaneContext) -> BoxFuture<'a, ()> {
        async {
            while !lane.stop.is_cancelled() {
                let until = lane.config.window.closed_until(lane.context.clock.now());
                lane.handle.waits_for(until.map(|until| Blocked { gate: Gate::Window, until: Some(until) }));
                tokio::select! {
                    () = lane.stop.cancelled() => {}
                    () = tokio::time::sleep(LOOK) => {}
                }
            }
        }
        .boxed()
    }
}
