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
        let debtors = self.file.terms.get(&inquiry).map(|terms| terms.debtors.clone()).unwrap_or_default();
        let keep = |document: BroughtDocument| {
            let id = DocumentId::new(self.new_id(IdKind::Document));
            let kept = document.into_new(id, (inquiry, debtors.clone()), measures.to_vec(), true);
            self.push(Change::NewDocument(kept));
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
        let (own, _) = self.file.subject_of(measure);
        for kind in needed {
            match self.paper(measure, (own, action), *kind, brought) {
                Some(paper) => papers.push(paper),
                // A renewal has papers of its own, and is asked for them by their names.
                None if action == ActionKind::Renew => missing.push(kind.of_renewal().unwrap_or(*kind)),
                None => missing.push(*kind),
            }
        }
        if missing.is_empty() { Ok(papers) } else { Err(NoPapers::Missing(missing)) }
    }

    /// A document of a kind for a control that is ordered under an inquiry: one that came with the act, else the newest of those on file
    /// that are closest to it. A renewal does not go out on the papers of the freeze (法释〔2013〕20号 art. 3).
    fn paper(
        &self,
        measure: &Measure,
        (own, action): (InquiryId, ActionKind),
        kind: DocumentKind,
        brought: &[DocumentId],
    ) -> Option<DocumentId> {
        let stands_for = |known: DocumentKind| known == kind || kind.of_renewal() == Some(known);
        let of_act = |paper: &&Paper| brought.contains(&paper.id) && stands_for(paper.kind);
        if let Some(paper) = self.file.papers.iter().rev().find(of_act) {
            return Some(paper.id);
        }
        let wanted = match action {
            ActionKind::Renew => kind.of_renewal().unwrap_or(kind),
            _ => kind,
        };
        let of_kind = self.file.papers.iter().filter(|paper| paper.kind == wanted);
        let on_file =
            of_kind.filter_map(|paper| Some((self.file.closeness(paper, measure, (own, action))?, paper.id)));
        // Of those that are equally close the last, which is the newest.
        on_file.max_by_key(|(closeness, _)| *closeness).map(|(_, id)| id)
    }

    /// The kinds of the documents that came with an act, or are on file and serve a control of a measure.
    pub fn kinds_at_hand(
        &self,
        measure: &Measure,
        action: ActionKind,
        brought: &[DocumentId],
    ) -> Vec<DocumentKind> {
        let (own, _) = self.file.subject_of(measure);
        let serves = |paper: &&Paper| {
            brought.contains(&paper.id) || self.file.closeness(paper, measure, (own, action)).is_some()
        };
        self.file.papers.iter().filter(serves).map(|paper| paper.kind).collect()
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
