//! What of the store somebody sees: the cases of their courts and what belongs to them. What is not seen is as if it did not exist.
//!
//! An inquiry, its orders, answers, certificates and events belong to the court of its case. Claim, ledger and tasks belong to a
//! chain, which every court sees that has a case in it.

use chakong_contract::id::CaseNumber;

use crate::domain::people::Courts;
use crate::domain::{
    AuditEntry, Case, CaseId, ChainId, Inquiry, InquiryId, Measure, MeasureId, OrderRecord, Print, Task,
    TaskId, print_of,
};
use crate::store::{ActFilter, Reads, Stored};

/// Most acts that are looked at for one page of those that are seen.
const MOST_LOOKED_AT: usize = 5_000;
/// Acts that are read at once.
const AT_ONCE: usize = 200;

/// An inquiry by its public identifier, where it is seen.
///
/// # Errors
/// When the store fails.
pub fn inquiry(reads: &mut dyn Reads, courts: &Courts, uid: uuid::Uuid) -> Stored<Option<Inquiry>> {
    Ok(reads.inquiry_by_uid(uid)?.filter(|inquiry| courts.cover(&inquiry.court)))
}

/// Whether a case is seen. One that is known by its number alone is seen with its chain.
///
/// # Errors
/// When the store fails.
pub fn sees_case(reads: &mut dyn Reads, courts: &Courts, case: &Case) -> Stored<bool> {
    if case.court_code.is_empty() && !courts.are_all() {
        return sees_chain(reads, courts, case.chain);
    }
    Ok(courts.cover(&case.court_code))
}

/// Whether a chain is seen: one of its cases is a case of these courts.
///
/// # Errors
/// When the store fails.
pub fn sees_chain(reads: &mut dyn Reads, courts: &Courts, chain: ChainId) -> Stored<bool> {
    Ok(courts.are_all() || reads.cases_of(chain)?.iter().any(|case| courts.cover(&case.court_code)))
}

/// Whether an inquiry is seen.
///
/// # Errors
/// When the store fails.
pub fn sees_inquiry(reads: &mut dyn Reads, courts: &Courts, id: InquiryId) -> Stored<bool> {
    Ok(courts.are_all() || reads.inquiry(id)?.is_some_and(|inquiry| courts.cover(&inquiry.court)))
}

/// A print by its number, with its bytes, where its case is seen: it may say what only the case's own court knows.
///
/// # Errors
/// When the store fails.
pub fn print(reads: &mut dyn Reads, courts: &Courts, number: &str) -> Stored<Option<(Print, Vec<u8>)>> {
    let Some(id) = print_of(number) else { return Ok(None) };
    let Some(found) = reads.print(id)?.filter(|(print, _)| print.number() == number) else { return Ok(None) };
    Ok(sees_print(reads, courts, &found.0)?.then_some(found))
}

/// Whether a print is seen.
///
/// # Errors
/// When the store fails.
pub fn sees_print(reads: &mut dyn Reads, courts: &Courts, print: &Print) -> Stored<bool> {
    match reads.case(print.case)? {
        Some(case) => sees_case(reads, courts, &case),
        None => Ok(false),
    }
}

/// An order, where its inquiry is seen.
///
/// # Errors
/// When the store fails.
pub fn order(
    reads: &mut dyn Reads,
    courts: &Courts,
    found: Option<OrderRecord>,
) -> Stored<Option<OrderRecord>> {
    match found {
        Some(order) if sees_inquiry(reads, courts, order.inquiry)? => Ok(Some(order)),
        _ => Ok(None),
    }
}

/// A measure, where its chain is seen.
///
/// # Errors
/// When the store fails.
pub fn measure(reads: &mut dyn Reads, courts: &Courts, id: MeasureId) -> Stored<Option<Measure>> {
    match reads.measure(id)? {
        Some(measure) if sees_chain(reads, courts, measure.chain)? => Ok(Some(measure)),
        _ => Ok(None),
    }
}

