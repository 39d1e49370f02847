//! A population made from a seed: whoever is asked about, the seed and the number of the identity document say whether they are
//! a customer and what they own. Nothing is drawn at random, and nobody has to be listed.

use chakong_contract::Date;
use md5::{Digest as _, Md5};
use rust_decimal::Decimal;
use serde::Deserialize;

use super::account::{
    ScriptAccount, ScriptFreeze, ScriptMoves, ScriptProduct, ScriptRight, ScriptSubAccount,
};
use crate::wire::code;

/// The seed and what is made of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Population {
    /// Any number; another one makes another population.
    seed: u64,
    /// Of a hundred parties so many are customers.
    customers_percent: u64,
    /// A customer has at most so many accounts, and at least one.
    most_accounts: u64,
}

impl Default for Population {
    fn default() -> Self {
        Self { seed: 1, customers_percent: 60, most_accounts: 4 }
    }
}

/// Numbers that look random and are always the same for the same text.
pub(crate) struct Dice {
    of: String,
    thrown: u32,
}

impl Dice {
    pub(crate) fn of(text: String) -> Self {
        Self { of: text, thrown: 0 }
    }

    /// A number below `most`; 0 where that is 0.
    pub(crate) fn below(&mut self, most: u64) -> u64 {
        self.thrown += 1;
        let digest = Md5::digest(format!("{}/{}", self.of, self.thrown).as_bytes());
        let number = digest.iter().take(8).fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
        number.checked_rem(most).unwrap_or_default()
    }

