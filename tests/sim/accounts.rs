//! Accounts in a bank's books: a balance and the freezes on it, of ours and of other courts, the earlier ones first.

use std::collections::BTreeMap;

use chakong_contract::asset::{FoundAsset, MatchedBy};
use chakong_contract::{Account, Asset, Currency, Date, Money, Reply};
use rust_decimal::Decimal;

/// A freeze in a bank's books.
#[derive(Debug, Clone)]
pub struct Hold {
    /// The number of our order; `None` for another court's.
    pub number: Option<String>,
    pub limit: Decimal,
    pub until: Date,
}

/// An account.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    pub balance: Decimal,
    pub holds: Vec<Hold>,
}

impl Kept {
    /// Each freeze with what it holds: the earlier ones first.
    fn held(&self) -> impl Iterator<Item = (&Hold, Decimal)> {
        let mut left = self.balance;
        self.holds.iter().map(move |hold| {
            let held = hold.limit.min(left);
            left -= held;
            (hold, held)
        })
    }

    pub fn held_for_us(&self) -> Decimal {
        self.held().filter(|(hold, _)| hold.number.is_some()).map(|(_, held)| held).sum()
    }

    pub fn held_by(&self, number: &str) -> Decimal {
        self.held().filter(|(hold, _)| hold.number.as_deref() == Some(number)).map(|(_, held)| held).sum()
    }

    pub fn free(&self) -> Decimal {
        self.balance - self.held().map(|(_, held)| held).sum::<Decimal>()
    }

    /// The limits of our freezes.
    pub fn limits(&self) -> Decimal {
        self.holds.iter().filter(|hold| hold.number.is_some()).map(|hold| hold.limit).sum()
    }

    pub fn of(&mut self, number: &str) -> Option<&mut Hold> {
        self.holds.iter_mut().find(|hold| hold.number.as_deref() == Some(number))
    }

    pub fn drop_empty(&mut self) {
        self.holds.retain(|hold| hold.limit > Decimal::ZERO);
    }
}

/// What a query finds.
pub fn shown(bank: &str, accounts: &BTreeMap<String, Kept>) -> Reply {
    let assets: Vec<FoundAsset> = accounts.iter().map(|(number, kept)| account(bank, number, kept)).collect();
    if assets.is_empty() { Reply::Nothing } else { Reply::Found { assets } }
}

fn account(bank: &str, number: &str, kept: &Kept) -> FoundAsset {
    let account = Account {
        institution: bank.to_owned(),
        institution_code: bank.to_owned(),
        number: number.to_owned(),
        place: None,
        class: "一般存款账户".to_owned(),
        status: "正常".to_owned(),
        branch: String::new(),
        branch_code: String::new(),
        currency: Some(Currency::CNY),
        balance: Some(Money::yuan(kept.balance)),
        available: Some(Money::yuan(kept.free())),
        opened: None,
        closed: None,
        linked_account: String::new(),
        sub_accounts: Vec::new(),
        products: Vec::new(),
        encumbrances: Vec::new(),
        transactions: Vec::new(),
        remark: String::new(),
        doubts: Vec::new(),
    };
    FoundAsset { asset: Asset::Account(account), matched_by: MatchedBy::Number }
}
