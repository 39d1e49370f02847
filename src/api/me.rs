//! `GET /v1/me`: who the caller is to this gateway.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use aide::transform::TransformOperation;
use axum::Json;
use schemars::JsonSchema;
use serde::Serialize;

use super::Shared;
use super::access::{Caller, may};
use crate::domain::PersonId;
use crate::domain::people::Role;
use crate::people::{Identity, MATRIX};

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new().api_route("/v1/me", get_with(show, docs))
}

/// Who the caller is.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Me {
    /// Name of the key, or 工号 of the person.
    name: String,
    /// The person; null for a system's key.
    person: Option<PersonId>,
    /// What the caller is there for.
    roles: Vec<Role>,
    /// Codes of the courts whose cases the caller sees; null for those of every court.
    courts: Option<Vec<String>>,
    /// What the caller may do: the acts of the matrix, as `x-act` of each operation names them.
    may: Vec<&'static str>,
}

impl Me {
    /// How an identity is shown.
    pub(super) fn of(identity: &Identity) -> Self {
        let may = MATRIX.iter().filter(|row| row.roles.iter().any(|role| identity.has(*role)));
        Self {
            name: identity.name.clone(),
            person: identity.person,
            roles: identity.roles.iter().copied().collect(),
            courts: identity.courts.codes(),
            may: may.map(|row| row.act).collect(),
        }
    }
}

async fn show(caller: Caller<{ may::ANY }>) -> Json<Me> {
    Json(Me::of(&caller.0))
}

fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation.id("getMe").tag("people").summary("Who the caller is 本人信息")
}
