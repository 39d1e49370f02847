//! A move of everything that a store holds into another one. One of the two is in charge at every moment.
//!
//! The order of marks is the proof. The old store notes which move begins (`leaving`). The new one is marked as one into which it arrives
//! (`arriving`), filled in one transaction, read back and compared with the old one, and marked as whole. Until then the old one is in charge, and nothing about it has changed.
//! The commit of the mark `moved` in the old store is the one moment at which that changes: from then on it is refused, and the new
//! one is in charge. What is left, to take the mark `arriving` off, can be done at any time: whoever finds `arriving` in the new store
//! looks into the old one, and the mark `moved` with the same identifier there says that the move is behind its switch.
//! A store in which all of another one arrived may be in charge: it is filled again from that other one only, and only where that notes the
//! same move and was not moved.

use super::copying::{Side, Sum, compare, fill};
use super::marks::{ARRIVED, ARRIVING, LEAVING, MOVED, Mark, Standing};
use super::{StoreError, Stored};

/// Why nothing was moved.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// One of the stores is not what a move needs; nothing was changed.
    #[error("{0}")]
    Refused(String),
    /// A store failed. Which one is in charge is as the marks say; the same move can be begun again.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What became of a move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moved {
    /// Everything was moved now; rows and digest of each table.
    Now(Vec<(String, Sum)>),
    /// It had been moved, and what was left to be done was done now.
    Finished,
    /// It had been moved before.
    Before,
}

/// What a move asks for beside the two stores.
#[derive(Clone, Copy)]
pub struct Terms<'m> {
    /// Name of a move that begins now.
    pub id: &'m str,
    /// Now, RFC 3339.
    pub at: &'m str,
    /// Asked between steps; an error ends the move where it is.
    pub go_on: &'m dyn Fn() -> Stored<()>,
}

impl std::fmt::Debug for Terms<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Terms").field("id", &self.id).field("at", &self.at).finish_non_exhaustive()
    }
}

/// Moves everything. Nobody works on either of the two, and both have the newest schema. `to` is empty, or holds a part of a move
/// that was not finished.
///
/// # Errors
/// [`MoveError::Refused`] where one of them is not what a move needs.
pub fn move_all(from: &mut dyn Side, to: &mut dyn Side, terms: Terms<'_>) -> Result<Moved, MoveError> {
    let (old, new) = (Standing::by(|key| from.info(key))?, Standing::by(|key| to.info(key))?);
    if let Some(moved) = old.moved {
        return finish(from, to, &moved, &new);
    }
    old.admit(false)?;
    if !old.is_there {
        return refused(format!("{} holds no store", from.place()));
    }
    may_be_filled((&from.place(), &old), (&to.place(), &new))?;
    let mark = |place: String, is_whole| {
        let (id, at) = (terms.id.to_owned(), terms.at.to_owned());
        Mark { id, place, at, is_whole }.bytes()
    };
    let (here, there) = (from.place(), to.place());
    from.set_info(LEAVING, Some(&mark(there.clone(), false)?))?;
    to.set_info(ARRIVING, Some(&mark(here.clone(), false)?))?;
    let sums = fill(from, to, None, terms.go_on)?;
    compare(to, &sums, terms.go_on)?;
    to.set_info(ARRIVING, Some(&mark(here.clone(), true)?))?;
    (terms.go_on)()?;
    // The switch.
    from.set_info(MOVED, Some(&mark(there, true)?))?;
    take_over(to, &mark(here, true)?)?;
    Ok(Moved::Now(sums))
}

/// What is left of a move whose switch was made.
fn finish(from: &dyn Side, to: &mut dyn Side, moved: &Mark, new: &Standing) -> Result<Moved, MoveError> {
    let is_it = |mark: &Option<Mark>| mark.as_ref().is_some_and(|mark| mark.id == moved.id);
    if is_it(&new.arriving) {
        let mark = new.arriving.as_ref().map_or(Ok(Vec::new()), Mark::bytes)?;
        take_over(to, &mark)?;
        return Ok(Moved::Finished);
    }
    if is_it(&new.arrived) {
        return Ok(Moved::Before);
    }
    refused(format!(
        "what {} held was moved to {} at {}; that store is in charge, and {} is another one",
        from.place(),
        moved.place,
        moved.at,
        to.place()
    ))
}

/// The new store is in charge already; now it says so itself.
fn take_over(to: &mut dyn Side, arrived: &[u8]) -> Stored<()> {
    to.set_info(ARRIVED, Some(arrived))?;
    to.set_info(ARRIVING, None)
}

/// Whether a store is empty, or holds a part of a move from this very one that was not finished. Each with its place. A store into which
/// all of another one arrived may be in charge already: only the one that began that move, and was not moved, knows better.
///
/// # Errors
/// [`MoveError::Refused`] where it may not be filled.
pub fn may_be_filled(
    (from, old): (&str, &Standing),
    (place, standing): (&str, &Standing),
) -> Result<(), MoveError> {
    if standing.moved.is_some() {
        return refused(format!("what {place} held was moved away; a move into it needs an empty store"));
    }
    let Some(arriving) = &standing.arriving else {
        return match standing.is_there || standing.backup.is_some() {
            true => refused(format!("{place} holds a store already; a move into it needs an empty one")),
            false => Ok(()),
        };
    };
    let (other, at) = (&arriving.place, &arriving.at);
    if old.leaving.as_ref().is_some_and(|leaving| leaving.id == arriving.id) {
        return Ok(());
    }
    if arriving.is_whole {
        return refused(format!(
            "all of {other} arrived in {place} by a move that was begun at {at}, and {place} may be in charge; finish that move from \
             {other}, or move into an empty store"
        ));
    }
    if other != from {
        return refused(format!(
            "a move from {other} into {place} was begun at {at} and not finished; finish it from there, or move into an empty store"
        ));
    }
    Ok(())
}

fn refused<T>(why: String) -> Result<T, MoveError> {
    Err(MoveError::Refused(why))
}
