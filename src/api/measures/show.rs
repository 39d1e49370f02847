//! `GET /v1/measures/{id}`.

use std::sync::Arc;

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;

use super::{MeasureInFull, MeasurePath};
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::At;
use crate::api::problem::Problem;
use crate::people::{Identity, sight};

pub(super) async fn show(
    State(gateway): State<Shared>,
    caller: Caller<{ may::READ }>,
    At(path): At<MeasurePath>,
) -> Result<Json<MeasureInFull>, Problem> {
    read(&gateway, &caller.0, path).await.map(Json)
}

/// The measure as it stands, where the caller sees it.
pub(super) async fn read(
    gateway: &Shared,
    caller: &Identity,
    path: MeasurePath,
) -> Result<MeasureInFull, Problem> {
    let (terms, courts) = (Arc::clone(&gateway.terms), caller.courts.clone());
    let found = gateway.store.read(move |reads| match sight::measure(reads, &courts, path.id)? {
        Some(measure) => MeasureInFull::read(reads, &terms, &measure).map(Some),
        None => Ok(None),
    });
    found.await?.ok_or_else(|| Problem::not_found("measure"))
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("getMeasure")
        .tag("measures")
        .summary("A measure as it stands 控制措施")
        .response_with::<404, Problem, _>(|response| response.description("There is no such measure"))
}
