//! Banks and registries that keep their own books: the oracle. They share no code with the ledger.

use std::collections::BTreeMap;

use chakong_contract::order::Target;
use chakong_contract::reply::Holding;
use chakong_contract::{Date, Instruction, Money, Refusal, RefusalReason, Reply};
use rust_decimal::Decimal;

use crate::accounts::{self, Hold, Kept};
use crate::estates::{self, Estate, Seizure};

/// How a bank is spoken with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It is called; a number that comes twice is acted on once.
    Call,
    /// It is called, and acts on a number as often as it comes.
    SimpleCall,
    /// Files are put down for it, and it answers with files.
    Parcel,
    /// It calls, is given what waits, and hands answers in.
    Postbox,
}

impl Way {
    /// Whether a number that comes twice is acted on once.
    pub const fn is_idempotent(self) -> bool {
        !matches!(self, Self::SimpleCall)
    }
}

/// What a bank says that is not so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lie {
    /// That far more is held than was ordered.
    Enormous,
    /// That another account is frozen.
    OtherAccount,
    /// That the whole limit is held whatever the balance.
    AllHeld,
}

/// An order as it arrives.
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    pub number: &'a str,
    /// The number of the case that the order names.
    pub case: &'a str,
    pub order: &'a Instruction,
    /// Whom it is about.
    pub owner: usize,
    /// Whether a freeze counts for the claim.
    pub counts: bool,
    /// Whether the bank declines it.
    pub declines: bool,
    /// Whether the bank's own system fails, so that the same may be ordered again.
    pub fails: bool,
    pub today: Date,
}

/// A bank, or a registry or regulator, which keeps estates in place of accounts.
#[derive(Debug, Clone)]
pub struct Bank {
    pub name: String,
    pub way: Way,
    pub lie: Option<Lie>,
    /// Whether its answers list the freezes on an account, of ours and of other courts.
    pub lists: bool,
    pub accounts: BTreeMap<String, Kept>,
    pub estates: BTreeMap<String, Estate>,
    /// What releases that were carried out took off what was held.
    pub set_free: Decimal,
    /// Whether it was asked about a freeze, or for more of one, than stands: a control was ordered twice because nobody knew
    /// what became of the first.
    pub is_puzzled: bool,
    /// What was answered to each control, by its number.
    pub answered: BTreeMap<String, Reply>,
}

impl Bank {
    pub fn is_honest(&self) -> bool {
        self.lie.is_none()
    }

    /// What is held and taken for us in all, of a debtor or of all of them, in yuan.
    pub fn counted(&self, of: Option<usize>) -> Decimal {
        let own = self.accounts.values().filter(|kept| of.is_none_or(|owner| kept.owner == owner));
        own.map(Kept::counted).sum()
    }

    /// How much subscribed capital is frozen for us, of a debtor or of all of them, in yuan.
    pub fn capital(&self, of: Option<usize>) -> Decimal {
        let own = self.estates.values().filter(|estate| of.is_none_or(|owner| estate.owner == owner));
        own.flat_map(|estate| &estate.seizures).map(|seizure| seizure.capital).sum()
    }

    /// What was taken, in yuan.
    pub fn taken_in_yuan(&self) -> Decimal {
        self.accounts.values().map(|kept| kept.taken_in_yuan).sum()
    }

    /// What was taken of a debtor, in yuan.
    pub fn taken_of(&self, debtor: usize) -> Decimal {
        let own = self.accounts.values().filter(|kept| kept.owner == debtor);
        own.map(|kept| kept.taken_in_yuan).sum()
    }

    /// What the freeze of a number holds.
    pub fn held_by(&self, number: &str) -> Decimal {
        self.accounts.values().map(|kept| kept.held_by(number)).sum()
    }

    /// Ends the freezes whose last day is over.
    pub fn end_terms(&mut self, today: Date) {
        for kept in self.accounts.values_mut() {
            kept.holds.retain(|hold| hold.until >= today);
        }
        for estate in self.estates.values_mut() {
            estate.seizures.retain(|seizure| seizure.until >= today);
        }
    }

    /// An order arrives: the bank carries it out or declines it, and answers.
    pub fn receive(&mut self, arrival: Arrival<'_>) -> Reply {
        if let Instruction::Query { .. } = arrival.order {
            return self.found(arrival.owner);
        }
        let number = arrival.number;
        if let Some(known) = self.answered.get(number) {
            assert!(
                self.way.is_idempotent(),
                "{number} was sent twice to {}, which acts twice on it",
                self.name
            );
            return known.clone();
        }
        let done = if arrival.fails {
            Err(RefusalReason::CounterpartError)
        } else if arrival.declines {
            Err(RefusalReason::Declined)
        } else {
            match arrival.order.target() {
                Some(Target::Account { number: account, .. }) => {
                    let account = account.clone();
                    self.control_account(&account, arrival)
                }
                Some(Target::Property { certificate: name, .. } | Target::Equity { company: name, .. }) => {
                    let name = name.clone();
                    self.control_estate(&name, arrival)
                }
                _ => Err(RefusalReason::NotSupported),
            }
        };
        let reply = done.unwrap_or_else(refusal);
        self.answered.insert(number.to_owned(), reply.clone());
        reply
    }

    fn found(&self, owner: usize) -> Reply {
        let mut assets = accounts::shown((&self.name, self.lists), owner, &self.accounts);
        assets.extend(estates::shown(&self.name, owner, &self.estates));
        if assets.is_empty() { Reply::Nothing } else { Reply::Found { assets } }
    }

