//! What the simulated bank owns and how it misbehaves.

mod account;
mod faults;
mod manual;
mod population;

use chakong_contract::{IdentityDocument, PartyName};
use rust_decimal::Decimal;
use serde::Deserialize;

pub(super) use account::{ScriptAccount, ScriptMoves, ScriptProduct, ScriptRight, ScriptSubAccount};
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
