//! Cases, inquiries and their documents, as they are looked for.

use super::state::{KeptInquiry, State};
use crate::domain::{CaseId, CaseState, ChainId, DocumentId, Inquiry, Paper, found_by};
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
                && filter
                    .state
                    .is_none_or(|state| self.chains.get(&case.chain).map(CaseState::of) == Some(state))
                && self.is_found(case.id, filter)
        });
        let rows = wanted.filter_map(|case| {
            Some(CaseRow { case: case.clone(), chain: self.chains.get(&case.chain)?.clone() })
        });
        rows.take(filter.limit).collect()
    }

    /// Whether inquiries about a case are as a filter wants them: any of them for each thing that it wants.
    fn is_found(&self, case: CaseId, filter: &CaseFilter) -> bool {
        let about_it = || self.inquiries.values().filter(move |kept| kept.inquiry.case == case);
        let is_between = |kept: &KeptInquiry, (from, until)| (from..until).contains(&kept.inquiry.created);
        let is_filed = |kept: &KeptInquiry, (from, until)| {
            kept.terms.case.filed_on.is_some_and(|day| (from..=until).contains(&day))
        };
        filter.submitted.is_none_or(|wanted| about_it().any(|kept| is_between(kept, wanted)))
            && filter.filed.is_none_or(|wanted| about_it().any(|kept| is_filed(kept, wanted)))
            && filter
                .found_by
                .iter()
                .all(|word| about_it().any(|kept| found_by::of_terms(&kept.terms).contains(word)))
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
        self.documents.values().map(|new| &new.paper).filter(of_chain).map(|one| self.paper(one)).collect()
    }

    /// A paper with the parties of the chain that its inquiry names by now.
    pub(super) fn paper(&self, kept: &Paper) -> Paper {
        let terms = self.inquiries.get(&kept.inquiry).map(|kept| &kept.terms);
        Paper { debtors: terms.map(|terms| terms.debtors.clone()).unwrap_or_default(), ..kept.clone() }
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
