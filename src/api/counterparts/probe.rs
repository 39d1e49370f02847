//! `POST /v1/counterparts/{name}/probe`: whether the counterpart can be reached, without sending any order.

use std::time::Duration;

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use chakong_contract::Fault;
use chakong_contract::fault::FaultKind;
use schemars::JsonSchema;
use serde::Serialize;

use super::{CounterpartPath, configured};
use crate::api::access::{Caller, may};
use crate::api::extract::At;
use crate::api::problem::{Problem, ProblemKind};
use crate::api::{Shared, audit};
use crate::domain::Counted;
use crate::lanes::{LaneHandle, Reachable, Reached};
use crate::queue::FaultNote;
use crate::store::lane_lease;

/// Longest time for one probe.
const LONGEST: Duration = Duration::from_secs(20);

/// What a probe found.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ProbeResult {
    /// Whether the counterpart can be reached. If so its breaker was closed.
    reachable: bool,
    /// HTTP status that a call line answered with; any status will do.
    status: Option<u16>,
    /// Why it cannot be reached.
    fault: Option<FaultNote>,
}

pub(super) async fn probe(
    State(gateway): State<Shared>,
    caller: Caller<{ may::OPERATE }>,
    At(path): At<CounterpartPath>,
) -> Result<Json<ProbeResult>, Problem> {
    let config = configured(&gateway, &path)?;
    gateway.engine.audit(audit(gateway.clock.now(), caller.name(), "probe", &path.name, "")).await?;
    let lane = gateway.registry.get(&path.name);
    let probed = match &lane {
        Some(lane) => looked(&gateway, lane).await?,
        // A lane that cannot be opened is not there: its line says why.
        None => match (gateway.open_line)(&config) {
            Ok(line) => reach(line.as_ref()).await,
            Err(fault) => Err(fault),
        },
    };
    if probed.is_ok()
        && let Some(lane) = lane
    {
        lane.admission.reset();
        if gateway.store.leases().is_shared() {
            // Whichever replica works for the lane closes its breaker too.
            gateway.engine.reset_lane(path.name.clone()).await?;
        }
        gateway.store.signals().wake(&path.name, true);
    }
    Ok(Json(match probed {
        Ok(Reached { status, .. }) => ProbeResult { reachable: true, status, fault: None },
        Err(fault) => ProbeResult { reachable: false, status: None, fault: Some((&fault).into()) },
    }))
}

/// Looks over the line of a lane, within the limits of the counterpart; what is counted by day is durable before it leaves.
async fn looked(gateway: &Shared, lane: &LaneHandle) -> Result<Result<Reached, Fault>, Problem> {
    if !lane.line.is_remote() {
        return Ok(reach(lane.line.as_ref()).await);
    }
    here(gateway, &lane.name)?;
    let _permit = match lane.admission.admit_look() {
        Ok(permit) => permit,
        Err(fault) => return Ok(Err(fault)),
    };
    if lane.admission.has_quota() {
        // It is about no court's order.
        gateway.engine.spend_quota(&lane.name, &Counted::Quota, gateway.clock.now(), 1).await?;
    }
    Ok(reach(lane.line.as_ref()).await)
}

/// The limits of a counterpart are kept by the replica that works for it: another one would look beside them.
fn here(gateway: &Shared, name: &str) -> Result<(), Problem> {
    let (leases, lease) = (gateway.store.leases(), lane_lease(name));
    let holder = leases.holder(&lease).filter(|_| leases.is_shared() && leases.held(&lease).is_none());
    let Some(holder) = holder else { return Ok(()) };
    let detail = format!("the replica {holder} works for {name} and keeps its limits; probe it there");
    Err(Problem::new(ProblemKind::NotNow, detail))
}

async fn reach(line: &dyn Reachable) -> Result<Reached, Fault> {
    let late = || Fault::new(FaultKind::Transient, "probe the line", "no answer within the time limit");
    tokio::time::timeout(LONGEST, line.probe()).await.unwrap_or_else(|_| Err(late()))
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("probeCounterpart")
        .tag("counterparts")
        .summary("Probe 探测")
        .description(
            "Sends no order. When the counterpart can be reached its breaker is closed at once. A call line is probed by the replica \
             that works for it.",
        )
        .response_with::<409, Problem, _>(|response| {
            response.description("Another replica works for it, which `replica` of the counterpart names")
        })
        .response_with::<404, Problem, _>(|response| response.description("There is no such counterpart"))
}
