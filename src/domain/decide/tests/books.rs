//! Banks that keep their own books: the oracle. They share no code with the ledger.

use std::collections::BTreeMap;

use chakong_contract::asset::{FoundAsset, MatchedBy};
use chakong_contract::order::Target;
use chakong_contract::reply::{Holding, Refusal, RefusalReason};
use chakong_contract::{Account, Asset, Currency, Date, Instruction, Money, Reply};
use rust_decimal::Decimal;

/// A freeze of ours as its bank keeps it.
#[derive(Debug, Clone)]
pub struct Frozen {
    pub number: String,
    pub limit: Decimal,
    pub until: Date,
}

/// An account in a bank's books.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// The currency; `None` for yuan.
    pub currency: Option<Currency>,
    pub balance: Decimal,
    pub freezes: Vec<Frozen>,
}

impl Kept {
    /// What each freeze holds: earlier ones first.
    pub fn held(&self) -> Vec<Decimal> {
        let mut left = self.balance;
        let share = |frozen: &Frozen| {
            let held = frozen.limit.min(left);
            left -= held;
            held
        };
        self.freezes.iter().map(share).collect()
    }

    pub fn held_in_all(&self) -> Decimal {
        self.held().into_iter().sum()
    }

    pub fn free(&self) -> Decimal {
        self.balance - self.held_in_all()
    }

    /// An amount in its currency.
    fn money(&self, amount: Decimal) -> Money {
        self.currency.map_or(Money::yuan(amount), |_| Money { amount, currency: self.currency })
    }
}

/// A bank.
#[derive(Debug, Clone, Default)]
pub struct Bank {
    pub accounts: BTreeMap<String, Kept>,
    /// What was taken to the court's account.
    pub taken: Decimal,
    /// The most that a release which was carried out took off what was held.
    pub set_free: Decimal,
    /// What it says in place of the truth; `None` for an honest bank.
    pub lie: Option<Lie>,
}

/// What a bank says that is not so.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Lie {
    /// That far more is held than was ordered.
    Enormous,
    /// That another account is frozen.
    OtherAccount,
    /// That the whole limit is held whatever the balance.
    AllHeld,
}

impl Bank {
    pub fn with(accounts: &[(&str, u32)]) -> Self {
        let kept = |(number, balance): &(&str, u32)| {
            ((*number).to_owned(), Kept { balance: (*balance).into(), ..Kept::default() })
        };
        Self { accounts: accounts.iter().map(kept).collect(), ..Self::default() }
    }

    /// What is held and taken for us in all.
    pub fn held_and_taken(&self) -> Decimal {
        self.accounts.values().map(Kept::held_in_all).sum::<Decimal>() + self.taken
    }

    /// Ends the freezes whose last day is over.
    pub fn end_terms(&mut self, today: Date) {
        for kept in self.accounts.values_mut() {
            kept.freezes.retain(|frozen| frozen.until >= today);
        }
    }

