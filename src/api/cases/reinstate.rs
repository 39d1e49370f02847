//! `POST /v1/cases/{id}/parties/{reference}/reinstate`: takes back that a party was freed.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use chakong_contract::LegalDocument;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CasePartyPath, case_of, party_of};
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::acting::{act, check_documents};
use crate::api::extract::{At, JsonBody, check_reason, no_findings};
use crate::api::problem::Problem;
use crate::domain::PartyView;
use crate::domain::decide::Act;

/// Why the freeing of a party is taken back, and on which paper.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReinstateRequest {
    /// The paper that says so, such as a corrected ruling: at least one.
    #[schemars(length(min = 1))]
    documents: Vec<LegalDocument>,
    /// Why; 1 to 500 characters.
    #[schemars(length(min = 1, max = 500))]
    reason: String,
}

/// The party that owes the claim again.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ReinstatedParty {
    /// The party.
    party: PartyView,
}

pub(super) async fn reinstate(
    State(gateway): State<Shared>,
    caller: Caller<{ may::CONTROL }>,
    At(path): At<CasePartyPath>,
    JsonBody(request): JsonBody<ReinstateRequest, true>,
) -> Result<Json<ReinstatedParty>, Problem> {
    let mut findings = Vec::new();
    check_reason(&request.reason, &mut findings);
    check_documents(&request.documents, &mut findings);
    no_findings(findings)?;
    let case = case_of(&gateway, &caller.0, path.id).await?;
    let party = party_of(&gateway, case.chain, &path.reference).await?;
    let input = (Some(&case), Act::Reinstate(party.id));
    act(&gateway, &caller.0, input, request.reason, request.documents).await?;
    let after = party_of(&gateway, case.chain, &party.id.to_string()).await?;
    Ok(Json(ReinstatedParty { party: PartyView::from(&after) }))
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("reinstateParty")
        .tag("cases")
        .summary("Take back that a party was freed 撤销对当事人的解除")
        .description(
            "Another approver than who freed the party, and than who submitted an inquiry against it, does this. The party owes the claim \
             as before: the counterparts that kept its property are asked again, and what is there now is frozen or proposed.",
        )
        .response_with::<404, Problem, _>(|response| response.description("There is no such case or party"))
        .response_with::<409, Problem, _>(|response| response.description("The party was not freed"))
        .response_with::<422, Problem, _>(|response| response.description("A rule is broken"))
}
