//! `GET /v1/measures/{id}`.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;

use super::{MeasurePath, MeasureView};
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::At;
use crate::api::problem::Problem;

pub(super) async fn show(
    State(gateway): State<Shared>,
    _: Caller<{ may::READ }>,
    At(path): At<MeasurePath>,
) -> Result<Json<MeasureView>, Problem> {
    let around = Shared::clone(&gateway);
    let found = gateway.store.read(move |reads| match reads.measure(path.id)? {
        Some(measure) => MeasureView::find_around(reads, &around, measure).map(Some),
        None => Ok(None),
    });
    found.await?.map(Json).ok_or_else(|| Problem::not_found("measure"))
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("getMeasure")
        .tag("measures")
        .summary("A measure as it stands 控制措施")
        .response_with::<404, Problem, _>(|response| response.description("There is no such measure"))
}
