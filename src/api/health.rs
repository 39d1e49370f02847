//! `GET /healthz` and `GET /readyz`: the only paths that answer without a key.

use std::time::Duration;

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;

use super::Shared;
use super::problem::{Problem, ProblemKind};
use crate::gateway::Gateway;

/// The store must answer a read within this.
const STORE_ANSWERS: Duration = Duration::from_secs(2);

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route("/healthz", get_with(alive, alive_docs))
        .api_route("/readyz", get_with(ready, ready_docs))
}

/// Fine.
#[derive(Debug, Serialize, JsonSchema)]
struct Fine {
    /// `ok`
    status: &'static str,
}

async fn alive() -> Json<Fine> {
    Json(Fine { status: "ok" })
}

async fn ready(State(gateway): State<Shared>) -> Result<Json<Fine>, Problem> {
    let reasons = reasons_against(&gateway).await;
    if reasons.is_empty() {
        return Ok(Json(Fine { status: "ok" }));
    }
    Err(Problem::new(ProblemKind::NotReady, reasons.join("; ")))
}

async fn reasons_against(gateway: &Gateway) -> Vec<&'static str> {
    let mut reasons = Vec::new();
    if gateway.tasks.soft().is_cancelled() {
        reasons.push("shutting down");
    }
    let answer = tokio::time::timeout(STORE_ANSWERS, gateway.store.read(|reads| reads.last_event()));
    match answer.await {
        Ok(Ok(_)) => {}
        Ok(Err(_)) => reasons.push("the store failed"),
        Err(_) => reasons.push("the store does not answer"),
    }
    if gateway.engine.older_than().is_some() {
        reasons.push("the store is older than what a counterpart has seen; start once with --restored");
    }
    if !gateway.has_space() {
        reasons.push("the store's disk is nearly full");
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
        .response_with::<503, Problem, _>(|response| response.description("Not ready; the detail says why"))
}
