//! The simulated bank's accounts, and what it does to them.

mod control;
mod held;
mod moves;
mod rows;

use std::collections::HashMap;

use chakong_contract::Moment;
use chakong_contract::sandbox::BookedHolding;
use md5::{Digest as _, Md5};
use rust_decimal::Decimal;

use self::held::{Held, Who, result};
use super::script::{Everyone, Population, Script, ScriptAccount};
use crate::wire::code::{self, StandIn};
use crate::wire::{AccountRow, ControlRequestRow, ControlRow, QueryRequestRow, TargetRow};

pub(super) use self::held::{Done, moment};

/// Customers with their accounts.
#[derive(Debug, Default)]
pub(super) struct Vault {
    everyone: Option<Everyone>,
    population: Option<Population>,
    customers: HashMap<Who, Vec<String>>,
    accounts: HashMap<String, Held>,
}

impl Vault {
    pub(super) fn new(script: &Script) -> Self {
        let mut vault = Self {
            everyone: script.everyone.clone(),
            population: script.population.clone(),
            ..Self::default()
        };
        for customer in &script.customers {
            let kind = code::identity(&customer.document).unwrap_or("99");
            let number = customer.document.number().replace('-', "");
            let who = (customer.name.to_string(), kind.to_owned(), number);
            for account in &customer.accounts {
                vault.open(&who, account.clone());
            }
            vault.customers.entry(who).or_default();
        }
        vault
    }

    fn open(&mut self, owner: &Who, script: ScriptAccount) {
        let earlier: Decimal = script.freezes.iter().map(|freeze| freeze.amount).sum();
        let available = script.available.unwrap_or((script.balance - earlier).max(Decimal::ZERO));
        let sub_accounts = script.sub_accounts.iter().map(|sub| (sub.number.clone(), sub.balance)).collect();
        let number = script.number.clone();
        let units =
            script.products.iter().map(|product| (product.number.clone(), product.quantity)).collect();
        let held = Held {
            owner: owner.clone(),
            available,
            sub_accounts,
            units,
            lacks: (earlier - script.balance).max(Decimal::ZERO),
            deducted: HashMap::new(),
            measures: Vec::new(),
            moved: Decimal::ZERO,
            log: Vec::new(),
            moved_from: None,
            moved_until: None,
            script,
        };
        if self.accounts.insert(number.clone(), held).is_none() {
            self.customers.entry(owner.clone()).or_default().push(number);
        }
    }

    /// The accounts of a party; one that is not listed owns what everyone does, or what the population says.
    fn accounts_of(&mut self, who: &Who) -> Vec<String> {
        if !self.customers.contains_key(who) {
            let accounts = match (&self.population, &self.everyone) {
                (Some(population), _) => population.accounts_of(&who.1, &who.2),
                (None, Some(Everyone { accounts, balance })) => {
                    (0..*accounts).map(|at| derived_account(&who.2, at, *balance)).collect()
                }
                (None, None) => Vec::new(),
            };
            accounts.into_iter().for_each(|account| self.open(who, account));
            self.customers.entry(who.clone()).or_default();
        }
        self.customers.get(who).cloned().unwrap_or_default()
    }

    /// The rows that answer a query; never none.
    pub(super) fn answer(&mut self, query: &QueryRequestRow, now: Moment) -> Vec<AccountRow> {
        let who = (query.name.clone(), query.document_kind.clone(), query.document_number.replace('-', ""));
        let mut rows = Vec::new();
        for number in self.accounts_of(&who) {
            let Some(held) = self.accounts.get_mut(&number) else { continue };
            held.pass(now);
            rows.push(AccountRow {
                number: query.number.clone(),
                sequence: (rows.len() + 1).to_string(),
                answered_at: moment(now),
                transactions: held.transaction_rows(&query.transactions_from, &query.transactions_until, now),
                ..held.row()
            });
        }
        if rows.is_empty() { vec![stand_in(&query.number, StandIn::NoAccount, "", now)] } else { rows }
    }

    /// Every freeze of the court's that stands.
    pub(super) fn holdings(&self) -> Vec<BookedHolding> {
        let mut holdings: Vec<_> = self.accounts.values().flat_map(Held::holdings).collect();
        holdings.sort_by(|one, other| one.number.cmp(&other.number));
        holdings
    }

    /// The results of a request that the bank does not act on.
    pub(super) fn refuse(&self, request: &ControlRequestRow, reason: &str) -> Vec<ControlRow> {
        request.targets.iter().map(|target| refused(request, target, reason).row).collect()
    }

    /// Does what a control request asks of one account.
    pub(super) fn control(&mut self, request: &ControlRequestRow, target: &TargetRow, now: Moment) -> Done {
        let number = request.document_number.replace('-', "");
        let who = (request.name.clone(), request.document_kind.clone(), number);
        self.accounts_of(&who);
        let refused = |reason: &str| refused(request, target, reason);
        let Some(held) = self.accounts.get_mut(&target.account) else { return refused("查无账户信息") };
        if (&held.owner.1, &held.owner.2) != (&who.1, &who.2) {
            return refused("账号与被控制人证件信息不匹配");
        }
        held.pass(now);
        if held.owner.0 != who.0 {
            return refused("账号与被控制人姓名不匹配");
        }
        if let Some(reason) = &held.script.refuse_control {
            return refused(reason);
        }
        let Ok(amount) = target.amount.parse::<Decimal>() else { return refused("申请控制金额有误") };
        match target.measure.as_str() {
            code::FREEZE => {
                held.freeze(request, target, amount, now).unwrap_or_else(|| refused("查无账户信息"))
            }
            code::RENEW => held
                .renew(request, target, amount, now)
                .unwrap_or_else(|| refused("无原冻结请求信息或冻结编号")),
            code::RELEASE => {
                held.release(request, target, amount).unwrap_or_else(|| refused("无原冻结请求信息或冻结编号"))
            }
            code::DEDUCT => held.deduct(request, target, amount).unwrap_or_else(refused),
            _ => refused("不支持该控制措施"),
        }
    }
}

/// A row in place of an account.
pub(super) fn stand_in(number: &str, stand_in: StandIn, remark: &str, now: Moment) -> AccountRow {
    AccountRow {
        number: number.to_owned(),
        sequence: "1".into(),
        account: stand_in.text().into(),
        answered_at: moment(now),
        remark: remark.to_owned(),
        ..AccountRow::default()
    }
}

fn refused(request: &ControlRequestRow, target: &TargetRow, reason: &str) -> Done {
    Done {
        row: ControlRow { state: code::NOT_DONE.into(), reason: reason.into(), ..result(request, target) },
        amount: Decimal::ZERO,
        executed: false,
    }
}

fn derived_account(document_number: &str, at: u32, balance: Decimal) -> ScriptAccount {
    let digest = Md5::digest(format!("{document_number}/{at}").as_bytes());
    let digits: String = digest.iter().map(|byte| char::from(b'0' + byte % 10)).collect();
    ScriptAccount::plain(format!("622{digits}"), "借记卡", balance)
}
