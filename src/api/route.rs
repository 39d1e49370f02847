//! Which endpoint a request is for.

use axum::extract::{MatchedPath, Request};

/// Paths that have their own idea of time.
pub(super) const PATIENT: [&str; 2] = ["/v1/results", "/v1/results/stream"];

/// Paths at which another program may be started, which has a time limit of its own.
pub(super) const PRINTING: [&str; 2] = ["/v1/cases/{id}/papers", "/v1/papers/batch"];

/// The pattern of a request's path, never the path itself.
pub(super) fn route_of(request: &Request) -> &str {
    request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str)
}
