//! What lanes work with: all of them, and one of them with its delivery.

use std::sync::Arc;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::marks::Marks;
use super::registry::{LaneHandle, LaneRegistry};
use super::translate::RecentTerms;
use crate::clock::Clock;
use crate::config::CounterpartConfig;
use crate::counterparts::Counterparts;
use crate::engine::Engine;
use crate::lifecycle::Tasks;
use crate::store::Store;

/// What every lane works with.
#[derive(Debug, Clone)]
pub struct Context {
    /// Store, to be read.
    pub store: Arc<dyn Store>,
    /// The engine, which takes what happens.
    pub engine: Engine,
    /// Clock.
    pub clock: Arc<dyn Clock>,
    /// The view for pages and metrics.
    pub registry: Arc<LaneRegistry>,
    /// Terms and documents read lately.
    pub terms: Arc<RecentTerms>,
    /// The counterparts as configured now.
    pub counterparts: Arc<Counterparts>,
    /// What is being read.
    pub marks: Arc<Marks>,
    /// Tasks.
    pub tasks: Tasks,
}

/// What a lane and its delivery share.
#[derive(Debug)]
pub struct LaneContext {
    pub(super) config: Arc<CounterpartConfig>,
    pub(super) context: Context,
    pub(super) handle: Arc<LaneHandle>,
    /// Told when one more message may leave.
    pub(super) freed: Notify,
    pub(super) stop: CancellationToken,
}
