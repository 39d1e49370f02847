//! Terms: what an inquiry asks, without the bytes of its documents.

use std::sync::Arc;

use chakong_contract::order::{CaseHead, LegalDocument};
use chakong_contract::{IdentityDocument, Instruction, Moment, Order, Party, RequestNumber};
use serde::{Deserialize, Serialize};

use super::{DocumentId, InquiryId, Mandate, MeasureId, PartyId, Purpose, Search};
use chakong_contract::order::DocumentKind;

/// What an inquiry asks, without its documents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Terms {
    /// Court, case and officers.
    pub case: Arc<CaseHead>,
    /// Why the search is made.
    pub purpose: Purpose,
    /// The parties to be looked up.
    pub parties: Vec<Party>,
    /// Which party of the chain each of them is, in the same order; kept beside the terms.
    #[serde(skip)]
    pub debtors: Vec<PartyId>,
    /// What to look for and where.
    #[serde(default)]
    pub search: Search,
    /// The mandate as it was stated.
    #[serde(default)]
    pub mandate: Option<Mandate>,
    /// How many hours counterparts have.
    #[serde(default)]
    pub deadline_hours: Option<u32>,
}

/// What of an inquiry one order is about: its party and the document it asks by, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject {
    /// Which party.
    pub party: u32,
    /// Which of the party's documents.
    pub document: u32,
}

impl Terms {
    /// A party by its place.
    pub fn party(&self, at: u32) -> Option<&Party> {
        usize::try_from(at).ok().and_then(|at| self.parties.get(at))
    }

    /// The case system's reference of a party, by its place; empty when there is none.
    pub fn reference_of(&self, party: u32) -> String {
        self.party(party).map(|party| party.reference.clone()).unwrap_or_default()
    }

    /// An identity document by its party's place and its own.
    pub fn document(&self, subject: Subject) -> Option<&IdentityDocument> {
        let at = usize::try_from(subject.document).ok()?;
        self.party(subject.party)?.documents.get(at)
    }

    /// The party of the chain that a party of this inquiry is.
    pub fn debtor(&self, party: u32) -> PartyId {
        let at = usize::try_from(party).ok();
        at.and_then(|at| self.debtors.get(at)).copied().unwrap_or_default()
    }

    /// An order as a connector sees it. `None` where there is no such party or document.
    pub fn order(
        &self,
        subject: Subject,
        (number, created): (RequestNumber, Moment),
        instruction: &Instruction,
        documents: Vec<LegalDocument>,
    ) -> Option<Order> {
        let party = self.party(subject.party)?;
        Some(Order {
            number,
            created,
            case: Arc::clone(&self.case),
            party_kind: party.kind,
            name: party.name.clone(),
            document: self.document(subject)?.clone(),
            instruction: instruction.clone(),
            documents,
        })
    }
}

/// A legal document without its bytes: what it is, what brought it, and which measures it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// Identifier.
    pub id: DocumentId,
    /// The inquiry that it belongs to.
    pub inquiry: InquiryId,
    /// What it is.
    pub kind: DocumentKind,
    /// Its own number 文号.
    pub number: String,
    /// Measures that it is for; empty for one that came with a submission and is for those of its parties.
    pub measures: Vec<MeasureId>,
    /// Whether an act brought it: then it is for that act alone, and for repeating it.
    pub by_act: bool,
    /// The parties of the chain that its inquiry names.
    pub debtors: Vec<PartyId>,
}
