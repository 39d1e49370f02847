//! The simulated bank's accounts, and what it does to them.

mod control;
mod rows;

use std::collections::HashMap;

use chakong_contract::Moment;
use md5::{Digest as _, Md5};
use rust_decimal::Decimal;

use super::script::{Everyone, Script, ScriptAccount};
use crate::wire::code::{self, StandIn};
use crate::wire::{AccountRow, ControlRequestRow, ControlRow, QueryRequestRow, TargetRow};

/// Customers with their accounts.
#[derive(Debug, Default)]
pub(super) struct Vault {
    everyone: Option<Everyone>,
    customers: HashMap<Who, Vec<String>>,
    accounts: HashMap<String, Held>,
}

/// Name, kind of document and number of a customer.
type Who = (String, String, String);

/// An account as it stands.
#[derive(Debug)]
struct Held {
    owner: Who,
    script: ScriptAccount,
    available: Decimal,
    /// Available on each sub-account.
    sub_accounts: HashMap<String, Decimal>,
    /// What was deducted from the account and its sub-accounts, by sub-account.
    deducted: HashMap<String, Decimal>,
    /// Units of each product that are not frozen.
    units: HashMap<String, Decimal>,
    measures: Vec<Measure>,
}

/// A freeze of the court's.
#[derive(Debug)]
struct Measure {
    number: String,
    sub_account: String,
    /// Product number; empty for money.
    product: String,
    held: Decimal,
    limit: Decimal,
    until: String,
    court: String,
    document: String,
}

/// What a control did.
#[derive(Debug, Clone)]
pub(super) struct Done {
    /// The result as it is fed back.
    pub(super) row: ControlRow,
    /// Held or released.
    pub(super) amount: Decimal,
    /// Whether anything was done.
    pub(super) executed: bool,
}

impl Vault {
    pub(super) fn new(script: &Script) -> Self {
        let mut vault =
            Self { everyone: script.everyone.clone(), customers: HashMap::new(), accounts: HashMap::new() };
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
        let deducted = HashMap::new();
        let measures = Vec::new();
        let held = Held { owner: owner.clone(), script, available, sub_accounts, deducted, units, measures };
        if self.accounts.insert(number.clone(), held).is_none() {
            self.customers.entry(owner.clone()).or_default().push(number);
        }
    }

    /// The accounts of a party; one that is not listed owns what everyone does.
    fn accounts_of(&mut self, who: &Who) -> Vec<String> {
        if !self.customers.contains_key(who) {
            let everyone = self.everyone.clone();
            for at in 0..everyone.as_ref().map_or(0, |everyone| everyone.accounts) {
                let balance = everyone.as_ref().map_or(Decimal::ZERO, |everyone| everyone.balance);
                self.open(who, derived_account(&who.2, at, balance));
            }
            self.customers.entry(who.clone()).or_default();
        }
        self.customers.get(who).cloned().unwrap_or_default()
    }

    /// The rows that answer a query; never none.
    pub(super) fn answer(&mut self, query: &QueryRequestRow, now: Moment) -> Vec<AccountRow> {
        let who = (query.name.clone(), query.document_kind.clone(), query.document_number.replace('-', ""));
        let numbers = self.accounts_of(&who);
        let rows: Vec<_> = numbers
            .iter()
            .filter_map(|number| self.accounts.get(number))
            .zip(1..)
            .map(|(held, sequence): (_, u32)| AccountRow {
                number: query.number.clone(),
                sequence: sequence.to_string(),
                answered_at: moment(now),
                ..held.row()
            })
            .collect();
        if rows.is_empty() { vec![stand_in(&query.number, StandIn::NoAccount, "", now)] } else { rows }
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

impl Held {
    fn available_on(&mut self, sub_account: &str) -> Option<&mut Decimal> {
        if sub_account.is_empty() {
            Some(&mut self.available)
        } else {
            self.sub_accounts.get_mut(sub_account)
        }
    }

    fn balance_of(&self, sub_account: &str) -> Decimal {
        let sub = self.script.sub_accounts.iter().find(|sub| sub.number == sub_account);
        let opening = sub.map_or(self.script.balance, |sub| sub.balance);
        opening - self.deducted.get(sub_account).copied().unwrap_or_default()
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

fn result(request: &ControlRequestRow, target: &TargetRow) -> ControlRow {
    ControlRow {
        number: request.number.clone(),
        sequence: target.sequence.clone(),
        account: target.account.clone(),
        content: target.content.clone(),
        limit: target.amount.clone(),
        ..ControlRow::default()
    }
}

fn derived_account(document_number: &str, at: u32, balance: Decimal) -> ScriptAccount {
    let digest = Md5::digest(format!("{document_number}/{at}").as_bytes());
    let digits: String = digest.iter().map(|byte| char::from(b'0' + byte % 10)).collect();
    ScriptAccount {
        number: format!("622{digits}"),
        class: "借记卡".into(),
        status: "正常".into(),
        branch: "测试银行营业部".into(),
        branch_code: "999100000001".into(),
        currency: "156".into(),
        balance,
        available: None,
        opened: None,
        freezes: Vec::new(),
        sub_accounts: Vec::new(),
        products: Vec::new(),
        refuse_control: None,
        remark: String::new(),
    }
}

/// An amount as banks write it: two decimals.
fn amount(amount: Decimal) -> String {
    format!("{amount:.2}")
}

/// A moment as banks write it.
pub(super) fn moment(moment: Moment) -> String {
    moment.wall().strftime("%Y/%m/%d %H:%M:%S").to_string()
}
