//! Stakes of the parties that a list of shareholders shows.

use chakong_contract::asset::MatchedBy;
use chakong_contract::{Asset, Company, EquityStake, Party};

use super::facts::fold;

/// A stake of one of the parties, as an answer shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct StakeOfParty {
    /// Which party of the inquiry.
    pub party: u32,
    /// The stake.
    pub stake: EquityStake,
    /// How the holder was matched.
    pub matched_by: MatchedBy,
}

/// Stakes that parties hold in a company whose shareholders an answer lists. The list states no identity number: the holder is
/// matched by name only.
pub fn stakes_of_parties(asset: &Asset, parties: &[Party]) -> Vec<StakeOfParty> {
    let Asset::Company(company) = asset else { return Vec::new() };
    let mut found = Vec::new();
    for (at, party) in parties.iter().enumerate() {
        let names: Vec<String> =
            std::iter::once(&party.name).chain(&party.former_names).map(|name| fold(name.as_str())).collect();
        let held = company.shareholders.iter().filter(|holder| names.contains(&fold(&holder.name)));
        found.extend(held.map(|holder| StakeOfParty {
            party: u32::try_from(at).unwrap_or(u32::MAX),
            stake: EquityStake {
                holder: holder.name.clone(),
                percent: holder.percent.clone(),
                subscribed: holder.subscribed,
                paid: holder.paid,
                ..in_company(company)
            },
            matched_by: MatchedBy::NameOnly,
        }));
    }
    found
}

/// A stake in a company of which nothing else is known.
fn in_company(company: &Company) -> EquityStake {
    EquityStake {
        company: company.name.clone(),
        company_code: company.code.clone(),
        unverified_company_code: company.unverified_code.clone(),
        registration_number: company.registration_number.clone(),
        status: company.status,
        status_text: company.status_text.clone(),
        ..EquityStake::default()
    }
}
