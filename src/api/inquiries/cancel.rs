//! `POST /v1/inquiries/{id}/cancel`.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;

use super::{InquiryPath, InquiryView, about};
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::acting::act;
use crate::api::extract::{At, JsonBody, ReasonGiven};
use crate::api::problem::Problem;
use crate::domain::decide::Act;

pub(super) async fn cancel(
    State(gateway): State<Shared>,
    caller: Caller<{ may::REQUERY }>,
    At(path): At<InquiryPath>,
    JsonBody(given): JsonBody<ReasonGiven>,
) -> Result<Json<InquiryView>, Problem> {
    let reason = given.checked()?;
    let inquiry = about(&gateway, &caller.0, path, |_, inquiry| Ok(inquiry)).await?;
    act(&gateway, &caller.0, (None, Act::Cancel(inquiry.id)), reason, Vec::new()).await?;
    about(&gateway, &caller.0, path, |reads, inquiry| InquiryView::read(reads, inquiry)).await.map(Json)
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("cancelInquiry")
        .tag("inquiries")
        .summary("Withdraw an inquiry 撤回查控申请")
        .description(
            "What was not sent is not sent; nothing more is frozen, and a freeze that takes effect later is given back. What \
             stands is told and stands until it is released. Cancelling twice changes nothing.",
        )
        .response_with::<404, Problem, _>(|response| response.description("There is no such inquiry"))
        .response_with::<422, Problem, _>(|response| response.description("A reason is missing"))
}
