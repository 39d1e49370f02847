//! Sessions 会话: signing in and out, and what is a person's own: password and second factor.

use aide::axum::ApiRouter;
use aide::axum::routing::{delete_with, post_with};
use aide::transform::TransformOperation;
use axum::extract::State;
use axum::http::header::{SET_COOKIE, USER_AGENT};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Shared;
use super::access::{Caller, PlaceToSignIn, may};
use super::extract::{At, JsonBody, QueryParams};
use super::me::Me;
use super::peer::{address_of, keep_back};
use super::problem::{Problem, ProblemKind};
use crate::domain::PersonId;
use crate::domain::decide::people::{Pending, pending};
use crate::domain::people::{Courts, Person, Session};
use crate::engine::ByWhom;
use crate::lines::listener::Connection;
use crate::people::{Credentials, Identity, Origin, SessionRef, cookie};

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route("/v1/sessions", post_with(begin, begin_docs).get_with(list, list_docs))
        .api_route("/v1/sessions/{id}", delete_with(end, end_docs))
        .api_route("/v1/me/password", post_with(password, password_docs))
        .api_route("/v1/me/totp", post_with(begin_factor, begin_factor_docs).put_with(prove, prove_docs))
}

/// Who signs in.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SignInRequest {
    /// Staff number 工号.
    number: String,
    /// Password.
    password: String,
    /// Code of the second factor 动态口令; empty where none is set up.
    #[serde(default)]
    code: String,
}

/// A session that has begun; its cookie came along.
#[derive(Debug, Serialize, JsonSchema)]
struct SessionBegun {
    /// Who.
    me: Me,
    /// Sent back as `X-CSRF-Token`, or as the field `csrf` of a form, with everything that changes something.
    csrf: String,
    /// What must be done before anything else; null when nothing must.
    pending: Option<Pending>,
}

async fn begin(
    State(gateway): State<Shared>,
    headers: HeaderMap,
    connection: Option<Extension<Connection>>,
    place: Option<Extension<PlaceToSignIn>>,
    JsonBody(given): JsonBody<SignInRequest>,
) -> Result<Response, Problem> {
    // The request is read.
    drop(place);
    if headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none") {
        return Err(Problem::new(ProblemKind::Forbidden, "a session begins on a page of this gateway"));
    }
    let connection = connection.map(|Extension(connection)| connection);
    let from = address_of(&gateway.server.proxies, connection.as_ref(), &headers);
    let agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let SignInRequest { number, password, code } = given;
    let origin = Origin { from, agent };
    let begun = match gateway.people.sign_in(Credentials { number, password, code, origin }).await? {
        Ok(begun) => begun,
        Err(kept_out) => {
            keep_back(connection.as_ref(), kept_out.wait).await;
            let detail = "工号、密码或动态口令不正确，或该账号暂不可用 staff number, password or code is wrong, or the person may not \
                          sign in now";
            return Err(Problem::new(ProblemKind::Unauthenticated, detail));
        }
    };
    let session = begun.identity.session.clone();
    let csrf = session.as_ref().map(|session| session.csrf.clone()).unwrap_or_default();
    let pending = session.and_then(|session| session.pending);
    let me = Me::of(&gateway, &begun.identity).await?;
    let body = Json(SessionBegun { me, csrf, pending });
    Ok((StatusCode::CREATED, [(SET_COOKIE, cookie::set(&headers, &begun.token))], body).into_response())
}

fn begin_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("signIn")
        .tag("people")
        .summary("Sign in 登录")
        .description(
            "Begins a session of a person, by cookie (`__Host-chakong`). Which of number, password and code was wrong is not told. Needs \
             no key.",
        )
        .response_with::<201, Json<SessionBegun>, _>(|response| response.description("Signed in"))
        .response_with::<401, Problem, _>(|response| response.description("Not signed in"))
        .response_with::<403, Problem, _>(|response| response.description("Sent by a page of another site"))
        .response_with::<500, Problem, _>(|response| response.description("The gateway failed"))
        .response_with::<503, Problem, _>(|response| response.description("Overloaded; see Retry-After"))
}

/// The person who calls; keys of systems are none.
fn person_of(identity: &Identity) -> Result<PersonId, Problem> {
    let detail = "this is for persons; the caller is a system";
    identity.person.ok_or_else(|| Problem::new(ProblemKind::Forbidden, detail))
}

