//! `GET /v1/inquiries/{uid}/acts`: who did what and why.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;

use super::{InquiryPath, about};
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::At;
use crate::api::problem::Problem;
use crate::store::Act;

/// Acts on an inquiry.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ActList {
    /// Oldest first.
    acts: Vec<Act>,
}

pub(super) async fn acts(
    State(gateway): State<Shared>,
    _: Caller<{ may::READ }>,
    At(path): At<InquiryPath>,
) -> Result<Json<ActList>, Problem> {
    let read = about(&gateway, path, |reads, inquiry| {
        Ok(ActList { acts: reads.acts_of(&inquiry.uid.to_string())? })
    });
    read.await.map(Json)
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("listActs")
        .tag("inquiries")
        .summary("Acts of people on an inquiry 操作记录")
        .response_with::<404, Problem, _>(|response| response.description("There is no such inquiry"))
}
