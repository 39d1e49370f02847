//! Forced transfer 强制转让: on an approver's word, of a stake under a freeze of ours, to who took it in the sale.

use chakong_contract::Transferee;
use chakong_contract::order::{DocumentKind, LegalDocument, Target};

use super::Declined;
use super::by_hand::{add_documents, ledger_of};
use super::measures::pass_over;
use crate::inquiry::{Measure, MeasureId, MeasureState};
use crate::store::{Act, StoreError, Stored, Tx};

/// What is transferred is the stake that the measure freezes.
#[derive(Debug, Clone)]
pub struct Transfer {
    /// Who takes it.
    pub to: Transferee,
    /// Documents that the inquiry did not bring.
    pub documents: Vec<LegalDocument>,
}

/// Has a forced transfer registered (法〔2014〕251号 item 7): freeze first, then transfer.
///
/// # Errors
/// The outer one when the store fails, the inner one when the measure or the law does not allow it.
pub fn transfer(
    tx: &mut dyn Tx,
    id: MeasureId,
    transfer: &Transfer,
    mut act: Act,
) -> Stored<Result<Measure, Declined>> {
    let Some((measure, mut inquiry, _)) = ledger_of(tx, id)? else {
        return Ok(Err(Declined::Unknown("measure")));
    };
    if let Err(reason) = allowed(&measure) {
        return Ok(Err(Declined::NotNow(reason)));
    }
    let submission = tx.submission(inquiry.id)?.ok_or(StoreError::Missing("the submission"))?;
    for kind in [DocumentKind::TransferRuling, DocumentKind::TransferNotice] {
        let mut known = submission.documents.iter().chain(&transfer.documents);
        if !known.any(|document| document.kind == kind) {
            let reason = format!("a forced transfer needs the {} (法释〔2013〕20号 art. 3)", kind.chinese());
            return Ok(Err(Declined::NotNow(reason)));
        }
    }
    add_documents(tx, inquiry.id, &transfer.documents)?;
    pass_over(tx, &mut inquiry, measure, transfer.to.clone(), act.at)?;
    tx.save_inquiry(&inquiry)?;
    act.subject = inquiry.uid.to_string();
    tx.insert_act(&act)?;
    Ok(tx.measure(id)?.ok_or(Declined::Unknown("measure")))
}

fn allowed(measure: &Measure) -> Result<(), String> {
    if measure.state != MeasureState::InForce {
        let state = measure.state.word();
        return Err(format!("the measure is {state}; only a stake whose freeze stands can be transferred"));
    }
    if !matches!(measure.target, Target::Equity { .. }) {
        return Err("only a stake in a company can be transferred".to_owned());
    }
    if measure.rank.is_some_and(|rank| rank.place > 1) {
        return Err("轮候冻结，尚未生效 the freeze waits behind another and has no effect yet".to_owned());
    }
    Ok(())
}
