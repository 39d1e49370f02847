//! `GET /v1/cases/{id}`: a case with everything of its chain.

use std::sync::Arc;

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::CasePath;
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::At;
use crate::api::measures::MeasureInFull;
use crate::api::problem::Problem;
use crate::api::tasks::TaskView;
use crate::domain::people::Courts;
use crate::domain::{Case, CaseId, ClaimView, Coverage, InquiryState, PartyView};
use crate::lanes::RecentTerms;
use crate::people::sight;
use crate::store::{Reads, StoreError, Stored};

/// A case of the chain.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct CaseView {
    /// Identifier.
    pub(super) id: CaseId,
    /// Canonical case number.
    pub(super) number: String,
    /// Name of the court.
    pub(super) court_name: String,
    /// Code of the court.
    pub(super) court_code: String,
    /// The case of the chain that it continues; null for the first.
    pub(super) continues: Option<CaseId>,
    /// When it became known.
    pub(super) created_at: Timestamp,
}

impl From<&Case> for CaseView {
    fn from(case: &Case) -> Self {
        Self {
            id: case.id,
            number: case.number.as_str().to_owned(),
            court_name: case.court_name.clone(),
            court_code: case.court_code.clone(),
            continues: case.continues,
            created_at: case.created,
        }
    }
}

/// An inquiry of the chain, in short.
#[derive(Debug, Serialize, JsonSchema)]
struct InquiryLine {
    /// Identifier.
    id: Uuid,
    /// Its case number.
    case_number: String,
    /// State.
    state: InquiryState,
    /// Who submitted it.
    submitted_by: String,
    /// When it was accepted.
    created_at: Timestamp,
    /// How often its certificate was issued.
    certificates: u32,
    /// SHA-256 of its latest certificate, hexadecimal; null while there is none.
    certificate_sha256: Option<String>,
}

/// A case with everything of its chain.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct CaseInFull {
    /// The case.
    #[serde(flatten)]
    case: CaseView,
    /// Every case of the chain, the oldest first.
    chain: Vec<CaseView>,
    /// The parties of the chain.
    parties: Vec<PartyView>,
    /// What may be taken from them; null while nothing may.
    claim: Option<ClaimView>,
    /// What the claim is covered by; null without one.
    coverage: Option<Coverage>,
    /// The ledger.
    measures: Vec<MeasureInFull>,
    /// The inquiries of the chain that the caller sees, the oldest first.
    inquiries: Vec<InquiryLine>,
    /// What is to be done.
    tasks: Vec<TaskView>,
}

pub(super) async fn show(
    State(gateway): State<Shared>,
    caller: Caller<{ may::READ }>,
    At(path): At<CasePath>,
) -> Result<Json<CaseInFull>, Problem> {
    let terms = Arc::clone(&gateway.terms);
    let courts = caller.courts().clone();
    let found = gateway.store.read(move |reads| match sight::named_case(reads, &courts, &path.id)? {
        Some(case) => read(reads, &terms, &courts, &case).map(Some),
        None => Ok(None),
    });
    found.await?.map(Json).ok_or_else(|| Problem::not_found("case"))
}

fn read(reads: &mut dyn Reads, terms: &RecentTerms, courts: &Courts, case: &Case) -> Stored<CaseInFull> {
    let chain = reads.chain(case.chain)?.ok_or(StoreError::Missing("the chain"))?;
    let measures = reads.measures_of(case.chain)?;
    let coverage = chain.claim.as_ref().map(|claim| Coverage::of(claim, measures.iter()));
    let mut inquiries = Vec::new();
    // A chain may have cases of several courts; each sees its own inquiries.
    for inquiry in reads.inquiries_of(case.chain)?.into_iter().filter(|one| courts.cover(&one.court)) {
        let certificate = reads.certificate(inquiry.id, None)?;
        inquiries.push(InquiryLine {
            id: inquiry.uid,
            case_number: inquiry.case_number,
            state: inquiry.state,
            submitted_by: inquiry.submitted_by,
            created_at: inquiry.created,
            certificates: inquiry.completions,
            certificate_sha256: certificate.map(|certificate| certificate.sha256),
        });
    }
    let tasks = reads.tasks_of(case.chain)?;
    Ok(CaseInFull {
        case: case.into(),
        chain: reads.cases_of(case.chain)?.iter().map(CaseView::from).collect(),
        parties: reads.parties_of(case.chain)?.iter().map(PartyView::from).collect(),
        claim: chain.claim.as_ref().map(ClaimView::from),
        coverage,
        measures: measures
            .iter()
            .map(|measure| MeasureInFull::read(reads, terms, measure))
            .collect::<Stored<_>>()?,
        inquiries,
        tasks: tasks.iter().map(|task| TaskView::read(reads, task)).collect::<Stored<_>>()?,
    })
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("getCase")
        .tag("cases")
        .summary("A case with its chain, claim, ledger and tasks 案件")
        .description(
            "Found by its identifier or by its number in any spelling, such as `(2026)测0203执7号之一`.",
        )
        .response_with::<404, Problem, _>(|response| response.description("There is no such case"))
}
