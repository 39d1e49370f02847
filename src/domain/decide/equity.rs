//! Lines of the ledger for stakes in companies 股权: whose they are, and who takes their freeze.
//!
//! What a stake is worth nobody states: it counts for nothing against the claim, and is frozen while deposits fall short. Its
//! subscribed capital stands for its value.

use chakong_contract::asset::{AssetKind, CompanyStatus, FoundAsset};
use chakong_contract::id::Uscc;
use chakong_contract::order::Target;
use chakong_contract::{Asset, EquityStake, Party, Reply};

use super::super::companies::{StakeOfParty, stakes_of_parties};
use super::super::rules::exemptions::Exemption;
use super::super::{Measure, MeasureState, OrderRecord, Routes, Terms};
use super::candidate::{Found, line, noted};

/// Lines for the stakes that an answer shows: those it reports of the party that was looked up, and those of any party of the
/// inquiry that stands in a company's list of shareholders.
pub fn stakes(found: Found<'_>, terms: &Terms, reply: &Reply, routes: &Routes) -> Vec<Measure> {
    let shows = |one: &&FoundAsset| matches!(one.asset.kind(), AssetKind::Equity | AssetKind::Company);
    let mut lines = Vec::new();
    for one in reply.assets().iter().filter(shows) {
        let reported = match &one.asset {
            Asset::Equity(stake) => vec![StakeOfParty {
                party: found.order.party,
                stake: stake.clone(),
                matched_by: one.matched_by,
            }],
            other => stakes_of_parties(other, &terms.parties),
        };
        for stake in reported {
            let Some(party) = terms.party(stake.party) else { continue };
            lines.push(stake_line(found, terms, &stake, party, routes));
        }
    }
    lines
}

fn stake_line(
    found: Found<'_>,
    terms: &Terms,
    of_party: &StakeOfParty,
    party: &Party,
    routes: &Routes,
) -> Measure {
    let stake = &of_party.stake;
    let (document, regulator) = regulator_of(stake, party, found.order, routes);
    let none = "未配置可冻结股权的登记机关 no counterpart that takes freezes of equity is configured";
    let cannot_freeze = if regulator.is_none() { Some(none) } else { None };
    let found = Found { cannot_freeze, matched_by: of_party.matched_by, ..found };
    let target = Target::Equity {
        company: stake.company.clone(),
        company_code: stake.company_code.clone(),
        registration_number: stake.registration_number.clone(),
        subscribed: stake.subscribed,
        percent: stake.percent.clone(),
        shares: stake.shares.clone(),
    };
    // A company has one code in the whole country.
    let line = line(found, "", target, Exemption::free());
    let counterpart = regulator.unwrap_or(&found.order.lane).to_owned();
    let value = stake.subscribed.filter(|money| money.is_yuan()).map(|money| money.amount);
    let (party, debtor) = (of_party.party, terms.debtor(of_party.party));
    noted(Measure { counterpart, party, document, debtor, value, ..line }, found, obstacle(stake))
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

/// The line that is kept of a known one and a new report: of a stake the closer match, so that a list of shareholders does not
/// undo what the register itself says.
pub fn is_closer(known: &Measure, new: &Measure) -> bool {
    let equity = matches!(known.target, Target::Equity { .. });
    !equity || new.state == MeasureState::Candidate || known.state != MeasureState::Candidate
}

/// The first of a party's documents by which somebody takes the freeze, and who: the counterpart that answered if it does, else
/// the one for the company's division.
fn regulator_of<'a>(
    stake: &EquityStake,
    party: &Party,
    order: &OrderRecord,
    routes: &'a Routes,
) -> (u32, Option<&'a str>) {
    let own = routes.equity.iter().find(|way| way.counterpart == order.lane);
    // Characters 3 to 8 of the code are the division of its registration (GB 32100-2015).
    let division =
        stake.company_code.as_ref().map(Uscc::as_str).and_then(|code| code.get(2..8)).unwrap_or_default();
    for (at, document) in party.documents.iter().enumerate() {
        let kind = document.kind();
        let found = own
            .filter(|way| way.identities.contains(&kind))
            .map(|way| way.counterpart.as_str())
            .or_else(|| routes.regulator_of(division, kind));
        if found.is_some() {
            return (u32::try_from(at).unwrap_or(u32::MAX), found);
        }
    }
    (0, None)
}
