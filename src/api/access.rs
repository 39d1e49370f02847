//! Who calls, and whether they may. Without a key nothing but health answers, not even that a path is unknown.

mod places;
mod strangers;

use std::sync::Arc;

use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::{Operation, Response as ResponseDocs, StatusCode as StatusDocs};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tokio::sync::Semaphore;

pub use self::places::{Place, Shares};
pub use self::strangers::PlaceToSignIn;
use self::strangers::WrongKey;
use super::problem::{Problem, ProblemKind};
use super::route::{PATIENT, route_of};
use crate::config::{ApiKey, digest_of};
use crate::domain::people::{Courts, Role};
use crate::gateway::Gateway;
use crate::lines::listener::Connection;
pub use crate::people::Identity;
use crate::people::cookie;
use crate::people::matrix::permission;
pub use crate::people::may;
use crate::store::Stored;

/// Longest key that is looked at.
const LONGEST_KEY: usize = 512;
/// Paths that answer without a key.
const OPEN: [&str; 2] = ["/healthz", "/readyz"];
/// Where sessions begin.
const SESSIONS: &str = "/v1/sessions";

/// Whether a request is answered whoever sends it.
fn is_open(method: &Method, path: &str) -> bool {
    OPEN.contains(&path) || (method == Method::POST && path == SESSIONS)
}

/// A caller who has one of the roles that the row `ROW` of the matrix names (a constant of [`may`]).
#[derive(Debug, Clone)]
pub struct Caller<const ROW: u8>(pub Arc<Identity>);

impl<const ROW: u8> Caller<ROW> {
    /// Name of the key, or 工号 of the person.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Whether the caller has a role.
    pub fn has(&self, role: Role) -> bool {
        self.0.has(role)
    }

    /// Whose cases the caller sees.
    pub fn courts(&self) -> &Courts {
        &self.0.courts
    }

    /// Whose cases are to be shown: those of the court that is asked for, as far as the caller sees them.
    pub fn sees(&self, asked: Option<&str>) -> Courts {
        asked.map_or_else(|| self.0.courts.clone(), |code| self.0.courts.within(&Courts::one(code)))
    }
}

fn words_of(row: u8) -> Vec<&'static str> {
    let roles = permission(row).map(|row| row.roles).unwrap_or_default();
    roles.iter().map(|role| role.word()).collect()
}

impl<const ROW: u8> FromRequestParts<Arc<Gateway>> for Caller<ROW> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Gateway>) -> Result<Self, Problem> {
        let identity = parts.extensions.get::<Arc<Identity>>().ok_or_else(unauthenticated)?;
        if identity.may(ROW) {
            return Ok(Self(Arc::clone(identity)));
        }
        let roles = permission(ROW).map(|row| row.roles).unwrap_or_default();
        let chinese: Vec<&str> = roles.iter().map(|role| role.chinese()).collect();
        let detail = format!(
            "须有下列角色之一（{}） this needs one of the roles: {}",
            chinese.join("、"),
            words_of(ROW).join(", ")
        );
        Err(Problem::new(ProblemKind::Forbidden, detail))
    }
}

impl<const ROW: u8> OperationInput for Caller<ROW> {
    fn operation_input(_: &mut GenContext, operation: &mut Operation) {
        operation.security = vec![[("key".to_owned(), Vec::new())].into_iter().collect()];
        operation.extensions.insert("x-roles".to_owned(), words_of(ROW).into());
        let act = permission(ROW).map(|row| row.act).unwrap_or_default();
        operation.extensions.insert("x-act".to_owned(), act.into());
    }

