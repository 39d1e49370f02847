//! Banks that keep their own books: the oracle. They share no code with the ledger.

use std::collections::BTreeMap;

use chakong_contract::order::Target;
use chakong_contract::reply::Holding;
use chakong_contract::{Date, Instruction, Money, Refusal, RefusalReason, Reply};
use rust_decimal::Decimal;

use crate::accounts::{Hold, Kept, shown};

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

/// A bank.
#[derive(Debug)]
pub struct Bank {
    pub name: String,
    pub way: Way,
    pub lie: Option<Lie>,
    pub accounts: BTreeMap<String, Kept>,
    /// What was taken to the court's account.
    pub taken: Decimal,
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

    /// What is held and taken for us in all.
    pub fn held_and_taken(&self) -> Decimal {
        self.accounts.values().map(Kept::held_for_us).sum::<Decimal>() + self.taken
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
    }

    /// An order arrives: the bank carries it out or declines it, and answers.
    pub fn receive(&mut self, number: &str, order: &Instruction, declines: bool, today: Date) -> Reply {
        if let Instruction::Query { .. } = order {
            return shown(&self.name, &self.accounts);
        }
        if let Some(known) = self.answered.get(number) {
            assert!(
                self.way.is_idempotent(),
                "{number} was sent twice to {}, which acts twice on it",
                self.name
            );
            return known.clone();
        }
        let reply =
            if declines { refusal(RefusalReason::Declined) } else { self.carry_out(number, order, today) };
        self.answered.insert(number.to_owned(), reply.clone());
        reply
    }

    fn carry_out(&mut self, number: &str, order: &Instruction, today: Date) -> Reply {
        let Some(at) = order.target().map(number_of) else { return refusal(RefusalReason::NotSupported) };
        let lie = self.lie;
        let Some(kept) = self.accounts.get_mut(at) else { return refusal(RefusalReason::TargetUnknown) };
        match order {
            Instruction::Freeze { limit, from, until, .. } => {
                if *until < today {
                    return refusal(RefusalReason::Declined);
                }
                let limit = limit.expect("an account has a limit").amount;
                kept.holds.push(Hold { number: Some(number.to_owned()), limit, until: *until });
                said(lie, at, limit, kept.held_by(number), (*from, *until))
            }
            Instruction::Renew { limit, from, until, original, .. } => {
                let Some(hold) = kept.of(original.number.as_str()) else {
                    self.is_puzzled = true;
                    return unknown_original();
                };
                hold.until = *until;
                hold.limit = hold.limit.min(limit.expect("an account has a limit").amount);
                let limit = hold.limit;
                said(lie, at, limit, kept.held_by(original.number.as_str()), (*from, *until))
            }
            Instruction::Release { amount, original, .. } => {
                let amount = amount.expect("an account has an amount").amount;
                let before = kept.held_for_us();
                let Some(hold) = kept.of(original.number.as_str()) else {
                    self.is_puzzled = true;
                    return unknown_original();
                };
                if hold.limit < amount {
                    self.is_puzzled = true;
                    return unknown_original();
                }
                hold.limit -= amount;
                kept.drop_empty();
                let freed = before - kept.held_for_us();
                self.set_free += freed;
                Reply::Released { amount: Some(Money::yuan(freed)), words: String::new() }
            }
            Instruction::Deduct { amount, original, .. } => {
                let take = amount.amount.min(kept.held_by(original.number.as_str()));
                let Some(hold) = kept.of(original.number.as_str()) else {
                    self.is_puzzled = true;
                    return unknown_original();
                };
                hold.limit -= take;
                kept.balance -= take;
                kept.drop_empty();
                self.taken += take;
                Reply::Deducted { amount: Some(Money::yuan(take)) }
            }
            Instruction::Query { .. } | Instruction::Transfer { .. } => refusal(RefusalReason::NotSupported),
        }
    }
}

/// What a bank says that it holds.
fn said(lie: Option<Lie>, account: &str, limit: Decimal, held: Decimal, term: (Date, Date)) -> Reply {
    let said = match lie {
        Some(Lie::Enormous) => limit * Decimal::from(1000),
        Some(Lie::AllHeld) => limit,
        Some(Lie::OtherAccount) | None => held,
    };
    let mut holding = Holding::of(Money::yuan(said));
    holding.limit = Some(Money::yuan(limit));
    (holding.from, holding.until) = (Some(term.0), Some(term.1));
    let stated = if lie == Some(Lie::OtherAccount) { "6222999999999999" } else { account };
    holding.stated.account = Some(stated.to_owned());
    if said < limit { Reply::PartlyHeld(holding) } else { Reply::Held(holding) }
}

fn number_of(target: &Target) -> &str {
    let Target::Account { number, .. } = target else { unreachable!("these banks keep accounts only") };
    number
}

fn unknown_original() -> Reply {
    refusal(RefusalReason::OriginalUnknown)
}

fn refusal(reason: RefusalReason) -> Reply {
    Reply::NotHeld(Refusal { reason, words: "不予办理".to_owned() })
}
