//! The documents that controls go out on.

use chakong_contract::ActionKind;
use chakong_contract::order::DocumentKind;

use super::super::super::abilities::Cannot;
use super::super::super::{
    BroughtDocument, Change, DocumentId, IdKind, InquiryId, Measure, MeasureId, Paper,
};
use super::Draft;

impl Draft<'_> {
    /// Keeps documents that an act brought; gives their identifiers.
    pub fn keep_documents(
        &mut self,
        documents: Vec<BroughtDocument>,
        inquiry: InquiryId,
        measures: &[MeasureId],
    ) -> Vec<DocumentId> {
        let keep = |document: BroughtDocument| {
            let id = DocumentId::new(self.new_id(IdKind::Document));
            self.push(Change::NewDocument(document.into_new(id, inquiry, measures.to_vec(), true)));
            id
        };
        documents.into_iter().map(keep).collect()
    }

    /// The documents that a control of a measure goes out on.
    ///
    /// # Errors
    /// What is missing, or why the counterpart cannot do it.
    pub fn papers_for(
        &self,
        measure: &Measure,
        action: ActionKind,
        brought: &[DocumentId],
    ) -> Result<Vec<DocumentId>, NoPapers> {
        let abilities = &self.facts.rules.abilities;
        let needed = abilities.can(&measure.counterpart, action)?;
        if measure.currency.is_some() && !abilities.controls_foreign(&measure.counterpart) {
            return Err(Cannot::YuanOnly(measure.counterpart.clone()).into());
        }
        let mut missing = Vec::new();
        let mut papers = Vec::new();
        for kind in needed {
            match self.paper(measure, action, *kind, brought) {
                Some(paper) => papers.push(paper),
                // A renewal has papers of its own, and is asked for them by their names.
                None if action == ActionKind::Renew => missing.push(kind.of_renewal().unwrap_or(*kind)),
                None => missing.push(*kind),
            }
        }
        if missing.is_empty() { Ok(papers) } else { Err(NoPapers::Missing(missing)) }
    }

    /// A document of a kind for a control: one that came with the act, else the newest that is for this measure or for
    /// any. A renewal does not go out on the papers of the freeze (法释〔2013〕20号 art. 3).
    fn paper(
        &self,
        measure: &Measure,
        action: ActionKind,
        kind: DocumentKind,
        brought: &[DocumentId],
    ) -> Option<DocumentId> {
        let stands_for = |known: DocumentKind| known == kind || kind.of_renewal() == Some(known);
        let of_act = |paper: &&Paper| brought.contains(&paper.id) && stands_for(paper.kind);
        if let Some(paper) = self.file.papers.iter().rev().find(of_act) {
            return Some(paper.id);
        }
        let usable = |paper: &&Paper| {
            let kind_fits = match action {
                ActionKind::Renew => kind.of_renewal().unwrap_or(kind) == paper.kind,
                _ => paper.kind == kind,
            };
            kind_fits && (!paper.by_act && paper.measures.is_empty() || paper.measures.contains(&measure.id))
        };
        self.file.papers.iter().rev().find(usable).map(|paper| paper.id)
    }
}

/// Why a control cannot be ordered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoPapers {
    /// The counterpart cannot do it.
    #[error(transparent)]
    Cannot(#[from] Cannot),
    /// Documents are missing.
    #[error("缺文书 missing document: {}", words(.0))]
    Missing(Vec<DocumentKind>),
}

fn words(kinds: &[DocumentKind]) -> String {
    kinds.iter().map(|kind| kind.chinese()).collect::<Vec<_>>().join("、")
}
