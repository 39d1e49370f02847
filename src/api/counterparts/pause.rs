//! `POST /v1/counterparts/{name}/pause` and `/resume`: a pause outlives a restart.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;

use super::{CounterpartPath, configured};
use crate::api::access::{Caller, may};
use crate::api::extract::{At, ReasonGiven, Sent};
use crate::api::problem::Problem;
use crate::api::{Shared, act};

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
    caller: Caller<{ may::OPERATIONS }>,
    At(path): At<CounterpartPath>,
    Sent(given): Sent<ReasonGiven>,
) -> Result<Json<PauseState>, Problem> {
    set(&gateway, path, caller.name(), given, true).await
}

pub(super) async fn resume(
    State(gateway): State<Shared>,
    caller: Caller<{ may::OPERATIONS }>,
    At(path): At<CounterpartPath>,
    Sent(given): Sent<ReasonGiven>,
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
    let act = act(gateway.clock.now(), actor, word, path.name.as_str(), &reason);
    let (name, lane) = (path.name.clone(), gateway.board.get(&path.name));
    let written = gateway.store.write(move |tx| {
        tx.set_paused(&name, paused.then_some(act.reason.as_str()))?;
        tx.insert_act(&act)?;
        // Here and not after the commit: the lane that the commit wakes looks at it, also when the caller is gone.
        if let Some(lane) = &lane {
            lane.set_paused(paused);
        }
        Ok(())
    });
    if let Err(error) = written.await {
        restore(gateway, &path.name).await;
        return Err(error.into());
    }
    Ok(Json(PauseState { name: path.name, paused }))
}

/// What could not be written does not hold: the lane goes by what the store knows.
async fn restore(gateway: &Shared, name: &str) {
    let (lane, name) = (gateway.board.get(name), name.to_owned());
    if let (Some(lane), Ok(paused)) = (lane, gateway.store.read(move |reads| reads.paused(&name)).await) {
        lane.set_paused(paused.is_some());
    }
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
