//! Placeholder until the branch lands.
use std::sync::Arc;

/// The router.
pub fn router(_: Arc<crate::gateway::Gateway>) -> axum::Router {
    axum::Router::new()
}
