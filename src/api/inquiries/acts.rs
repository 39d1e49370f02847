//! `GET /v1/inquiries/{id}/acts`: who did what and why.

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
use crate::domain::AuditEntry;
use crate::store::ActFilter;

/// Most acts that are shown.
const MOST: usize = 1000;

/// Acts on an inquiry.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct InquiryActs {
    /// Oldest first.
    acts: Vec<AuditEntry>,
}

pub(super) async fn acts(
    State(gateway): State<Shared>,
    caller: Caller<{ may::ACTS }>,
    At(path): At<InquiryPath>,
) -> Result<Json<InquiryActs>, Problem> {
    let read = about(&gateway, &caller.0, path, |reads, inquiry| {
        let filter =
            ActFilter { subject: Some(inquiry.uid.to_string()), limit: MOST, ..ActFilter::default() };
        let found = reads.find_acts(&filter)?;
        Ok(InquiryActs { acts: found.into_iter().rev().map(|(_, act)| act).collect() })
    });
    read.await.map(Json)
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("listInquiryActs")
        .tag("inquiries")
        .summary("Acts of people on an inquiry 操作记录")
        .response_with::<404, Problem, _>(|response| response.description("There is no such inquiry"))
}
