//! `GET /metrics`: Prometheus text.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use aide::transform::TransformOperation;
use axum::Extension;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};

use super::Shared;
use super::access::{Caller, may};
use crate::observe::{HttpMetrics, render, scrape};

pub(super) fn routes(metrics: HttpMetrics) -> ApiRouter<Shared> {
    ApiRouter::new().api_route("/metrics", get_with(show, docs)).layer(Extension(metrics))
}

async fn show(
    State(gateway): State<Shared>,
    _: Caller<{ may::METRICS }>,
    Extension(metrics): Extension<HttpMetrics>,
) -> Response {
    let text = metrics.render() + &render(&scrape(&gateway).await);
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("metrics")
        .tag("operations")
        .summary("Metrics 监控指标")
        .response_with::<200, String, _>(|response| response.description("Prometheus text"))
}