    fn happens(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// An amount up to `most` yuan.
    fn yuan(&mut self, most: u64) -> Decimal {
        Decimal::new(i64::try_from(self.below(most * 100)).unwrap_or_default(), 2)
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> Option<T> {
        let at = self.below(u64::try_from(all.len()).unwrap_or_default());
        usize::try_from(at).ok().and_then(|at| all.get(at)).copied()
    }
}

/// Classes of accounts that no court may touch, with what the bank says to one that tries.
const EXEMPT: &[(&str, &str)] = &[
    ("农民工工资专用账户", "农民工工资专用账户，依法不得冻结"),
    ("社会保险基金专户", "社会保险基金，依法不得冻结"),
    ("工会经费专户", "工会经费，依法不得冻结"),
];
const OF_COMPANIES: &[&str] = &["基本存款账户", "一般存款账户", "专用存款账户", "临时存款账户"];
const OF_PERSONS: &[&str] = &["借记卡", "活期一本通", "准贷记卡", "信用卡"];
const COURTS: &[&str] = &["别处市测试人民法院", "外省某某区人民法院", "某某海事法院", "某某铁路运输法院"];

impl Population {
    /// The accounts of a party; none of one that is no customer.
    pub(crate) fn accounts_of(&self, kind: &str, number: &str) -> Vec<ScriptAccount> {
        let mut dice = Dice::of(format!("{}/{kind}/{number}", self.seed));
        if !dice.happens(self.customers_percent) {
            return Vec::new();
        }
        let count = 1 + dice.below(self.most_accounts.max(1));
        let is_company = kind == code::ORGANISATION;
        (0..count)
            .map(|at| account(&mut Dice::of(format!("{}/{number}/{at}", self.seed)), is_company))
            .collect()
    }
}

fn account(dice: &mut Dice, is_company: bool) -> ScriptAccount {
    let digits: String = (0..16)
        .map(|_| char::from_digit(u32::try_from(dice.below(10)).unwrap_or(0), 10).unwrap_or('0'))
        .collect();
    let classes = if is_company { OF_COMPANIES } else { OF_PERSONS };
    let class = dice.one_of(classes).unwrap_or("借记卡");
    let balance = match dice.below(10) {
        0 => Decimal::ZERO,
        1..=6 => dice.yuan(20_000),
        7 | 8 => dice.yuan(500_000),
        _ => dice.yuan(50_000_000),
    };
    let mut account = ScriptAccount::plain(format!("623{digits}"), class, balance);
    account.opened = Date::new(2010 + i16::try_from(dice.below(15)).unwrap_or(0), 3, 2).ok();
    if is_company
        && dice.happens(12)
        && let Some((class, reason)) = dice.one_of(EXEMPT)
    {
        account.class = class.to_owned();
        account.refuse_control = Some(reason.to_owned());
    } else if is_company && dice.happens(8) {
        account.class = "保证金账户".to_owned();
        account.rights.push(right("质权", "测试银行股份有限公司", balance));
    } else if dice.happens(10) {
        account.rights.push(right("共有权", "共有人测试", balance / Decimal::TWO));
    }
    if dice.happens(25) {
        let court = dice.one_of(COURTS).unwrap_or_default().to_owned();
        let day = i8::try_from(1 + dice.below(28)).unwrap_or(1);
        let until = Date::new(2026 + i16::try_from(dice.below(3)).unwrap_or(0), 6, day).ok();
        let document = format!("（2025）别0102执保{}号", 1 + dice.below(9000));
        account.freezes.push(ScriptFreeze { court, document, amount: dice.yuan(200_000), until });
    }
    if dice.happens(15) {
        let balance = dice.yuan(100_000);
        account
            .sub_accounts
            .push(ScriptSubAccount { number: "00002".into(), class: "定期".into(), balance });
    }
    if dice.happens(15) {
        account.products.push(ScriptProduct {
            number: format!("LC{:04}", dice.below(10_000)),
            name: "测试开放式理财".into(),
            class: "理财产品".into(),
            unit: "份".into(),
            quantity: dice.yuan(100_000),
            unit_price: Decimal::ONE,
        });
    }
    if dice.happens(50) {
        let every_hours = u32::try_from(6 + dice.below(90)).unwrap_or(24);
        account.moves = Some(ScriptMoves { every_hours, most: dice.yuan(5_000) + Decimal::ONE });
    }
    account
}

fn right(class: &str, holder: &str, amount: Decimal) -> ScriptRight {
    ScriptRight { class: class.to_owned(), holder: holder.to_owned(), amount: amount.round_dp(2) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_population_of_every_kind_of_account() {
        let population = Population::default();
        let all: Vec<ScriptAccount> = (0..2000)
            .flat_map(|at| population.accounts_of(if at % 2 == 0 { "20" } else { "01" }, &format!("N{at}")))
            .collect();
        let again = population.accounts_of("20", "N0");
        assert_eq!(format!("{again:?}"), format!("{:?}", population.accounts_of("20", "N0")));
        let other = Population { seed: 2, ..population.clone() };
        assert!((0..20).any(|at| {
            let number = format!("N{at}");
            format!("{:?}", other.accounts_of("20", &number))
                != format!("{:?}", population.accounts_of("20", &number))
        }));
        assert!((2000..5000).contains(&all.len()), "{}", all.len());
        let share = |of: fn(&ScriptAccount) -> bool| all.iter().filter(|account| of(account)).count();
        for (what, count) in [
            ("exempt", share(|account| account.refuse_control.is_some())),
            ("with priority", share(|account| account.rights.iter().any(|right| right.class == "质权"))),
            ("joint", share(|account| account.rights.iter().any(|right| right.class == "共有权"))),
            ("frozen before", share(|account| !account.freezes.is_empty())),
            ("with sub-accounts", share(|account| !account.sub_accounts.is_empty())),
            ("with products", share(|account| !account.products.is_empty())),
            ("moving", share(|account| account.moves.is_some())),
            ("empty", share(|account| account.balance.is_zero())),
        ] {
            assert!(count > 50, "{what}: {count} of {}", all.len());
        }
        let mut numbers: Vec<&str> = all.iter().map(|account| account.number.as_str()).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), all.len(), "no number twice");
    }
}
