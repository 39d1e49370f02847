//! Renewal 续冻、续封: before the measure ends by itself (查扣冻规定 art. 27), on its own ruling and notice.

use chakong_contract::{ActionKind, Date, Instruction};
use jiff::Span;
use rust_decimal::Decimal;

use super::super::super::{BroughtDocument, Measure, MeasureId, MeasureState, TaskKind};
use super::super::ask::original_of;
use super::super::counting::room_of;
use super::super::draft::Draft;
use super::super::units::standing_part;
use super::super::{Decided, Rejected};
use super::{Outcome, Renewal, authorise};

/// Renews a measure that stands, for what is still wanted of it.
pub fn renew(
    draft: &mut Draft<'_>,
    id: MeasureId,
    renewal: Renewal,
    documents: Vec<BroughtDocument>,
) -> Decided<Outcome> {
    let measure = draft.measure(id)?;
    let (from, until) = term(&measure, renewal.days, draft.today())?;
    authorise(draft, &measure, ActionKind::Renew)?;
    let limit = still_wanted(draft, &measure)?;
    let original = original_of(&measure).ok_or_else(|| {
        Rejected::NotNow(
            "原冻结请求单号不明，请先补录 the number of the freeze is not known; enter it first".into(),
        )
    })?;
    let brought = draft.keep_documents(documents, measure.inquiry, &[id]);
    let papers = draft
        .papers_for(&measure, ActionKind::Renew, &brought)
        .map_err(|error| Rejected::NotAllowed(error.to_string()))?;
    let said = (!measure.is_whole()).then(|| measure.money(limit));
    let target = standing_part(&measure, limit);
    let instruction = Instruction::Renew { target, limit: said, from, until, original };
    let order = draft.control(&measure, instruction, papers);
    draft.move_measure(Measure { state: MeasureState::Renewing, control: Some(order), ..measure });
    draft.close_tasks(|task| task.measure == Some(id) && task.kind == TaskKind::BringPapers);
    Ok(Outcome { measures: vec![id], orders: vec![order] })
}

/// What is still wanted of a measure: its limit as it stands, within what the claim leaves to it.
fn still_wanted(draft: &Draft<'_>, measure: &Measure) -> Decided<Decimal> {
    let all = if measure.limit.is_zero() { measure.held } else { measure.limit };
    if measure.is_whole() || measure.currency.is_some() {
        return Ok(all);
    }
    let Some(claim) = &draft.file.chain.claim else { return Ok(all) };
    let limit = all.min(room_of(&draft.file, claim, measure.debtor, Some(measure.id)));
    if limit > Decimal::ZERO { Ok(limit) } else { Err(Rejected::NoRoom { left: Decimal::ZERO }) }
}

/// First and last day of the new term, or why there is none.
fn term(measure: &Measure, days: Option<u16>, today: Date) -> Decided<(Date, Date)> {
    if !matches!(measure.state, MeasureState::InForce | MeasureState::Waiting) {
        let state = measure.state.word();
        return Err(Rejected::NotNow(format!(
            "仅有效的措施可以续行 the measure is {state}; only one that stands can be renewed"
        )));
    }
    let ends = measure.until.ok_or_else(|| {
        Rejected::NotNow(
            "该措施到期日不明，请先向协助单位核实 nobody knows when the measure ends; ask the counterpart"
                .into(),
        )
    })?;
    if ends < today {
        return Err(Rejected::NotNow(format!(
            "该措施已于 {ends} 届满，不能续行，须重新冻结 the measure ended on {ends}: it cannot be renewed, freeze anew (查扣冻规定 art. 27)"
        )));
    }
    let from = ends.tomorrow().map_err(|error| Rejected::NotNow(error.to_string()))?;
    let longest = measure.longest_term().renewed_last_day(ends);
    let until = match days {
        None => longest,
        Some(days) => from.saturating_add(Span::new().days(i64::from(days) - 1)),
    };
    if until < from || until > longest {
        return Err(Rejected::NotNow(format!(
            "续行后的届满日至迟为 {longest} the new term may end on {longest} at the latest (民诉法解释 art. 485)"
        )));
    }
    Ok((from, until))
}
