//! Delivery over a desk line: people carry orders along, and fill in what was answered.

use std::collections::HashSet;
use std::time::Duration;

use chakong_contract::{Fault, FaultKind};
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, ready};
use jiff::Timestamp;

use super::super::context::LaneContext;
use super::super::gate::{Blocked, Gate};
use super::super::reach::{Reachable, Reached};
use super::Delivery;
use crate::domain::{OpenCourts, OrderId};
use crate::store::Stored;

/// How often the service window, and what is not on the desk yet, is looked at.
const LOOK: Duration = Duration::from_secs(30);
/// Orders that are put on the desk at once.
const AT_ONCE: usize = 200;
/// Orders that wait and are read at once.
const READ_AT_ONCE: usize = 1_000;
/// Most orders under way that are looked at when a counterpart becomes one that people serve.
const MOST_UNDER_WAY: usize = 10_000;

/// Delivery over a desk line.
#[derive(Debug)]
pub struct DeskDelivery;

impl Reachable for DeskDelivery {
    fn is_remote(&self) -> bool {
        false
    }

    fn probe(&self) -> BoxFuture<'_, Result<Reached, Fault>> {
        let detail = "people serve this counterpart; it cannot be called";
        ready(Err(Fault::new(FaultKind::Unsupported, "probe the line", detail))).boxed()
    }
}

impl Delivery for DeskDelivery {
    /// People carry orders along; the lane only shows whether they may, and sees to it that all are on the desk.
    fn receive<'a>(&'a self, lane: &'a LaneContext) -> BoxFuture<'a, ()> {
        async {
            while !lane.stop.is_cancelled() {
                let until = lane.config.window.closed_until(lane.context.clock.now());
                lane.handle.waits_for(until.map(|until| Blocked { gate: Gate::Window, until: Some(until) }));
                bring_to_desk(lane).await;
                tokio::select! {
                    () = lane.stop.cancelled() => {}
                    () = tokio::time::sleep(LOOK) => {}
                }
            }
        }
        .boxed()
    }

    /// What was on its way. Orders that waited when the counterpart had another line come to the desk with the first look.
    fn recover<'a>(&'a self, lane: &'a LaneContext) -> BoxFuture<'a, ()> {
        async {
            if let Some(interrupted) = lane.interrupted().await {
                lane.settle_interrupted(interrupted.iter().map(|order| order.id).collect()).await;
            }
        }
        .boxed()
    }
}

/// Puts orders on the desk that are not there; what fails is tried again at the next look.
async fn bring_to_desk(lane: &LaneContext) {
    if let Err(error) = put_on_desk(lane).await {
        let counterpart = &lane.config.name;
        tracing::error!(counterpart, %error, "orders that wait could not be put on the desk");
    }
}

/// An order that waited for its next attempt over another line waits for nothing here: people see it at once.
async fn put_on_desk(lane: &LaneContext) -> Stored<()> {
    let (name, now) = (lane.config.name.clone(), lane.context.clock.now());
    let missing = lane.context.store.read(move |reads| {
        let (mut missing, mut seen) = (Vec::new(), HashSet::new());
        loop {
            let waiting = reads.due_orders(&name, Timestamp::MAX, READ_AT_ONCE, &seen, &OpenCourts::All)?;
            if waiting.is_empty() {
                break;
            }
            for order in waiting {
                seen.insert(order.id);
                if reads.desk_item(order.id)?.is_none() {
                    missing.push(order.id);
                }
            }
        }
        for control in [true, false] {
            for order in reads.offers(&name, now, control, OrderId::default(), MOST_UNDER_WAY)? {
                if seen.insert(order.id) && reads.desk_item(order.id)?.is_none() {
                    missing.push(order.id);
                }
            }
        }
        Ok(missing)
    });
    for some in missing.await?.chunks(AT_ONCE) {
        lane.context.engine.put_on_desk(some.to_vec()).await?;
    }
    Ok(())
}
