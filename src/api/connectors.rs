//! `GET /v1/connectors` and `GET /v1/connectors/{id}`: what the gateway can speak.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use chakong_contract::Manifest;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Shared;
use super::access::{Caller, may};
use super::extract::At;
use super::problem::Problem;

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route("/v1/connectors", get_with(list, list_docs))
        .api_route("/v1/connectors/{id}", get_with(show, show_docs))
}

/// Every connector.
#[derive(Debug, Serialize, JsonSchema)]
struct ConnectorList {
    /// Their manifests.
    connectors: Vec<Manifest>,
}

/// Names a connector.
#[derive(Debug, Deserialize, JsonSchema)]
struct ConnectorPath {
    /// Identifier of the connector.
    id: String,
}

async fn list(State(gateway): State<Shared>, _: Caller<{ may::WATCH }>) -> Json<ConnectorList> {
    let connectors = gateway.plugins.iter().map(|plugin| plugin.manifest.clone()).collect();
    Json(ConnectorList { connectors })
}

async fn show(
    State(gateway): State<Shared>,
    _: Caller<{ may::WATCH }>,
    At(path): At<ConnectorPath>,
) -> Result<Json<Manifest>, Problem> {
    let found = gateway.plugins.iter().find(|plugin| plugin.manifest.id == path.id);
    found.map(|plugin| Json(plugin.manifest.clone())).ok_or_else(|| Problem::not_found("connector"))
}

fn list_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation.id("listConnectors").tag("connectors").summary("Connectors 连接器")
}

fn show_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("getConnector")
        .tag("connectors")
        .summary("What a connector declares 连接器说明")
        .response_with::<404, Problem, _>(|response| response.description("There is no such connector"))
}
