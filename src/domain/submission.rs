//! The submission: what the case system sends, as it stands in the body of the request.

use std::sync::Arc;

use chakong_contract::order::{CaseHead, DocumentKind, LegalDocument};
use chakong_contract::{Instruction, Moment, Order, Party, RequestNumber};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::terms::{Subject, Terms};
use super::{Mandate, Purpose, Search};

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
