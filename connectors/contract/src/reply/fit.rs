//! Whether what a counterpart says of a control fits what was ordered. The core decides what follows; here it is only compared.

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::holding::Holding;
use super::stated::Stated;
use crate::asset::{Doubt, DoubtAbout, DoubtKind};
use crate::date::Date;
use crate::id::folded_number;
use crate::money::{Money, read_amount};
use crate::name::same_name;
use crate::order::{Instruction, Target};

/// Something that a counterpart says of a control and that does not fit its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Misfit {
    /// It is about another account, product, unit or company than was ordered.
    OtherProperty,
    /// The limit is higher than was ordered.
    LimitAboveOrder,
    /// The limit is lower than was ordered.
    LimitBelowOrder,
    /// More is held than was ordered.
    HeldAboveOrder,
    /// More units of a product, or more shares of a company, are held than were ordered.
    UnitsAboveOrder,
    /// An amount is negative or beyond all measure.
    ImplausibleAmount,
    /// An amount is in another currency than was ordered.
    OtherCurrency,
    /// An amount is finer than the smallest unit of its currency, such as a fraction of a fen.
    FinerThanCurrency,
    /// The term ends before the ordered one begins, or before its own beginning.
    TermOver,
    /// The term is longer than the law allows for the property, or has no end.
    TermTooLong,
    /// Part of the answer could not be understood.
    NotUnderstood,
}

/// What does not fit in what a counterpart says stands after a control; empty where everything does. What the wire does not say is no
/// misfit. For a release and a deduction, `held` is what was released or deducted.
pub fn misfits(instruction: &Instruction, holding: &Holding) -> Vec<Misfit> {
    let mut found = Vec::new();
    let Some(target) = instruction.target() else { return found };
    if is_other(target, &holding.stated) {
        found.push(Misfit::OtherProperty);
    }
    found.extend(amounts(instruction, holding));
    if has_more_units(target, holding) {
        found.push(Misfit::UnitsAboveOrder);
    }
    if let Instruction::Freeze { from, .. } | Instruction::Renew { from, .. } = instruction {
        found.extend(term(target, *from, holding));
    }
    let is_unclear = |doubt: &Doubt| doubt.about.bars_a_measure() && doubt.kind != DoubtKind::Implausible;
    if holding.doubts.iter().any(is_unclear) {
        found.push(Misfit::NotUnderstood);
    }
    found
}

/// Whether a counterpart speaks of another property.
fn is_other(target: &Target, stated: &Stated) -> bool {
    let other = |ordered: &str, said: &Option<String>| {
        said.as_ref().is_some_and(|said| folded_number(said) != folded_number(ordered))
    };
    match target {
        Target::Account { number, whole, .. } => {
            other(number, &stated.account)
                || stated.product.is_some()
                || stated.whole.is_some_and(|said| said && !whole)
        }
        Target::Product { account, number, wealth_account, .. } => {
            other(account, &stated.account)
                || other(number, &stated.product)
                || (!wealth_account.is_empty() && other(wealth_account, &stated.wealth_account))
        }
        Target::Property { unit_number: Some(unit), .. } => other(unit.as_str(), &stated.unit_number),
        Target::Property { certificate, .. } => {
            !certificate.is_empty()
                && stated.certificate.as_ref().is_some_and(|said| !same_name(said, certificate))
        }
        Target::Equity { company, .. } => {
            stated.company.as_ref().is_some_and(|said| !same_name(said, company))
        }
    }
}

fn amounts(instruction: &Instruction, holding: &Holding) -> Vec<Misfit> {
    let all = [Some(holding.held), holding.limit, holding.uncovered, holding.balance, holding.available];
    let mut found = Vec::new();
    let mut add = |misfit: Misfit, is: bool| {
        if is && !found.contains(&misfit) {
            found.push(misfit);
        }
    };
    // A balance may be negative: the account is overdrawn.
    let is_negative = |money: &Money| money.amount < Decimal::ZERO;
    add(Misfit::ImplausibleAmount, all.iter().flatten().any(|money| !money.is_plausible()));
    add(Misfit::ImplausibleAmount, all.iter().take(3).flatten().any(is_negative));
    add(Misfit::FinerThanCurrency, all.iter().take(3).flatten().any(|money| !money.is_whole_units()));
    let Some(ordered) = instruction.amount() else { return found };
    let other_currency = |money: &Money| money.currency != ordered.currency && !money.amount.is_zero();
    add(Misfit::OtherCurrency, all.iter().take(3).flatten().any(other_currency));
    add(Misfit::HeldAboveOrder, holding.held.amount > ordered.amount);
    if let Some(limit) = holding.limit.filter(|_| is_limited(instruction)) {
        add(Misfit::LimitAboveOrder, limit.amount > ordered.amount);
        add(Misfit::LimitBelowOrder, limit.amount < ordered.amount);
    }
    found
}

/// Whether more units or shares are said to be held than the order names. One that names none leaves it to the amount.
fn has_more_units(target: &Target, holding: &Holding) -> bool {
    let (Target::Product { quantity: ordered, .. } | Target::Equity { shares: ordered, .. }) = target else {
        return false;
    };
    let number = |text: &Option<String>| text.as_ref().and_then(|text| read_amount(text).ok()).flatten();
    number(ordered).zip(number(&holding.units)).is_some_and(|(ordered, held)| held > ordered)
}

/// Whether the answer repeats the limit that was ordered. After a release or a deduction it may speak of the freeze.
const fn is_limited(instruction: &Instruction) -> bool {
    matches!(instruction, Instruction::Freeze { .. } | Instruction::Renew { .. })
}

fn term(target: &Target, from: Date, holding: &Holding) -> Option<Misfit> {
    let begins = holding.from.unwrap_or(from);
    let endless = holding
        .doubts
        .iter()
        .any(|doubt| doubt.about == DoubtAbout::Term && doubt.kind == DoubtKind::Implausible);
    let Some(until) = holding.until else { return endless.then_some(Misfit::TermTooLong) };
    if until < from || until < begins {
        return Some(Misfit::TermOver);
    }
    // A year may be a leap year, and banks count its last day or do not.
    let longest = i32::from(target.longest_term_days()) + 2;
    let days = until.since(begins.max(from)).map_or(i32::MAX, |span| span.get_days());
    (days > longest).then_some(Misfit::TermTooLong)
}

#[cfg(test)]
mod tests;
