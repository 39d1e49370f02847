//! Pages of lists: every list is read on by `cursor`, which is `next` of the page before.

use std::str::FromStr;

use chakong_contract::id::CaseNumber;

use super::problem::{Problem, ProblemKind};
use crate::domain::ChainId;
use crate::store::{Reads, Stored};

/// Where a page begins: behind what the cursor names, if there is one.
///
/// # Errors
/// When it is not `next` of a page.
pub(super) fn cursor<T: FromStr>(given: Option<&str>) -> Result<Option<T>, Problem> {
    given.map(str::parse).transpose().map_err(|_| not_a_cursor())
}

/// What was passed as a cursor is none.
pub(super) fn not_a_cursor() -> Problem {
    Problem::new(
        ProblemKind::MalformedRequest,
        "cursor: pass `next` of the page before, and the same filters",
    )
}

/// Takes what is beyond a page off, and says where the next one begins. One row more than `limit` was read, if there are so many.
pub(super) fn cut<T>(rows: &mut Vec<T>, limit: usize, mark: impl FnOnce(&T) -> String) -> Option<String> {
    let more = rows.len() > limit;
    rows.truncate(limit);
    rows.last().filter(|_| more).map(mark)
}

/// A case number in any spelling, as it is canonical.
///
/// # Errors
/// When it is none.
pub(super) fn case_number(key: &str, given: Option<&str>) -> Result<Option<CaseNumber>, Problem> {
    let number = given.map(str::parse::<CaseNumber>).transpose();
    number.map_err(|error| Problem::new(ProblemKind::MalformedRequest, format!("{key}: {error}")))
}

/// The chain of the case that is wanted, if one is: `Some(None)` where any will do, `None` where there is no such case.
pub(super) fn chain_of(reads: &mut dyn Reads, case: Option<&CaseNumber>) -> Stored<Option<Option<ChainId>>> {
    let Some(number) = case else { return Ok(Some(None)) };
    Ok(reads.case_by_number(number.as_str())?.map(|case| Some(case.chain)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_cut_behind_its_last_row_and_the_last_page_has_no_next() {
        let page = |many: u32, limit| {
            let mut rows: Vec<u32> = (1..=many).collect();
            let next = cut(&mut rows, limit, u32::to_string);
            (rows, next)
        };
        assert_eq!(page(3, 2), (vec![1, 2], Some("2".to_owned())));
        assert_eq!(page(2, 2), (vec![1, 2], None));
        assert_eq!(page(0, 2), (vec![], None));
        assert_eq!(cursor::<u32>(None).expect("none"), None);
        assert_eq!(cursor::<u32>(Some("2")).expect("a cursor"), Some(2));
        assert!(cursor::<u32>(Some("two")).is_err());
    }
}
