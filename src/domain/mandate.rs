//! What an inquiry is for, what it looks for, and up to how much may be frozen.

use chakong_contract::asset::AssetKind;
use chakong_contract::{Date, Money};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Claim, ClaimState, Mode, Preference, UncoveredLimit};

/// Purpose of an inquiry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// 执行
    Enforcement,
    /// 保全
    Preservation,
}

impl Purpose {
    /// The word used on the API and in rules.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Enforcement => "enforcement",
            Self::Preservation => "preservation",
        }
    }
}

/// What to look for and where.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// Kinds of assets; empty means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assets: Vec<AssetKind>,
    /// Counterparts by name; empty means every counterpart that is configured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counterparts: Vec<String>,
    /// First and last day of the period for which account transactions are wanted; absent means none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transactions: Option<(Date, Date)>,
    /// How old, in seconds, an earlier answer may be that is used again where a counterpart is paid for each query; absent
    /// means as old as the counterpart's setting allows, which is the most. 0 asks afresh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age_seconds: Option<u32>,
}

/// Freeze mandate 冻结授权.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mandate {
    /// The claim: principal and costs, in yuan. Never more than this is held and asked for together
    /// (民诉法 art. 253, 查扣冻规定 art. 19).
    pub claim: Money,
    /// With or without an approval of each freeze.
    pub mode: Mode,
    /// Which accounts come first; the largest where a first mandate does not say, as it stands where a later one does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefer: Option<Preference>,
    /// How freezes of what is not a deposit come about: financial products, real estate, equity. Its value is not known
    /// for sure, so by default an officer approves each one, and only while deposits do not cover the claim.
    #[serde(default = "propose", skip_serializing_if = "is_propose")]
    pub other_property: Mode,
    /// What happens to a limit that stands ordered beyond what is held.
    #[serde(default, skip_serializing_if = "is_release")]
    pub uncovered: UncoveredLimit,
    /// Term of each freeze in days; the default and the most is one year for deposits, three for everything else
    /// (民诉法解释 art. 485).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1095))]
    pub term_days: Option<u16>,
    /// What each natural person keeps free for living, in yuan (民诉法 art. 254); absent means nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub living_costs: Option<Money>,
    /// Parties that are liable up to an amount only 限额担保; the others are liable for the whole claim.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub liable_up_to: Vec<Liability>,
}

/// Up to how much a party is liable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Liability {
    /// The case system's reference of the party.
    pub party: String,
    /// Up to how much, in yuan.
    pub amount: Money,
}

impl Mandate {
    /// The claim that a mandate states.
    pub fn to_claim(&self) -> Claim {
        Claim {
            amount: self.claim.amount,
            state: ClaimState::Open,
            mode: self.mode,
            prefer: self.prefer.unwrap_or_default(),
            other_property: self.other_property,
            uncovered: self.uncovered,
            term_days: self.term_days,
            living_costs: self.living_costs.map(|money| money.amount).unwrap_or_default(),
            excess_told: rust_decimal::Decimal::ZERO,
        }
    }
}

const fn propose() -> Mode {
    Mode::Propose
}

const fn is_propose(mode: &Mode) -> bool {
    matches!(mode, Mode::Propose)
}

const fn is_release(uncovered: &UncoveredLimit) -> bool {
    matches!(uncovered, UncoveredLimit::Release)
}
