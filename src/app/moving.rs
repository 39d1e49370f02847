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
/// because that folder holds a store and the database none, or none that can be read now.
///
/// # Errors
/// When the folder cannot be read.
pub(super) fn before_start(folder: &Place, database: &Place) -> Stored<BeforeStart> {
    let new = match database.standing() {
        Ok(new) => new,
        Err(error) => return Ok(beside_one_that_cannot_be_read(folder, error)),
    };
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

/// A database that cannot be read at this moment may be read at the next one, and be empty: beside a folder that holds a store in charge,
/// or may hold one, no new store is made there. Beside any other folder it is told when it is opened.
fn beside_one_that_cannot_be_read(folder: &Place, error: StoreError) -> BeforeStart {
    match folder.standing() {
        Ok(old) if !old.is_there || old.moved.is_some() => BeforeStart::Nothing,
        Ok(_) | Err(_) => BeforeStart::Unknown(error),
    }
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
    /// The database cannot be read, and the folder may hold a store that is in charge.
    Unknown(StoreError),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nowhere() -> Place {
        let (mut server, tls) = (tokio_postgres::Config::new(), None);
        server.host("127.0.0.1").port(1).user("a").dbname("b");
        Place::Database(Box::new(crate::config::Database { server, tls }))
    }

    #[test]
    fn a_database_that_does_not_answer_is_waited_for_where_the_folder_may_hold_a_store() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = Place::Folder(folder.path().to_owned());
        let before = || before_start(&place, &nowhere()).expect("a readable folder");
        assert!(matches!(before(), BeforeStart::Nothing), "nothing is there: it is told when it is opened");
        let (store, threads) = Sqlite::open(folder.path()).expect("a store");
        drop(store);
        threads.join();
        let BeforeStart::Unknown(error) = before() else { panic!("a store is in charge there") };
        assert!(error.ails(crate::store::Ailment::Unreachable), "{error}");
        std::fs::write(folder.path().join("chakong.sqlite"), "no database").expect("a file");
        assert!(matches!(before(), BeforeStart::Unknown(_)), "who knows");
    }
}
