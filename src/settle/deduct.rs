//! Deduction 扣划: on an approver's word, out of a freeze of ours that stands, to the court's own account.

use chakong_contract::order::{CourtAccount, DocumentKind, LegalDocument, Target};
use rust_decimal::Decimal;

use super::Declined;
use super::by_hand::{add_documents, ledger_of};
use super::measures::take;
use crate::freeze::Level;
use crate::inquiry::{Measure, MeasureId, MeasureState};
use crate::store::{Act, StoreError, Stored, Tx};

/// What is deducted.
#[derive(Debug, Clone)]
pub struct Deduction {
    /// How much, in yuan; all that is held where absent.
    pub amount: Option<Decimal>,
    /// Where it goes.
    pub into: CourtAccount,
    /// Documents that the inquiry did not bring.
    pub documents: Vec<LegalDocument>,
}

/// Deducts what a measure holds, wholly or in part (法〔2018〕64号: freeze first, then deduct).
///
/// # Errors
/// The outer one when the store fails, the inner one when the ledger or the law does not allow it.
pub fn deduct(
    tx: &mut dyn Tx,
    id: MeasureId,
    deduction: &Deduction,
    mut act: Act,
) -> Stored<Result<Measure, Declined>> {
    let Some((measure, mut inquiry, _)) = ledger_of(tx, id)? else {
        return Ok(Err(Declined::Unknown("measure")));
    };
    let amount = match allowed(&measure, deduction.amount) {
        Ok(amount) => amount,
        Err(reason) => return Ok(Err(Declined::NotNow(reason))),
    };
    add_documents(tx, inquiry.id, &deduction.documents)?;
    let submission = tx.submission(inquiry.id)?.ok_or(StoreError::Missing("the submission"))?;
    for kind in [DocumentKind::DeductRuling, DocumentKind::DeductNotice] {
        if !submission.documents.iter().any(|document| document.kind == kind) {
            let reason = format!("a deduction needs the {} (法释〔2013〕20号 art. 3)", kind.chinese());
            return Ok(Err(Declined::NotNow(reason)));
        }
    }
    take(tx, &mut inquiry, measure, (amount, deduction.into.clone()), act.at)?;
    tx.save_inquiry(&inquiry)?;
    act.subject = inquiry.uid.to_string();
    tx.insert_act(&act)?;
    Ok(tx.measure(id)?.ok_or(Declined::Unknown("measure")))
}

/// How much may be deducted, or why nothing may.
fn allowed(measure: &Measure, wish: Option<Decimal>) -> Result<Decimal, String> {
    let state = measure.state.word();
    if measure.state != MeasureState::InForce {
        return Err(format!("the measure is {state}; only a freeze that stands can be deducted from"));
    }
    if !matches!(measure.target, Target::Account { .. }) {
        return Err("only money in an account can be deducted".to_owned());
    }
    match measure.exemption.level {
        Level::Free => {}
        Level::FreezeOnly => {
            return Err(format!("只可冻结不得扣划 freeze only: {}", measure.exemption.basis));
        }
        Level::NoMeasure => return Err(format!("豁免财产 exempt: {}", measure.exemption.basis)),
    }
    let amount = wish.unwrap_or(measure.held);
    if amount > measure.held {
        return Err(format!("the measure holds {} yuan, less than is to be deducted", measure.held));
    }
    if amount <= Decimal::ZERO {
        return Err("the measure holds nothing that could be deducted".to_owned());
    }
    Ok(amount)
}
