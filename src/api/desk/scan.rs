//! `GET /v1/desk/{number}/scan`: the paper's scan of an answer that waits to be checked.

use aide::transform::TransformOperation;
use axum::extract::State;

use super::view::entered;
use super::{DeskPath, at};
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::download::Download;
use crate::api::extract::At;
use crate::api::problem::Problem;

pub(super) async fn show(
    State(gateway): State<Shared>,
    caller: Caller<{ may::DESK_READ }>,
    At(path): At<DeskPath>,
) -> Result<Download, Problem> {
    let on = at(&gateway, &caller.0, path).await?;
    let entered = entered(&on.item)?.ok_or_else(|| Problem::not_found("scan"))?;
    Ok(Download::receipt(&entered.scan.format, entered.scan.content.to_vec()))
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("getDeskScan")
        .tag("desk")
        .summary("The scan of an answer that was entered 回执扫描件")
        .description("Once the answer is taken in, it stands with the measure, or with the answer.")
        .response_with::<200, Download, _>(|response| response.description("The bytes"))
        .response_with::<404, Problem, _>(|response| {
            response.description("There is no such order, or no scan")
        })
}
