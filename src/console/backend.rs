//! What pages read and do: requests to the endpoints of the API in this process, as the person who is signed in.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use serde_json::Value;
use tokio::sync::Semaphore;
use tower::ServiceExt as _;

use super::failure::Failure;
use super::session::Sessions;
use super::visitor::Visitor;
use crate::api::{self, Problem};
use crate::gateway::Gateway;

/// Largest answer of an endpoint that is taken.
const LARGEST_ANSWER: usize = 64 << 20;
/// Requests for pages that are worked on at once.
const MOST_AT_ONCE: usize = 256;

/// What every page is made from.
#[derive(Debug, Clone)]
pub struct Console(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    gateway: Arc<Gateway>,
    endpoints: Router,
    sessions: Sessions,
    places: Semaphore,
}

/// An answer as it came.
#[derive(Debug)]
pub struct Raw {
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub bytes: Bytes,
}

impl Console {
    /// Over the endpoints of a gateway.
    pub fn new(gateway: Arc<Gateway>) -> Self {
        let endpoints = api::endpoints(Arc::clone(&gateway));
        let (sessions, places) = (Sessions::default(), Semaphore::new(MOST_AT_ONCE));
        Self(Arc::new(Inner { gateway, endpoints, sessions, places }))
    }

    /// Handles to the parts.
    pub fn gateway(&self) -> &Arc<Gateway> {
        &self.0.gateway
    }

    /// Who is signed in.
    pub fn sessions(&self) -> &Sessions {
        &self.0.sessions
    }

    /// Places of requests that are worked on.
    pub fn places(&self) -> &Semaphore {
        &self.0.places
    }

    /// Reads something.
    ///
    /// # Errors
    /// What the endpoint refuses, or that it failed.
    pub async fn get(&self, visitor: &Visitor, path: &str) -> Result<Value, Failure> {
        let raw = self.call(visitor, Method::GET, path, None, None).await?;
        json(&raw.bytes)
    }

    /// Reads something as it is.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn fetch(&self, visitor: &Visitor, path: &str) -> Result<Raw, Failure> {
        self.call(visitor, Method::GET, path, None, None).await
    }

    /// Does something; a `key` makes it once however often it is sent.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn send(
        &self,
        visitor: &Visitor,
        (method, path): (Method, &str),
        body: &Value,
        key: Option<&str>,
    ) -> Result<Value, Failure> {
        let raw = self.call(visitor, method, path, Some(body), key).await?;
        json(&raw.bytes)
    }

    async fn call(
        &self,
        visitor: &Visitor,
        method: Method,
        path: &str,
        body: Option<&Value>,
        key: Option<&str>,
    ) -> Result<Raw, Failure> {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        if body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        let bytes = body.map(|body| serde_json::to_vec(body).unwrap_or_default()).unwrap_or_default();
        let Ok(mut request) = request.body(Body::from(bytes)) else { return Err(Failure::nothing_here()) };
        request.extensions_mut().insert(Arc::clone(&visitor.identity));
        let answered = self.0.endpoints.clone().oneshot(request).await;
        let response = answered.unwrap_or_else(|never| match never {});
        let (parts, body) = response.into_parts();
        let broken =
            |_| Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "the answer of an endpoint broke off");
        let bytes = to_bytes(body, LARGEST_ANSWER).await.map_err(broken)?;
        if parts.status.is_success() {
            return Ok(Raw { headers: parts.headers, bytes });
        }
        if let Some(problem) = parts.extensions.get::<Arc<Problem>>()
            && problem.status().is_server_error()
        {
            tracing::error!(
                status = problem.status().as_u16(),
                causes = problem.causes(),
                "a page's request failed"
            );
        }
        Err(Failure::of_problem(parts.status, &json(&bytes).unwrap_or_default()))
    }
}

fn json(bytes: &[u8]) -> Result<Value, Failure> {
    let unreadable =
        |_| Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "the answer of an endpoint is no JSON");
    serde_json::from_slice(bytes).map_err(unreadable)
}
