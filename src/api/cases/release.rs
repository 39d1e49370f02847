//! `POST /v1/cases/{id}/release` and `/parties/{reference}/release`: everything of a case or of a party, with one set of papers.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use chakong_contract::LegalDocument;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CasePartyPath, CasePath, case_of, party_of};
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::acting::{act, check_documents};
use crate::api::extract::{At, JsonBody, check_reason, no_findings};
use crate::api::problem::Problem;
use crate::domain::decide::{Act, Release, ReleaseScope};
use crate::domain::rules::release_reasons::ReleaseReason;
use crate::domain::{Case, MeasureId};
use crate::people::Identity;

/// Whether a release on a ground, named by its word, settles the claim of the whole case, so that nothing more is frozen. Because of
/// bankruptcy proceedings, the release of a measure or of a party ends that party's liability alone.
pub fn settles_claim(ground: &str, is_of_case: bool) -> bool {
    let ground: Option<ReleaseReason> = serde_json::from_value(ground.into()).ok();
    ground.is_some_and(|ground| {
        ground.closes_room() && (is_of_case || ground != ReleaseReason::BankruptcyAccepted)
    })
}

/// Why everything is released, and on which documents.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReleaseAllRequest {
    /// The reason of 查扣冻规定 art. 28. One that ends the debt closes the claim.
    ground: ReleaseReason,
    /// Ruling and notice of the release (法释〔2013〕20号 art. 3): one set for all measures.
    #[serde(default)]
    documents: Vec<LegalDocument>,
    /// Why; 1 to 500 characters.
    #[schemars(length(min = 1, max = 500))]
    reason: String,
}

/// What is released.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ReleasedMeasures {
    /// Measures that are given back, or that were stopped before they were sent.
    measures: Vec<MeasureId>,
}

pub(super) async fn case(
    State(gateway): State<Shared>,
    caller: Caller<{ may::CONTROL }>,
    At(path): At<CasePath>,
    JsonBody(request): JsonBody<ReleaseAllRequest, true>,
) -> Result<Json<ReleasedMeasures>, Problem> {
    let case = case_of(&gateway, &caller.0, path.id).await?;
    release(&gateway, &caller.0, &case, ReleaseScope::Case, request).await
}

pub(super) async fn party(
    State(gateway): State<Shared>,
    caller: Caller<{ may::CONTROL }>,
    At(path): At<CasePartyPath>,
    JsonBody(request): JsonBody<ReleaseAllRequest, true>,
) -> Result<Json<ReleasedMeasures>, Problem> {
    let case = case_of(&gateway, &caller.0, path.id).await?;
    let party = party_of(&gateway, case.chain, &path.reference).await?;
    release(&gateway, &caller.0, &case, ReleaseScope::Party(party.id), request).await
}

async fn release(
    gateway: &Shared,
    caller: &Identity,
    case: &Case,
    scope: ReleaseScope,
    request: ReleaseAllRequest,
) -> Result<Json<ReleasedMeasures>, Problem> {
    let mut findings = Vec::new();
    check_reason(&request.reason, &mut findings);
    check_documents(&request.documents, &mut findings);
    no_findings(findings)?;
    let release = Act::Release(Release { scope, ground: request.ground });
    let outcome = act(gateway, caller, (Some(case), release), request.reason, request.documents).await?;
    Ok(Json(ReleasedMeasures { measures: outcome.measures }))
}

pub(super) fn case_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    both(operation).id("releaseCase").summary("Release everything of a case 全案解除")
}

pub(super) fn party_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    both(operation)
        .id("releaseParty")
        .summary("Release everything of a party 解除对当事人的措施")
        .description("A wrong person is freed for good: nothing of theirs is frozen in this case any more.")
}

fn both(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .tag("cases")
        .response_with::<404, Problem, _>(|response| response.description("There is no such case or party"))
        .response_with::<409, Problem, _>(|response| response.description("Nothing stands"))
        .response_with::<422, Problem, _>(|response| response.description("A rule is broken"))
}
