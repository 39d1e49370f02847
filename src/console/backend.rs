//! What pages read and do: requests to the endpoints of the API in this process, as the person who is signed in.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use jiff::Timestamp;
use serde_json::Value;
use tower::ServiceExt as _;

use super::failure::Failure;
use super::kept::Kept;
use super::lang::Lang;
use super::names;
use super::reading::text;
use super::room::Room;
use super::visitor::Visitor;
use crate::api::{self, Problem, ReasonWanted, Watching};
use crate::config::CounterpartConfig;
use crate::gateway::Gateway;

/// Largest answer of an endpoint that is taken.
const LARGEST_ANSWER: usize = 64 << 20;
/// Most counterparts in a list to choose from.
const MOST_CHOICES: usize = 500;

/// The type of the problem that no reason was given.
const REASON_WANTED: &str = "urn:chakong:problem:reason-wanted";

/// What every page is made from.
#[derive(Debug, Clone)]
pub struct Console(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    gateway: Arc<Gateway>,
    endpoints: Router,
    kept: Kept,
    room: Room,
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
        let (kept, room) = (Kept::new(gateway.people.rules().idle), Room::of(&gateway.server));
        Self(Arc::new(Inner { gateway, endpoints, kept, room }))
    }

    /// Handles to the parts.
    pub fn gateway(&self) -> &Arc<Gateway> {
        &self.0.gateway
    }

    /// What is kept of sessions beside the store.
    pub fn kept(&self) -> &Kept {
        &self.0.kept
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.0.gateway.clock.now()
    }

    /// Room for pages.
    pub fn room(&self) -> &Room {
        &self.0.room
    }

    /// Codes of the counterparts with their names, for a list to choose from.
    pub fn counterparts(&self, lang: Lang) -> Vec<(String, String)> {
        let known = self.0.gateway.counterparts.now();
        let one = |config: &Arc<CounterpartConfig>| {
            (config.name.clone(), lang.t_of(&config.name_zh, &config.name_en).to_owned())
        };
        known.values().take(MOST_CHOICES).map(one).collect()
    }

    /// The code of the counterpart that a person named by its code or its name; `None` where none is configured so, or several are called so.
    pub fn code_of(&self, named: &str) -> Option<String> {
        let known = self.0.gateway.counterparts.now();
        if known.contains_key(named) {
            return Some(named.to_owned());
        }
        let mut called = known.values().filter(|one| one.name_zh == named || one.name_en == named);
        match (called.next(), called.next()) {
            (Some(only), None) => Some(only.name.clone()),
            _ => None,
        }
    }

    /// Has a request name counterparts by their codes, however a person named them.
    pub fn by_codes(&self, body: &mut Value) {
        names::to_codes(body, &|named| self.code_of(named));
    }

    /// That no counterpart is called as a filter says; empty where one is, and where the filter is.
    pub fn unknown_counterpart(&self, named: &str, lang: Lang) -> String {
        let named = named.trim();
        if named.is_empty() || self.code_of(named).is_some() {
            return String::new();
        }
        match lang {
            Lang::Zh => format!("没有名称或代号为「{named}」的协助单位。"),
            Lang::En => format!("No counterpart has the name or the code {named}."),
        }
    }

    /// Reads something.
    ///
    /// # Errors
    /// What the endpoint refuses, or that it failed.
    pub async fn get(&self, visitor: &Visitor, path: &str) -> Result<Value, Failure> {
        let raw = self.call(visitor, Method::GET, path, None, None).await?;
        self.told(&raw, visitor)
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
        self.told(&raw, visitor)
    }

    /// Does something that gives a file.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn file(&self, visitor: &Visitor, path: &str, body: &Value) -> Result<Raw, Failure> {
        self.call(visitor, Method::POST, path, Some(body), None).await
    }

    /// An answer, with the names of counterparts beside their codes.
    fn told(&self, raw: &Raw, visitor: &Visitor) -> Result<Value, Failure> {
        let mut answer = json(&raw.bytes)?;
        let counterparts = self.0.gateway.counterparts.now();
        let name_of = |code: &str| {
            let config = counterparts.get(code)?;
            Some(visitor.lang.t_of(&config.name_zh, &config.name_en).to_owned())
        };
        names::tell(&mut answer, &name_of);
        Ok(answer)
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
        request.extensions_mut().insert(visitor.reasons.clone());
        if visitor.watches {
            request.extensions_mut().insert(Watching);
        }
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
        let problem = json(&bytes).unwrap_or_default();
        let wanted = parts.extensions.get::<ReasonWanted>().map(|wanted| wanted.case.clone());
        // An endpoint that asks for a reason itself shows a list.
        let of_list = || (text(&problem, "/type") == REASON_WANTED).then(String::new);
        let told = Failure::of_problem(parts.status, &problem).told_in(visitor.lang);
        Err(Failure { reason_for: wanted.or_else(of_list), ..told })
    }
}

fn json(bytes: &[u8]) -> Result<Value, Failure> {
    let unreadable =
        |_| Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "the answer of an endpoint is no JSON");
    serde_json::from_slice(bytes).map_err(unreadable)
}
