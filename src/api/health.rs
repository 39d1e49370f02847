//! `GET /healthz` and `GET /readyz`: the only paths that answer without a key.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use aide::transform::TransformOperation;
use axum::extract::State;
use axum::{Extension, Json};
use schemars::JsonSchema;
use serde::Serialize;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::Shared;
use super::problem::{Problem, ProblemKind};
use crate::gateway::Gateway;
use crate::relay::{RelayState, RelayWatch};
use crate::store::{Ailment, StoreError};

/// The store must write and read within this.
const STORE_ANSWERS: Duration = Duration::from_secs(4);
/// What a write showed counts for so long: whoever asks without a key causes no more writes than this.
const PROBE_EVERY: Duration = Duration::from_secs(5);
/// What failed counts for so long: it may be mended.
const FAILED_FOR: Duration = Duration::from_secs(1);

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route("/healthz", get_with(alive, alive_docs))
        .api_route("/readyz", get_with(ready, ready_docs))
        .layer(Extension(Arc::<Probe>::default()))
}

/// Fine.
#[derive(Debug, Serialize, JsonSchema)]
struct Fine {
    /// `ok`
    status: &'static str,
}

/// Ready.
#[derive(Debug, Serialize, JsonSchema)]
struct Ready {
    /// `ok`
    status: &'static str,
    /// State of each relay to a broker; one that waits for its broker does not keep requests away.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    relays: BTreeMap<&'static str, RelayState>,
    /// State of each intake from a broker.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    intakes: BTreeMap<&'static str, RelayState>,
    /// Years that are counted today and whose holidays are not known: due days are reckoned by weekdays there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    years_without_holidays: Vec<i16>,
}

/// What the last write and read showed, and when.
#[derive(Debug, Default)]
struct Probe(Mutex<Option<(Instant, Option<&'static str>)>>);

impl Probe {
    /// Why the store cannot be used: a real write that is read back, or what the last one showed.
    async fn reason(&self, gateway: &Gateway) -> Option<&'static str> {
        // Whoever asks meanwhile waits for the one write.
        let mut last = self.0.lock().await;
        if let Some((at, reason)) = *last
            && at.elapsed() < reason.map_or(PROBE_EVERY, |_| FAILED_FOR)
        {
            return reason;
        }
        let reason = match tokio::time::timeout(STORE_ANSWERS, gateway.engine.probe_store()).await {
            Ok(Ok(true)) => None,
            Ok(Ok(false)) => Some("the store does not give back what was written"),
            Ok(Err(StoreError::Failed { ailment, .. })) => Some(ailment.words()),
            Ok(Err(StoreError::Full)) => Some("the store's disk is full"),
            Ok(Err(_)) => Some("the store failed"),
            Err(_) => Some("the store does not answer"),
        };
        *last = Some((Instant::now(), reason));
        reason
    }
}

async fn alive() -> Json<Fine> {
    Json(Fine { status: "ok" })
}

async fn ready(
    State(gateway): State<Shared>,
    Extension(probe): Extension<Arc<Probe>>,
) -> Result<Json<Ready>, Problem> {
    let reasons = reasons_against(&gateway, &probe).await;
    if reasons.is_empty() {
        let leases = gateway.store.leases();
        let states = |watches: &[RelayWatch]| {
            watches.iter().map(|watch| (watch.name, watch.health(leases).state)).collect()
        };
        let (relays, intakes) = (states(&gateway.relays.relays), states(&gateway.relays.intakes));
        let years_without_holidays = gateway.engine.years_without_holidays();
        return Ok(Json(Ready { status: "ok", relays, intakes, years_without_holidays }));
    }
    Err(Problem::new(ProblemKind::NotReady, reasons.join("; ")))
}

async fn reasons_against(gateway: &Gateway, probe: &Probe) -> Vec<&'static str> {
    let mut reasons = Vec::new();
    if gateway.tasks.soft().is_cancelled() {
        reasons.push("shutting down");
    } else if gateway.store.leases().is_draining() {
        reasons.push("draining: it will stop soon");
    }
    if gateway.store.leases().stands_back().is_some() {
        reasons.push(
            "its clock is more than five seconds from the database's; look after the time service (NTP)",
        );
    }
    let ailment = gateway.store.health().ailment.map(Ailment::words);
    let found = probe.reason(gateway).await;
    reasons.extend(ailment.filter(|ailment| found != Some(ailment)));
    reasons.extend(found);
    if gateway.engine.older_than().is_some() {
        reasons.push("the store is older than what a counterpart has seen; start once with --restored");
    }
    if !gateway.has_space() {
        reasons.push("the store's disk is nearly full, or its write-ahead log too large");
    }
    reasons
}

fn alive_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation.id("healthz").tag("operations").summary("Whether the process lives 存活检查")
}

fn ready_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("readyz")
        .tag("operations")
        .summary("Whether requests are welcome 就绪检查")
        .description("The store is written and read for it, at most every five seconds while it is well.")
        .response_with::<503, Problem, _>(|response| response.description("Not ready; the detail says why"))
}
