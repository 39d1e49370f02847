//! The HTTP API: one endpoint, or a few that belong together, a file. The OpenAPI document is made from the handlers.
//!
//! Layers, outermost first: record (metrics, access line, problems with their path), slots (so many requests at
//! once), authenticate (who calls, and what they have under way), time limit, looks (on record before they are shown), masking (by
//! role); then the endpoint, whose `access::Caller` names its row of the matrix.

mod access;
mod acting;
mod acts;
mod cases;
mod connectors;
mod counterparts;
mod desk;
mod download;
mod extract;
mod health;
mod inquiries;
mod keys;
mod layers;
mod looks;
mod masking;
mod me;
mod measures;
mod metrics;
mod openapi;
mod orders;
mod page;
mod papers;
mod peer;
mod people;
mod problem;
mod reception;
mod relays;
mod replicas;
mod results;
mod route;
mod sessions;
mod statistics;
mod store;
mod tasks;

use std::sync::Arc;

use aide::axum::ApiRouter;
use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, Uri};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::Response;
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tower::ServiceExt as _;

pub use crate::domain::bilingual;
pub use crate::intake::{MOST_PARTIES, file_kind};
pub use access::{Identity, Place, Shares, may};
pub use cases::settles_claim;
pub use extract::read_bytes;
pub use inquiries::{InquiryView, OrderCounts};
pub use looks::{ReasonWanted, Reasons, Watching};
pub use peer::{address_of, keep_back, peer_of};
pub use problem::{PROBLEM_JSON, Problem, ProblemBody, ProblemKind};
pub use reception::GatewayReception;

use crate::domain::AuditEntry;
use crate::gateway::Gateway;
use crate::lines::listener::{self, Arriving};
use crate::observe::HttpMetrics;

/// What every handler is given.
type Shared = Arc<Gateway>;

fn routes(metrics: &HttpMetrics) -> ApiRouter<Shared> {
    ApiRouter::new()
        .merge(inquiries::routes())
        .merge(cases::routes())
        .merge(tasks::routes())
        .merge(statistics::routes())
        .merge(acts::routes())
        .merge(papers::routes())
        .merge(orders::routes())
        .merge(measures::routes())
        .merge(desk::routes())
        .merge(results::routes())
        .merge(relays::routes())
        .merge(replicas::routes())
        .merge(connectors::routes())
        .merge(counterparts::routes())
        .merge(store::routes())
        .merge(health::routes())
        .merge(metrics::routes(metrics.clone()))
        .merge(me::routes())
        .merge(sessions::routes())
        .merge(people::routes())
        .merge(keys::routes())
        .merge(looks::routes())
        .merge(openapi::routes())
}

/// The router of the whole API.
pub fn router(gateway: Arc<Gateway>) -> Router {
    let metrics = HttpMetrics::default();
    let slots = Arc::new(Semaphore::new(gateway.server.most_requests));
    let (router, document) = openapi::document(routes(&metrics));
    let door = access::Door::of(&gateway);
    let router = router
        .method_not_allowed_fallback(wrong_method)
        .fallback(unknown_path)
        .layer(axum::Extension(openapi::Document::new(&document)));
    guarded(router, &gateway)
        .layer(from_fn_with_state(door, access::authenticate))
        .layer(from_fn_with_state(slots, layers::slots))
        .layer(from_fn_with_state(metrics, layers::record))
        .layer(map_response(harden))
        .with_state(gateway)
}

/// The endpoints without what stands around them, for pages of the same process: who calls stands in the extensions of the request
/// already, as [`Identity`], and what may be under way at once is counted where the page was asked for.
pub fn endpoints(gateway: Arc<Gateway>) -> Router {
    let (router, _) = openapi::document(routes(&HttpMetrics::default()));
    guarded(router.fallback(unknown_path), &gateway).with_state(gateway)
}

/// What stands around every endpoint, whoever asks: masked by role, on record, within its time.
fn guarded(router: Router<Shared>, gateway: &Shared) -> Router<Shared> {
    router
        .layer(from_fn_with_state(Arc::clone(gateway), masking::mask))
        .layer(from_fn_with_state(Arc::clone(gateway), looks::record))
        .layer(from_fn_with_state(Arc::clone(gateway), layers::time_limit))
}

/// Whether a path is that of a page for people.
fn is_page(path: &str) -> bool {
    path == "/" || path == "/console" || path.starts_with("/console/")
}

/// Serves the API, and `pages` below `/console`, until the soft token; then finishes what is under way.
pub async fn serve(listener: TcpListener, gateway: Arc<Gateway>, pages: Router) {
    let (limits, tasks) = (gateway.server.listener.clone(), gateway.tasks.clone());
    let router = router(gateway);
    let answer = move |request: Request<Arriving>| {
        let router = if is_page(request.uri().path()) { &pages } else { &router };
        let answered = router.clone().oneshot(request.map(Body::new));
        async move { answered.await.unwrap_or_else(|never| match never {}) }
    };
    listener::serve("api", listener, limits, tasks, answer).await;
}

/// The OpenAPI 3.1 document as JSON.
pub fn openapi() -> String {
    let (_, document) = openapi::document(routes(&HttpMetrics::default()));
    openapi::to_json(&document)
}

async fn unknown_path() -> Problem {
    Problem::new(ProblemKind::NotFound, "there is nothing at this path; see /openapi.json")
}

async fn wrong_method(method: Method, uri: Uri) -> Problem {
    let detail = format!("{method} is not a method of {}; see /openapi.json", uri.path());
    Problem::new(ProblemKind::MethodNotAllowed, detail)
}

/// Answers hold personal data: nobody keeps them on the way.
async fn harden(mut response: Response) -> Response {
    use axum::http::HeaderValue;
    use axum::http::header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS};
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// The audit line of something that a caller does to a counterpart.
fn audit(at: Timestamp, actor: &str, act: &str, subject: &str, reason: &str) -> AuditEntry {
    AuditEntry {
        at,
        actor: actor.to_owned(),
        act: act.to_owned(),
        subject: subject.to_owned(),
        reason: reason.trim().to_owned(),
        detail: None,
        refused: None,
    }
}

#[cfg(test)]
pub(crate) mod tests;