/// The session by which a person calls.
fn session_of(identity: &Identity) -> Result<(PersonId, &SessionRef), Problem> {
    let person = person_of(identity)?;
    let detail = "this needs a session: sign in";
    let session = identity.session.as_ref().ok_or_else(|| Problem::new(ProblemKind::Forbidden, detail))?;
    Ok((person, session))
}

/// Whose sessions.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SessionsQuery {
    /// Those of everybody, for the security administrator; one's own by default.
    #[serde(default)]
    all: bool,
}

/// A session.
#[derive(Debug, Serialize, JsonSchema)]
struct SessionView {
    /// Identifier.
    id: Uuid,
    /// Who: 工号.
    number: String,
    /// When it began.
    created_at: Timestamp,
    /// When it was last used, to the minute.
    seen_at: Timestamp,
    /// From which address it began.
    from: String,
    /// What the browser called itself.
    agent: String,
    /// How it began: `password`, `provider` (the court's identity provider) or `certificate`.
    method: &'static str,
    /// Whether it is the one of this request.
    current: bool,
}

/// Whether a session is for who keeps the persons of these courts.
fn is_kept(person: Option<&Person>, courts: &Courts) -> bool {
    person.map_or_else(|| courts.are_all(), |person| person.is_kept_by(courts))
}

/// Sessions.
#[derive(Debug, Serialize, JsonSchema)]
struct SessionList {
    /// The newest first.
    sessions: Vec<SessionView>,
}

async fn list(
    State(gateway): State<Shared>,
    caller: Caller<{ may::ANY }>,
    QueryParams(query): QueryParams<SessionsQuery>,
) -> Result<Json<SessionList>, Problem> {
    let administers = caller.0.may(may::PEOPLE);
    if query.all && !administers {
        return Err(Problem::new(
            ProblemKind::Forbidden,
            "only a security administrator sees the sessions of others",
        ));
    }
    let whose = if query.all { None } else { Some(person_of(&caller.0)?) };
    let current = caller.0.session.as_ref().map(|session| session.id);
    let courts = caller.courts().clone();
    let read = gateway.store.read(move |reads| {
        let mut views = Vec::new();
        for session in reads.sessions(whose)? {
            let person = reads.person(session.person)?;
            if whose.is_none() && !is_kept(person.as_ref(), &courts) {
                continue;
            }
            views.push(SessionView {
                id: session.id,
                number: person.map(|person| person.number).unwrap_or_default(),
                created_at: session.created,
                seen_at: session.seen,
                from: session.from,
                agent: session.agent,
                method: session.method.word(),
                current: Some(session.id) == current,
            });
        }
        Ok(SessionList { sessions: views })
    });
    Ok(Json(read.await?))
}

fn list_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation.id("listSessions").tag("people").summary("Sessions 会话")
}

/// Names a session.
#[derive(Debug, Deserialize, JsonSchema)]
struct SessionPath {
    /// Identifier, or `current` for the one of this request.
    id: String,
}

/// A session that is over.
#[derive(Debug, Serialize, JsonSchema)]
struct SessionEnded {
    /// Identifier.
    id: Uuid,
}

async fn end(
    State(gateway): State<Shared>,
    caller: Caller<{ may::ANY }>,
    headers: HeaderMap,
    At(path): At<SessionPath>,
) -> Result<Response, Problem> {
    let unknown = || Problem::not_found("session");
    let current = caller.0.session.as_ref().map(|session| session.id);
    let id = match path.id.as_str() {
        "current" => current.ok_or_else(unknown)?,
        text => text.parse().map_err(|_| unknown())?,
    };
    let whose = if caller.0.may(may::PEOPLE) { None } else { Some(person_of(&caller.0)?) };
    let (own, courts) = (caller.0.person, caller.courts().clone());
    let read = gateway.store.read(move |reads| {
        let Some(session) = reads.sessions(whose)?.into_iter().find(|session| session.id == id) else {
            return Ok(None);
        };
        let person = reads.person(session.person)?;
        let may_end = own == Some(session.person) || is_kept(person.as_ref(), &courts);
        Ok(Some(session).filter(|_| may_end))
    });
    let session: Session = read.await?.ok_or_else(unknown)?;
    gateway.people.end_session(by(&caller.0, String::new()), session).await?;
    let ended = Json(SessionEnded { id });
    match Some(id) == current {
        true => Ok(([(SET_COOKIE, cookie::clear(&headers))], ended).into_response()),
        false => Ok(ended.into_response()),
    }
}

