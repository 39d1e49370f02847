//! The statutory clocks that run from the filing of a case 立案: start the search, put its results on file.

use std::sync::Arc;

use chakong_contract::Date;
use chakong_contract::id::CaseNumber;

use super::super::rules::working_days::{FilingClock, end_of};
use super::super::{Finding, InquiryId, InquiryState, Purpose, TaskKind, Terms};
use super::draft::{Draft, NewTask};

const UNCERTAIN: &str =
    "；当年节假日安排未录入，按周末推算 the holidays of that year are not known; weekdays are counted";

/// When a case was filed, if a clock begins to run from it with this submission: it runs once for each case of enforcement.
///
/// # Errors
/// A finding, where the day has not come.
pub fn begins(draft: &Draft<'_>, terms: &Terms) -> Result<Option<Date>, Finding> {
    let Some(filed) = terms.case.filed_on else { return Ok(None) };
    if filed > draft.today() {
        let detail = "立案日期不能晚于今天 the case cannot have been filed after today";
        return Err(Finding::new("/case/filed_on", detail));
    }
    let is_live = |inquiry: &InquiryId| {
        draft.file.inquiries.get(inquiry).is_some_and(|known| known.state != InquiryState::Cancelled)
    };
    let runs = |(inquiry, known): (&InquiryId, &Arc<Terms>)| {
        is_clocked(known, &terms.case.number) && is_live(inquiry)
    };
    let is_first = !draft.file.terms.iter().any(runs);
    Ok(Some(filed).filter(|_| is_first && terms.purpose == Purpose::Enforcement))
}

/// Whether an inquiry of a case says when it was filed, so that the clocks run from it.
pub fn is_clocked(terms: &Terms, case: &CaseNumber) -> bool {
    terms.case.number == *case && terms.purpose == Purpose::Enforcement && terms.case.filed_on.is_some()
}

/// Puts what the clocks ask for on the list.
pub fn start(draft: &mut Draft<'_>, inquiry: InquiryId, filed: Date) {
    let rules = draft.facts.rules;
    for clock in FilingClock::ALL {
        let day = clock.due(filed, rules.holidays());
        let (kind, what) = match clock {
            FilingClock::StartInquiry => (TaskKind::StartInquiry, "start the search"),
            FilingClock::ResultOnFile => (TaskKind::FileResults, "put the printed results on file"),
        };
        let note = format!(
            "{filed} 立案，应于 {} 前（含当日）{} {what} by the end of that day{}",
            day.on,
            clock.chinese(),
            if day.certain { "" } else { UNCERTAIN },
        );
        let due = end_of(day.on).unwrap_or(draft.now());
        let task = NewTask { kind, inquiry: Some(inquiry), order: None, measure: None, due };
        draft.task(task, note);
    }
}
