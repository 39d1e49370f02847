//! `POST /v1/measures/{id}/deduct`: takes money out of a freeze that stands, to an account of the court.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use chakong_contract::{ActionKind, LegalDocument, Money};
use schemars::JsonSchema;
use serde::Deserialize;

use super::checks::{can, check_amount, check_documents, refresh};
use super::{MeasurePath, MeasureView, decide};
use crate::api::access::{Caller, may};
use crate::api::extract::{At, Sent, check_reason, no_findings};
use crate::api::problem::Problem;
use crate::api::{Shared, act};
use crate::intake::Finding;
use crate::settle::{self, Deduction};
use crate::store::Tx;

/// How much is deducted, where it goes, on which documents, and why.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeductRequest {
    /// How much, in yuan; absent means all that is held.
    amount: Option<Money>,
    /// Name of the court's account, out of `[[court_accounts]]` in the configuration.
    court_account: String,
    /// Documents that the deduction needs and the inquiry did not bring: ruling and notice (法释〔2013〕20号 art. 3).
    #[serde(default)]
    documents: Vec<LegalDocument>,
    /// Why; 1 to 500 characters.
    #[schemars(length(min = 1, max = 500))]
    reason: String,
}

impl DeductRequest {
    fn checked(self, gateway: &Shared) -> Result<(Deduction, String), Problem> {
        let mut findings = Vec::new();
        check_reason(&self.reason, &mut findings);
        check_amount("/amount", self.amount, &mut findings);
        check_documents(&self.documents, &mut findings);
        let account = gateway.court_accounts.iter().find(|account| account.name == self.court_account);
        if account.is_none() {
            findings.push(Finding {
                pointer: "/court_account".to_owned(),
                detail: "no such account in [[court_accounts]] of the configuration: deducted money goes to \
                         the court's own accounts only (法〔2018〕64号)"
                    .to_owned(),
            });
        }
        no_findings(findings)?;
        let into = account.map(|named| named.account.clone()).ok_or_else(|| Problem::not_found("account"))?;
        let amount = self.amount.map(|money| money.amount);
        Ok((Deduction { amount, into, documents: self.documents }, self.reason))
    }
}

pub(super) async fn deduct(
    State(gateway): State<Shared>,
    caller: Caller<{ may::APPROVER }>,
    At(path): At<MeasurePath>,
    Sent(request): Sent<DeductRequest, true>,
) -> Result<Json<MeasureView>, Problem> {
    let (deduction, reason) = request.checked(&gateway)?;
    let act = act(gateway.clock.now(), caller.name(), "deduct", path.id.to_string(), &reason);
    let around = Shared::clone(&gateway);
    let work = move |tx: &mut dyn Tx| {
        if let Err(declined) = can(&around, tx, path.id, ActionKind::Deduct)? {
            return Ok(Err(declined));
        }
        let deducted = settle::deduct(tx, path.id, &deduction, act.clone())?;
        refresh(&around, tx, &deducted)?;
        Ok(deducted)
    };
    let (view, inquiry) = decide(&gateway, work).await?;
    gateway.submissions.forget(inquiry);
    Ok(Json(view))
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("deductMeasure")
        .tag("measures")
        .summary("Deduct what a measure holds 扣划")
        .description(
            "Out of a freeze that stands, to an account of the court out of the configuration. What may only be \
             frozen is not deducted.",
        )
        .response_with::<404, Problem, _>(|response| response.description("There is no such measure"))
        .response_with::<409, Problem, _>(|response| {
            response.description("The measure does not stand, may not be deducted from, or documents are missing")
        })
        .response_with::<422, Problem, _>(|response| response.description("A rule is broken"))
}
