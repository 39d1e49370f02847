//! `POST /v1/inquiries/{uid}/cancel`.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;

use super::{InquiryPath, InquiryView};
use crate::api::access::{Caller, may};
use crate::api::extract::{At, ReasonGiven, Sent};
use crate::api::problem::Problem;
use crate::api::{Shared, act};
use crate::settle;

pub(super) async fn cancel(
    State(gateway): State<Shared>,
    caller: Caller<{ may::ACT }>,
    At(path): At<InquiryPath>,
    Sent(given): Sent<ReasonGiven>,
) -> Result<Json<InquiryView>, Problem> {
    let reason = given.checked()?;
    let act = act(gateway.clock.now(), caller.name(), "cancel", path.uid, &reason);
    let cancelled = gateway.store.write(move |tx| {
        let Some(inquiry) = tx.inquiry_by_uid(path.uid)? else {
            return Ok(Err(settle::Declined::Unknown("inquiry")));
        };
        match settle::cancel(tx, inquiry.id, &act)? {
            Ok(inquiry) => InquiryView::read(tx, inquiry).map(Ok),
            Err(declined) => Ok(Err(declined)),
        }
    });
    Ok(Json(cancelled.await??))
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("cancelInquiry")
        .tag("inquiries")
        .summary("Withdraw an inquiry 撤回查控申请")
        .description(
            "What was not sent is not sent; what is under way may still be answered; measures stand until they are \
             released. Cancelling twice changes nothing.",
        )
        .response_with::<404, Problem, _>(|response| response.description("There is no such inquiry"))
        .response_with::<422, Problem, _>(|response| response.description("A reason is missing"))
}
