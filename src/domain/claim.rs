//! The claim of a chain 执行标的: what may be taken from its parties, and how.

use chakong_contract::Money;
use jiff::Timestamp;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ChainId, DocumentId};

/// What may be taken from the parties of a chain. Amounts in yuan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Principal, costs and interest: never more than this is held, asked and taken together (民诉法 art. 253,
    /// 查扣冻规定 art. 19).
    pub amount: Decimal,
    /// Whether more may be frozen.
    pub state: ClaimState,
    /// With or without an approval of each freeze.
    pub mode: Mode,
    /// Which accounts come first.
    pub prefer: Preference,
    /// How freezes of what is not a deposit come about.
    pub other_property: Mode,
    /// What happens to a limit that stands ordered and is not covered by money.
    pub uncovered: UncoveredLimit,
    /// Term of each freeze in days; the longest that the law allows where absent.
    pub term_days: Option<u16>,
    /// What each natural person keeps free for living, in yuan (民诉法 art. 254); zero where nothing was said.
    #[serde(default)]
    pub living_costs: Decimal,
    /// The excess that was told last, in yuan: each amount is told once.
    #[serde(default)]
    pub excess_told: Decimal,
}

/// Whether more may be frozen for a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClaimState {
    /// Freezes are placed until the claim is covered.
    Open,
    /// The debt ended: paid, settled, secured. Nothing more is frozen.
    Settled,
    /// The application was withdrawn, or every inquiry with a mandate was cancelled. Nothing more is frozen.
    Withdrawn,
}

/// How freezes come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// An officer approves each one.
    Propose,
    /// At once, as balances come in: money leaves in the minutes between query and freeze.
    Auto,
}

/// Which accounts come first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Preference {
    /// The largest available balance first: the fewest accounts are touched.
    #[default]
    LargestFirst,
    /// The smallest available balance first: the main business account is touched last (财产保全规定 art. 13).
    SmallestFirst,
}

/// What happens to a limit that stands ordered beyond what is held: it catches later deposits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UncoveredLimit {
    /// It is given back as soon as the same money is asked elsewhere. Without release papers it is on the task list.
    #[default]
    Release,
    /// It counts as asked: the same money is asked nowhere else.
    Strict,
    /// It stands to catch later deposits, and is looked at daily.
    Keep,
}

impl Claim {
    /// Whether more may be frozen.
    pub fn is_open(&self) -> bool {
        self.state == ClaimState::Open
    }
}

/// What a change does to a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClaimChangeKind {
    /// It was stated for the first time.
    Stated,
    /// It was raised.
    Raised,
    /// It was lowered.
    Lowered,
    /// A part of it was paid.
    PartPayment,
    /// Interest for delayed performance was added (民诉法 art. 264).
    Interest,
    /// The debt ended.
    Settled,
    /// The application was withdrawn.
    Withdrawn,
    /// It was opened again.
    Reopened,
    /// Its settings or the parties' liability changed.
    Settings,
}

/// A change of a claim, kept for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimChange {
    /// The chain.
    pub chain: ChainId,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// What.
    pub kind: ClaimChangeKind,
    /// Amount before; `None` for the first.
    pub before: Option<Decimal>,
    /// Amount after.
    pub after: Decimal,
    /// Why.
    pub reason: String,
    /// The paper it rests on.
    pub paper: Option<DocumentId>,
}

/// A claim as people and the case system see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ClaimView {
    /// What may be taken.
    pub amount: Money,
    /// Whether more may be frozen.
    pub state: ClaimState,
    /// With or without an approval of each freeze.
    pub mode: Mode,
    /// Which accounts come first.
    pub prefer: Preference,
    /// How freezes of what is not a deposit come about.
    pub other_property: Mode,
    /// What happens to a limit that stands ordered and is not covered by money.
    pub uncovered: UncoveredLimit,
    /// Term of each freeze in days; null for the longest that the law allows.
    pub term_days: Option<u16>,
    /// What each natural person keeps free for living.
    pub living_costs: Money,
}

impl From<&Claim> for ClaimView {
    fn from(claim: &Claim) -> Self {
        Self {
            amount: Money::yuan(claim.amount),
            state: claim.state,
            mode: claim.mode,
            prefer: claim.prefer,
            other_property: claim.other_property,
            uncovered: claim.uncovered,
            term_days: claim.term_days,
            living_costs: Money::yuan(claim.living_costs),
        }
    }
}
