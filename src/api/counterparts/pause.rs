//! `POST /v1/counterparts/{name}/pause` and `/resume`: a pause outlives a restart.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;

use super::{CounterpartPath, configured};
use crate::api::access::{Caller, may};
use crate::api::extract::{At, JsonBody, ReasonGiven};
use crate::api::problem::Problem;
use crate::api::{Shared, audit};

/// Whether the counterpart is paused now.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct PauseState {
    /// Name of the counterpart.
    name: String,
    /// Whether it is paused.
    paused: bool,
}

pub(super) async fn pause(
    State(gateway): State<Shared>,
    caller: Caller<{ may::OPERATE }>,
    At(path): At<CounterpartPath>,
    JsonBody(given): JsonBody<ReasonGiven>,
) -> Result<Json<PauseState>, Problem> {
    set(&gateway, path, caller.name(), given, true).await
}

pub(super) async fn resume(
    State(gateway): State<Shared>,
    caller: Caller<{ may::OPERATE }>,
    At(path): At<CounterpartPath>,
    JsonBody(given): JsonBody<ReasonGiven>,
) -> Result<Json<PauseState>, Problem> {
    set(&gateway, path, caller.name(), given, false).await
}

async fn set(
    gateway: &Shared,
    path: CounterpartPath,
    actor: &str,
    given: ReasonGiven,
    paused: bool,
) -> Result<Json<PauseState>, Problem> {
    configured(gateway, &path)?;
    let reason = given.checked()?;
    let word = if paused { "pause" } else { "resume" };
    let entry = audit(gateway.clock.now(), actor, word, &path.name, &reason);
    let why = paused.then(|| entry.reason.clone());
    gateway.engine.pause(path.name.clone(), why, entry).await?;
    if let Some(lane) = gateway.registry.get(&path.name) {
        lane.set_paused(paused);
        // The commit woke the lane before it could know.
        gateway.store.signals().wake(&path.name, true);
    }
    Ok(Json(PauseState { name: path.name, paused }))
}

pub(super) fn pause_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    both(operation).id("pauseCounterpart").summary("Pause 暂停").description(
        "Nothing new is sent; what is under way may come back. Orders wait and use up their deadline.",
    )
}

pub(super) fn resume_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    both(operation).id("resumeCounterpart").summary("Resume 恢复")
}

fn both(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .tag("counterparts")
        .response_with::<404, Problem, _>(|response| response.description("There is no such counterpart"))
        .response_with::<422, Problem, _>(|response| response.description("A reason is missing"))
}
