//! How orders get to a counterpart and answers come back: one value a line. A lane asks its delivery and knows no kind of line.

pub mod call;
pub mod desk;
pub mod parcel;
pub mod postbox;

use std::sync::Arc;
use std::time::Duration;

use chakong_contract::connector::Batch;
use chakong_contract::{Fault, FaultKind, Moment, Order, Secret};
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, ready};
use jiff::Timestamp;
use tokio::sync::OwnedSemaphorePermit;

use super::context::LaneContext;
use super::reach::Reachable;
use crate::config::CounterpartConfig;
use crate::domain::{BatchId, OrderRecord, day_number, put_digits};
use crate::store::Stored;

/// Opens the line of a counterpart.
pub type OpenLine = fn(&CounterpartConfig) -> Result<Arc<dyn Delivery>, Fault>;

/// One counterpart's line, as its lane uses it.
pub trait Delivery: Reachable {
    /// Makes ready what the line needs on this machine.
    fn prepare(&self) -> BoxFuture<'_, Result<(), Fault>> {
        ready(Ok(())).boxed()
    }

    /// Whether the lane carries orders out. Where it does not, which is the default, orders wait in the store until the counterpart fetches them.
    fn carries(&self) -> bool {
        false
    }

    /// How long a request may be under way, where the counterpart sees how many of ours are at once. By default it sees none.
    fn longest_request(&self) -> Option<Duration> {
        None
    }

    /// Carries orders out and settles what comes of it; `permit` is given back as soon as the next message may leave. Whether
    /// one is queued again. By default nothing leaves.
    fn send<'a>(
        &'a self,
        lane: &'a LaneContext,
        batch: Sendable,
        permit: OwnedSemaphorePermit,
    ) -> BoxFuture<'a, Stored<bool>> {
        drop((lane, batch, permit));
        ready(Ok(false)).boxed()
    }

    /// Takes in what comes without being asked for, until the lane stops. By default nothing does.
    fn receive<'a>(&'a self, lane: &'a LaneContext) -> BoxFuture<'a, ()> {
        let _ = lane;
        ready(()).boxed()
    }

    /// After a crash: settles the orders that were on their way. By default a query goes out again, and a control is
    /// undetermined unless its number is idempotent there.
    fn recover<'a>(&'a self, lane: &'a LaneContext) -> BoxFuture<'a, ()> {
        async {
            let Some(interrupted) = lane.interrupted().await else { return };
            lane.settle_interrupted(interrupted.iter().map(|order| order.id).collect()).await;
        }
        .boxed()
    }
}

/// Orders that go out together, and what their connector sees of them, in the same order. Never empty.
#[derive(Debug)]
pub struct Sendable {
    pub(super) records: Vec<OrderRecord>,
    pub(super) orders: Vec<Order>,
}

impl Sendable {
    pub(super) fn with_capacity(most: usize) -> Self {
        Self { records: Vec::with_capacity(most), orders: Vec::with_capacity(most) }
    }
}

/// The batch as a connector sees it. Its number is `made`'s day and a row number, 30 digits; never reused.
fn batch_of(id: BatchId, made: Timestamp, orders: Vec<Order>, token: Option<Secret>) -> Batch {
    let made = Moment::from_timestamp(made);
    let mut number = [b'0'; 30];
    let (day, row) = number.split_at_mut(8);
    put_digits(day, day_number(made.date()));
    put_digits(row, id.get());
    Batch { number: String::from_utf8_lossy(&number).into_owned(), made, orders, token }
}

/// The connector has no part for its counterpart's line, which `check` rules out.
fn wrong_line(line: &str) -> Fault {
    Fault::new(
        FaultKind::Misconfigured,
        "speak over this line",
        format!("the connector does not speak over a {line} line"),
    )
}
