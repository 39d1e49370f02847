//! Cases, chains of cases, and the parties of a chain.

use chakong_contract::id::CaseNumber;
use chakong_contract::{IdentityDocument, PartyKind, PartyName, PartyRole};
use jiff::Timestamp;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CaseId, ChainId, Claim, ClaimState, PartyId};

/// A chain of cases that continue one another 案号链: 执保 → 执 → 终本 → 执恢. The claim and the ledger belong to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Chain {
    /// Identifier.
    pub id: ChainId,
    /// When its first case became known.
    pub created: Timestamp,
    /// What may be taken from its parties; `None` while nothing may.
    pub claim: Option<Claim>,
    /// Whether it has measures, with or without a claim.
    pub has_ledger: bool,
}

impl Chain {
    /// Whether a decision about the chain needs its ledger.
    pub const fn needs_ledger(&self) -> bool {
        self.claim.is_some() || self.has_ledger
    }
}

/// How a case stands, as lists of cases say it: by the claim of its chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaseState {
    /// There is no claim: nothing may be frozen.
    QueryOnly,
    /// Freezes are placed until the claim is covered.
    Open,
    /// The debt ended.
    Settled,
    /// The application was withdrawn.
    Withdrawn,
}

impl CaseState {
    /// How the cases of a chain stand.
    pub fn of(chain: &Chain) -> Self {
        match chain.claim.as_ref().map(|claim| claim.state) {
            None => Self::QueryOnly,
            Some(ClaimState::Open) => Self::Open,
            Some(ClaimState::Settled) => Self::Settled,
            Some(ClaimState::Withdrawn) => Self::Withdrawn,
        }
    }

    /// The word in the store and on the API.
    pub const fn word(self) -> &'static str {
        match self {
            Self::QueryOnly => "query_only",
            Self::Open => "open",
            Self::Settled => "settled",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// A case of a court.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Identifier.
    pub id: CaseId,
    /// The chain that it belongs to.
    pub chain: ChainId,
    /// Canonical number 案号; it names the court and is unique in the country.
    pub number: CaseNumber,
    /// Name of the court; empty where only the number is known.
    pub court_name: String,
    /// Code of the court; empty where only the number is known.
    pub court_code: String,
    /// The case of the same chain that it continues.
    pub continues: Option<CaseId>,
    /// When it became known.
    pub created: Timestamp,
}

/// A person or organisation that a chain is led against, whatever inquiries named it. Two inquiries name the same party
/// when they share an identity document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainParty {
    /// Identifier.
    pub id: PartyId,
    /// The chain.
    pub chain: ChainId,
    /// The case system's reference, as last given.
    pub reference: String,
    /// References that earlier inquiries gave it, and that are theirs still; the latest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier_references: Vec<String>,
    /// Person or organisation.
    pub kind: PartyKind,
    /// Full name, as last given.
    pub name: PartyName,
    /// What the party is in the case.
    pub role: PartyRole,
    /// Every identity document known.
    pub documents: Vec<IdentityDocument>,
    /// Up to how much the party is liable, in yuan 限额担保; `None` for the whole claim.
    #[serde(default)]
    pub liable_up_to: Option<Decimal>,
    /// Whether the party was freed, such as a wrong person: nothing of it is frozen any more.
    #[serde(default)]
    pub is_freed: bool,
    /// Who freed the party; empty where nobody did, or an earlier edition did not keep it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub freed_by: String,
}

impl ChainParty {
    /// Whether a document is one of the party's.
    pub fn has(&self, document: &IdentityDocument) -> bool {
        self.documents.contains(document)
    }

    /// Every reference that an inquiry gave the party, the latest first.
    pub fn references(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.reference).chain(&self.earlier_references)
    }

    /// Keeps a reference that a later inquiry gives the party, and those before it.
    pub fn call(&mut self, reference: &str) {
        let before = std::mem::replace(&mut self.reference, reference.to_owned());
        self.earlier_references.retain(|one| *one != before && one != reference);
        if before != reference {
            self.earlier_references.insert(0, before);
        }
    }
}

/// A party of a chain as people and the case system see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PartyView {
    /// Identifier, which names one party of the case for good.
    pub id: String,
    /// The case system's reference, as last given. Two inquiries may give the same one to two parties.
    pub reference: String,
    /// Every reference that an inquiry gave the party, the latest first: each inquiry's orders and events use its own, and acts may name
    /// the party by any that names it alone.
    pub references: Vec<String>,
    /// Person or organisation.
    pub kind: PartyKind,
    /// Full name.
    pub name: PartyName,
    /// What the party is in the case.
    pub role: PartyRole,
    /// Up to how much the party is liable; null for the whole claim.
    pub liable_up_to: Option<chakong_contract::Money>,
    /// Whether the party was freed, as a wrong person is: nothing of it is frozen in this case until that is taken back.
    pub is_freed: bool,
}

impl From<&ChainParty> for PartyView {
    fn from(party: &ChainParty) -> Self {
        Self {
            id: party.id.to_string(),
            reference: party.reference.clone(),
            references: party.references().cloned().collect(),
            kind: party.kind,
            name: party.name.clone(),
            role: party.role,
            liable_up_to: party.liable_up_to.map(chakong_contract::Money::yuan),
            is_freed: party.is_freed,
        }
    }
}