    /// Carries an order out and answers. `name` is the bank's code.
    pub fn carry_out(&mut self, name: &str, number: &str, instruction: &Instruction) -> Reply {
        match instruction {
            Instruction::Query { .. } => self.found(name),
            Instruction::Freeze { target, limit, from, until } => {
                let limit = limit.expect("an account has a limit").amount;
                let Some(kept) = self.accounts.get_mut(number_of(target)) else { return unknown() };
                if !kept.freezes.iter().any(|frozen| frozen.number == number) {
                    kept.freezes.push(Frozen { number: number.to_owned(), limit, until: *until });
                }
                let (limit, held) = (kept.money(limit), kept.money(held_by(kept, number)));
                self.say_held(target, limit, held, (*from, *until))
            }
            Instruction::Renew { target, limit, until, original, from } => {
                let Some(kept) = self.accounts.get_mut(number_of(target)) else { return unknown() };
                let known = kept.freezes.iter_mut().find(|frozen| frozen.number == original.number.as_str());
                let Some(frozen) = known else { return unknown() };
                frozen.until = *until;
                frozen.limit = frozen.limit.min(limit.expect("an account has a limit").amount);
                let limit = frozen.limit;
                let (limit, held) = (kept.money(limit), kept.money(held_by(kept, original.number.as_str())));
                self.say_held(target, limit, held, (*from, *until))
            }
            Instruction::Release { target, amount, original } => {
                let amount = amount.expect("an account has an amount").amount;
                let Some(kept) = self.accounts.get_mut(number_of(target)) else { return unknown() };
                let (before, held) = (kept.held_in_all(), held_by(kept, original.number.as_str()));
                let known = kept.freezes.iter_mut().find(|frozen| frozen.number == original.number.as_str());
                let Some(frozen) = known else { return unknown() };
                frozen.limit -= amount;
                assert!(frozen.limit >= Decimal::ZERO, "never more is released than was ordered");
                kept.freezes.retain(|frozen| frozen.limit > Decimal::ZERO);
                let freed = before - kept.held_in_all();
                self.set_free = self.set_free.max(freed);
                // It says what this freeze let go, whatever another of ours catches of it.
                let let_go = held - held_by(kept, original.number.as_str());
                Reply::Released { amount: Some(kept.money(let_go)), words: String::new() }
            }
            Instruction::Deduct { target, amount, original, .. } => {
                let Some(kept) = self.accounts.get_mut(number_of(target)) else { return unknown() };
                let held = held_by(kept, original.number.as_str());
                let take = amount.amount.min(held);
                let known = kept.freezes.iter_mut().find(|frozen| frozen.number == original.number.as_str());
                let Some(frozen) = known else { return unknown() };
                frozen.limit -= take;
                kept.balance -= take;
                kept.freezes.retain(|frozen| frozen.limit > Decimal::ZERO);
                self.taken += take;
                Reply::Deducted { amount: Some(kept.money(take)) }
            }
            Instruction::Transfer { .. } => unknown(),
        }
    }

    /// Undoes a deduction from an account that it carried out: the money is back, and its freeze holds it to its last day.
    pub fn undo_deduction(&mut self, instruction: &Instruction, taken: Decimal, until: Date) {
        let Instruction::Deduct { target, original, .. } = instruction else { panic!("{instruction:?}") };
        let kept = self.accounts.get_mut(number_of(target)).expect("the account");
        let number = original.number.to_string();
        match kept.freezes.iter_mut().find(|frozen| frozen.number == number) {
            Some(frozen) => frozen.limit += taken,
            None => kept.freezes.push(Frozen { number, limit: taken, until }),
        }
        kept.balance += taken;
        self.taken -= taken;
    }

    fn say_held(&self, target: &Target, limit: Money, held: Money, term: (Date, Date)) -> Reply {
        let said = match self.lie {
            Some(Lie::Enormous) => Money { amount: limit.amount * Decimal::from(1000), ..limit },
            Some(Lie::AllHeld) => limit,
            Some(Lie::OtherAccount) | None => held,
        };
        let mut holding = Holding::of(said);
        holding.limit = Some(limit);
        (holding.from, holding.until) = (Some(term.0), Some(term.1));
        holding.stated.account = Some(match self.lie {
            Some(Lie::OtherAccount) => "6222999999999999".to_owned(),
            _ => number_of(target).to_owned(),
        });
        if said.amount < limit.amount { Reply::PartlyHeld(holding) } else { Reply::Held(holding) }
    }

    fn found(&self, name: &str) -> Reply {
        let assets: Vec<FoundAsset> =
            self.accounts.iter().map(|(number, kept)| account(name, number, kept)).collect();
        if assets.is_empty() { Reply::Nothing } else { Reply::Found { assets } }
    }
}

fn held_by(kept: &Kept, number: &str) -> Decimal {
    let at = kept.freezes.iter().position(|frozen| frozen.number == number);
    at.and_then(|at| kept.held().get(at).copied()).unwrap_or_default()
}

fn number_of(target: &Target) -> &str {
    let Target::Account { number, .. } = target else { unreachable!("these banks keep accounts only") };
    number
}

fn unknown() -> Reply {
    Reply::NotHeld(Refusal { reason: RefusalReason::TargetUnknown, words: "查无此账户".to_owned() })
}

/// An account as a query's answer shows it.
pub fn account(bank: &str, number: &str, kept: &Kept) -> FoundAsset {
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
        currency: kept.currency.or(Some(Currency::CNY)),
        balance: Some(kept.money(kept.balance)),
        available: Some(kept.money(kept.free())),
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
