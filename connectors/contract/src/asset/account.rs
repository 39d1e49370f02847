use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::doubt::Doubt;
use super::encumbrance::Encumbrance;
use crate::date::{Date, Moment};
use crate::money::{Currency, Money};

/// A bank account 银行账户.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Account {
    /// Name of the institution.
    pub institution: String,
    /// Code of the institution; with the number it identifies the account.
    pub institution_code: String,
    /// Account number 开户账号.
    pub number: String,
    /// Number of the account within its answer 账户序号, by which the bank speaks of it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<u32>,
    /// Its further numbers, where several rows of the answer were about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more_places: Vec<u32>,
    /// Account class 账户类别 in the bank's words; the main signal for exemption, kept verbatim.
    pub class: String,
    /// Account status 账户状态 in the bank's words.
    pub status: String,
    /// Branch 开户网点.
    pub branch: String,
    /// Branch code 开户网点代码.
    pub branch_code: String,
    /// Currency; null when the bank named none that is known.
    pub currency: Option<Currency>,
    /// Balance 资产数额.
    pub balance: Option<Money>,
    /// Available balance 可用资产数额.
    pub available: Option<Money>,
    /// Opened on.
    pub opened: Option<Date>,
    /// Closed on; null for an account that is not. A day after the bank's answer is none; where the bank does not say when it
    /// answered, the day may still lie in the future.
    pub closed: Option<Date>,
    /// Linked settlement account 关联资金账户.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub linked_account: String,
    /// Sub-accounts 关联子类账户.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sub_accounts: Vec<SubAccount>,
    /// Financial products 金融资产.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<Product>,
    /// Existing freezes and rights of others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub encumbrances: Vec<Encumbrance>,
    /// Transactions of the period asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transactions: Vec<Transaction>,
    /// The bank's remark 备注; a line for each that differs, where several rows of the answer were about the account.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remark: String,
    /// What of this account, and of what is held through it, was not understood. See [`Account::needs_an_officer`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<Doubt>,
}

impl Account {
    /// Whether something that a control depends on was not understood, such as the class, by which the account may be exempt:
    /// no control is ordered on the account, or on what is held through it, unless an officer has looked at it. So it is with one whose
    /// status says that it is closed while money is available: it is one of the two.
    pub fn needs_an_officer(&self) -> bool {
        self.doubts.iter().any(|doubt| doubt.about.bars_a_measure())
            || (self.says_that_it_is_closed() && self.has_money())
    }

    /// Whether money is available in it or in a sub-account, or a product is held through it, as far as it is stated. Where what is
    /// available is not stated, the balance counts.
    pub fn has_money(&self) -> bool {
        let is_some = |available: Option<Money>, balance: Option<Money>| {
            available.or(balance).is_some_and(|money| money.amount > Decimal::ZERO)
        };
        let is_held = |product: &Product| {
            let units = product.controllable.as_ref().or(product.quantity.as_ref());
            units.and_then(|units| units.parse::<Decimal>().ok()).is_some_and(|units| units > Decimal::ZERO)
        };
        is_some(self.available, self.balance)
            || self.sub_accounts.iter().any(|sub| is_some(sub.available, sub.balance))
            || self.products.iter().any(is_held)
    }

    /// Whether its status says that it is closed, whatever is said of the day: `已销户`, `结清`; not `未销户` or `待销户`.
    pub fn says_that_it_is_closed(&self) -> bool {
        super::closed_status::says_closed(&self.status)
    }
}

/// A sub-account.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct SubAccount {
    /// Its number, which must come back to the bank exactly so.
    pub number: String,
    /// Class in the bank's words: 定期 …
    pub class: String,
    /// Balance.
    pub balance: Option<Money>,
    /// Available balance.
    pub available: Option<Money>,
    /// Remark, e.g. 钞 or 汇.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remark: String,
}

/// A financial product held through the account.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Product {
    /// Product number 金融产品编号.
    pub number: String,
    /// Name.
    pub name: String,
    /// Type in the bank's words.
    pub class: String,
    /// Who manages it.
    pub manager: String,
    /// Unit of measure, e.g. 份.
    pub unit: String,
    /// Quantity, share or amount, as decimal text.
    pub quantity: Option<String>,
    /// The part of it that can be controlled, as decimal text.
    pub controllable: Option<String>,
    /// Price of a unit.
    pub unit_price: Option<Money>,
    /// Account that redemptions are paid to.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub redemption_account: String,
    /// How it is sold 产品销售种类 in the bank's words: 直销, 代销.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sale: String,
    /// Region of the bank 地区号.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub region: String,
    /// Account that keeps the product 理财账号.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub wealth_account: String,
}

/// A transaction 资金往来.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Transaction {
    /// The bank's serial number.
    pub serial: String,
    /// Kind in the bank's words.
    pub class: String,
    /// Direction in the bank's words: 转出, 取出, 转入 …
    pub direction: String,
    /// Amount.
    pub amount: Option<Money>,
    /// When.
    pub at: Option<Moment>,
    /// Name of the other side.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub counterparty: String,
    /// Account of the other side.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub counterparty_account: String,
    /// Bank of the other side.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub counterparty_bank: String,
}