    fn control_account(&mut self, at: &str, arrival: Arrival<'_>) -> Result<Reply, RefusalReason> {
        let (lie, number) = (self.lie, arrival.number);
        let kept = self.accounts.get_mut(at).ok_or(RefusalReason::TargetUnknown)?;
        match arrival.order {
            Instruction::Freeze { limit, from, until, .. } => {
                if *until < arrival.today {
                    return Err(RefusalReason::Declined);
                }
                let limit = limit.expect("an account has a limit").amount;
                let counts = arrival.counts;
                let (number_of, case) = (Some(number.to_owned()), arrival.case.to_owned());
                kept.holds.push(Hold { number: number_of, case, limit, until: *until, counts });
                Ok(said(lie, (at, kept), (limit, number), (*from, *until)))
            }
            Instruction::Renew { limit, from, until, original, .. } => {
                let original = original.number.as_str();
                let hold = known(kept.of(original), &mut self.is_puzzled)?;
                hold.until = *until;
                hold.limit = hold.limit.min(limit.expect("an account has a limit").amount);
                let limit = hold.limit;
                Ok(said(lie, (at, kept), (limit, original), (*from, *until)))
            }
            Instruction::Release { amount, original, .. } => {
                let amount = amount.expect("an account has an amount").amount;
                let (before, held) = (kept.held_for_us(), kept.held_by(original.number.as_str()));
                let hold = kept.of(original.number.as_str()).filter(|hold| hold.limit >= amount);
                known(hold, &mut self.is_puzzled)?.limit -= amount;
                kept.drop_empty();
                let freed = before - kept.held_for_us();
                self.set_free += freed;
                // It says what this freeze let go, whatever another of ours catches of it.
                let let_go = held - kept.held_by(original.number.as_str());
                Ok(Reply::Released { amount: Some(kept.money(let_go)), words: String::new() })
            }
            Instruction::Deduct { amount, original, .. } => {
                let taken = kept.take(original.number.as_str(), amount.amount);
                let taken = known(taken, &mut self.is_puzzled)?;
                Ok(Reply::Deducted { amount: Some(kept.money(taken)) })
            }
            Instruction::Query { .. } | Instruction::Transfer { .. } => Err(RefusalReason::NotSupported),
        }
    }

    fn control_estate(&mut self, at: &str, arrival: Arrival<'_>) -> Result<Reply, RefusalReason> {
        let estate = self.estates.get_mut(at).ok_or(RefusalReason::TargetUnknown)?;
        match arrival.order {
            Instruction::Freeze { from, until, .. } => {
                if *until < arrival.today {
                    return Err(RefusalReason::Declined);
                }
                let capital = match arrival.order.target() {
                    Some(Target::Equity { subscribed, .. }) => subscribed.map(|money| money.amount),
                    _ => None,
                };
                let number = arrival.number.to_owned();
                let capital = capital.unwrap_or_default();
                estate.seizures.push(Seizure { number, until: *until, capital });
                Ok(seized((at, estate), (*from, *until)))
            }
            Instruction::Renew { from, until, original, .. } => {
                known(estate.of(original.number.as_str()), &mut self.is_puzzled)?.until = *until;
                Ok(seized((at, estate), (*from, *until)))
            }
            Instruction::Release { original, .. } => {
                let original = original.number.as_str();
                known(estate.of(original), &mut self.is_puzzled)?;
                estate.seizures.retain(|seizure| seizure.number != original);
                Ok(Reply::Released { amount: None, words: String::new() })
            }
            _ => Err(RefusalReason::NotSupported),
        }
    }
}

/// What an order is about that must stand; where it does not, the bank is puzzled.
fn known<T>(known: Option<T>, is_puzzled: &mut bool) -> Result<T, RefusalReason> {
    *is_puzzled |= known.is_none();
    known.ok_or(RefusalReason::OriginalUnknown)
}

/// What a bank says that it holds.
fn said(
    lie: Option<Lie>,
    (account, kept): (&str, &Kept),
    (limit, number): (Decimal, &str),
    term: (Date, Date),
) -> Reply {
    let held = kept.held_by(number);
    let said = match lie {
        Some(Lie::Enormous) => limit * Decimal::from(1000),
        Some(Lie::AllHeld) => limit,
        Some(Lie::OtherAccount) | None => held,
    };
    let mut holding = Holding::of(kept.money(said));
    holding.limit = Some(kept.money(limit));
    holding.rank = kept.rank_of(number);
    (holding.from, holding.until) = (Some(term.0), Some(term.1));
    let stated = if lie == Some(Lie::OtherAccount) { "6222999999999999" } else { account };
    holding.stated.account = Some(stated.to_owned());
    if said < limit { Reply::PartlyHeld(holding) } else { Reply::Held(holding) }
}

fn seized((name, estate): (&str, &Estate), term: (Date, Date)) -> Reply {
    let mut holding = Holding::of(Money::yuan(Decimal::ZERO));
    (holding.from, holding.until) = (Some(term.0), Some(term.1));
    match estate.subscribed {
        Some(_) => holding.stated.company = Some(name.to_owned()),
        None => holding.stated.certificate = Some(name.to_owned()),
    }
    Reply::Held(holding)
}

fn refusal(reason: RefusalReason) -> Reply {
    let words = if reason == RefusalReason::CounterpartError { "系统处理异常" } else { "不予办理" };
    Reply::NotHeld(Refusal { reason, words: words.to_owned() })
}
