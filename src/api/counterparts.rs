//! Counterparts 协助单位: health of their lanes, pause, resume, probe.

mod charges;
mod faults;
mod messages;
mod pause;
mod probe;
mod shares;
mod show;

use std::sync::Arc;

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use chakong_contract::LineKind;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::shares::ShareView;
use super::Shared;
use super::access::{Identity, may};
use super::problem::Problem;
use crate::config::CounterpartConfig;
use crate::domain::Pause;
use crate::lanes::{BreakerState, CounterpartView, LaneState};
use crate::store::LaneCounts;

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route("/v1/counterparts", get_with(show::list, show::list_docs))
        .api_route("/v1/counterparts/{name}", get_with(show::show, show::show_docs))
        .api_route("/v1/counterparts/{name}/charges", get_with(charges::charges, charges::docs))
        .api_route("/v1/counterparts/{name}/faults", get_with(faults::faults, faults::docs))
        .api_route(
            "/v1/counterparts/{name}/faults/{number}/again",
            post_with(faults::send_again, faults::again_docs),
        )
        .api_route("/v1/counterparts/{name}/messages", get_with(messages::messages, messages::docs))
        .api_route("/v1/counterparts/{name}/pause", post_with(pause::pause, pause::pause_docs))
        .api_route("/v1/counterparts/{name}/resume", post_with(pause::resume, pause::resume_docs))
        .api_route("/v1/counterparts/{name}/probe", post_with(probe::probe, probe::docs))
}

/// Names a counterpart.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub(super) struct CounterpartPath {
    /// Name of the counterpart.
    name: String,
}

/// A counterpart as operations see it.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct CounterpartInFull {
    /// Name, which is that of its file.
    name: String,
    /// Chinese name.
    name_zh: String,
    /// English name.
    name_en: String,
    /// The connector it uses; null when it is no longer configured.
    connector: Option<&'static str>,
    /// Kind of its line; null when it is no longer configured.
    line: Option<LineKind>,
    /// Why it is paused, if it is.
    paused: Option<String>,
    /// When the pause ends by itself; null where a person ends it.
    paused_until: Option<Timestamp>,
    /// Requests that it charged today (Asia/Shanghai); null for callers who see some courts alone.
    charges_today: Option<u64>,
    /// Shares of courts in the day's quota, of the courts that the caller sees; empty where courts have none.
    shares: Vec<ShareView>,
    /// Name of the replica that works for its lane; null while none does, and where the store has one process.
    replica: Option<String>,
    /// Whether another replica works for its lane, or none does yet: its health is not known here.
    elsewhere: bool,
    /// Its orders, as the store has them; null for callers who see some courts alone, as they are every court's.
    orders: Option<LaneCounts>,
    /// Health of its lane; null while its line cannot be opened, and where its lane is elsewhere.
    health: Option<CounterpartView>,
    /// Why its line cannot be opened; null where it is open.
    closed: Option<String>,
}

/// What is known here of a lane.
enum LaneHere {
    /// It works.
    Open(Box<CounterpartView>),
    /// Its line cannot be opened, and why, if somebody tried.
    Closed(Option<String>),
    /// Another replica works for it, or none does yet.
    Elsewhere,
}

impl CounterpartInFull {
    fn configured(
        config: &CounterpartConfig,
        pause: Option<Pause>,
        charges_today: u64,
        orders: LaneCounts,
        lane: LaneHere,
    ) -> Self {
        let (elsewhere, health, closed) = match lane {
            LaneHere::Open(health) => (false, Some(*health), None),
            LaneHere::Closed(why) => (false, None, why),
            LaneHere::Elsewhere => (true, None, None),
        };
        let (paused, paused_until) = parts(pause);
        Self {
            name: config.name.clone(),
            name_zh: config.name_zh.clone(),
            name_en: config.name_en.clone(),
            connector: Some(config.plugin.manifest.id),
            line: Some(config.line.kind()),
            paused,
            paused_until,
            charges_today: Some(charges_today),
            shares: Vec::new(),
            replica: None,
            elsewhere,
            orders: Some(orders),
            health,
            closed,
        }
    }

    /// The same without what counts orders of every court.
    fn without_counts(self) -> Self {
        let health = self.health.map(|health| CounterpartView { counts: None, ..health });
        Self { orders: None, charges_today: None, health, ..self }
    }

    /// One that has orders and no configuration any more: they wait.
    fn unconfigured(name: String, pause: Option<Pause>, charges_today: u64, counts: LaneCounts) -> Self {
        let (paused, paused_until) = parts(pause);
        let health = CounterpartView {
            name: name.clone(),
            state: LaneState::Unconfigured,
            breaker: BreakerState::Closed,
            waits_until: None,
            counts: Some(counts),
            in_flight: 0,
            rate_left: None,
            quota_left: None,
            sent: 0,
            answered: 0,
            faulted: 0,
            problems: 0,
            unknown_values: 0,
            files_stuck: 0,
            files_stuck_fault: None,
            success: None,
            latency_p50_ms: None,
            latency_p95_ms: None,
            latency_p99_ms: None,
            last_success: None,
            last_fault: None,
            last_fault_at: None,
        };
        let (name_zh, name_en) = (name.clone(), name.clone());
        let health = Some(health);
        Self {
            name,
            name_zh,
            name_en,
            connector: None,
            line: None,
            paused,
            paused_until,
            charges_today: Some(charges_today),
            shares: Vec::new(),
            replica: None,
            elsewhere: false,
            orders: Some(counts),
            health,
            closed: None,
        }
    }
}

/// Whether somebody sees what travels for every court: whoever operates the lanes, and whoever sees every court's cases.
fn sees_every_court(caller: &Identity) -> bool {
    caller.may(may::OPERATE) || caller.courts.are_all()
}

/// Why a counterpart is paused, and until when.
fn parts(pause: Option<Pause>) -> (Option<String>, Option<Timestamp>) {
    pause.map_or((None, None), |pause| (Some(pause.reason), pause.until))
}

/// The configuration of a counterpart.
fn configured(gateway: &Shared, path: &CounterpartPath) -> Result<Arc<CounterpartConfig>, Problem> {
    let config = gateway.counterparts.now().get(&path.name).cloned();
    config.ok_or_else(|| Problem::not_found("counterpart"))
}
