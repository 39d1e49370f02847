use std::collections::BTreeSet;

use chakong_contract::order::CourtAccount;

use super::keys::{ApiKey, read_courts};
use super::reader::Section;
use crate::domain::TwoApprovers;
use crate::domain::people::Courts;
use crate::domain::progress::ProgressSettings;
use crate::domain::retention::Retention;

/// An account of the court, `[[court_accounts]]`: deducted money goes to these and nowhere else (法〔2018〕64号).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedAccount {
    /// The name by which a deduction chooses it.
    pub name: String,
    /// Whose it is: money of their cases goes there. Every court's only in a gateway of one court.
    pub courts: Courts,
    /// The account.
    pub account: CourtAccount,
}

/// The accounts of a configuration.
pub(super) fn read_accounts(root: &mut Section<'_>) -> Vec<NamedAccount> {
    root.sections("court_accounts", read_account).into_iter().flatten().collect()
}

fn read_account(section: &mut Section<'_>) -> Option<NamedAccount> {
    let name = section.required("name", "by which a deduction chooses the account, e.g. name = \"main\"");
    let holder = section.required("holder", "name of the account's holder 户名");
    let number = section.required("number", "account number 账号");
    let bank = section.required("bank", "name of the bank 开户行");
    let bank_number = section.text("bank_number").unwrap_or_default();
    let class = section.text("class").unwrap_or_else(|| "本币".to_owned());
    let account = CourtAccount { holder: holder?, number: number?, bank: bank?, bank_number, class };
    let blank = |text: &String| text.trim().is_empty();
    if [&account.holder, &account.number, &account.bank].into_iter().any(blank) {
        section.problem("holder", "holder, number and bank of a court account may not be blank");
    }
    let courts = read_courts(section, "the account of the only court");
    Some(NamedAccount { name: name?, courts, account })
}

/// Whether the accounts are told apart, by name and by court. `rules` are those that name courts.
pub(super) fn check(
    accounts: &[NamedAccount],
    keys: &[ApiKey],
    (approvers, progress, retention): (&TwoApprovers, &ProgressSettings, &Retention),
    root: &mut Section<'_>,
) {
    check_distinct(accounts, root);
    let of_keys = keys.iter().flat_map(|key| key.courts.named());
    let with_rules = approvers.courts.keys().chain(progress.courts.keys()).chain(retention.courts.keys());
    check_courts(accounts, of_keys.chain(with_rules.map(String::as_str)), root);
}

fn check_distinct(accounts: &[NamedAccount], root: &mut Section<'_>) {
    for (at, account) in accounts.iter().enumerate() {
        if accounts.iter().take(at).any(|other| other.name == account.name) {
            root.problem("court_accounts", format_args!("`{}` stands there twice", account.name));
        }
    }
}

/// In a gateway of several courts each account says whose it is, or money of one court's case could go to another's.
/// `known` are the courts that the rest of the configuration names.
fn check_courts<'c>(
    accounts: &'c [NamedAccount],
    known: impl Iterator<Item = &'c str>,
    root: &mut Section<'_>,
) {
    let mut courts: BTreeSet<&str> = known.collect();
    courts.extend(accounts.iter().flat_map(|account| account.courts.named()));
    if courts.len() < 2 {
        return;
    }
    for account in accounts.iter().filter(|account| account.courts.are_all()) {
        root.problem(
            "court_accounts",
            format_args!(
                "`{}` does not say whose account it is, and the configuration names {} courts: add courts = [\"CODE\"]",
                account.name,
                courts.len()
            ),
        );
    }
}
