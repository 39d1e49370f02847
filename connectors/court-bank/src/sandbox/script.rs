//! What the simulated bank owns and how it misbehaves.

mod faults;
mod manual;
mod population;

use chakong_contract::{Date, IdentityDocument, PartyName};
use rust_decimal::Decimal;
use serde::Deserialize;

pub(super) use faults::{Due, On, ScriptedFault, ScriptedFaultKind, ScriptedFaults};
pub(super) use manual::ManualProcessing;
pub(super) use population::{Dice, Population};

/// The script of a simulated bank.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Script {
    /// Answers come after this long, in milliseconds.
    pub(super) delay_ms: u64,
    /// Polls the postbox this often, in milliseconds.
    pub(super) poll_ms: Option<u64>,
    /// What any party that is not listed owns.
    pub(super) everyone: Option<Everyone>,
    /// What parties that are not listed own, made from a seed. In the place of `everyone`.
    pub(super) population: Option<Population>,
    /// The customers.
    pub(super) customers: Vec<Customer>,
    /// Requests that people answer, days later.
    #[serde(rename = "desk")]
    pub(super) manual: ManualProcessing,
    /// One result file per query instead of one per batch; banks do either.
    pub(super) split_results: bool,
    /// Misbehaviour.
    pub(super) faults: Vec<ScriptedFault>,
}

/// What any party that is not listed owns, derived from its document number.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Everyone {
    /// How many accounts.
    pub(super) accounts: u32,
    /// Balance of each.
    pub(super) balance: Decimal,
}

impl Default for Everyone {
    fn default() -> Self {
        Self { accounts: 2, balance: Decimal::ONE_THOUSAND }
    }
}

/// A customer, matched by name, kind of document and number, exactly.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Customer {
    /// Name.
    pub(super) name: PartyName,
    /// Identity document.
    pub(super) document: IdentityDocument,
    /// Accounts.
    #[serde(default)]
    pub(super) accounts: Vec<ScriptAccount>,
}

/// An account.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScriptAccount {
    /// Number.
    pub(super) number: String,
    /// Class in the bank's words.
    #[serde(default = "debit_card")]
    pub(super) class: String,
    /// Status in the bank's words.
    #[serde(default = "normal")]
    pub(super) status: String,
    /// Branch.
    #[serde(default)]
    pub(super) branch: String,
    /// Branch code.
    #[serde(default)]
    pub(super) branch_code: String,
    /// Currency as on the wire.
    #[serde(default = "yuan")]
    pub(super) currency: String,
    /// Balance.
    pub(super) balance: Decimal,
    /// Available at the start; balance less earlier freezes where absent.
    pub(super) available: Option<Decimal>,
    /// Opened on.
    pub(super) opened: Option<Date>,
    /// Earlier freezes by others.
    #[serde(default)]
    pub(super) freezes: Vec<ScriptFreeze>,
    /// Sub-accounts.
    #[serde(default)]
    pub(super) sub_accounts: Vec<ScriptSubAccount>,
    /// Financial products.
    #[serde(default)]
    pub(super) products: Vec<ScriptProduct>,
    /// Rights of others: of one who owns the account as well, of one who has priority.
    #[serde(default)]
    pub(super) rights: Vec<ScriptRight>,
    /// How money comes and goes; not at all where absent.
    pub(super) moves: Option<ScriptMoves>,
    /// Why the bank controls nothing here.
    pub(super) refuse_control: Option<String>,
    /// Remark.
    #[serde(default)]
    pub(super) remark: String,
}

/// An earlier freeze by somebody else.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScriptFreeze {
    /// The court.
    pub(super) court: String,
    /// Document number.
    #[serde(default)]
    pub(super) document: String,
    /// Amount.
    pub(super) amount: Decimal,
    /// Last day.
    pub(super) until: Option<Date>,
}

/// A right of somebody else's in the account.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScriptRight {
    /// Kind, in the bank's words. With `质权` the bank holds nothing for the court (protocol section 5).
    pub(super) class: String,
    /// Who has it.
    pub(super) holder: String,
    /// Amount.
    #[serde(default)]
    pub(super) amount: Decimal,
}

/// Deposits and withdrawals, by chance but always the same ones.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScriptMoves {
    /// One in so many hours.
    pub(super) every_hours: u32,
    /// None is larger.
    pub(super) most: Decimal,
}

/// A sub-account.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScriptSubAccount {
    /// Number, as it must come back.
    pub(super) number: String,
    /// Class in the bank's words.
    #[serde(default)]
    pub(super) class: String,
    /// Balance; all of it is available.
    pub(super) balance: Decimal,
}

/// A financial product.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScriptProduct {
    /// Product number.
    pub(super) number: String,
    /// Name.
    pub(super) name: String,
    /// Type in the bank's words.
    #[serde(default)]
    pub(super) class: String,
    /// Unit of measure.
    #[serde(default)]
    pub(super) unit: String,
    /// Quantity.
    pub(super) quantity: Decimal,
    /// Price of a unit.
    pub(super) unit_price: Decimal,
}

impl ScriptAccount {
    /// An account like any other.
    pub(super) fn plain(number: String, class: &str, balance: Decimal) -> Self {
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