/// The case of an identifier or of a number in any spelling, where it is seen.
///
/// # Errors
/// When the store fails.
pub fn named_case(reads: &mut dyn Reads, courts: &Courts, id: &str) -> Stored<Option<Case>> {
    let found = match (id.parse::<i64>(), id.parse::<CaseNumber>()) {
        (Ok(row), _) => reads.case(CaseId::new(row))?,
        (Err(_), Ok(number)) => reads.case_by_number(number.as_str())?,
        (Err(_), Err(_)) => None,
    };
    match found {
        Some(case) if sees_case(reads, courts, &case)? => Ok(Some(case)),
        _ => Ok(None),
    }
}

/// A task, where its chain is seen.
///
/// # Errors
/// When the store fails.
pub fn task(reads: &mut dyn Reads, courts: &Courts, id: TaskId) -> Stored<Option<Task>> {
    match reads.task(id)? {
        Some(task) if sees_chain(reads, courts, task.chain)? => Ok(Some(task)),
        _ => Ok(None),
    }
}

/// Acts by which a key comes and goes; they are about its name.
const ABOUT_KEYS: [&str; 2] = ["make_key", "revoke_key"];

/// Who looks at acts.
#[derive(Debug, Clone)]
pub struct Onlooker {
    /// Whose acts they see.
    pub courts: Courts,
    /// Whether they audit, and see also what was done about the persons and the keys of these courts.
    pub audits: bool,
}

/// Whether an act is seen: by what it is about. What is about a person or a key is for the auditors of its courts; that a person looks
/// at very much, for everybody of them who reads acts.
fn sees_act(reads: &mut dyn Reads, by: &Onlooker, act: &AuditEntry) -> Stored<bool> {
    let courts = &by.courts;
    if ABOUT_KEYS.contains(&act.act.as_str()) {
        let mut named = reads.keys()?.into_iter().filter(|key| key.name == act.subject);
        return Ok(by.audits && named.any(|key| key.courts.meet(courts)));
    }
    if by.audits || act.act == "mass_looks" {
        let person = reads.person_by_number(&act.subject)?;
        if person.is_some_and(|person| person.courts.meet(courts)) {
            return Ok(true);
        }
    }
    sees_subject(reads, courts, &act.subject)
}

/// Whether what an act is about is seen: an inquiry or a case of these courts. What is about the gateway is for those who see every
/// court.
fn sees_subject(reads: &mut dyn Reads, courts: &Courts, subject: &str) -> Stored<bool> {
    if let Ok(uid) = subject.parse() {
        return Ok(inquiry(reads, courts, uid)?.is_some());
    }
    match reads.case_by_number(subject)? {
        Some(case) => sees_case(reads, courts, &case),
        None => Ok(false),
    }
}

/// A page of acts.
#[derive(Debug, Default)]
pub struct Acts {
    /// Newest first, with their rows.
    pub acts: Vec<(i64, AuditEntry)>,
    /// Read on behind this row; `None` at the end.
    pub next: Option<i64>,
}

/// Acts by filter, newest first, of those that are seen.
///
/// # Errors
/// When the store fails.
pub fn acts(reads: &mut dyn Reads, by: &Onlooker, filter: &ActFilter) -> Stored<Acts> {
    let courts = &by.courts;
    let (limit, mut page, mut looked_at) = (filter.limit, Acts::default(), 0);
    let mut filter = filter.clone();
    loop {
        filter.limit = if courts.are_all() { limit + 1 } else { AT_ONCE };
        let found = reads.find_acts(&filter)?;
        let is_last = found.len() < filter.limit;
        looked_at += found.len();
        for (row, act) in found {
            if page.acts.len() == limit {
                page.next = filter.before;
                return Ok(page);
            }
            filter.before = Some(row);
            if courts.are_all() || sees_act(reads, by, &act)? {
                page.acts.push((row, act));
            }
        }
        if is_last {
            return Ok(page);
        }
        if looked_at >= MOST_LOOKED_AT {
            page.next = filter.before;
            return Ok(page);
        }
    }
}
