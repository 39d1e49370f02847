//! Who calls, and whether the key allows it. Without a key nothing but health answers, not even that a path is unknown.

mod places;

use std::collections::BTreeSet;
use std::sync::Arc;

use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::{Operation, Response as ResponseDocs, StatusCode as StatusDocs};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

pub use self::places::{Place, Shares};
use super::problem::{Problem, ProblemKind};
use super::route::{PATIENT, route_of};
use crate::config::{ApiKey, Role, digest_of};
use crate::gateway::Gateway;
use crate::lines::listener::Connection;

/// Longest key that is looked at.
const LONGEST_KEY: usize = 512;
/// Paths that answer without a key.
const OPEN: [&str; 2] = ["/healthz", "/readyz"];

/// Sets of roles, as bits in the order of [`Role::ALL`].
pub mod may {
    /// 办案系统
    pub const CASE_SYSTEM: u8 = 1;
    /// 查控员
    pub const OFFICER: u8 = 1 << 1;
    /// 审批人
    pub const APPROVER: u8 = 1 << 2;
    /// 运维
    pub const OPERATIONS: u8 = 1 << 3;
    /// Reads inquiries.
    pub const READ: u8 = CASE_SYSTEM | OFFICER | APPROVER;
    /// Re-queries and cancels.
    pub const ACT: u8 = CASE_SYSTEM | OFFICER;
    /// Sees connectors and counterparts.
    pub const WATCH: u8 = OFFICER | OPERATIONS;
    /// Any key will do.
    pub const ANY: u8 = CASE_SYSTEM | OFFICER | APPROVER | OPERATIONS;
}

/// The holder of the key that came with a request.
#[derive(Debug, Clone)]
pub struct Identity {
    /// Name of the key; named in audit lines.
    pub name: String,
    roles: BTreeSet<Role>,
}

/// A caller whose key has one of the roles `MAY` (bits of [`may`]).
#[derive(Debug, Clone)]
pub struct Caller<const MAY: u8>(pub Arc<Identity>);

impl<const MAY: u8> Caller<MAY> {
    /// Name of the key.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Whether the key has a role.
    pub fn has(&self, role: Role) -> bool {
        self.0.roles.contains(&role)
    }
}

fn roles_of(bits: u8) -> impl Iterator<Item = (Role, &'static str)> {
    let all = Role::ALL.into_iter().enumerate();
    all.filter(move |(at, _)| bits >> at & 1 == 1).map(|(_, role)| role)
}

fn words_of(bits: u8) -> String {
    roles_of(bits).map(|(_, word)| word).collect::<Vec<_>>().join(", ")
}

impl<const MAY: u8> FromRequestParts<Arc<Gateway>> for Caller<MAY> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Gateway>) -> Result<Self, Problem> {
        let identity = parts.extensions.get::<Arc<Identity>>().ok_or_else(unauthenticated)?;
        if roles_of(MAY).any(|(role, _)| identity.roles.contains(&role)) {
            return Ok(Self(Arc::clone(identity)));
        }
        let detail = format!("this needs a key with one of the roles: {}", words_of(MAY));
        Err(Problem::new(ProblemKind::Forbidden, detail))
    }
}

impl<const MAY: u8> OperationInput for Caller<MAY> {
    fn operation_input(_: &mut GenContext, operation: &mut Operation) {
        operation.security = vec![[("key".to_owned(), Vec::new())].into_iter().collect()];
        let roles: Vec<&str> = roles_of(MAY).map(|(_, word)| word).collect();
        operation.extensions.insert("x-roles".to_owned(), roles.into());
    }

    fn inferred_early_responses(
        context: &mut GenContext,
        operation: &mut Operation,
    ) -> Vec<(Option<StatusDocs>, ResponseDocs)> {
        let needed = format!("The key has none of the roles: {}", words_of(MAY));
        [
            (401, "No valid key"),
            (403, needed.as_str()),
            (500, "The gateway failed"),
            (503, "Overloaded, out of time, out of space, or shutting down; see Retry-After"),
        ]
        .map(|(status, about)| Problem::documented(context, operation, status, about))
        .into()
    }
}

fn unauthenticated() -> Problem {
    Problem::new(ProblemKind::Unauthenticated, "send `Authorization: Bearer KEY` with a key of this gateway")
}

/// Layer: finds out who calls, or answers 401; and whether the key has not more under way than it may, or 503.
pub async fn authenticate(State(door): State<Door>, mut request: Request, next: Next) -> Response {
    if OPEN.contains(&request.uri().path()) {
        return next.run(request).await;
    }
    let key = key_of(request.headers()).and_then(|key| find(&door.gateway.keys, key));
    let Some(key) = key else { return unauthenticated().into_response() };
    if let Some(connection) = request.extensions().get::<Connection>() {
        connection.standing.is_known();
    }
    let identity = Arc::new(Identity { name: key.name.clone(), roles: key.roles.clone() });
    let place = match door.shares.place(&key.name, PATIENT.contains(&route_of(&request))) {
        Ok(place) => place,
        Err(problem) => {
            let mut response = problem.into_response();
            response.extensions_mut().insert(identity);
            return response;
        }
    };
    request.extensions_mut().insert(Arc::clone(&identity));
    // Held here as well: an endpoint lets go of the request once it has read it.
    request.extensions_mut().insert(place.clone());
    let mut response = next.run(request).await;
    drop(place);
    response.extensions_mut().insert(identity);
    response
}

/// What the layer that finds out who calls needs.
#[derive(Debug, Clone)]
pub struct Door {
    /// Handles to the parts.
    pub gateway: Arc<Gateway>,
    /// What each key may have under way.
    pub shares: Shares,
}

fn key_of(headers: &HeaderMap) -> Option<&str> {
    let bearer = headers.get(AUTHORIZATION).map(|value| {
        let (scheme, key) = value.to_str().ok()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(key.trim())
    });
    let plain = || headers.get("x-api-key").and_then(|value| value.to_str().ok());
    let key = bearer.unwrap_or_else(plain)?;
    (1..=LONGEST_KEY).contains(&key.len()).then_some(key)
}

/// Compares with every key, each in constant time, so that the time tells nothing about any of them.
fn find<'a>(keys: &'a [ApiKey], key: &str) -> Option<&'a ApiKey> {
    let digest = digest_of(key);
    keys.iter().fold(None, |found, known| {
        let same = aws_lc_rs::constant_time::verify_slices_are_equal(&known.digest, &digest).is_ok();
        if same { Some(known) } else { found }
    })
}
