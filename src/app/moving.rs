//! Moves of a store from one place to another: what a move needs is taken care of here, its steps are those of `store::moving`.

use super::place::{Place, apart, server};
use crate::clock::{Clock as _, SystemClock};
use crate::store::copying::Side;
use crate::store::moving::{MoveError, Moved, Terms, move_all};
use crate::store::postgres::side::OnServer;
use crate::store::sqlite::Sqlite;
use crate::store::sqlite::side::InFile;
use crate::store::{StoreError, Stored};

/// What a move did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Where the store was.
    pub from: String,
    /// Where it is now.
    pub to: String,
    /// What was done.
    pub moved: Moved,
}

/// Moves a store that nobody works on, and whose folder is held. `go_on` is asked between steps; an error ends the move where it is.
pub(super) fn move_held(
    from: &Place,
    to: &Place,
    go_on: &(dyn Fn() -> Stored<()> + Sync),
) -> Result<Report, MoveError> {
    let (id, at) = (uuid::Uuid::new_v4().to_string(), SystemClock.now().to_string());
    let moved = apart(|| {
        let mut old = source(from)?;
        let mut new = target(to)?;
        move_all(&mut *old, &mut *new, Terms { id: &id, at: &at, go_on })
    })?;
    Ok(Report { from: from.shown(), to: to.shown(), moved })
}

/// The store that is moved. One that was not closed, or has an older schema, is opened and closed first, as a start does it.
fn source(place: &Place) -> Result<Box<dyn Side>, MoveError> {
    match place {
        Place::Folder(folder) => {
            let standing = place.standing()?;
            if !standing.is_there {
                return Err(MoveError::Refused(format!("{} holds no store", place.shown())));
            }
            if standing.moved.is_none() {
                let (store, threads) = Sqlite::open(folder)?;
                drop(store);
                threads.join();
            }
            Ok(Box::new(InFile::of(folder)?))
        }
        Place::Database(database) => Ok(Box::new(OnServer::alone(&server(database))?)),
    }
}

/// The store that is filled.
fn target(place: &Place) -> Result<Box<dyn Side>, MoveError> {
    match place {
        Place::Folder(folder) => {
            let standing = place.standing()?;
            if standing.is_there && standing.arriving.is_none() && standing.arrived.is_none() {
                let why =
                    format!("{} holds a store already; a move into it needs an empty folder", place.shown());
                return Err(MoveError::Refused(why));
            }
            Ok(Box::new(InFile::in_folder(folder)?))
        }
        Place::Database(database) => Ok(Box::new(OnServer::alone(&server(database))?)),
    }
}

/// Whether a start on a database must finish a move from the folder beside it, which was interrupted; and whether it must not start
/// because that folder holds a store and the database none.
///
/// # Errors
/// When the folder cannot be read.
pub(super) fn before_start(folder: &Place, database: &Place) -> Stored<BeforeStart> {
    // A database that cannot be read is told when it is opened.
    let Ok(new) = database.standing() else { return Ok(BeforeStart::Nothing) };
    if let Some(mark) = &new.arriving {
        return Ok(if mark.place == folder.shown() { BeforeStart::Finish } else { BeforeStart::Nothing });
    }
    if new.is_there {
        return Ok(BeforeStart::Nothing);
    }
    let old = folder.standing()?;
    Ok(match old.moved {
        Some(mark) => BeforeStart::Elsewhere(StoreError::MovedAway { to: mark.place, at: mark.at }),
        None if old.is_there => BeforeStart::Unmoved,
        None => BeforeStart::Nothing,
    })
}

/// What must be known before a start on a database.
#[derive(Debug)]
pub(super) enum BeforeStart {
    /// Nothing.
    Nothing,
    /// A move from the folder was begun and is finished first.
    Finish,
    /// The database holds no store, and the folder one that is in charge.
    Unmoved,
    /// The database holds no store, and what the folder held was moved to another one.
    Elsewhere(StoreError),
}
