//! `GET /v1/inquiries/{uid}/certificate`: the completeness certificate as of now.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;

use super::{InquiryPath, about};
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::At;
use crate::api::problem::Problem;
use crate::inquiry::Certificate;
use crate::settle::certificate_of;

pub(super) async fn certificate(
    State(gateway): State<Shared>,
    _: Caller<{ may::READ }>,
    At(path): At<InquiryPath>,
) -> Result<Json<Certificate>, Problem> {
    let now = gateway.clock.now();
    about(&gateway, path, move |reads, inquiry| certificate_of(reads, &inquiry, now)).await.map(Json)
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("getCertificate")
        .tag("inquiries")
        .summary("Completeness certificate 查控完整性证明")
        .description(
            "Who was asked, who answered how, who is silent, who was not asked and why, and what the claim is covered \
             by, as of now. `issue` is 0 until the inquiry is complete for the first time.",
        )
        .response_with::<404, Problem, _>(|response| response.description("There is no such inquiry"))
}
