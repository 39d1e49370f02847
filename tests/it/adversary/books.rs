//! What a bank keeps in its books: accounts, and the freezes on them by the number of the order.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::wire::Element;

/// A freeze.
#[derive(Debug, Clone)]
pub struct Hold {
    pub number: String,
    pub case: String,
    pub limit: Decimal,
}

/// An account.
#[derive(Debug, Clone)]
pub struct Account {
    pub owner: String,
    pub number: String,
    pub balance: Decimal,
    pub holds: Vec<Hold>,
}

impl Account {
    /// Each freeze with what it holds: the earlier ones first.
    pub fn held(&self) -> Vec<(&Hold, Decimal)> {
        let mut left = self.balance;
        let share = |hold| {
            let &Hold { limit, .. } = hold;
            let held = limit.min(left);
            left -= held;
            (hold, held)
        };
        self.holds.iter().map(share).collect()
    }

    pub fn free(&self) -> Decimal {
        self.balance - self.held().iter().map(|(_, held)| *held).sum::<Decimal>()
    }
}

/// The truth about a control: limit and amount, or that nothing was done.
pub type Truth = Option<(Decimal, Decimal)>;

/// The books of a bank.
#[derive(Debug, Clone, Default)]
pub struct Books {
    pub accounts: Vec<Account>,
    /// How often each order was carried out.
    pub executed: BTreeMap<String, u32>,
    /// What became of each control.
    pub truths: BTreeMap<String, Truth>,
    /// Orders that a release named and the books do not know, or not so much of it.
    pub puzzles: Vec<String>,
}

impl Books {
    /// Carries a control of one account out.
    pub fn carry_out(&mut self, number: &str, case: &str, order: &Element) -> Truth {
        *self.executed.entry(number.to_owned()).or_default() += 1;
        let amount: Decimal = order.get("JE").parse().expect("an amount");
        let truth = match order.get("KZCS") {
            "01" => self.freeze(number, case, order.get("KHZH"), amount),
            "04" => self.release(order.get("YDJDH"), amount),
            other => panic!("nobody orders {other} here"),
        };
        self.truths.insert(number.to_owned(), truth);
        truth
    }

    fn freeze(&mut self, number: &str, case: &str, account: &str, limit: Decimal) -> Truth {
        let account = self.accounts.iter_mut().find(|one| one.number == account)?;
        account.holds.push(Hold { number: number.to_owned(), case: case.to_owned(), limit });
        account.held().last().map(|(_, held)| (limit, *held))
    }

    fn release(&mut self, original: &str, amount: Decimal) -> Truth {
        let holds = |account: &&mut Account| account.holds.iter().any(|hold| hold.number == original);
        let Some(account) = self.accounts.iter_mut().find(holds) else {
            self.puzzles.push(original.to_owned());
            return None;
        };
        let before = account.free();
        let hold = account.holds.iter_mut().find(|hold| hold.number == original)?;
        if hold.limit < amount {
            self.puzzles.push(original.to_owned());
            return None;
        }
        let limit = hold.limit;
        hold.limit -= amount;
        account.holds.retain(|hold| hold.limit > Decimal::ZERO);
        Some((limit, account.free() - before))
    }

    /// What is held for a case.
    pub fn held_for(&self, case: &str) -> Decimal {
        self.holds_for(case).map(|(_, held)| held).sum()
    }

    /// What stands ordered for a case.
    pub fn limits_for(&self, case: &str) -> Decimal {
        self.holds_for(case).map(|(hold, _)| hold.limit).sum()
    }

    fn holds_for<'b>(&'b self, case: &'b str) -> impl Iterator<Item = (&'b Hold, Decimal)> {
        self.accounts.iter().flat_map(Account::held).filter(move |(hold, _)| hold.case == case)
    }
}
