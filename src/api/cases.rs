//! Cases 案件: their chain, parties, claim, ledger and tasks, and what people do about all of it.

mod claim;
mod documents;
mod enter;
mod list;
mod progress;
mod reinstate;
mod release;
mod show;

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with, put_with};
use schemars::JsonSchema;
use serde::Deserialize;

pub use release::settles_claim;

use super::Shared;
use super::problem::{Problem, ProblemKind};
use crate::domain::{Case, ChainId, ChainParty};
use crate::people::{Identity, sight};

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route("/v1/cases", get_with(list::list, list::docs))
        .api_route("/v1/cases/search", post_with(list::search, list::search_docs))
        .api_route("/v1/cases/{id}", get_with(show::show, show::docs))
        .api_route(
            "/v1/cases/{id}/claim",
            put_with(claim::update, claim::docs).get_with(claim::show, claim::show_docs),
        )
        .api_route("/v1/cases/{id}/documents", get_with(documents::list, documents::list_docs))
        .api_route("/v1/cases/{id}/documents/{document}", get_with(documents::show, documents::docs))
        .api_route("/v1/cases/{id}/progress", get_with(progress::show, progress::docs))
        .api_route("/v1/cases/{id}/release", post_with(release::case, release::case_docs))
        .api_route(
            "/v1/cases/{id}/parties/{reference}/release",
            post_with(release::party, release::party_docs),
        )
        .api_route(
            "/v1/cases/{id}/parties/{reference}/reinstate",
            post_with(reinstate::reinstate, reinstate::docs),
        )
        .api_route("/v1/cases/{id}/measures", post_with(enter::enter, enter::docs))
}

/// Names a case.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub(super) struct CasePath {
    /// Identifier, or the case number in any spelling.
    pub(super) id: String,
}

/// Names a party of a case.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub(super) struct CasePartyPath {
    /// Identifier, or the case number in any spelling.
    id: String,
    /// The party's identifier in the case, or a reference that an inquiry gave it.
    reference: String,
}

/// A case that the caller sees, for an act.
async fn case_of(gateway: &Shared, caller: &Identity, id: String) -> Result<Case, Problem> {
    let courts = caller.courts.clone();
    let found = gateway.store.read(move |reads| sight::named_case(reads, &courts, &id)).await?;
    found.ok_or_else(|| Problem::not_found("case"))
}

/// A party of a chain by its identifier, or by a reference that an inquiry gave it, where that names one alone.
pub(super) async fn party_of(gateway: &Shared, chain: ChainId, name: &str) -> Result<ChainParty, Problem> {
    let parties = gateway.store.read(move |reads| reads.parties_of(chain)).await?;
    if let Some(party) = parties.iter().find(|party| party.id.to_string() == name) {
        return Ok(party.clone());
    }
    let is_called = |party: &ChainParty| party.references().any(|reference| reference == name);
    let mut called: Vec<ChainParty> = parties.into_iter().filter(is_called).collect();
    match (called.pop(), called.len()) {
        (Some(party), 0) => Ok(party),
        (Some(_), others) => {
            let count = others + 1;
            let detail = format!(
                "本案有 {count} 名当事人使用该编号，请改用当事人 id {count} parties of the case have this reference; name the one by its `id`, which GET /v1/cases/{{id}} shows"
            );
            Err(Problem::new(ProblemKind::NotNow, detail))
        }
        (None, _) => Err(Problem::not_found("party of the case")),
    }
}
