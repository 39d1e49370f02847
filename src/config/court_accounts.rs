use chakong_contract::order::CourtAccount;

use super::reader::Section;

/// An account of the court, `[[court_accounts]]`: deducted money goes to these and nowhere else (法〔2018〕64号).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedAccount {
    /// The name by which a deduction chooses it.
    pub name: String,
    /// The account.
    pub account: CourtAccount,
}

pub(super) fn read_account(section: &mut Section<'_>) -> Option<NamedAccount> {
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
    Some(NamedAccount { name: name?, account })
}

pub(super) fn check_distinct(accounts: &[NamedAccount], root: &mut Section<'_>) {
    for (at, account) in accounts.iter().enumerate() {
        if accounts.iter().take(at).any(|other| other.name == account.name) {
            root.problem("court_accounts", format_args!("`{}` stands there twice", account.name));
        }
    }
}
