//! An account of a simulated bank, as its script describes it.

use chakong_contract::Date;
use rust_decimal::Decimal;
use serde::Deserialize;

/// An account.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScriptAccount {
    /// Number.
    pub(crate) number: String,
    /// Class in the bank's words.
    #[serde(default = "debit_card")]
    pub(crate) class: String,
    /// Status in the bank's words.
    #[serde(default = "normal")]
    pub(crate) status: String,
    /// Branch.
    #[serde(default)]
    pub(crate) branch: String,
    /// Branch code.
    #[serde(default)]
    pub(crate) branch_code: String,
    /// Currency as on the wire.
    #[serde(default = "yuan")]
    pub(crate) currency: String,
    /// Balance.
    pub(crate) balance: Decimal,
    /// Available at the start; balance less earlier freezes where absent.
    pub(crate) available: Option<Decimal>,
    /// Opened on.
    pub(crate) opened: Option<Date>,
    /// Earlier freezes by others.
    #[serde(default)]
    pub(crate) freezes: Vec<ScriptFreeze>,
    /// Sub-accounts.
    #[serde(default)]
    pub(crate) sub_accounts: Vec<ScriptSubAccount>,
    /// Financial products.
    #[serde(default)]
    pub(crate) products: Vec<ScriptProduct>,
    /// Rights of others: of one who owns the account as well, of one who has priority.
    #[serde(default)]
    pub(crate) rights: Vec<ScriptRight>,
    /// How money comes and goes; not at all where absent.
    pub(crate) moves: Option<ScriptMoves>,
    /// Why the bank controls nothing here.
    pub(crate) refuse_control: Option<String>,
    /// Remark.
    #[serde(default)]
    pub(crate) remark: String,
}

/// An earlier freeze by somebody else.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScriptFreeze {
    /// The court.
    pub(crate) court: String,
    /// Document number.
    #[serde(default)]
    pub(crate) document: String,
    /// Amount.
    pub(crate) amount: Decimal,
    /// Last day.
    pub(crate) until: Option<Date>,
}

/// A right of somebody else's in the account.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScriptRight {
    /// Kind, in the bank's words. With `质权` the bank holds nothing for the court (protocol section 5).
    pub(crate) class: String,
    /// Who has it.
    pub(crate) holder: String,
    /// Amount.
    #[serde(default)]
    pub(crate) amount: Decimal,
}

/// Deposits and withdrawals, by chance but always the same ones.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScriptMoves {
    /// One in so many hours.
    pub(crate) every_hours: u32,
    /// None is larger.
    pub(crate) most: Decimal,
}

/// A sub-account.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScriptSubAccount {
    /// Number, as it must come back.
    pub(crate) number: String,
    /// Class in the bank's words.
    #[serde(default)]
    pub(crate) class: String,
    /// Balance; all of it is available.
    pub(crate) balance: Decimal,
}

/// A financial product.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScriptProduct {
    /// Product number.
    pub(crate) number: String,
    /// Name.
    pub(crate) name: String,
    /// Type in the bank's words.
    #[serde(default)]
    pub(crate) class: String,
    /// Unit of measure.
    #[serde(default)]
    pub(crate) unit: String,
    /// Quantity.
    pub(crate) quantity: Decimal,
    /// Price of a unit.
    pub(crate) unit_price: Decimal,
}

impl ScriptAccount {
    /// An account like any other.
    pub(crate) fn plain(number: String, class: &str, balance: Decimal) -> Self {
        Self {
            number,
            class: class.to_owned(),
            status: normal(),
            branch: "测试银行营业部".into(),
            branch_code: "999100000001".into(),
            currency: yuan(),
            balance,
            available: None,
            opened: None,
            freezes: Vec::new(),
            sub_accounts: Vec::new(),
            products: Vec::new(),
            rights: Vec::new(),
            moves: None,
            refuse_control: None,
            remark: String::new(),
        }
    }
}

fn debit_card() -> String {
    "借记卡".into()
}

fn normal() -> String {
    "正常".into()
}

fn yuan() -> String {
    "156".into()
}
