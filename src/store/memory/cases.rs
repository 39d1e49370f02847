//! Cases, inquiries and their documents, as they are looked for.

use super::state::State;
use crate::domain::{ChainId, DocumentId, Inquiry, Paper};
use crate::store::codec::decode;
use crate::store::{CaseFilter, CaseRow, InquiryFilter, Stored};
use chakong_contract::order::LegalDocument;

/// Whether what is asked for, if anything, is what there is.
pub(super) fn fits<T: PartialEq + ?Sized, A: AsRef<T>>(wanted: Option<&A>, known: &T) -> bool {
    wanted.is_none_or(|wanted| wanted.as_ref() == known)
}

impl State {
    pub(super) fn find_cases(&self, filter: &CaseFilter) -> Vec<CaseRow> {
        let wanted = self.cases.values().rev().filter(|case| {
            fits(filter.number.as_ref(), case.number.as_str())
                && filter.courts.cover(&case.court_code)
                && filter.before.is_none_or(|before| case.id < before)
        });
        let rows = wanted.filter_map(|case| {
            Some(CaseRow { case: case.clone(), chain: self.chains.get(&case.chain)?.clone() })
        });
        rows.take(filter.limit).collect()
    }

    pub(super) fn find_inquiries(&self, filter: &InquiryFilter) -> Vec<Inquiry> {
        let all = self.inquiries.values().rev().map(|kept| &kept.inquiry);
        let wanted = all.filter(|inquiry| {
            fits(filter.case_number.as_ref(), inquiry.case_number.as_str())
                && filter.courts.cover(&inquiry.court)
                && filter.state.is_none_or(|state| inquiry.state == state)
                && filter.before.is_none_or(|before| inquiry.id < before)
        });
        wanted.take(filter.limit).cloned().collect()
    }

    pub(super) fn papers_of(&self, chain: ChainId) -> Vec<Paper> {
        let of_chain = |paper: &&Paper| {
            self.inquiries.get(&paper.inquiry).is_some_and(|kept| kept.inquiry.chain == chain)
        };
        self.documents.values().map(|new| &new.paper).filter(of_chain).cloned().collect()
    }

    pub(super) fn document(&self, id: DocumentId) -> Stored<Option<LegalDocument>> {
        let Some(new) = self.documents.get(&id) else { return Ok(None) };
        Ok(Some(LegalDocument {
            kind: new.paper.kind,
            title: new.title.clone(),
            number: new.paper.number.clone(),
            format: new.format.clone(),
            content: decode("document", new.bytes.as_stored())?.into(),
        }))
    }
}
