//! What of each measure is held beyond the claim, and would be given back.

use rust_decimal::Decimal;

use super::{Claim, Coverage, Measure};

/// Measures with what of each is held beyond the claim, in its own currency, in the order of the ledger: first what a counterpart holds
/// beyond the order, then what was placed last.
pub fn excess_by_measure<'m>(claim: Option<&Claim>, ledger: &'m [Measure]) -> Vec<(&'m Measure, Decimal)> {
    let mut all: Vec<(&Measure, Decimal)> = Vec::new();
    let mut beyond = claim.map_or(Decimal::ZERO, |claim| Coverage::of(claim, ledger.iter()).excess.amount);
    for measure in ledger.iter().rev().filter(|one| one.state.stands() && !one.is_whole()) {
        // A foreign currency without a rate covers nothing, and gives nothing back.
        let held = measure.in_yuan(measure.held);
        let given = if measure.in_yuan(Decimal::ONE).is_zero() { Decimal::ZERO } else { beyond.min(held) };
        beyond -= given;
        let own = match measure.rate.filter(|_| measure.currency.is_some()) {
            Some(rate) if !rate.is_zero() => given.checked_div(rate).unwrap_or_default().round_dp(2),
            _ => given,
        };
        let back = own + measure.surplus;
        if !back.is_zero() {
            all.push((measure, back));
        }
    }
    all.reverse();
    all
}
