//! Stakes in companies as targets: when two are the same, and how much of one may still be frozen within the claim.

use chakong_contract::asset::registration_key;
use chakong_contract::name::same_name;
use chakong_contract::order::Target;
use rust_decimal::{Decimal, RoundingStrategy};

use super::super::{CaseFile, MeasureId, MeasureState, PartyId};
use super::counting::{room, room_of};

/// Whether two targets are stakes in the same company, however its number and its name are written.
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
    if let (Some(code), Some(other)) = (company_code, other_code) {
        return code == other;
    }
    match (registration_key(registration_number), registration_key(other_number)) {
        (Some(number), Some(other)) => number == other,
        _ => same_name(company, other),
    }
}

/// The subscribed capital in yuan that a target stands for; `None` where it states none.
pub fn amount_of(target: &Target) -> Option<Decimal> {
    match target {
        Target::Equity { subscribed: Some(money), .. } if money.is_yuan() => Some(money.amount),
        _ => None,
    }
}

/// How much subscribed capital of a party may still be frozen: the room of the claim, and of what the party is liable for, without the
/// stakes of other measures that are asked, stand, or were transferred (法释〔2021〕20号 art. 5).
pub fn stake_room(file: &CaseFile, debtor: PartyId, without: Option<MeasureId>) -> Decimal {
    let Some(claim) = &file.chain.claim else { return Decimal::ZERO };
    let frozen = |of: Option<PartyId>| -> Decimal {
        let others = file.ledger().filter(|measure| {
            let taken = matches!(measure.state, MeasureState::Asked | MeasureState::Transferred);
            let concerns = of.is_none_or(|party| measure.debtor == party);
            concerns && Some(measure.id) != without && (taken || measure.state.stands())
        });
        others.filter_map(|measure| amount_of(&measure.target)).sum()
    };
    let of_all = room(claim, file.ledger()) - frozen(None);
    // The room of the party is never more than that of the claim.
    of_all.min(room_of(file, claim, debtor, without) - frozen(Some(debtor)))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn stake(company: &str, number: &str) -> Target {
        Target::Equity {
            company: company.to_owned(),
            company_code: None,
            registration_number: number.to_owned(),
            subscribed: None,
            percent: None,
            shares: None,
        }
    }

    #[test]
    fn a_stake_is_one_however_the_number_of_its_company_is_written() {
        let known = stake("示例乙有限公司", "440301103097413");
        for spelling in
            ["440301 103097413", "４４０３０１１０３０９７４１３", "440301-103097413", "440301—103097413"]
        {
            assert!(same_stake(&stake("示例乙有限公司", spelling), &known), "{spelling}");
            assert!(same_stake(&known, &stake("示例乙（曾用名）", spelling)), "{spelling}");
        }
        assert!(!same_stake(&stake("示例乙有限公司", "440301103097421"), &known));
    }

    #[test]
    fn what_states_no_number_leaves_the_names_to_be_compared() {
        for none in ["", "-", "暂无", "/"] {
            let (one, other) = (stake("示例甲有限公司", none), stake("示例乙有限公司", none));
            assert!(!same_stake(&one, &other), "{none}");
            assert!(same_stake(&one, &stake("示例甲有限公司", "440301103097413")), "{none}");
        }
    }
}
