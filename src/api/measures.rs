//! Measures 控制措施: lines of the ledgers, and what people do about them.

mod acts;
mod deduct;
mod list;
mod receipt;
mod seen;
mod show;
mod view;

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use schemars::JsonSchema;
use serde::Deserialize;

pub(super) use view::MeasureInFull;

use super::Shared;
use crate::domain::MeasureId;

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route("/v1/measures", get_with(list::list, list::docs))
        .api_route("/v1/measures/{id}", get_with(show::show, show::docs))
        .api_route("/v1/measures/{id}/receipts/{sha256}", get_with(receipt::show, receipt::docs))
        .api_route("/v1/measures/{id}/approve", post_with(acts::approve, acts::approve_docs))
        .api_route("/v1/measures/{id}/reject", post_with(acts::reject, acts::reject_docs))
        .api_route("/v1/measures/{id}/reconsider", post_with(acts::reconsider, acts::reconsider_docs))
        .api_route("/v1/measures/{id}/value", post_with(acts::value, acts::value_docs))
        .api_route("/v1/measures/{id}/rate", post_with(acts::rate, acts::rate_docs))
        .api_route("/v1/measures/{id}/release", post_with(acts::release, acts::release_docs))
        .api_route("/v1/measures/{id}/renew", post_with(acts::renew, acts::renew_docs))
        .api_route("/v1/measures/{id}/deduct", post_with(deduct::deduct, deduct::docs))
        .api_route("/v1/measures/{id}/transfer", post_with(acts::transfer, acts::transfer_docs))
}

/// Names a measure.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
pub(super) struct MeasurePath {
    /// Number of the measure.
    id: MeasureId,
}
