//! Whose case a submission is about, and whether the submitter may submit about it: nobody adds to another court's case, and nobody
//! joins one by naming it.

use chakong_contract::id::CaseNumber;

use super::super::super::{Case, CaseId, Change, Finding, Terms};
use super::super::draft::Draft;
use super::Submitted;

/// Whether the submitter may submit about this case. `known` are the cases of its chain, and of the chain that it is to join. Nothing else of
/// a submission is looked at before: what contradicts in a case is told to its own court alone.
///
/// # Errors
/// What keeps the submitter from it; it says nothing of another court's case.
pub fn check_courts(known: &[Case], new: &Submitted) -> Result<(), Finding> {
    let refuse = |pointer: &str, detail: &str| Err(Finding::new(pointer, detail));
    let head = &new.terms.case;
    if !new.courts.cover(&head.court_code) {
        let detail = "案件不属于提交方可办理的法院 the case must be one of a court whose cases the submitter handles; give its code";
        return refuse("/case/court_code", detail);
    }
    let find = |number: &CaseNumber| known.iter().find(|case| case.number == *number);
    let own = find(&head.number);
    if own.is_some_and(|case| !case.court_code.is_empty() && case.court_code != head.court_code) {
        let detail =
            "该案号已登记为另一法院的案件 the case is known as another court's; check number and code";
        return refuse("/case/court_code", detail);
    }
    if own.is_some_and(|case| case.court_code.is_empty() && !is_covered(known, new, case)) {
        let detail = "该案号仅以案号登记，所属法院不明，请由集约岗办理 the case is known by its number alone, and not as one of the \
                      submitter's courts: a centralised desk submits this";
        return refuse("/case/court_code", detail);
    }
    let Some(continued) = head.continues.as_ref().and_then(find) else { return Ok(()) };
    let stands = own.is_some_and(|case| case.continues == Some(continued.id));
    if !stands && !is_covered(known, new, continued) {
        let detail = "所承接的案件不属于提交方可办理的法院，请由集约岗办理 the case that it continues is another court's: a \
                      centralised desk that handles both courts submits this";
        return refuse("/case/continues", detail);
    }
    Ok(())
}

/// Whether a case is one of the submitter's courts. One that is known by its number alone follows its chain; where no court of the chain is
/// known, it is nobody's but a centralised desk's.
fn is_covered(known: &[Case], new: &Submitted, case: &Case) -> bool {
    if !case.court_code.is_empty() || new.courts.are_all() {
        return new.courts.cover(&case.court_code);
    }
    let of_chain = known.iter().filter(|one| one.chain == case.chain && !one.court_code.is_empty());
    let mut courts = of_chain.map(|one| new.courts.cover(&one.court_code)).peekable();
    courts.peek().is_some() && courts.all(|is_covered| is_covered)
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
