//! `GET /v1/cases/{id}/progress`: what the parties of a case may be shown.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;

use super::CasePath;
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::At;
use crate::api::problem::Problem;
use crate::domain::progress::{Progress, ProgressFacts, ProgressTerms, SearchFacts, progress};
use crate::domain::{Case, ClaimChangeKind, ClaimState, InquiryState};
use crate::people::sight;
use crate::store::{Reads, StoreError, Stored};

pub(super) async fn show(
    State(gateway): State<Shared>,
    caller: Caller<{ may::READ }>,
    At(path): At<CasePath>,
) -> Result<Json<Progress>, Problem> {
    let (shared, courts) = (Shared::clone(&gateway), caller.courts().clone());
    let found = gateway.store.read(move |reads| match sight::named_case(reads, &courts, &path.id)? {
        Some(case) => read(reads, &case, shared.progress.of(&case.court_code)).map(Some),
        None => Ok(None),
    });
    found.await?.map(Json).ok_or_else(|| Problem::not_found("case"))
}

fn read(reads: &mut dyn Reads, case: &Case, terms: &ProgressTerms) -> Stored<Progress> {
    let (mut searches, mut filed_on, mut nothing_found) = (Vec::new(), None, true);
    let mut first_completed: Option<Timestamp> = None;
    for inquiry in reads.inquiries_of(case.chain)? {
        let is_of_the_case = inquiry.case == case.id;
        let said = reads.terms(inquiry.id)?;
        nothing_found &= inquiry.state != InquiryState::Open;
        if is_of_the_case
            && inquiry.completions > 0
            && let Some(first) = reads.certificate(inquiry.id, Some(1))?
        {
            first_completed = first_completed.into_iter().chain([first.at]).min();
        }
        if let Some(latest) = reads.certificate(inquiry.id, None)? {
            nothing_found &= has_found_nothing(&latest.text);
        }
        if is_of_the_case && filed_on.is_none() {
            filed_on = said.as_ref().and_then(|terms| terms.case.filed_on);
        }
        searches.push(SearchFacts {
            inquiry: inquiry.id,
            is_of_the_case,
            parties: said.map(|terms| terms.debtors.clone()).unwrap_or_default(),
            lines: reads.lines_of(inquiry.id)?,
        });
    }
    let chain = reads.chain(case.chain)?.ok_or(StoreError::Missing("the chain"))?;
    let is_settled = chain.claim.is_some_and(|claim| claim.state == ClaimState::Settled);
    let ends = reads.claim_changes(case.chain)?.into_iter();
    let ended = ends.filter(|change| change.kind == ClaimChangeKind::Settled).map(|change| change.at).max();
    let facts = ProgressFacts {
        case_number: case.number.as_str(),
        filed_on,
        searches: &searches,
        first_completed,
        measures: &reads.measures_of(case.chain)?,
        debt_ended: ended.filter(|_| is_settled),
        nothing_found: nothing_found && first_completed.is_some(),
    };
    Ok(progress(facts, terms))
}

/// Whether a certificate says that everybody answered in full and nobody found anything.
fn has_found_nothing(certificate: &str) -> bool {
    let read = serde_json::from_str::<serde_json::Value>(certificate);
    read.is_ok_and(|certificate| certificate["triage"] == "nothing_found")
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("getCaseProgress")
        .tag("cases")
        .summary("What the parties of a case may be shown 向当事人公开的执行进展")
        .description(
            "Stages with their days, how many institutions were asked and have answered, and which kinds of property are under \
             control, as the court's `[progress]` lets them be shown. Nothing before the freezes of this case are in force, nor while \
             one of a party who knows of none could be placed, is proposed or under way, so that no debtor is warned; what is under way \
             about who knows already is not shown before it is in force, and hides nothing; never an account, a number, an amount or an institution's name.",
        )
        .response_with::<404, Problem, _>(|response| response.description("There is no such case"))
}
