//! Lines of the ledger for stakes in companies 股权.
//!
//! What a stake is worth nobody states: it counts for nothing against the claim, and is frozen while deposits fall short. What
//! may be bounded is bounded: of the subscribed capital never more is frozen than the claim leaves open, all stakes together;
//! a stake of which only a ratio or a number of shares is known is frozen by that (法释〔2021〕20号 art. 5).

use chakong_contract::EquityStake;
use chakong_contract::asset::{CompanyStatus, MatchedBy};
use chakong_contract::name::same_name;
use chakong_contract::order::Target;
use rust_decimal::{Decimal, RoundingStrategy};

use super::candidate::{line, note};
use super::ledger::room;
use super::{Exemption, Level};
use crate::inquiry::{Measure, MeasureId, MeasureState, OrderRecord};

/// Whose stake a line is for, and who takes its freeze.
#[derive(Debug, Clone, Copy)]
pub struct Holder<'a> {
    /// Which party of the submission.
    pub party: u32,
    /// Which of its documents the freeze is ordered by.
    pub document: u32,
    /// How the source matched it.
    pub matched_by: MatchedBy,
    /// The counterpart that takes freezes of equity there; `None` where none does.
    pub regulator: Option<&'a str>,
}

/// A line for a stake that an answer named, with why it cannot be frozen if it cannot.
pub fn stake_line(order: &OrderRecord, stake: &EquityStake, holder: Holder<'_>) -> Measure {
    let exemption = Exemption { level: Level::Free, basis: String::new() };
    let note = match holder.regulator {
        None => {
            "未配置可冻结股权的登记机关 no counterpart that takes freezes of equity is configured".to_owned()
        }
        Some(_) => note(true, holder.matched_by, &exemption).unwrap_or_else(|| obstacle(stake).to_owned()),
    };
    let target = Target::Equity {
        company: stake.company.clone(),
        company_code: stake.company_code.clone(),
        registration_number: stake.registration_number.clone(),
        subscribed: stake.subscribed,
        percent: stake.percent.clone(),
        shares: stake.shares.clone(),
    };
    let counterpart = holder.regulator.unwrap_or(&order.lane).to_owned();
    let (party, document) = (holder.party, holder.document);
    // A company has one code in the whole country.
    Measure { counterpart, party, document, ..line(order, "", target, exemption, Decimal::ZERO, note) }
}

/// Why a stake is not a candidate, Chinese first; empty when it is one.
fn obstacle(stake: &EquityStake) -> &'static str {
    use CompanyStatus::{Cancelled, Deregistered, RevokedAndDeregistered};
    let nothing_said = stake.subscribed.is_none() && stake.percent.is_none() && stake.shares.is_none();
    match stake.status {
        Some(Deregistered | RevokedAndDeregistered | Cancelled) => {
            "企业已注销或被撤销 the company is deregistered or its registration cancelled"
        }
        _ if stake.company.is_empty() => "未载明股权所在企业 the company is not named",
        _ if nothing_said => {
            "未载明出资额、比例或股数 neither amount nor ratio nor number of shares is stated"
        }
        _ => "",
    }
}

/// Whether two lines are about the same property: one is asked once. Stakes in one company are several where several parties
/// hold them; a company without a code is known by its registration number or its name.
pub fn same_property(a: &Measure, b: &Measure) -> bool {
    match (&a.target, &b.target) {
        (
            Target::Equity { company, company_code, registration_number, .. },
            Target::Equity {
                company: other,
                company_code: other_code,
                registration_number: other_number,
                ..
            },
        ) => {
            let same_company = match (company_code, other_code) {
                (Some(code), Some(other)) => code == other,
                _ if !registration_number.is_empty() && !other_number.is_empty() => {
                    registration_number == other_number
                }
                _ => same_name(company, other),
            };
            a.party == b.party && same_company
        }
        _ => a.institution == b.institution && a.target.identity() == b.target.identity(),
    }
}

/// The line that is kept of a known one and a new report: of a stake the closer match, so that a list of shareholders does not
/// undo what the register itself says.
pub fn is_closer(known: &Measure, new: &Measure) -> bool {
    let equity = matches!(known.target, Target::Equity { .. });
    !equity || new.state == MeasureState::Candidate || known.state != MeasureState::Candidate
}

/// The subscribed capital in yuan that a target stands for; `None` where it states none.
fn amount_of(target: &Target) -> Option<Decimal> {
    match target {
        Target::Equity { subscribed: Some(money), .. } if money.is_yuan() => Some(money.amount),
        _ => None,
    }
}

/// How much subscribed capital may still be frozen: the room of the claim without the stakes of other lines that are asked,
/// stand, or were transferred.
pub fn stake_room(claim: Decimal, ledger: &[Measure], without: Option<MeasureId>) -> Decimal {
    let frozen = |measure: &&Measure| {
        use MeasureState::{Asked, InForce, Releasing, Renewing, Stuck, Transferred, Transferring};
        let states = [Asked, InForce, Releasing, Stuck, Renewing, Transferring, Transferred];
        Some(measure.id) != without && states.contains(&measure.state)
    };
    let others: Decimal = ledger.iter().filter(frozen).filter_map(|measure| amount_of(&measure.target)).sum();
    room(claim, ledger) - others
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
