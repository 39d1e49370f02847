//! What lanes work with: all of them, and one of them with its delivery.

use std::sync::Arc;
use std::time::Duration;

use chakong_contract::{Fault, FaultKind};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::marks::Marks;
use super::registry::{LaneHandle, LaneRegistry};
use super::translate::RecentTerms;
use crate::clock::Clock;
use crate::config::CounterpartConfig;
use crate::counterparts::Counterparts;
use crate::domain::{AuditEntry, actor};
use crate::engine::Engine;
use crate::lifecycle::Tasks;
use crate::store::{Lease, Store};

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

impl Context {
    /// Tells that something was set aside: in health, log and audit. `what` is a file's name or an operation.
    pub(super) async fn tell_set_aside(&self, counterpart: &str, what: &str) {
        let now = self.clock.now();
        let detail =
            "the gateway died twice while it was read; it was set aside unread, and the others go on";
        let fault = Fault::new(FaultKind::Malformed, "read a message", detail);
        if let Some(handle) = self.registry.get(counterpart) {
            handle.problem(&fault, now);
        }
        tracing::error!(counterpart, what, %fault, "a message was set aside");
        let entry = AuditEntry {
            at: now,
            actor: actor::GATEWAY.to_owned(),
            act: "set_aside".to_owned(),
            subject: counterpart.to_owned(),
            reason: "读取时进程两次终止 the process ended twice while it was read".to_owned(),
            detail: Some(serde_json::json!({ "what": what })),
            refused: None,
        };
        if let Err(error) = self.engine.audit(entry).await {
            tracing::error!(%error, "what was set aside could not be written into the audit");
        }
    }
}

/// How often a lease is looked at that was not renewed in time.
const LEASE_AGAIN: Duration = Duration::from_millis(200);

impl LaneContext {
    /// Waits until something may leave; `false` when the lane was stopped before.
    pub(super) async fn may_leave(&self) -> bool {
        while !self.handle.admission.stands() {
            tokio::select! {
                () = tokio::time::sleep(LEASE_AGAIN) => {}
                () = self.stop.cancelled() => return false,
            }
        }
        true
    }
}

/// What a lane and its delivery share.
#[derive(Debug)]
pub struct LaneContext {
    pub(super) config: Arc<CounterpartConfig>,
    pub(super) context: Context,
    pub(super) handle: Arc<LaneHandle>,
    /// Under which it works.
    pub(super) lease: Lease,
    /// Told when one more message may leave.
    pub(super) freed: Notify,
    pub(super) stop: CancellationToken,
}
