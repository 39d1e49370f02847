//! Layers around every endpoint, outermost first: record, slots, authenticate, time limit.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::access::Identity;
use super::problem::{Problem, ProblemKind};
use super::route::{PATIENT, PRINTING, route_of};
use crate::gateway::Gateway;
use crate::observe::HttpMetrics;

/// Paths that answer however busy the gateway is.
const ALWAYS: [&str; 2] = ["/healthz", "/readyz"];

/// How long a request waits for a place: those who are refused at the door take one for a moment each, and hundreds may come at once.
const BURST: Duration = Duration::from_millis(250);

/// The place that a request takes among those worked on at once; a stream keeps it to its end.
#[derive(Debug, Clone)]
pub struct Slot(#[allow(dead_code, reason = "held, not read")] Arc<OwnedSemaphorePermit>);

/// Layer: metrics, one access line, and problems with their path; failures of ours are logged here and nowhere else.
pub async fn record(State(metrics): State<HttpMetrics>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let route = route_of(&request).to_owned();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    // A person by identifier: 工号 is personal.
    let who = response.extensions().get::<Arc<Identity>>();
    let who = who.map(|who| who.person.map_or_else(|| who.name.clone(), |id| id.to_string()));
    if let Some(problem) = response.extensions().get::<Arc<Problem>>().cloned() {
        if problem.status().is_server_error() {
            tracing::error!(%route, %method, status = problem.status().as_u16(), causes = problem.causes(), "a request failed");
        }
        response = problem.respond(&path);
    }
    let (status, elapsed) = (response.status().as_u16(), began.elapsed());
    metrics.request(&route, &method, status, elapsed);
    tracing::debug!(%route, %method, status, elapsed_ms = elapsed.as_millis(), key = who, "a request was answered");
    response
}

/// Layer: so many requests at once and no more.
pub async fn slots(State(slots): State<Arc<Semaphore>>, mut request: Request, next: Next) -> Response {
    if ALWAYS.contains(&request.uri().path()) {
        return next.run(request).await;
    }
    match tokio::time::timeout(BURST, slots.acquire_owned()).await {
        Ok(Ok(permit)) => {
            let slot = Slot(Arc::new(permit));
            request.extensions_mut().insert(slot.clone());
            let response = next.run(request).await;
            drop(slot);
            response
        }
        Ok(Err(_)) | Err(_) => {
            Problem::new(ProblemKind::Overloaded, "too many requests are worked on; come again")
                .into_response()
        }
    }
}

/// Layer: a request that takes too long is given up. What it had handed to the store may still be kept.
pub async fn time_limit(State(gateway): State<Arc<Gateway>>, request: Request, next: Next) -> Response {
    if PATIENT.contains(&route_of(&request)) {
        return next.run(request).await;
    }
    let of_printer =
        if PRINTING.contains(&route_of(&request)) { gateway.printer.time_limit() } else { Duration::ZERO };
    let limit = gateway.server.request_timeout + of_printer;
    let is_read = request.method().is_safe();
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let again = match is_read {
                true => "ask again",
                false => "可能已办理，请先核对 it may have been done: look before it is sent again",
            };
            let detail = format!("not finished within {} seconds; {again}", limit.as_secs_f32());
            Problem::new(ProblemKind::TimedOut, detail).into_response()
        }
    }
}
