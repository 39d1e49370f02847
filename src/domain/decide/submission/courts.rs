//! Whose case a submission is about, and whether the submitter may submit about it: nobody adds to another court's case, and nobody
//! joins one by naming it.

use chakong_contract::id::CaseNumber;

use super::super::super::{Case, CaseId, Change, Finding, Terms};
use super::super::draft::Draft;
use super::Submitted;

/// What keeps the submitter from submitting about this case.
pub(super) fn check(draft: &Draft<'_>, new: &Submitted, findings: &mut Vec<Finding>) {
    let head = &new.terms.case;
    if !new.courts.cover(&head.court_code) {
        let detail = "案件不属于提交方可办理的法院 the case must be one of a court whose cases the submitter handles; give its code";
        findings.push(Finding::new("/case/court_code", detail));
        return;
    }
    let known = |number: &CaseNumber| draft.file.cases.iter().find(|case| case.number == *number);
    let own = known(&head.number);
    if own.is_some_and(|case| !case.court_code.is_empty() && case.court_code != head.court_code) {
        let detail =
            "该案号已登记为另一法院的案件 the case is known as another court's; check number and code";
        findings.push(Finding::new("/case/court_code", detail));
    }
    let Some(continued) = head.continues.as_ref().and_then(known) else { return };
    let stands = own.is_some_and(|case| case.continues == Some(continued.id));
    if !stands && !is_covered(draft, new, continued) {
        let detail = "所承接的案件不属于提交方可办理的法院，请由集约岗办理 the case that it continues is another court's: a \
                      centralised desk that handles both courts submits this";
        findings.push(Finding::new("/case/continues", detail));
    }
}

/// Whether a case is one of the submitter's courts; one that is known by its number alone follows its chain.
fn is_covered(draft: &Draft<'_>, new: &Submitted, case: &Case) -> bool {
    if !case.court_code.is_empty() || new.courts.are_all() {
        return new.courts.cover(&case.court_code);
    }
    let of_chain = draft.file.cases.iter().filter(|known| !known.court_code.is_empty());
    of_chain.clone().all(|known| new.courts.cover(&known.court_code))
}

/// The court of a case that was known by its number alone.
pub(super) fn learn(draft: &mut Draft<'_>, known: &Case, terms: &Terms) {
    let head = &terms.case;
    if known.court_code.is_empty() && !head.court_code.is_empty() {
        let (court_name, court_code) = (head.court_name.clone(), head.court_code.clone());
        draft.push(Change::SaveCase(Case { court_name, court_code, ..known.clone() }));
    }
}

/// Code of the court of a case; empty where it is not known.
pub(super) fn of_case(draft: &Draft<'_>, id: CaseId) -> String {
    let case = draft.file.cases.iter().find(|case| case.id == id);
    case.map(|case| case.court_code.clone()).unwrap_or_default()
}
