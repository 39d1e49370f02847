//! What acts on a measure have in common: an amount, documents, and who must hear of them.

use chakong_contract::{ActionKind, LegalDocument, Money};
use rust_decimal::Decimal;

use crate::api::Shared;
use crate::inquiry::{Measure, MeasureId};
use crate::intake::Finding;
use crate::settle::Declined;
use crate::store::{Stored, Tx};

/// Most documents of one act.
const MOST_DOCUMENTS: usize = 10;

/// An amount in yuan that is more than zero, with at most two decimals.
pub(super) fn check_amount(pointer: &str, amount: Option<Money>, findings: &mut Vec<Finding>) {
    let Some(amount) = amount else { return };
    if !amount.is_yuan() {
        findings.push(finding(format!("{pointer}/currency"), "the amount must be in CNY"));
    }
    if amount.amount <= Decimal::ZERO || amount.amount.scale() > 2 {
        findings
            .push(finding(format!("{pointer}/amount"), "must be more than zero, with at most two decimals"));
    }
}

/// Documents that come along with an act.
pub(super) fn check_documents(documents: &[LegalDocument], findings: &mut Vec<Finding>) {
    if documents.len() > MOST_DOCUMENTS {
        findings.push(finding("/documents".into(), &format!("at most {MOST_DOCUMENTS} documents")));
    }
    for (at, document) in documents.iter().enumerate() {
        if document.content.is_empty() {
            findings.push(finding(format!("/documents/{at}/content"), "the document is empty"));
        }
        if document.format.is_empty() || !document.format.bytes().all(|b| b.is_ascii_alphanumeric()) {
            findings.push(finding(format!("/documents/{at}/format"), "must be a file extension such as pdf"));
        }
    }
}

fn finding(pointer: String, detail: &str) -> Finding {
    Finding { pointer, detail: detail.to_owned() }
}

/// Whether the measure's counterpart takes orders of this kind.
pub(super) fn can(
    gateway: &Shared,
    tx: &mut dyn Tx,
    id: MeasureId,
    action: ActionKind,
) -> Stored<Result<(), Declined>> {
    let Some(measure) = tx.measure(id)? else { return Ok(Err(Declined::Unknown("measure"))) };
    let counterparts = gateway.counterparts.now();
    let able = counterparts
        .get(&measure.counterpart)
        .is_some_and(|asked| asked.plugin.manifest.capability(action).is_some());
    let declined = || Declined::NotNow(format!("{} takes no {action} orders", measure.counterpart));
    Ok(if able { Ok(()) } else { Err(declined()) })
}

/// Reads the submission anew within the transaction that added documents to it: a lane that its commit wakes must see
/// them, also when the caller is gone by then.
pub(super) fn refresh(gateway: &Shared, tx: &mut dyn Tx, done: &Result<Measure, Declined>) -> Stored<()> {
    if let Ok(measure) = done {
        gateway.submissions.forget(measure.inquiry);
        gateway.submissions.get(tx, measure.inquiry)?;
    }
    Ok(())
}
