//! Stakes in companies as targets: when two are the same, and how much of one may still be frozen within the claim.

use chakong_contract::name::same_name;
use chakong_contract::order::Target;
use rust_decimal::{Decimal, RoundingStrategy};

use super::super::{Measure, MeasureId, MeasureState};
use super::counting::room;
use super::draft::Draft;

/// Whether two targets are stakes in the same company.
pub fn same_stake(a: &Target, b: &Target) -> bool {
    let (
        Target::Equity { company, company_code, registration_number, .. },
        Target::Equity {
            company: other, company_code: other_code, registration_number: other_number, ..
        },
    ) = (a, b)
    else {
        return false;
    };
    match (company_code, other_code) {
        (Some(code), Some(other)) => code == other,
        _ if !registration_number.is_empty() && !other_number.is_empty() => {
            registration_number == other_number
        }
        _ => same_name(company, other),
    }
}

/// The subscribed capital in yuan that a target stands for; `None` where it states none.
fn amount_of(target: &Target) -> Option<Decimal> {
    match target {
        Target::Equity { subscribed: Some(money), .. } if money.is_yuan() => Some(money.amount),
        _ => None,
    }
}

/// How much subscribed capital may still be frozen: the room of the claim without the stakes of other measures that are asked,
/// stand, or were transferred (法释〔2021〕20号 art. 5).
pub fn stake_room(draft: &Draft<'_>, without: Option<MeasureId>) -> Decimal {
    let Some(claim) = &draft.file.chain.claim else { return Decimal::ZERO };
    let frozen = |measure: &&Measure| {
        let taken = matches!(measure.state, MeasureState::Asked | MeasureState::Transferred);
        Some(measure.id) != without && (taken || measure.state.stands())
    };
    let others: Decimal =
        draft.file.ledger().filter(frozen).filter_map(|measure| amount_of(&measure.target)).sum();
    room(claim, draft.file.ledger()) - others
}

/// The stake as an order names it: of its subscribed capital no more than `left`, in whole yuan. `None` when nothing is left.
/// Gives what it uses up as well.
pub fn stake_within(target: &Target, left: Decimal) -> Option<(Target, Decimal)> {
    let mut part = target.clone();
    let Some(amount) = amount_of(target) else {
        return (left > Decimal::ZERO).then_some((part, Decimal::ZERO));
    };
    let bounded = amount.min(left).round_dp_with_strategy(0, RoundingStrategy::ToZero);
    if bounded < Decimal::ONE {
        return None;
    }
    if let Target::Equity { subscribed: Some(money), percent, shares, .. } = &mut part
        && bounded < amount
    {
        // Ratio and number belong to the whole of it.
        (money.amount, *percent, *shares) = (bounded, None, None);
    }
    Some((part, bounded))
}
