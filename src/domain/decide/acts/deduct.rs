//! Deduction 扣划, out of a freeze of ours that stands, to the court's own account; and the forced transfer of a stake.

use chakong_contract::order::{CourtAccount, Target};
use chakong_contract::{ActionKind, Currency, Instruction};
use rust_decimal::Decimal;

use super::super::super::people::Courts;
use super::super::super::rules::exemptions::Level;
use super::super::super::{
    BroughtDocument, DocumentId, Finding, InquiryState, Measure, MeasureId, MeasureState, Permitted,
};
use super::super::ask::original_of;
use super::super::counting::left_to_take;
use super::super::draft::Draft;
use super::super::units::taken_part;
use super::super::{Decided, Rejected};
use super::{Outcome, Transfer, authorise};

/// What is deducted.
#[derive(Debug, Clone)]
pub struct Deduction {
    /// How much, in yuan; all that is held where absent.
    pub amount: Option<Decimal>,
    /// Where it goes.
    pub into: CourtAccount,
    /// Whose account that is.
    pub courts: Courts,
}

/// On which documents a deduction or transfer goes out, beside those of its inquiry.
pub enum OnPapers {
    /// Those that are brought with it.
    Brought(Vec<BroughtDocument>),
    /// Those that the same went out on before.
    Kept(Vec<DocumentId>),
}

/// Deducts what a measure holds, wholly or in part (法〔2018〕64号: freeze first, then deduct).
pub fn deduct(
    draft: &mut Draft<'_>,
    id: MeasureId,
    deduction: Deduction,
    documents: OnPapers,
) -> Decided<Outcome> {
    let measure = draft.measure(id)?;
    let amount = allowed(draft, &measure, deduction.amount)?;
    let papers = papers(draft, &measure, ActionKind::Deduct, documents)?;
    let court = draft.court_of(draft.file.subject_of(&measure).0);
    if !deduction.courts.are_all() && !deduction.courts.cover(&court) {
        return Err(Rejected::Findings(vec![no_such_account()]));
    }
    let original = original_of(&measure).ok_or_else(|| {
        Rejected::NotNow(
            "原冻结请求单号不明，请先补录 the number of the freeze is not known; enter it first".into(),
        )
    })?;
    let (target, sum) = (taken_part(&measure, amount), measure.money(amount));
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

/// That an account is none that the money may go to: unknown, or another court's.
pub fn no_such_account() -> Finding {
    let detail = "本院无此执行款账户 no such account of the case's court in [[court_accounts]] of the configuration: deducted money \
                  goes to the court's own accounts only (法〔2018〕64号)";
    Finding::new("/court_account", detail)
}

/// The papers of an act: those that the law asks for and those that the counterpart asks for.
fn papers(
    draft: &mut Draft<'_>,
    measure: &Measure,
    action: ActionKind,
    documents: OnPapers,
) -> Decided<Vec<DocumentId>> {
    let requirement = authorise(draft, measure, action)?;
    let brought = match documents {
        OnPapers::Brought(documents) => draft.keep_documents(documents, measure.inquiry, &[measure.id]),
        OnPapers::Kept(papers) => papers,
    };
    let papers = draft
        .papers_for(measure, action, &brought)
        .map_err(|error| Rejected::NotAllowed(error.to_string()))?;
    let missing = requirement.missing(&draft.kinds_at_hand(measure, action, &brought));
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
            "仅有效的冻结可以扣划 the measure is {state}; only a freeze that stands can be deducted from"
        )));
    }
    is_not_cancelled(draft, measure)?;
    if !matches!(measure.target, Target::Account { .. }) {
        return Err(Rejected::NotNow(
            "仅账户内的款项可以扣划 only money in an account can be deducted".to_owned(),
        ));
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
            "实际控制 {held} {currency}，不足以扣划该数额 the measure holds {held} {currency}, less than is to be deducted",
            held = measure.held,
            currency = measure.currency.unwrap_or(Currency::CNY),
        )));
    }
    if amount <= Decimal::ZERO {
        return Err(Rejected::NotNow(
            "该措施没有可扣划的款项 the measure holds nothing that could be deducted".to_owned(),
        ));
    }
    if measure.currency.is_some() && measure.rate.is_none() {
        return Err(Rejected::NotAllowed(
            "外币账户须先载明折算汇率方可扣划，否则不计入标的 name the rate of the foreign amount first: without it the deduction would count for nothing"
                .into(),
        ));
    }
    let left = left_to_take(&draft.file, measure.debtor).max(Decimal::ZERO);
    if measure.in_yuan(amount) > left { Err(Rejected::NoRoom { left }) } else { Ok(amount) }
}

/// For an inquiry that was cancelled nothing is deducted or transferred.
fn is_not_cancelled(draft: &Draft<'_>, measure: &Measure) -> Decided<()> {
    let (inquiry, _) = draft.file.subject_of(measure);
    let inquiry = draft.file.inquiries.get(&inquiry);
    if inquiry.is_some_and(|inquiry| inquiry.state == InquiryState::Cancelled) {
        return Err(Rejected::NotAllowed("查控申请已撤回，不得扣划、转让 the inquiry was cancelled".into()));
    }
    Ok(())
}

/// Has a forced transfer registered (法〔2014〕251号 item 7): freeze first, then transfer.
pub fn transfer(
    draft: &mut Draft<'_>,
    id: MeasureId,
    transfer: Transfer,
    documents: OnPapers,
) -> Decided<Outcome> {
    let measure = draft.measure(id)?;
    if !matches!(measure.target, Target::Equity { .. }) {
        return Err(Rejected::NotNow(
            "仅公司股权可以强制转让 only a stake in a company can be transferred".to_owned(),
        ));
    }
    if measure.state == MeasureState::Waiting {
        return Err(Rejected::NotNow(
            "轮候冻结，尚未生效 the freeze waits behind another and has no effect yet".to_owned(),
        ));
    }
    if measure.state != MeasureState::InForce {
        let state = measure.state.word();
        return Err(Rejected::NotNow(format!(
            "仅冻结有效的股权可以强制转让 the measure is {state}; only a stake whose freeze stands can be transferred"
        )));
    }
    is_not_cancelled(draft, &measure)?;
    let papers = papers(draft, &measure, ActionKind::Transfer, documents)?;
    let instruction = Instruction::Transfer { target: measure.target.clone(), to: transfer.to };
    let order = draft.control(&measure, instruction, papers);
    draft.move_measure(Measure { state: MeasureState::Transferring, control: Some(order), ..measure });
    Ok(Outcome { measures: vec![id], orders: vec![order] })
}