    fn inferred_early_responses(
        context: &mut GenContext,
        operation: &mut Operation,
    ) -> Vec<(Option<StatusDocs>, ResponseDocs)> {
        let needed = format!("The caller has none of the roles: {}", words_of(ROW).join(", "));
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

pub(super) fn unauthenticated() -> Problem {
    Problem::new(
        ProblemKind::Unauthenticated,
        "send `Authorization: Bearer KEY` with a key of this gateway, or sign in",
    )
}

/// Layer: finds out who calls, by key or by the cookie of a session, or answers 401; and whether they have not more under way than they
/// may, or 503.
pub async fn authenticate(State(door): State<Door>, mut request: Request, next: Next) -> Response {
    if is_open(request.method(), request.uri().path()) {
        if request.uri().path() == SESSIONS {
            let Some(place) = PlaceToSignIn::of(&door) else { return strangers::too_many().into_response() };
            request.extensions_mut().insert(place);
        }
        return next.run(request).await;
    }
    let identity = match identify(&door.gateway, request.method(), request.headers()).await {
        Ok(Some(identity)) => Arc::new(identity),
        Ok(None) => {
            let wrong = shows_key(request.headers())
                .then(|| WrongKey::of(&request, &door.gateway.server.proxies))
                .flatten();
            return turned_away(&door, wrong).await.into_response();
        }
        Err(problem) => return problem.into_response(),
    };
    if let Some(connection) = request.extensions().get::<Connection>() {
        connection.standing.is_known();
    }
    let place = match door.shares.place(&identity.name, PATIENT.contains(&route_of(&request))) {
        Ok(place) => place,
        Err(problem) => {
            let mut response = problem.into_response();
            response.extensions_mut().insert(identity);
            return response;
        }
    };
    request.extensions_mut().insert(Arc::clone(&identity));
    if let Some(credential) = Credential::of(request.headers()) {
        request.extensions_mut().insert(credential);
    }
    // Held here as well: an endpoint lets go of the request once it has read it.
    request.extensions_mut().insert(place.clone());
    let mut response = next.run(request).await;
    drop(place);
    response.extensions_mut().insert(identity);
    response
}

/// The answer to a request without a key, or with a wrong one.
async fn turned_away(door: &Door, wrong: Option<WrongKey>) -> Problem {
    match wrong {
        None => unauthenticated(),
        Some(wrong) => wrong.slow_down(door).await.err().unwrap_or_else(unauthenticated),
    }
}

fn shows_key(headers: &HeaderMap) -> bool {
    headers.contains_key(AUTHORIZATION) || headers.contains_key("x-api-key")
}

/// Who calls: the holder of a key of the configuration or of the store, or a person by the cookie of a session. A key goes first; a
/// wrong one is not made good by a cookie.
async fn identify(
    gateway: &Gateway,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Option<Identity>, Problem> {
    if shows_key(headers) {
        let Some(key) = key_of(headers) else { return Ok(None) };
        return Ok(by_digest(gateway, digest_of(key)).await?);
    }
    let Some(token) = cookie::token_of(headers) else { return Ok(None) };
    let Some(identity) = gateway.people.by_cookie(token).await? else { return Ok(None) };
    if !cookie::is_ours(method, headers, token) {
        let detail = "a request by cookie that changes something comes from a page of this gateway and carries its token \
                      (X-CSRF-Token, or the field `csrf` of a form)";
        return Err(Problem::new(ProblemKind::Forbidden, detail));
    }
    Ok(Some(identity))
}

/// Who holds a key, by its digest.
async fn by_digest(gateway: &Gateway, digest: [u8; 32]) -> Stored<Option<Identity>> {
    match find(&gateway.keys, &digest) {
        Some(known) => Ok(Some(identity_of_key(known))),
        None => gateway.people.by_key(digest).await,
    }
}

/// By what somebody showed who they are: an answer that goes on for long asks again whether it still counts.
#[derive(Clone)]
pub struct Credential(Shown);

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential").finish_non_exhaustive()
    }
}

#[derive(Clone)]
enum Shown {
    /// The digest of a key.
    Key([u8; 32]),
    /// The cookie of a session.
    Cookie(String),
}

impl Credential {
    fn of(headers: &HeaderMap) -> Option<Self> {
        let key = key_of(headers).map(|key| Shown::Key(digest_of(key)));
        let cookie = || cookie::token_of(headers).map(|token| Shown::Cookie(token.to_owned()));
        key.or_else(cookie).map(Self)
    }

    /// Whether who showed it still has a row of the matrix, and sees the same courts: not once the key was revoked or is over, or the
    /// person was disabled.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn still_may<const ROW: u8>(&self, gateway: &Gateway, courts: &Courts) -> Stored<bool> {
        let who = match &self.0 {
            Shown::Key(digest) => by_digest(gateway, *digest).await?,
            Shown::Cookie(token) => gateway.people.watching(token).await?,
        };
        Ok(who.is_some_and(|who| who.may(ROW) && who.courts == *courts))
    }
}

/// Who holds a key of the configuration.
fn identity_of_key(key: &ApiKey) -> Identity {
    let (name, roles, courts) = (key.name.clone(), key.roles.clone(), key.courts.clone());
    Identity { name, roles, courts, person: None, session: None, consumer: key.consumer.clone() }
}

/// What the layer that finds out who calls needs.
#[derive(Debug, Clone)]
pub struct Door {
    /// Handles to the parts.
    pub gateway: Arc<Gateway>,
    /// What each key and person may have under way.
    pub shares: Shares,
    /// Places of those who are not known.
    pub strangers: Arc<Semaphore>,
    /// Places of those whose request to sign in is read: who guesses keys takes none of them.
    pub sign_ins: Arc<Semaphore>,
}

impl Door {
    /// The door of a gateway.
    pub fn of(gateway: &Arc<Gateway>) -> Self {
        let places = || Arc::new(Semaphore::new(strangers::places(gateway.server.most_requests)));
        let (strangers, sign_ins) = (places(), places());
        Self { gateway: Arc::clone(gateway), shares: Shares::new(&gateway.server), strangers, sign_ins }
    }
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
fn find<'a>(keys: &'a [ApiKey], digest: &[u8; 32]) -> Option<&'a ApiKey> {
    keys.iter().fold(None, |found, known| {
        let same = aws_lc_rs::constant_time::verify_slices_are_equal(&known.digest, digest).is_ok();
        if same { Some(known) } else { found }
    })
}
