//! Under which inquiry something about a measure is ordered or asked, and on which papers of submissions.

use chakong_contract::order::DocumentKind;
use chakong_contract::{ActionKind, Date, Moment};

use super::super::{Inquiry, InquiryId, InquiryState, Measure, Paper, Subject};
use super::CaseFile;

/// How close a paper that is on file is to a control; the closest goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Closeness {
    /// It came with another inquiry about the same party.
    SameParty,
    /// It is for this very measure, or came with the inquiry under which the control is ordered.
    Own,
}

impl CaseFile {
    /// Under which inquiry a control of a measure is ordered: the newest of the chain that is not withdrawn and names the
    /// party by the same document; else the newest that names the party; else the one that found it.
    pub fn subject_of(&self, measure: &Measure) -> (InquiryId, Subject) {
        let own = (measure.inquiry, Subject { party: measure.party, document: measure.document });
        self.newest_that_names(measure, |_| true).unwrap_or(own)
    }

    /// To which inquiry the lapse of a measure counts: that under which its renewal would have been ordered on the last day.
    pub fn lapsed_under(&self, measure: &Measure, day: Date) -> InquiryId {
        let was_there = |inquiry: &Inquiry| Moment::from_timestamp(inquiry.created).date() <= day;
        self.newest_that_names(measure, was_there).map_or(measure.inquiry, |(id, _)| id)
    }

    /// The newest inquiry that is not withdrawn, is so, and names a measure's party by the same document; where none does, by any.
    pub fn newest_that_names(
        &self,
        measure: &Measure,
        is_so: impl Fn(&Inquiry) -> bool,
    ) -> Option<(InquiryId, Subject)> {
        let own = Subject { party: measure.party, document: measure.document };
        let document = self.terms.get(&measure.inquiry)?.document(own)?;
        let live = |id: &&InquiryId| {
            let inquiry = self.inquiries.get(id);
            inquiry.is_some_and(|one| one.state != InquiryState::Cancelled && is_so(one))
        };
        let mut newest: Vec<&InquiryId> = self.terms.keys().filter(live).collect();
        newest.sort_unstable_by(|a, b| b.cmp(a));
        let by_document = |id: &InquiryId| {
            let terms = self.terms.get(id)?;
            let place = terms.parties.iter().enumerate().find_map(|(party, known)| {
                let document = known.documents.iter().position(|one| one == document)?;
                Some(Subject { party: u32::try_from(party).ok()?, document: u32::try_from(document).ok()? })
            })?;
            Some((*id, place))
        };
        let by_party = |id: &InquiryId| {
            let place = self.terms.get(id)?.debtors.iter().position(|debtor| *debtor == measure.debtor)?;
            Some((*id, Subject { party: u32::try_from(place).ok()?, document: 0 }))
        };
        let same_document = newest.iter().find_map(|id| by_document(id));
        let same_party = newest.iter().find_map(|id| by_party(id));
        let case = |found: Option<(InquiryId, Subject)>| Some(self.inquiries.get(&found?.0)?.case);
        // A case that continues the one that placed it has the measure, by whichever document it names the party.
        let goes_on = same_party.map(|found| found.0) > same_document.map(|found| found.0)
            && case(same_party) != case(same_document);
        if goes_on { same_party } else { same_document }
    }

    /// Whether a counterpart may be asked what a measure's property holds: an inquiry that is not withdrawn names its party by the same
    /// document, and the party was not freed.
    pub fn may_be_asked_about(&self, measure: &Measure) -> bool {
        let (inquiry, _) = self.subject_of(measure);
        let is_live = self.inquiries.get(&inquiry).is_some_and(|one| one.state != InquiryState::Cancelled);
        is_live && !self.parties.iter().any(|party| party.id == measure.debtor && party.is_freed)
    }

    /// How close a paper is to a control of a measure that is ordered under the inquiry `own`; `None` where it is not for it: it came with
    /// another act, with an inquiry about other parties, or with one that was cancelled. What a cancelled inquiry left is given back on its
    /// own papers. A freeze, a deduction and a transfer rest on papers of their own case; a measure that an earlier case of the chain placed
    /// is renewed and released on that case's, too.
    pub fn closeness(
        &self,
        paper: &Paper,
        measure: &Measure,
        (own, action): (InquiryId, ActionKind),
    ) -> Option<Closeness> {
        if paper.measures.contains(&measure.id) {
            return Some(Closeness::Own);
        }
        let brought_with = self.inquiries.get(&paper.inquiry)?;
        let is_for_any = !paper.by_act && paper.measures.is_empty();
        let gives_own_back = action == ActionKind::Release && paper.inquiry == measure.inquiry;
        let is_live = brought_with.state != InquiryState::Cancelled || gives_own_back;
        if !is_for_any || !is_live {
            return None;
        }
        if paper.inquiry == own {
            return Some(Closeness::Own);
        }
        let case = self.inquiries.get(&own).map(|one| one.case);
        let is_of_case = !is_of_one_case(paper.kind) || Some(brought_with.case) == case;
        let names = paper.debtors.contains(&measure.debtor);
        (names && is_of_case).then_some(Closeness::SameParty)
    }
}

/// Whether papers of a kind serve controls of their own case alone. A measure goes on into the case that continues its own, and what makes
/// somebody liable stands in it, too.
const fn is_of_one_case(kind: DocumentKind) -> bool {
    use DocumentKind::{
        DeductNotice, DeductRuling, FreezeNotice, FreezeRuling, TransferNotice, TransferRuling,
    };
    matches!(
        kind,
        FreezeRuling | FreezeNotice | DeductRuling | DeductNotice | TransferRuling | TransferNotice
    )
}