fn end_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("endSession")
        .tag("people")
        .summary("Sign out, or end a session 退出")
        .description("One's own; the security administrator ends any.")
        .response_with::<200, Json<SessionEnded>, _>(|response| response.description("It is over"))
        .response_with::<404, Problem, _>(|response| response.description("There is no such session"))
}

/// Who acts about people.
pub(super) fn by(identity: &Identity, reason: String) -> ByWhom {
    let (actor, courts) = (identity.name.clone(), identity.courts.clone());
    ByWhom { actor, person: identity.person, courts, reason }
}

/// A new password.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PasswordRequest {
    /// The present password.
    old: String,
    /// The new one.
    new: String,
}

/// What is still to be done.
#[derive(Debug, Serialize, JsonSchema)]
struct Done {
    /// What must be done before anything else; null when nothing must.
    pending: Option<Pending>,
}

async fn still_pending(gateway: &Shared, identity: &Identity) -> Result<Json<Done>, Problem> {
    let (id, session) = session_of(identity)?;
    let method = session.method;
    let (rules, now) = (gateway.people.rules().clone(), gateway.clock.now());
    let person = gateway.store.read(move |reads| reads.person(id)).await?;
    let pending = person.and_then(|person| pending(&person, method, &rules, now));
    Ok(Json(Done { pending }))
}

async fn password(
    State(gateway): State<Shared>,
    caller: Caller<{ may::ANY }>,
    JsonBody(given): JsonBody<PasswordRequest>,
) -> Result<Json<Done>, Problem> {
    let (person, session) = session_of(&caller.0)?;
    gateway.people.change_password((person, session.id), given.old, given.new).await?;
    still_pending(&gateway, &caller.0).await
}

fn password_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("changePassword")
        .tag("people")
        .summary("Change one's password 修改密码")
        .description("Every other session of the person ends.")
        .response_with::<404, Problem, _>(|response| response.description("There is no such person any more"))
        .response_with::<422, Problem, _>(|response| {
            response.description("The old one is wrong, or a rule is broken")
        })
}

/// A second factor to be set up; shown once.
#[derive(Debug, Serialize, JsonSchema)]
struct NewFactor {
    /// The shared secret in base 32, to be typed in.
    secret: String,
    /// What an authenticator app reads, as a QR code.
    address: String,
}

/// Who sets a second factor up.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct BeginRequest {
    /// A code of the second factor that is set up, to renew it; empty where none is.
    #[serde(default)]
    code: String,
}

async fn begin_factor(
    State(gateway): State<Shared>,
    caller: Caller<{ may::ANY }>,
    JsonBody(given): JsonBody<BeginRequest>,
) -> Result<(StatusCode, Json<NewFactor>), Problem> {
    let (person, _) = session_of(&caller.0)?;
    let (secret, address) = gateway.people.begin_second_factor(person, caller.name(), &given.code).await?;
    Ok((StatusCode::CREATED, Json(NewFactor { secret, address })))
}

fn begin_factor_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("beginSecondFactor")
        .tag("people")
        .summary("Set up a second factor 绑定动态口令")
        .description(
            "It counts once a code was shown (`proveSecondFactor`). A new secret takes the place of one that was not proved. One that is \
             set up stays until then, and is renewed with a code of its own.",
        )
        .response_with::<201, Json<NewFactor>, _>(|response| response.description("To be proved"))
        .response_with::<404, Problem, _>(|response| response.description("There is no such person any more"))
        .response_with::<422, Problem, _>(|response| response.description("One is set up, and the code is not its own"))
}

/// A code.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CodeRequest {
    /// Six digits, as the authenticator app shows them.
    code: String,
}

async fn prove(
    State(gateway): State<Shared>,
    caller: Caller<{ may::ANY }>,
    JsonBody(given): JsonBody<CodeRequest>,
) -> Result<Json<Done>, Problem> {
    let (person, _) = session_of(&caller.0)?;
    gateway.people.prove_second_factor(person, &given.code).await?;
    still_pending(&gateway, &caller.0).await
}

fn prove_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("proveSecondFactor")
        .tag("people")
        .summary("Prove the second factor by a code 验证动态口令")
        .response_with::<404, Problem, _>(|response| response.description("There is no such person any more"))
        .response_with::<409, Problem, _>(|response| response.description("None is to be proved"))
        .response_with::<422, Problem, _>(|response| response.description("The code is wrong"))
}
