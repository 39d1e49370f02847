//! API keys 密钥 beside those of the configuration: made, listed and revoked without a restart, by the security administrator.

use std::collections::BTreeSet;

use aide::axum::ApiRouter;
use aide::axum::routing::{delete_with, get_with};
use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Shared;
use super::access::{Caller, may};
use super::extract::{At, JsonBody, ReasonGiven, check_reason, no_findings};
use super::problem::Problem;
use super::sessions::by;
use crate::config::digest_of;
use crate::domain::decide::people::{NewKey, check_key};
use crate::domain::people::{Courts, Role, StoredKey};
use crate::domain::{Finding, PersonId};
use crate::people::cookie::new_token;

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route("/v1/keys", get_with(list, list_docs).post_with(make, make_docs))
        .api_route("/v1/keys/{id}", delete_with(revoke, revoke_docs))
}

/// A key, but for its secret.
#[derive(Debug, Serialize, JsonSchema)]
struct KeyView {
    /// Identifier.
    id: Uuid,
    /// Its name.
    name: String,
    /// The person to whom it belongs; null for a system's.
    person: Option<PersonId>,
    /// What it may do; of a person's key no more than the person.
    roles: Vec<Role>,
    /// Codes of the courts whose cases it sees; null for those of every court, or of its person.
    courts: Option<Vec<String>>,
    /// The consumer of results as which alone it reads; null for any.
    consumer: Option<String>,
    /// When it was made.
    created_at: Timestamp,
    /// Who made it.
    created_by: String,
    /// Until when it can be used; null without an end.
    expires_at: Option<Timestamp>,
    /// When it was revoked; null while it stands.
    revoked_at: Option<Timestamp>,
}

impl From<&StoredKey> for KeyView {
    fn from(key: &StoredKey) -> Self {
        Self {
            id: key.id,
            name: key.name.clone(),
            person: key.person,
            roles: key.roles.iter().copied().collect(),
            courts: key.courts.codes(),
            consumer: key.consumer.clone(),
            created_at: key.created,
            created_by: key.created_by.clone(),
            expires_at: key.expires,
            revoked_at: key.revoked,
        }
    }
}

/// Keys.
#[derive(Debug, Serialize, JsonSchema)]
struct KeyList {
    /// In the order in which they were made; those of the configuration are not among them.
    keys: Vec<KeyView>,
}

async fn list(
    State(gateway): State<Shared>,
    caller: Caller<{ may::KEYS }>,
) -> Result<Json<KeyList>, Problem> {
    let courts = caller.courts().clone();
    let read = gateway.store.read(move |reads| {
        let mut own = Vec::new();
        for key in reads.keys()? {
            let owner = match key.person {
                Some(id) => reads.person(id)?,
                None => None,
            };
            own.extend(key.is_kept_by(owner.as_ref(), &courts).then(|| KeyView::from(&key)));
        }
        Ok(KeyList { keys: own })
    });
    Ok(Json(read.await?))
}

fn list_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("listKeys")
        .tag("people")
        .summary("API keys 密钥")
        .description("Those whose courts, or whose person's, lie within the caller's own.")
}

/// A key to be made.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct MakeRequest {
    /// Its name; of a system's key the name in audit lines.
    name: String,
    /// The person to whom it belongs; null for a system's.
    #[serde(default)]
    person: Option<PersonId>,
    /// What it may do.
    roles: BTreeSet<Role>,
    /// Codes of the courts whose cases it sees; null for those of every court, or of its person.
    courts: Option<BTreeSet<String>>,
    /// The consumer of results as which alone it reads and acknowledges, so that no other system moves its place; null for any.
    #[serde(default)]
    #[schemars(regex(pattern = "^[a-z0-9_-]{1,64}$"))]
    consumer: Option<String>,
    /// Until when it can be used; null without an end.
    #[serde(default)]
    expires_at: Option<Timestamp>,
    /// Why; 1 to 500 characters.
    #[schemars(length(min = 1, max = 500))]
    reason: String,
}

/// A key that was made.
#[derive(Debug, Serialize, JsonSchema)]
struct Made {
    /// The key.
    key: KeyView,
    /// Its secret, shown once: `Authorization: Bearer SECRET`.
    secret: String,
}

async fn make(
    State(gateway): State<Shared>,
    caller: Caller<{ may::KEYS }>,
    JsonBody(request): JsonBody<MakeRequest>,
) -> Result<(StatusCode, Json<Made>), Problem> {
    let new = NewKey {
        name: request.name.trim().to_owned(),
        person: request.person,
        roles: request.roles,
        courts: request.courts.map_or(Courts::All, Courts::Some),
        consumer: request.consumer,
        expires: request.expires_at,
    };
    let mut findings = check_key(&new, gateway.clock.now());
    check_reason(&request.reason, &mut findings);
    if gateway.keys.iter().any(|key| key.name == new.name) {
        findings.push(Finding::new("/name", "与配置中的密钥同名 a key of the configuration has this name"));
    }
    no_findings(findings)?;
    let secret = new_token();
    let digest = digest_of(&secret).to_vec();
    let key = gateway.engine.make_key(by(&caller.0, request.reason), new, digest).await?;
    Ok((StatusCode::CREATED, Json(Made { key: KeyView::from(&key), secret })))
}

fn make_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("makeKey")
        .tag("people")
        .summary("Make an API key 新建密钥")
        .description(
            "Of a system, or of a person: then it may no more than the person, and nothing while the person is disabled or must change \
             the password or set a second factor up. When the password is reset the person's keys are revoked.",
        )
        .response_with::<201, Json<Made>, _>(|response| response.description("Made; the secret is shown once"))
        .response_with::<404, Problem, _>(|response| response.description("There is no such person"))
        .response_with::<422, Problem, _>(|response| response.description("A rule is broken"))
}

/// Names a key.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
struct KeyPath {
    /// Identifier of the key.
    id: Uuid,
}

async fn revoke(
    State(gateway): State<Shared>,
    caller: Caller<{ may::KEYS }>,
    At(path): At<KeyPath>,
    JsonBody(given): JsonBody<ReasonGiven>,
) -> Result<Json<KeyView>, Problem> {
    let reason = given.checked()?;
    let key = gateway.engine.revoke_key(by(&caller.0, reason), path.id).await?;
    Ok(Json(KeyView::from(&key)))
}

fn revoke_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("revokeKey")
        .tag("people")
        .summary("Revoke an API key 吊销密钥")
        .description("At once and for good; revoking twice changes nothing.")
        .response_with::<404, Problem, _>(|response| response.description("There is no such key"))
        .response_with::<422, Problem, _>(|response| response.description("A reason is missing"))
}
