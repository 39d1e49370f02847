//! `POST /v1/counterparts/{name}/pause` and `/resume`: a pause outlives a restart, and ends by itself where it says until when.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CounterpartPath, configured};
use crate::api::access::{Caller, may};
use crate::api::extract::{At, JsonBody, ReasonGiven, check_reason, no_findings};
use crate::api::problem::Problem;
use crate::api::{Shared, audit};
use crate::domain::{Finding, Pause};

/// Longest pause that ends by itself.
const LONGEST: SignedDuration = SignedDuration::from_hours(366 * 24);

/// Why, and until when.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PauseRequest {
    /// When it ends by itself, at most 366 days from now; absent means that a person resumes it.
    #[serde(default)]
    until: Option<Timestamp>,
    /// Why; 1 to 500 characters.
    #[schemars(length(min = 1, max = 500))]
    reason: String,
}

impl PauseRequest {
    fn check(&self, now: Timestamp) -> Result<(), Problem> {
        let mut findings = Vec::new();
        check_reason(&self.reason, &mut findings);
        let fits = |until: Timestamp| until > now && until.duration_since(now) <= LONGEST;
        if self.until.is_some_and(|until| !fits(until)) {
            let detail = "应为今后 366 天之内的时间 must lie in the future, at most 366 days from now";
            findings.push(Finding::new("/until", detail));
        }
        no_findings(findings)
    }
}

/// Whether the counterpart is paused now.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct PauseState {
    /// Name of the counterpart.
    name: String,
    /// Whether it is paused.
    paused: bool,
    /// When the pause ends by itself; null where a person ends it.
    until: Option<Timestamp>,
}

pub(super) async fn pause(
    State(gateway): State<Shared>,
    caller: Caller<{ may::OPERATE }>,
    At(path): At<CounterpartPath>,
    JsonBody(request): JsonBody<PauseRequest>,
) -> Result<Json<PauseState>, Problem> {
    request.check(gateway.clock.now())?;
    let PauseRequest { until, reason } = request;
    let pause = Pause { reason: reason.trim().to_owned(), until };
    set(&gateway, path, caller.name(), (reason, Some(pause))).await
}

pub(super) async fn resume(
    State(gateway): State<Shared>,
    caller: Caller<{ may::OPERATE }>,
    At(path): At<CounterpartPath>,
    JsonBody(given): JsonBody<ReasonGiven>,
) -> Result<Json<PauseState>, Problem> {
    let reason = given.checked()?;
    set(&gateway, path, caller.name(), (reason, None)).await
}

async fn set(
    gateway: &Shared,
    path: CounterpartPath,
    actor: &str,
    (reason, pause): (String, Option<Pause>),
) -> Result<Json<PauseState>, Problem> {
    configured(gateway, &path)?;
    let (paused, until) = (pause.is_some(), pause.as_ref().and_then(|pause| pause.until));
    let word = if paused { "pause" } else { "resume" };
    let mut entry = audit(gateway.clock.now(), actor, word, &path.name, &reason);
    entry.detail = until.map(|until| serde_json::json!({ "until": until }));
    gateway.engine.pause(path.name.clone(), pause, entry).await?;
    if let Some(lane) = gateway.registry.get(&path.name) {
        lane.set_paused(paused);
        // The commit woke the lane before it could know.
        gateway.store.signals().wake(&path.name, true);
    }
    Ok(Json(PauseState { name: path.name, paused, until }))
}

pub(super) fn pause_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    both(operation).id("pauseCounterpart").summary("Pause 暂停").description(
        "Nothing new is sent; what is under way may come back. Orders wait and use up their deadline. With `until` it ends by itself. One \
         that is paused already is paused anew.",
    )
}

pub(super) fn resume_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    both(operation).id("resumeCounterpart").summary("Resume 恢复")
}

fn both(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .tag("counterparts")
        .response_with::<404, Problem, _>(|response| response.description("There is no such counterpart"))
        .response_with::<422, Problem, _>(|response| {
            response.description("A reason is missing, or the time does not fit")
        })
}
