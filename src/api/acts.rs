//! Acts 操作记录: what was done, by whom, why, and what it changed.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Shared;
use super::access::{Caller, may};
use super::extract::{QueryParams, page_size};
use super::page;
use super::problem::Problem;
use crate::domain::AuditEntry;
use crate::people::sight::{self, Onlooker};
use crate::store::ActFilter;

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new().api_route("/v1/acts", get_with(list, docs))
}

/// Which acts.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ActsQuery {
    /// On what: the inquiry's identifier, a case number or a counterpart's name.
    subject: Option<String>,
    /// Who.
    actor: Option<String>,
    /// What: `approve`, `release` …
    act: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// How many; 50 by default.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<usize>,
}

/// Acts.
#[derive(Debug, Serialize, JsonSchema)]
struct ActList {
    /// Newest first; those that were refused too, with why.
    acts: Vec<AuditEntry>,
    /// Pass as `cursor` to read on; null at the end.
    next: Option<String>,
}

async fn list(
    State(gateway): State<Shared>,
    caller: Caller<{ may::ACTS }>,
    QueryParams(query): QueryParams<ActsQuery>,
) -> Result<Json<ActList>, Problem> {
    let limit = page_size(query.limit)?;
    let filter = ActFilter {
        subject: query.subject,
        actor: query.actor,
        act: query.act,
        before: page::cursor(query.cursor.as_deref())?,
        limit,
    };
    let audits = caller.0.may(may::LOOKS);
    let by = Onlooker { courts: caller.courts().clone(), audits };
    let found = gateway.store.read(move |reads| sight::acts(reads, &by, &filter)).await?;
    let next = found.next.map(|row| row.to_string());
    Ok(Json(ActList { acts: found.acts.into_iter().map(|(_, act)| act).collect(), next }))
}

fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation.id("listActs").tag("acts").summary("What people did 操作记录")
}
