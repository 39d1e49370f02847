//! `GET /v1/store` and `POST /v1/store/move`: where the store 存储 is, and its move to a database while the gateway runs.

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::access::{Caller, may};
use super::extract::{JsonBody, ReasonGiven};
use super::problem::{Problem, ProblemKind};
use super::{Shared, audit};

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route("/v1/store", get_with(show, show_docs))
        .api_route("/v1/store/move", post_with(begin, begin_docs))
}

/// The store.
#[derive(Debug, Serialize, JsonSchema)]
struct StoreView {
    /// Its folder, or server and database.
    place: String,
    /// Whether it is on a database server.
    on_server: bool,
    /// How the last move since the start of the process ended.
    last_move: Option<MoveView>,
}

/// A move of the store that ended.
#[derive(Debug, Serialize, JsonSchema)]
struct MoveView {
    /// When it ended.
    at: Timestamp,
    /// Where it was to go.
    to: String,
    /// Why it was not done; null where it was.
    failure: Option<String>,
}

/// A move that begins now.
#[derive(Debug, Serialize, JsonSchema)]
struct MoveBegun {
    /// Where the store is.
    from: String,
    /// Where it goes.
    to: String,
}

async fn show(State(gateway): State<Shared>, _: Caller<{ may::STORE }>) -> Json<StoreView> {
    let moves = &gateway.moves;
    let last = moves.last.clone();
    let last_move = last.map(|last| MoveView { at: last.at, to: last.to, failure: last.failure });
    Json(StoreView { place: moves.place.clone(), on_server: moves.on_server, last_move })
}

async fn begin(
    State(gateway): State<Shared>,
    caller: Caller<{ may::STORE }>,
    JsonBody(given): JsonBody<ReasonGiven>,
) -> Result<(StatusCode, Json<MoveBegun>), Problem> {
    let reason = given.checked()?;
    let not_now = |why| Problem::new(ProblemKind::NotNow, why);
    let planned = gateway.moves.plan().await.map_err(not_now)?;
    let entry = audit(gateway.clock.now(), caller.name(), "move_store", &planned.to, &reason);
    gateway.engine.audit(entry).await?;
    let begun = MoveBegun { from: gateway.moves.place.clone(), to: planned.to.clone() };
    gateway.moves.begin(planned).map_err(not_now)?;
    Ok((StatusCode::ACCEPTED, Json(begun)))
}

fn show_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation.id("showStore").tag("operations").summary("Where the store is 存储位置")
}

fn begin_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("moveStore")
        .tag("operations")
        .summary("Move the store to the database that the configuration file names now 迁移存储")
        .description(
            "For a gateway on the embedded store, with `[store] url` written into its configuration file. Nothing is sent and everybody \
             who calls is told to come again (503) until everything is copied and compared; then the gateway goes on, on the database, \
             or on the embedded store where the move failed. `GET /v1/store` says which.",
        )
        .response_with::<202, Json<MoveBegun>, _>(|response| response.description("It begins now"))
        .response_with::<409, Problem, _>(|response| {
            response.description("It cannot be moved there; nothing was changed, and the detail says why")
        })
        .response_with::<422, Problem, _>(|response| response.description("A reason is missing"))
}
