//! `GET /v1/inquiries/{id}`.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;

use super::{InquiryPath, InquiryView, about};
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::At;
use crate::api::problem::Problem;

pub(super) async fn show(
    State(gateway): State<Shared>,
    caller: Caller<{ may::READ }>,
    At(path): At<InquiryPath>,
) -> Result<Json<InquiryView>, Problem> {
    about(&gateway, &caller.0, path, InquiryView::read).await.map(Json)
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("getInquiry")
        .tag("inquiries")
        .summary("An inquiry as it stands 查控申请概况")
        .response_with::<404, Problem, _>(|response| response.description("There is no such inquiry"))
}
