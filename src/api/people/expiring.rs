//! What of persons and keys runs out soon 即将到期.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use chakong_contract::Date;
use schemars::JsonSchema;
use serde::Serialize;

use super::super::Shared;
use super::super::access::{Caller, may};
use super::super::problem::Problem;
use crate::domain::PersonId;
use crate::domain::decide::people::{Expiring, ExpiringKind, expiring};

/// Something that runs out.
#[derive(Debug, Serialize, JsonSchema)]
struct ExpiringView {
    /// What it is.
    kind: ExpiringKind,
    /// Its number, subject or name.
    name: String,
    /// The person whose it is; null for a system's key.
    person: Option<PersonId>,
    /// Name 姓名 of the person; null for a system's key.
    full_name: Option<String>,
    /// 工号 of the person; null for a system's key.
    number: Option<String>,
    /// Last day, in Shanghai.
    until: Date,
    /// Whole days until the last day; negative after it.
    days: i64,
}

impl From<&Expiring<'_>> for ExpiringView {
    fn from(one: &Expiring<'_>) -> Self {
        Self {
            kind: one.kind,
            name: one.name.to_owned(),
            person: one.person.map(|person| person.id),
            full_name: one.person.map(|person| person.name.clone()),
            number: one.person.map(|person| person.number.clone()),
            until: one.until,
            days: one.days,
        }
    }
}

/// What runs out.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ExpiringList {
    /// The first to end first.
    expiring: Vec<ExpiringView>,
}

pub(super) async fn list(
    State(gateway): State<Shared>,
    caller: Caller<{ may::PEOPLE }>,
) -> Result<Json<ExpiringList>, Problem> {
    let (mut persons, mut keys) = gateway.store.read(|reads| Ok((reads.persons()?, reads.keys()?))).await?;
    keys.retain(|key| {
        let owner = key.person.and_then(|id| persons.iter().find(|person| person.id == id));
        key.is_kept_by(owner, caller.courts())
    });
    persons.retain(|person| person.is_kept_by(caller.courts()));
    let all = expiring(&persons, &keys, gateway.clock.now());
    Ok(Json(ExpiringList { expiring: all.iter().map(ExpiringView::from).collect() }))
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("listExpiring")
        .tag("people")
        .summary("Certificates and keys that run out 即将到期的证件、证书与密钥")
        .description(
            "Of active persons and of systems: what ends within thirty days, and what ended within the last ninety.",
        )
}
