//! `GET /v1/me`: who the caller is to this gateway.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;

use super::Shared;
use super::access::{Caller, may};
use super::problem::Problem;
use crate::domain::PersonId;
use crate::domain::people::{Person, Role};
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
    /// Name 姓名 of the person; null for a system's key.
    full_name: Option<String>,
    /// Whether the person has a second factor set up; null for a system's key.
    second_factor: Option<bool>,
    /// What the caller is there for.
    roles: Vec<Role>,
    /// Codes of the courts whose cases the caller sees; null for those of every court.
    courts: Option<Vec<String>>,
    /// What the caller may do: the acts of the matrix, as `x-act` of each operation names them.
    may: Vec<&'static str>,
}

impl Me {
    /// How an identity is shown.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn of(gateway: &Shared, identity: &Identity) -> Result<Self, Problem> {
        let may = MATRIX.iter().filter(|row| row.roles.iter().any(|role| identity.has(*role)));
        let person = match identity.person {
            Some(id) => gateway.store.read(move |reads| reads.person(id)).await?,
            None => None,
        };
        Ok(Self {
            name: identity.name.clone(),
            person: identity.person,
            full_name: person.as_ref().map(|person| person.name.clone()),
            second_factor: person.as_ref().map(Person::has_second_factor),
            roles: identity.roles.iter().copied().collect(),
            courts: identity.courts.codes(),
            may: may.map(|row| row.act).collect(),
        })
    }
}

async fn show(State(gateway): State<Shared>, caller: Caller<{ may::ANY }>) -> Result<Json<Me>, Problem> {
    Ok(Json(Me::of(&gateway, &caller.0).await?))
}

fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation.id("getMe").tag("people").summary("Who the caller is 本人信息")
}
