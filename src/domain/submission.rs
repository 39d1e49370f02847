//! The submission: what the case system sends, as it stands in the body of the request.

use std::sync::Arc;

use chakong_contract::asset::AssetKind;
use chakong_contract::order::{CaseHead, DocumentKind, LegalDocument};
use chakong_contract::{Date, Instruction, Moment, Money, Order, Party, RequestNumber};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::terms::{Subject, Terms};
use super::{Claim, ClaimState, Mode, Preference, UncoveredLimit};

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
    /// Why a number that fails its check (`unverified_uscc`) is to be used all the same: an officer's word. 1 to 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unverified_reason: Option<String>,
    /// How many hours counterparts have for their answers. The default is 24 (法〔2018〕64号).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 8760))]
    pub deadline_hours: Option<u32>,
}

impl Submission {
    /// An order as a connector sees it, with documents of the kinds that are needed. `None` where there is no such party or
    /// identity document.
    pub fn order(
        &self,
        subject: Subject,
        (number, created): (RequestNumber, Moment),
        instruction: &Instruction,
        needed: &[DocumentKind],
    ) -> Option<Order> {
        let party = self.parties.get(usize::try_from(subject.party).ok()?)?;
        let newest = |kind| self.documents.iter().rev().find(|document| document.kind == kind).cloned();
        Some(Order {
            number,
            created,
            case: Arc::clone(&self.case),
            party_kind: party.kind,
            name: party.name.clone(),
            document: party.documents.get(usize::try_from(subject.document).ok()?)?.clone(),
            instruction: instruction.clone(),
            documents: needed.iter().filter_map(|kind| newest(*kind)).collect(),
        })
    }

    /// Parts what decisions need from the documents, whose bytes may be many.
    pub fn split(self) -> (Terms, Vec<LegalDocument>) {
        let terms = Terms {
            case: self.case,
            purpose: self.purpose,
            parties: self.parties,
            debtors: Vec::new(),
            search: self.search,
            mandate: self.mandate,
            deadline_hours: self.deadline_hours,
        };
        (terms, self.documents)
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
    /// Which accounts come first.
    #[serde(default)]
    pub prefer: Preference,
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
            prefer: self.prefer,
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
