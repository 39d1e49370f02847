use std::sync::Arc;

use chakong_contract::asset::AssetKind;
use chakong_contract::order::{CaseHead, LegalDocument};
use chakong_contract::{Date, Money, Party};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What the case system submits: a case, its parties, what to look for, and perhaps a freeze mandate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Submission {
    /// Court, case and officers.
    pub case: Arc<CaseHead>,
    /// Why the search is made. Only the two purposes that the law knows (法释〔2013〕20号 art. 7, 财产保全规定 arts. 10–11).
    pub purpose: Purpose,
    /// The parties to be looked up, each with every identity document known; 1 to 100.
    pub parties: Vec<Party>,
    /// What to look for and where. Absent means everything everywhere.
    #[serde(default)]
    pub search: Search,
    /// Up to how much may be frozen, and how. Absent means that nothing is frozen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mandate: Option<Mandate>,
    /// Sealed documents; which ones are needed follows from what is asked.
    #[serde(default)]
    pub documents: Vec<LegalDocument>,
    /// How many hours counterparts have for their answers. The default is 24 (法〔2018〕64号).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 8760))]
    pub deadline_hours: Option<u32>,
}

impl Submission {
    /// The case system's reference of a party, by its place; empty when there is none.
    pub fn reference_of(&self, party: u32) -> String {
        let found = usize::try_from(party).ok().and_then(|at| self.parties.get(at));
        found.map(|party| party.reference.clone()).unwrap_or_default()
    }
}

/// Purpose of an inquiry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// 执行
    Enforcement,
    /// 保全
    Preservation,
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
    /// Which accounts come first.
    #[serde(default)]
    pub prefer: Preference,
    /// How freezes of what is not a deposit come about: financial products, real estate, equity. Its value is not known
    /// for sure, so by default an officer approves each one, and only while deposits do not cover the claim.
    #[serde(default = "propose", skip_serializing_if = "is_propose")]
    pub other_property: Mode,
    /// Term of each freeze in days; the default and the most is one year for deposits, three for everything else
    /// (民诉法解释 art. 485).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1095))]
    pub term_days: Option<u16>,
}

const fn propose() -> Mode {
    Mode::Propose
}

const fn is_propose(mode: &Mode) -> bool {
    matches!(mode, Mode::Propose)
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

/// Row number of an inquiry in the store.
pub type InquiryId = i64;

/// State of an inquiry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InquiryState {
    /// Some orders are still open.
    Open,
    /// Every order came to an end; the certificate was issued. A late reply issues it again.
    Completed,
    /// Withdrawn.
    Cancelled,
}

/// An inquiry without its submission, which is large and read only where it is needed.
#[derive(Debug, Clone, PartialEq)]
pub struct Inquiry {
    /// Row number.
    pub id: InquiryId,
    /// Public identifier.
    pub uid: Uuid,
    /// Canonical case number.
    pub case_number: String,
    /// Name of the API key that submitted it.
    pub submitted_by: String,
    /// State.
    pub state: InquiryState,
    /// When it was accepted.
    pub created: Timestamp,
    /// When counterparts should have answered.
    pub deadline: Timestamp,
    /// Orders that have not come to an end.
    pub open_orders: i64,
    /// How often the certificate was issued.
    pub completions: u32,
    /// The mandate.
    pub mandate: Option<Mandate>,
}
