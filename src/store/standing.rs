//! Which answer to a question stands.

use jiff::Timestamp;

use super::{Reads, Stored};
use crate::domain::{OrderId, Revision};

/// The answer that stood to a question at a time: the latest until then that is no refusal, or the latest where there is none. A refused
/// re-query takes nothing away of what was found.
///
/// # Errors
/// When the store fails.
pub fn standing_answer<R: Reads + ?Sized>(
    reads: &mut R,
    root: OrderId,
    at: Timestamp,
) -> Stored<Option<Revision>> {
    let (mut next, mut refusal) = (reads.revision(root, None)?, None);
    while let Some(revision) = next {
        let is_later = revision.at > at;
        if !is_later && !revision.is_refusal() {
            return Ok(Some(revision));
        }
        next = match revision.number {
            0 | 1 => None,
            number => reads.revision(root, Some(number - 1))?,
        };
        refusal = refusal.or(Some(revision).filter(|_| !is_later));
    }
    Ok(refusal)
}
