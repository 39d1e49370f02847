//! Freeze orders: with which limit, for which term, on which papers.

use chakong_contract::order::{Original, Target};
use chakong_contract::{ActionKind, Instruction};
use jiff::Span;
use rust_decimal::{Decimal, RoundingStrategy};

use super::super::{DocumentId, Measure, MeasureState, OrderId, OrderState, TaskKind, number_of};
use super::draft::{Draft, NoPapers};
use super::stake::{stake_room, stake_within};
use super::units::quantity_of;

/// Why a freeze cannot be ordered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// Papers are missing, or the counterpart takes no freezes.
    #[error(transparent)]
    Papers(#[from] NoPapers),
    /// A product's smallest part is worth more.
    #[error(
        "所余标的不足产品最小份额 what the claim leaves open is less than a hundredth of a unit of the product"
    )]
    TooSmall,
    /// Of a stake nothing is left within the claim.
    #[error("所余标的不足 the claim leaves no part of the stake open")]
    NothingLeft,
}

/// Sends a freeze order for a line of the ledger. The limit is in the measure's currency; zero for what is controlled as a whole.
///
/// # Errors
/// See [`AskError`]; nothing is changed then.
pub fn ask(
    draft: &mut Draft<'_>,
    measure: Measure,
    limit: Decimal,
    brought: &[DocumentId],
    approved_by: &str,
) -> Result<(), AskError> {
    let papers = draft.papers_for(&measure, ActionKind::Freeze, brought)?;
    let part = match &measure.target {
        Target::Equity { .. } => {
            let left = stake_room(&draft.file, measure.debtor, Some(measure.id));
            stake_within(&measure.target, left).ok_or(AskError::NothingLeft)?.0
        }
        _ => part_of(&measure, limit).ok_or(AskError::TooSmall)?,
    };
    let from = draft.today();
    let wished = draft.file.chain.claim.as_ref().and_then(|claim| claim.term_days);
    let longest = measure.longest_term().last_day_ordered(from);
    let until = wished.map_or(longest, |days| {
        longest.min(from.saturating_add(Span::new().days(i64::from(days.max(1)) - 1)))
    });
    let said = (!measure.is_whole()).then(|| measure.money(limit));
    let instruction = Instruction::Freeze { target: part.clone(), limit: said, from, until };
    let (inquiry, subject) = draft.file.subject_of(&measure);
    let order = draft.control(&measure, instruction, papers);
    let case = draft.file.inquiries.get(&inquiry).map(|inquiry| inquiry.case_number.clone());
    // Of a stake the measure says how much of it is frozen; a product's units stay those that there are.
    let units = quantity_of(&part);
    let target = if matches!(part, Target::Equity { .. }) { part } else { measure.target.clone() };
    let id = measure.id;
    let unsent = measure.order.filter(|before| could_not_be_sent(draft, *before));
    draft.move_measure(Measure {
        state: MeasureState::Asked,
        inquiry,
        party: subject.party,
        document: subject.document,
        units,
        target,
        limit,
        from: Some(from),
        until: Some(until),
        order: Some(order),
        control: Some(order),
        original_number: number_of(order, draft.now()).to_string(),
        original_case: case.unwrap_or_default(),
        approved_by: approved_by.to_owned(),
        ..measure
    });
    draft.close_tasks(|task| {
        let is_moot = matches!(task.kind, TaskKind::Approve | TaskKind::BringPapers);
        let is_ordered_anew = task.kind == TaskKind::Resolve && unsent.is_some() && task.order == unsent;
        task.measure == Some(id) && (is_moot || is_ordered_anew)
    });
    Ok(())
}

/// Whether a freeze came to its end without having been placed, so that a new one takes its place.
fn could_not_be_sent(draft: &Draft<'_>, order: OrderId) -> bool {
    let order = draft.file.orders.get(&order);
    order.is_some_and(|one| matches!(one.state, OrderState::Failed | OrderState::Overdue))
}

/// The property as a freeze with a limit names it: of a product only as many units as make up the limit. `None` where that
/// is less than a hundredth of a unit, which is the least that an order names.
pub fn part_of(measure: &Measure, limit: Decimal) -> Option<Target> {
    let mut target = measure.target.clone();
    if let Target::Product { quantity, .. } = &mut target
        && let Some(all) = quantity_of(&measure.target)
        && limit < measure.available
        && let Some(part) = all.checked_mul(limit).and_then(|part| part.checked_div(measure.available))
    {
        let part = part.round_dp_with_strategy(2, RoundingStrategy::ToZero);
        if part.is_zero() {
            return None;
        }
        *quantity = Some(part.normalize().to_string());
    }
    Some(target)
}

/// The freeze that a renewal, a release or a deduction goes back to. `None` where nobody knows its number.
pub fn original_of(measure: &Measure) -> Option<Original> {
    Some(Original {
        number: measure.original_number.parse().ok()?,
        case_number: measure.original_case.parse().ok()?,
        reference: measure.reference.clone(),
    })
}
