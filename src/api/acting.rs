//! What acts have in common: an actor, a reason, documents, amounts.

use chakong_contract::{LegalDocument, Money, PlainDecimal};
use rust_decimal::Decimal;

use super::Shared;
use super::problem::Problem;
use crate::domain::decide::{Act, ActInput, ActOutcome, SeenStanding};
use crate::domain::{Case, Finding};
use crate::intake::brought;
use crate::people::Identity;

/// Most documents of one act.
const MOST_DOCUMENTS: usize = 10;

/// Has the engine do what a caller decided, by the case by which they came, where it is one: the act stands under its number.
///
/// # Errors
/// When the case does not allow it or the store fails.
pub async fn act(
    gateway: &Shared,
    caller: &Identity,
    (case, act): (Option<&Case>, Act),
    reason: String,
    documents: Vec<LegalDocument>,
) -> Result<ActOutcome, Problem> {
    act_as_seen(gateway, caller, (case, act, None), (reason, documents)).await
}

/// The same about a measure, where it is still as the caller saw it.
///
/// # Errors
/// When it is not, when the case does not allow it or the store fails.
pub async fn act_as_seen(
    gateway: &Shared,
    caller: &Identity,
    (case, act, seen): (Option<&Case>, Act, Option<SeenStanding>),
    (reason, documents): (String, Vec<LegalDocument>),
) -> Result<ActOutcome, Problem> {
    let documents = documents.into_iter().map(brought).collect();
    let actor = caller.actor();
    let (chain, case) = case.map(|case| (case.chain, case.id)).unzip();
    let input = ActInput { actor, case, reason: reason.trim().to_owned(), documents, act, seen };
    Ok(gateway.engine.act(chain, input).await?)
}

/// An amount in yuan that is more than zero, with at most two decimals, and not beyond all measure.
pub fn check_amount(pointer: &str, amount: Option<Money>, findings: &mut Vec<Finding>) {
    if amount.is_some_and(|amount| amount.currency.is_some() && !amount.is_yuan()) {
        findings
            .push(Finding::new(format!("{pointer}/currency"), "金额应为人民币 the amount must be in CNY"));
    }
    check_amount_in_any(pointer, amount, findings);
}

/// An amount in a currency that is named, more than zero, with at most two decimals, and not beyond all measure.
pub fn check_amount_in_any(pointer: &str, amount: Option<Money>, findings: &mut Vec<Finding>) {
    let Some(amount) = amount else { return };
    if amount.currency.is_none() {
        findings.push(Finding::new(
            format!("{pointer}/currency"),
            "须注明币种，如 CNY name the currency, such as CNY",
        ));
    }
    if amount.amount <= Decimal::ZERO || amount.amount.scale() > 2 {
        let detail = "应大于零，至多两位小数 must be more than zero, with at most two decimals";
        findings.push(Finding::new(format!("{pointer}/amount"), detail));
    } else if !amount.is_plausible() {
        findings.push(Finding::new(format!("{pointer}/amount"), "金额过大 is beyond all measure"));
    }
}

/// A rate: yuan for one unit of a foreign currency.
pub fn check_rate(rate: Option<PlainDecimal>, findings: &mut Vec<Finding>) {
    if rate.is_some_and(|PlainDecimal(rate)| rate <= Decimal::ZERO || rate > Decimal::ONE_THOUSAND) {
        findings.push(Finding::new("/rate", "应大于零且不超过 1000 must be more than zero and at most 1000"));
    }
}

/// Documents that come along with an act.
pub fn check_documents(documents: &[LegalDocument], findings: &mut Vec<Finding>) {
    if documents.len() > MOST_DOCUMENTS {
        findings.push(Finding::new(
            "/documents",
            format!("文书至多 {MOST_DOCUMENTS} 份 at most {MOST_DOCUMENTS} documents"),
        ));
    }
    crate::intake::check_documents(documents, findings);
}
