//! Words by which cases are found, as stores keep them: half of a keyed hash, which tells two words apart as well as the whole.

use super::{Reads, Stored};
use crate::domain::{CaseId, ChainId, found_by};

/// Bytes of a word.
const BYTES: usize = 16;

/// A word of its keyed hash.
pub(super) fn of_hash(mut hash: Vec<u8>) -> Vec<u8> {
    hash.truncate(BYTES);
    hash
}

/// By what the cases of a chain are found, which is about to go, for each of its inquiries; `None` for one of which that cannot be read.
///
/// # Errors
/// When the store fails.
pub(super) fn of_chain(
    reads: &mut (impl Reads + ?Sized),
    chain: ChainId,
) -> Stored<Vec<(CaseId, Option<Vec<String>>)>> {
    let mut found = Vec::new();
    for inquiry in reads.inquiries_of(chain)? {
        let words = match reads.terms(inquiry.id) {
            Ok(terms) => terms.map(|terms| found_by::of_terms(&terms)),
            Err(error) if error.is_about_a_row() => None,
            Err(error) => return Err(error),
        };
        found.push((inquiry.case, words));
    }
    Ok(found)
}
