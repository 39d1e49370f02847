//! One account once, though an answer lists it twice, in two spellings of its number.

use std::collections::HashMap;

use chakong_contract::Account;
use chakong_contract::asset::{Asset, Doubt, DoubtAbout, DoubtKind, FoundAsset};
use chakong_contract::id::folded_number;

/// Most entries of one number that a further one is compared with.
const MOST_COMPARED: usize = 16;

/// Accounts, each once; of two that contradict each other both stay, in doubt. Other assets have no number that tells
/// them apart.
pub(crate) fn once(all: Vec<FoundAsset>) -> Vec<FoundAsset> {
    let mut places: HashMap<String, Vec<usize>> = HashMap::new();
    let mut kept: Vec<FoundAsset> = Vec::with_capacity(all.len());
    for mut one in all {
        if let Asset::Account(account) = &mut one.asset
            && !account.number.is_empty()
        {
            let known = places.entry(folded_number(&account.number)).or_default();
            if is_listed(account, known, &mut kept) {
                continue;
            }
            known.push(kept.len());
        }
        kept.push(one);
    }
    kept
}

/// Whether an account is among those of its number. One that says something else of it puts both in doubt.
fn is_listed(account: &mut Account, known: &[usize], kept: &mut [FoundAsset]) -> bool {
    for at in known.iter().take(MOST_COMPARED) {
        let Some(Asset::Account(other)) = kept.get_mut(*at).map(|found| &mut found.asset) else { continue };
        // One number may stand for several currencies.
        if other.currency != account.currency || other.institution_code != account.institution_code {
            continue;
        }
        let respelt =
            Account { number: other.number.clone(), doubts: other.doubts.clone(), ..account.clone() };
        if respelt == *other {
            return true;
        }
        if told(other) == told(account) {
            // More of one account.
            continue;
        }
        other.doubts.push(contradiction(&account.number));
        account.doubts.push(contradiction(&other.number));
    }
    false
}

/// What of an account cannot be two things at once.
fn told(one: &Account) -> impl PartialEq {
    (one.class.clone(), one.status.clone(), one.balance, one.available, one.closed)
}

fn contradiction(number: &str) -> Doubt {
    Doubt {
        about: DoubtAbout::Number,
        kind: DoubtKind::Contradiction,
        field: "number".to_owned(),
        value: number.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use chakong_contract::asset::MatchedBy;
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
}
