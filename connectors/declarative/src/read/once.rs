//! One account once, though an answer lists it twice, in two spellings of its number.

use std::collections::HashMap;

use chakong_contract::asset::{Asset, FoundAsset, MatchedBy};
use chakong_toolkit::accounts::{Accounts, NumberFields};

const NUMBERS: NumberFields =
    NumberFields { account: "number", sub_account: "sub_accounts/number", product: "products/number" };

/// What an answer lists, with an account where its first row stood.
enum Listed {
    /// The account of this place.
    Account(usize),
    Other(Box<FoundAsset>),
}

/// Accounts, each once, with what any row says of it; of two that contradict each other both stay, in doubt. Other assets
/// have no number that tells them apart.
pub(crate) fn once(all: Vec<FoundAsset>) -> Vec<FoundAsset> {
    let mut accounts = Accounts::new(NUMBERS);
    let mut matches: HashMap<usize, MatchedBy> = HashMap::new();
    let mut listed: Vec<Listed> = Vec::with_capacity(all.len());
    for FoundAsset { asset, matched_by } in all {
        let account = match asset {
            Asset::Account(account) => account,
            asset => {
                listed.push(Listed::Other(Box::new(FoundAsset { asset, matched_by })));
                continue;
            }
        };
        let place = accounts.take(account).place;
        match matches.get_mut(&place) {
            Some(known) => *known = known.or_weaker(matched_by),
            None => {
                matches.insert(place, matched_by);
                listed.push(Listed::Account(place));
            }
        }
    }
    let mut accounts: Vec<Option<_>> = accounts.into_all().into_iter().map(Some).collect();
    let found = |one: Listed| match one {
        Listed::Other(found) => Some(*found),
        Listed::Account(place) => {
            let account = accounts.get_mut(place)?.take()?;
            let matched_by = matches.get(&place).copied().unwrap_or(MatchedBy::Unstated);
            Some(FoundAsset { asset: Asset::Account(account), matched_by })
        }
    };
    listed.into_iter().filter_map(found).collect()
}

#[cfg(test)]
mod tests {
    use chakong_contract::{Currency, Money};

    use super::*;

    fn account(number: &str, balance: i64, currency: Currency) -> FoundAsset {
        let balance = Money { amount: balance.into(), currency: Some(currency) };
        let asset = serde_json::json!({
            "kind": "account", "institution": "示例公积金中心", "institution_code": "", "number": number, "class": "",
            "status": "", "branch": "", "branch_code": "", "currency": currency, "balance": balance,
            "available": null, "opened": null, "closed": null, "linked_account": "", "remark": "", "doubts": [],
        });
        let asset: Asset = serde_json::from_value(asset).expect("an account");
        FoundAsset { asset, matched_by: MatchedBy::Unstated }
    }

    fn doubts(found: &[FoundAsset]) -> Vec<usize> {
        let count = |found: &FoundAsset| match &found.asset {
            Asset::Account(account) => account.doubts.len(),
            _ => 0,
        };
        found.iter().map(count).collect()
    }

    #[test]
    fn one_account_in_two_spellings_is_one_and_a_contradiction_is_in_doubt() {
        let cny = Currency::CNY;
        for spelled in ["GJ 7700-31", "gj770031", "ＧＪ７７００３１"] {
            let same = once(vec![account("GJ770031", 12, cny), account(spelled, 12, cny)]);
            assert_eq!(doubts(&same), [0], "{spelled}");
            let other = once(vec![account("GJ770031", 12, cny), account(spelled, 13, cny)]);
            assert_eq!(doubts(&other), [1, 1], "{spelled}");
        }
        let usd = Currency::from_wire("840").expect("dollars");
        assert_eq!(
            doubts(&once(vec![account("7", 1, cny), account("7", 2, usd), account("8", 1, cny)])),
            [0, 0, 0]
        );
        assert_eq!(
            doubts(&once(vec![account("", 1, cny), account("", 2, cny)])),
            [0, 0],
            "no number is no account"
        );
    }

    #[test]
    fn a_row_that_says_less_takes_nothing_from_the_account() {
        let (mut full, bare) = (account("GJ-0042", 70, Currency::CNY), account("GJ0042", 70, Currency::CNY));
        if let Asset::Account(account) = &mut full.asset {
            account.remark = "职工住房公积金".to_owned();
        }
        full.matched_by = MatchedBy::NameOnly;
        for rows in [vec![full.clone(), bare.clone()], vec![bare.clone(), full.clone()]] {
            let one = once(rows);
            let [FoundAsset { asset: Asset::Account(one), matched_by }] = one.as_slice() else {
                panic!("{one:?}")
            };
            assert_eq!((one.remark.as_str(), *matched_by), ("职工住房公积金", MatchedBy::NameOnly));
        }
    }
}
