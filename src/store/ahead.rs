//! Whether a store is older than what others have seen of it: numbers in names of files that it cannot have given yet.

use super::{OrderFilter, Reads, Stored};
use crate::domain::{GivenNumber, IdKind};

/// Epochs up to this far ahead are taken for those of restorations of this store that it does not know. A restoration begins its
/// epoch at most a hundred behind the one before.
pub(super) const NEAR: i64 = 1000;

/// The first of the numbers that this store, whose epoch is `own`, cannot have given yet. `None` where it is as new as the world, or
/// where what is unknown is another installation's.
///
/// # Errors
/// When the store fails.
pub fn number_ahead<R: Reads + ?Sized>(
    reads: &mut R,
    own: i64,
    seen: &[GivenNumber],
) -> Stored<Option<GivenNumber>> {
    if seen.is_empty() {
        return Ok(None);
    }
    let known = reads.known_epochs()?;
    let is_new = is_new(reads, &known)?;
    for number in seen {
        let epoch = number.epoch();
        let last = reads.last_row(number.kind, epoch)?;
        if last.is_some_and(|last| number.row <= last) {
            continue;
        }
        // Epochs that an operator was told about are no news, but for the one that goes on.
        let is_known = epoch != own && known.contains(&epoch);
        // The first edition knew no epochs: all its numbers are of one.
        let goes_on = epoch == own || (epoch == 0 && last.is_some());
        let is_later = (own..=own.saturating_add(NEAR)).contains(&epoch);
        if !is_known && (goes_on || is_later || is_new) {
            return Ok(Some(*number));
        }
    }
    Ok(None)
}

/// Whether a store gave no number yet that others saw.
fn is_new<R: Reads + ?Sized>(reads: &mut R, known: &[i64]) -> Stored<bool> {
    for epoch in known.iter().copied().chain([0]) {
        if reads.last_row(IdKind::Batch, epoch)?.is_some() {
            return Ok(false);
        }
    }
    Ok(reads.find_orders(&OrderFilter { limit: 1, ..OrderFilter::default() })?.is_empty())
}
