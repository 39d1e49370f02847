//! Companies 企业: from several sources one company, each fact with its sources, contradictions shown. Pure.
//!
//! Nothing is decided here: where sources differ, every value stands, newest source first, and the contradiction is listed.

mod changes;
mod contradictions;
mod facts;
mod freezes;
mod holders;
mod known;
mod same;
mod stakes;

use std::borrow::Cow;
use std::collections::BTreeSet;

use chakong_contract::asset::Shareholder;
use chakong_contract::{Asset, Company, EquityStake};

pub use changes::KnownChange;
pub use facts::{CapitalFact, Contradiction, Fact};
pub use freezes::KnownFreeze;
pub use holders::KnownHolder;
pub use known::{FactSource, KnownCompany, StatusFact};

pub use stakes::{StakeOfParty, stakes_of_parties};

/// A company or a stake in one, as one source reports it.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Who reports it.
    pub source: FactSource,
    /// What is reported; assets of other kinds are passed over.
    pub asset: Asset,
}

/// What a report tells about a company. A stake tells of one shareholder and is silent about the others.
#[derive(Debug, Clone)]
struct Told<'a> {
    source: &'a FactSource,
    company: Cow<'a, Company>,
    lists_holders: bool,
}

impl<'a> Told<'a> {
    fn of(report: &'a Report) -> Option<Self> {
        let source = &report.source;
        match &report.asset {
            Asset::Company(company) => {
                let lists_holders = !company.shareholders.is_empty();
                Some(Self { source, company: Cow::Borrowed(company), lists_holders })
            }
            Asset::Equity(stake) => {
                Some(Self { source, company: Cow::Owned(company_of(stake)), lists_holders: false })
            }
            _ => None,
        }
    }
}

/// The company that a stake is held in, as far as the stake tells.
fn company_of(stake: &EquityStake) -> Company {
    let holder = Shareholder {
        name: stake.holder.clone(),
        percent: stake.percent.clone(),
        subscribed: stake.subscribed,
        paid: stake.paid,
        ..Shareholder::default()
    };
    Company {
        name: stake.company.clone(),
        code: stake.company_code.clone(),
        unverified_code: stake.unverified_company_code.clone(),
        registration_number: stake.registration_number.clone(),
        status: stake.status,
        status_text: stake.status_text.clone(),
        freezes: stake.freezes.clone(),
        shareholders: if stake.holder.is_empty() { Vec::new() } else { vec![holder] },
        encumbrances: stake.encumbrances.clone(),
        ..Company::default()
    }
}

/// One company for all reports about the same one, whatever the order of the reports; the one heard of last first.
pub fn merge(reports: &[Report]) -> Vec<KnownCompany> {
    // What one source says twice it says once, though it may name neither company nor number.
    let mut said = BTreeSet::new();
    let new = |report: &&Report| said.insert(facts::json(&(&report.source, &report.asset)));
    let told: Vec<Told<'_>> = reports.iter().filter(new).filter_map(Told::of).collect();
    let mut merged: Vec<(String, KnownCompany)> = same::groups(&told)
        .into_iter()
        .map(|group| {
            let company = KnownCompany::of(&group, contradictions::of_company);
            (facts::json(&company), company)
        })
        .collect();
    let newest = |company: &KnownCompany| company.sources.first().map(|source| source.at);
    merged.sort_by(|(text, one), (other_text, other)| {
        newest(other).cmp(&newest(one)).then_with(|| text.cmp(other_text))
    });
    merged.into_iter().map(|(_, company)| company).collect()
}

#[cfg(test)]
mod tests;
