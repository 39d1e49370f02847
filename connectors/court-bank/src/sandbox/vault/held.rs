//! An account of the simulated bank as it stands, and what every part of the vault writes the same way.

use std::collections::HashMap;

use chakong_contract::Moment;
use rust_decimal::Decimal;

use super::super::script::ScriptAccount;
use crate::wire::{ControlRequestRow, ControlRow, TargetRow};

/// Name, kind of document and number of a customer.
pub(super) type Who = (String, String, String);

/// An account as it stands.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) owner: Who,
    pub(super) script: ScriptAccount,
    pub(super) available: Decimal,
    /// Available on each sub-account.
    pub(super) sub_accounts: HashMap<String, Decimal>,
    /// What was deducted from the account and its sub-accounts, by sub-account.
    pub(super) deducted: HashMap<String, Decimal>,
    /// Units of each product that are not frozen.
    pub(super) units: HashMap<String, Decimal>,
    pub(super) measures: Vec<Measure>,
    /// What came less what went since the account was first looked at.
    pub(super) moved: Decimal,
    /// What earlier freezes of others lack.
    pub(super) lacks: Decimal,
    /// Deposits and withdrawals since then.
    pub(super) log: Vec<Moved>,
    /// From when on they were made, and until when: periods.
    pub(super) moved_from: Option<i64>,
    pub(super) moved_until: Option<i64>,
}

/// A freeze of the court's.
#[derive(Debug)]
pub(super) struct Measure {
    pub(super) number: String,
    pub(super) sub_account: String,
    /// Product number; empty for money.
    pub(super) product: String,
    /// Whether the account as such is frozen, whatever the limit.
    pub(super) whole: bool,
    pub(super) held: Decimal,
    pub(super) limit: Decimal,
    pub(super) until: String,
    pub(super) court: String,
    pub(super) document: String,
}

/// What a control did.
#[derive(Debug, Clone)]
pub(crate) struct Done {
    /// The result as it is fed back.
    pub(crate) row: ControlRow,
    /// Held or released.
    pub(crate) amount: Decimal,
    /// Whether anything was done.
    pub(crate) executed: bool,
}

/// A deposit or withdrawal.
#[derive(Debug, Clone)]
pub(super) struct Moved {
    /// Which one: whole periods since 1970.
    pub(super) period: i64,
    /// Positive for a deposit.
    pub(super) amount: Decimal,
}

impl Held {
    pub(super) fn available_on(&mut self, sub_account: &str) -> Option<&mut Decimal> {
        if sub_account.is_empty() {
            Some(&mut self.available)
        } else {
            self.sub_accounts.get_mut(sub_account)
        }
    }

    pub(super) fn balance_of(&self, sub_account: &str) -> Decimal {
        let sub = self.script.sub_accounts.iter().find(|sub| sub.number == sub_account);
        let opening = sub.map_or(self.script.balance, |sub| sub.balance);
        let moved = if sub_account.is_empty() { self.moved } else { Decimal::ZERO };
        opening + moved - self.deducted.get(sub_account).copied().unwrap_or_default()
    }
}

pub(super) fn result(request: &ControlRequestRow, target: &TargetRow) -> ControlRow {
    ControlRow {
        number: request.number.clone(),
        sequence: target.sequence.clone(),
        account: target.account.clone(),
        content: target.content.clone(),
        limit: target.amount.clone(),
        ..ControlRow::default()
    }
}

/// An amount as banks write it: two decimals.
pub(super) fn amount(amount: Decimal) -> String {
    format!("{amount:.2}")
}

/// A moment as banks write it.
pub(crate) fn moment(moment: Moment) -> String {
    moment.wall().strftime("%Y/%m/%d %H:%M:%S").to_string()
}
