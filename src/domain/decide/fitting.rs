//! Which answers to controls do not fit what was ordered. No number of such an answer enters the ledger.

use chakong_contract::reply::{Misfit, misfits};
use chakong_contract::{Instruction, Money, Reply};
use rust_decimal::Decimal;

/// Why an answer does not fit its order, in words for the counterpart and for court staff. No number of it is taken over.
pub type Unfit = String;

/// Why what a counterpart says stands does not fit what was ordered: another property, another limit, a term that is over, an
/// amount beyond all measure. More held than ordered counts as the limit, and a longer term than the law's as the law's.
pub fn unfit(instruction: &Instruction, reply: &Reply) -> Option<Unfit> {
    let (Reply::Held(holding) | Reply::PartlyHeld(holding)) = reply else { return None };
    let found = misfits(instruction, holding);
    let mut words: Vec<&str> = found.into_iter().filter_map(words_of).collect();
    let places = matches!(
        instruction,
        Instruction::Freeze { limit: Some(_), .. } | Instruction::Renew { limit: Some(_), .. }
    );
    if holding.unstated && places {
        words.push("未载明实际控制金额 it does not say how much is really held");
    }
    (!words.is_empty()).then(|| words.join("；"))
}

/// What a misfit is called, Chinese first; `None` for one that the ledger bears.
const fn words_of(misfit: Misfit) -> Option<&'static str> {
    Some(match misfit {
        Misfit::OtherProperty => "反馈的账号或财产与请求不符 it is about another property than was ordered",
        Misfit::LimitAboveOrder => "冻结限额高于请求 the limit is higher than was ordered",
        Misfit::LimitBelowOrder => "冻结限额低于请求 the limit is lower than was ordered",
        Misfit::UnitsAboveOrder => "控制份额（股数）多于请求 more units or shares are held than were ordered",
        Misfit::ImplausibleAmount => "金额不合理 an amount is negative or beyond all measure",
        Misfit::OtherCurrency => "币种与请求不符 an amount is in another currency than was ordered",
        Misfit::FinerThanCurrency => {
            "金额小于最小货币单位 an amount is finer than the smallest unit of its currency"
        }
        Misfit::TermOver => "期限已届满或早于起始日 the term is over, or ends before it begins",
        Misfit::NotUnderstood => "反馈内容无法识别 a part of the answer was not understood",
        Misfit::HeldAboveOrder | Misfit::TermTooLong => return None,
    })
}

/// How much an order was to give back or take: what it says, whatever became of the measure since.
pub fn ordered_of(instruction: &Instruction, under_way: Decimal) -> Decimal {
    match instruction {
        Instruction::Release { amount: Some(amount), .. } | Instruction::Deduct { amount, .. } => {
            amount.amount
        }
        _ => under_way,
    }
}

/// An amount that is finer than the smallest unit of its currency, or in another currency than was ordered, enters no ledger.
///
/// # Errors
/// [`Unfit`] for such an amount.
pub fn check_money(instruction: &Instruction, said: Option<Money>) -> Result<(), Unfit> {
    let Some(said) = said else { return Ok(()) };
    let ordered = instruction.amount().and_then(|ordered| ordered.currency);
    // Where the wire names no currency it speaks of the one that was ordered.
    let is_other = ordered.is_some() && said.currency.is_some() && said.currency != ordered;
    let misfit = match () {
        () if !said.is_whole_units() => Misfit::FinerThanCurrency,
        () if is_other && !said.amount.is_zero() => Misfit::OtherCurrency,
        () => return Ok(()),
    };
    Err(words_of(misfit).unwrap_or_default().to_owned())
}

/// What is said to be released or deducted is no more than was ordered, and not negative.
///
/// # Errors
/// [`Unfit`] where it is.
pub fn check_taken(what: &str, said: Option<Decimal>, ordered: Decimal, whole: bool) -> Result<(), Unfit> {
    match said {
        Some(said) if said < Decimal::ZERO || (!whole && said > ordered) => Err(format!(
            "反馈金额 {said} 超出请求的金额（{ordered}） more than was ordered is said to be {what}"
        )),
        _ => Ok(()),
    }
}
