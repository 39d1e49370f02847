//! Stakes in companies as property: whose they are, and who takes their freeze.

use chakong_contract::asset::AssetKind;
use chakong_contract::id::Uscc;
use chakong_contract::{Asset, EquityStake, Party, Reply};

use crate::companies::{StakeOfParty, stakes_of_parties};
use crate::freeze::{Holder, stake_line};
use crate::inquiry::{Measure, OrderRecord, Routes};
use crate::store::{StoreError, Stored, Tx};

/// Lines for the stakes that an answer shows: those it reports of the party that was looked up, and those of any party of the
/// inquiry that stands in a company's list of shareholders.
pub(super) fn lines(
    tx: &mut dyn Tx,
    order: &OrderRecord,
    reply: &Reply,
    routes: &Routes,
) -> Stored<Vec<Measure>> {
    let shows = |kind: AssetKind| matches!(kind, AssetKind::Equity | AssetKind::Company);
    if !reply.assets().iter().any(|found| shows(found.asset.kind())) {
        return Ok(Vec::new());
    }
    let submission = tx.submission(order.inquiry)?.ok_or(StoreError::Missing("the submission"))?;
    let mut lines = Vec::new();
    for found in reply.assets() {
        let reported = match &found.asset {
            Asset::Equity(stake) => {
                vec![StakeOfParty { party: order.party, stake: stake.clone(), matched_by: found.matched_by }]
            }
            other => stakes_of_parties(other, &submission.parties),
        };
        for one in reported {
            let at = usize::try_from(one.party).unwrap_or(usize::MAX);
            let Some(party) = submission.parties.get(at) else { continue };
            let (document, regulator) = regulator_of(&one.stake, party, order, routes);
            let holder = Holder { party: one.party, document, matched_by: one.matched_by, regulator };
            lines.push(stake_line(order, &one.stake, holder));
        }
    }
    Ok(lines)
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
