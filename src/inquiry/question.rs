use std::sync::Arc;

use chakong_contract::{Instruction, Manifest, Moment, Order, RequestNumber};

use super::Submission;

/// What of a submission one order is about: its party and the document it asks by, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject {
    /// Which party.
    pub party: u32,
    /// Which of the party's documents.
    pub document: u32,
}

impl Submission {
    /// An order as a connector sees it, with the documents that its manifest asks for with this act. `None` where there is
    /// no such party or document.
    pub fn order(
        &self,
        subject: Subject,
        (number, created): (RequestNumber, Moment),
        instruction: &Instruction,
        manifest: &Manifest,
    ) -> Option<Order> {
        let party = self.parties.get(usize::try_from(subject.party).ok()?)?;
        let document = party.documents.get(usize::try_from(subject.document).ok()?)?;
        let needed = manifest.capability(instruction.kind()).map_or(&[][..], |able| able.documents);
        // The newest document of a kind counts: a release ruling may have been added later.
        let newest = |kind| self.documents.iter().rev().find(|document| document.kind == kind).cloned();
        Some(Order {
            number,
            created,
            case: Arc::clone(&self.case),
            party_kind: party.kind,
            name: party.name.clone(),
            document: document.clone(),
            instruction: instruction.clone(),
            documents: needed.iter().filter_map(|kind| newest(*kind)).collect(),
        })
    }
}
