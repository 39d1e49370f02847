//! Accounts in a bank's books: a balance and the freezes on it, of ours and of other courts, the earlier ones first.

use std::collections::BTreeMap;

use chakong_contract::asset::{EncumbranceKind, FoundAsset, MatchedBy, Rank};
use chakong_contract::{Account, Asset, Currency, Date, Encumbrance, Money};
use rust_decimal::Decimal;

/// Yuan for a dollar, wherever a person names a rate.
pub const RATE: Decimal = Decimal::from_parts(7, 0, 0, false, 0);

fn dollars() -> Option<Currency> {
    Currency::from_wire("USD")
}

/// A freeze in a bank's books.
#[derive(Debug, Clone)]
pub struct Hold {
    /// The number of our order; `None` for another court's.
    pub number: Option<String>,
    /// The number of the case that it was ordered in.
    pub case: String,
    pub limit: Decimal,
    pub until: Date,
    /// Whether it counts for the claim: yuan does, dollars do at a rate that a person named.
    pub counts: bool,
}

/// An account.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// Which debtor's.
    pub owner: usize,
    /// Whether it is kept in dollars.
    pub dollars: bool,
    pub balance: Decimal,
    pub holds: Vec<Hold>,
    /// What was taken to the court's account, in its currency.
    pub taken: Decimal,
    /// The same in yuan, as far as it counts.
    pub taken_in_yuan: Decimal,
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

    fn in_yuan(&self, amount: Decimal) -> Decimal {
        if self.dollars { amount * RATE } else { amount }
    }

    /// What is held for us, in its currency.
    pub fn held_for_us(&self) -> Decimal {
        self.held().filter(|(hold, _)| hold.number.is_some()).map(|(_, held)| held).sum()
    }

    /// What is held for us and was taken, in yuan, as far as it counts.
    pub fn counted(&self) -> Decimal {
        let ours = self.held().filter(|(hold, _)| hold.number.is_some() && hold.counts);
        self.in_yuan(ours.map(|(_, held)| held).sum()) + self.taken_in_yuan
    }

    pub fn held_by(&self, number: &str) -> Decimal {
        self.held().filter(|(hold, _)| hold.number.as_deref() == Some(number)).map(|(_, held)| held).sum()
    }

    /// The place of a freeze among those on the account, from 1.
    pub fn rank_of(&self, number: &str) -> Option<Rank> {
        let at = self.holds.iter().position(|hold| hold.number.as_deref() == Some(number))?;
        u32::try_from(at + 1).ok().map(|place| Rank { place, derived: false })
    }

    pub fn free(&self) -> Decimal {
        self.balance - self.held().map(|(_, held)| held).sum::<Decimal>()
    }

    /// The limits of our freezes, in its currency.
    pub fn limits(&self) -> Decimal {
        self.holds.iter().filter(|hold| hold.number.is_some()).map(|hold| hold.limit).sum()
    }

    pub fn of(&mut self, number: &str) -> Option<&mut Hold> {
        self.holds.iter_mut().find(|hold| hold.number.as_deref() == Some(number))
    }

    pub fn drop_empty(&mut self) {
        self.holds.retain(|hold| hold.limit > Decimal::ZERO);
    }

    /// Takes what a freeze holds, up to an amount, and gives how much that was. `None` where it does not stand.
    pub fn take(&mut self, number: &str, amount: Decimal) -> Option<Decimal> {
        let take = amount.min(self.held_by(number));
        let hold = self.of(number)?;
        hold.limit -= take;
        let counts = hold.counts;
        self.balance -= take;
        self.taken += take;
        if counts {
            self.taken_in_yuan += self.in_yuan(take);
        }
        self.drop_empty();
        Some(take)
    }

    /// An amount in its currency.
    pub fn money(&self, amount: Decimal) -> Money {
        if self.dollars { Money { amount, currency: dollars() } } else { Money::yuan(amount) }
    }
}

/// What a query finds of a debtor; with the freezes on each account, where the bank lists them.
pub fn shown(
    (bank, lists): (&str, bool),
    owner: usize,
    accounts: &BTreeMap<String, Kept>,
) -> Vec<FoundAsset> {
    let own = accounts.iter().filter(|(_, kept)| kept.owner == owner);
    own.map(|(number, kept)| account((bank, lists), number, kept)).collect()
}

/// The freezes on an account, of ours and of other courts, in their order.
fn listed(kept: &Kept) -> Vec<Encumbrance> {
    let freeze = |(hold, held): (&Hold, Decimal)| Encumbrance {
        kind: if held.is_zero() { EncumbranceKind::WaitingSeizure } else { EncumbranceKind::Freeze },
        holder: "某法院".to_owned(),
        document: hold.case.clone(),
        amount: Some(kept.money(hold.limit)),
        from: None,
        until: Some(hold.until).filter(|until| *until < Date::MAX),
        rank: None,
        reference: String::new(),
        words: String::new(),
    };
    kept.held().map(freeze).collect()
}

fn account((bank, lists): (&str, bool), number: &str, kept: &Kept) -> FoundAsset {
    let account = Account {
        institution: bank.to_owned(),
        institution_code: bank.to_owned(),
        number: number.to_owned(),
        place: None,
        more_places: Vec::new(),
        class: "一般存款账户".to_owned(),
        status: "正常".to_owned(),
        branch: String::new(),
        branch_code: String::new(),
        currency: if kept.dollars { dollars() } else { Some(Currency::CNY) },
        balance: Some(kept.money(kept.balance)),
        available: Some(kept.money(kept.free())),
        opened: None,
        closed: None,
        linked_account: String::new(),
        sub_accounts: Vec::new(),
        products: Vec::new(),
        encumbrances: if lists { listed(kept) } else { Vec::new() },
        transactions: Vec::new(),
        remark: String::new(),
        doubts: Vec::new(),
    };
    FoundAsset { asset: Asset::Account(account), matched_by: MatchedBy::Number }
}
