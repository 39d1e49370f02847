//! Deduction 扣划, out of a freeze of ours that stands, to the court's own account; and the forced transfer of a stake.

use chakong_contract::order::Target;
use chakong_contract::{ActionKind, Instruction};
use rust_decimal::Decimal;

use super::super::super::rules::exemptions::Level;
use super::super::super::{
    BroughtDocument, DocumentId, InquiryState, Measure, MeasureId, MeasureState, PartyId, Permitted,
};
use super::super::ask::original_of;
use super::super::draft::Draft;
use super::super::{Decided, Rejected};
use super::{Deduction, Outcome, Transfer, authorise};

/// Deducts what a measure holds, wholly or in part (法〔2018〕64号: freeze first, then deduct).
pub fn deduct(
    draft: &mut Draft<'_>,
    id: MeasureId,
    deduction: Deduction,
    documents: Vec<BroughtDocument>,
) -> Decided<Outcome> {
    let measure = draft.measure(id)?;
    let amount = allowed(draft, &measure, deduction.amount)?;
    let papers = papers(draft, &measure, ActionKind::Deduct, documents)?;
    let original = original_of(&measure).ok_or_else(|| {
        Rejected::NotNow(
            "原冻结请求单号不明，请先补录 the number of the freeze is not known; enter it first".into(),
        )
    })?;
    let (target, sum) = (measure.target.clone(), measure.money(amount));
    let instruction = Instruction::Deduct { target, amount: sum, original, into: deduction.into };
    let order = draft.control(&measure, instruction, papers);
    draft.move_measure(Measure {
        state: MeasureState::Deducting,
        deducting: amount,
        control: Some(order),
        ..measure
    });
    Ok(Outcome { measures: vec![id], orders: vec![order] })
}

/// The papers of an act: those that the law asks for and those that the counterpart asks for.
fn papers(
    draft: &mut Draft<'_>,
    measure: &Measure,
    action: ActionKind,
    documents: Vec<BroughtDocument>,
) -> Decided<Vec<DocumentId>> {
    let requirement = authorise(draft, measure, action)?;
    let brought = draft.keep_documents(documents, measure.inquiry, &[measure.id]);
    let papers = draft
        .papers_for(measure, action, &brought)
        .map_err(|error| Rejected::NotAllowed(error.to_string()))?;
    let usable = |paper: &&super::super::super::Paper| {
        brought.contains(&paper.id) || !paper.by_act || paper.measures.contains(&measure.id)
    };
    let present: Vec<_> = draft.file.papers.iter().filter(usable).map(|paper| paper.kind).collect();
    let missing = requirement.missing(&present);
    if missing.is_empty() {
        return Ok(papers);
    }
    let words: Vec<&str> = missing.iter().map(|kind| kind.chinese()).collect();
    let basis = requirement.basis;
    Err(Rejected::NotAllowed(format!("缺文书 missing document: {} ({basis})", words.join("、"))))
}

/// How much may be deducted, or why nothing may.
fn allowed(draft: &Draft<'_>, measure: &Measure, wish: Option<Decimal>) -> Decided<Decimal> {
    let state = measure.state.word();
    if measure.state != MeasureState::InForce || measure.until.is_some_and(|until| until < draft.today()) {
        return Err(Rejected::NotNow(format!(
            "the measure is {state}; only a freeze that stands can be deducted from"
        )));
    }
    let (inquiry, _) = draft.subject_of(measure);
    let inquiry = draft.file.inquiries.get(&inquiry);
    if inquiry.is_some_and(|inquiry| inquiry.state == InquiryState::Cancelled) {
        return Err(Rejected::NotAllowed("查控申请已撤回，不得扣划 the inquiry was cancelled".into()));
    }
    if !matches!(measure.target, Target::Account { .. }) {
        return Err(Rejected::NotNow("only money in an account can be deducted".to_owned()));
    }
    let permitted = measure.permitted == Some(Permitted::FreezeAndDeduct);
    match measure.exemption.level {
        Level::Free | Level::Doubtful => {}
        _ if permitted => {}
        Level::FreezeOnly => {
            return Err(Rejected::NotAllowed(format!(
                "只可冻结不得扣划 freeze only: {}",
                measure.exemption.basis
            )));
        }
        Level::NoMeasure => {
            return Err(Rejected::NotAllowed(format!("豁免财产 exempt: {}", measure.exemption.basis)));
        }
    }
    let amount = wish.unwrap_or(measure.held);
    if amount > measure.held {
        return Err(Rejected::NotNow(format!(
            "the measure holds {} yuan, less than is to be deducted",
            measure.held
        )));
    }
    if amount <= Decimal::ZERO {
        return Err(Rejected::NotNow("the measure holds nothing that could be deducted".to_owned()));
    }
    let left = left_to_take(draft, measure.debtor);
    if measure.in_yuan(amount) > left { Err(Rejected::NoRoom { left }) } else { Ok(amount) }
}

/// How much more may be taken of a party, in yuan: of the claim, and of what the party is liable for.
fn left_to_take(draft: &Draft<'_>, debtor: PartyId) -> Decimal {
    let taken = |of: &dyn Fn(&Measure) -> bool| -> Decimal {
        let ledger = draft.file.ledger().filter(|one| of(one));
        ledger.map(|one| one.in_yuan(one.deducted) + one.in_yuan(one.deducting)).sum()
    };
    let claim = draft.file.chain.claim.as_ref().map_or(Decimal::MAX, |claim| claim.amount);
    let party = draft.file.parties.iter().find(|known| known.id == debtor);
    let liable = party.and_then(|known| known.liable_up_to).unwrap_or(Decimal::MAX);
    let left = (claim - taken(&|_| true)).min(liable - taken(&|one| one.debtor == debtor));
    left.max(Decimal::ZERO)
}

/// Has a forced transfer registered (法〔2014〕251号 item 7): freeze first, then transfer.
pub fn transfer(
    draft: &mut Draft<'_>,
    id: MeasureId,
    transfer: Transfer,
    documents: Vec<BroughtDocument>,
) -> Decided<Outcome> {
    let measure = draft.measure(id)?;
    if !matches!(measure.target, Target::Equity { .. }) {
        return Err(Rejected::NotNow("only a stake in a company can be transferred".to_owned()));
    }
    if measure.state == MeasureState::Waiting {
        return Err(Rejected::NotNow(
            "轮候冻结，尚未生效 the freeze waits behind another and has no effect yet".to_owned(),
        ));
    }
    if measure.state != MeasureState::InForce {
        let state = measure.state.word();
        return Err(Rejected::NotNow(format!(
            "the measure is {state}; only a stake whose freeze stands can be transferred"
        )));
    }
    let papers = papers(draft, &measure, ActionKind::Transfer, documents)?;
    let instruction = Instruction::Transfer { target: measure.target.clone(), to: transfer.to };
    let order = draft.control(&measure, instruction, papers);
    draft.move_measure(Measure { state: MeasureState::Transferring, control: Some(order), ..measure });
    Ok(Outcome { measures: vec![id], orders: vec![order] })
}
