//! What operations do with the store beside running the gateway.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::moving::move_held;
use super::place::{Place, apart, server};
use super::{BuildError, lock};
use crate::clock::{Clock as _, SystemClock};
use crate::config::{Config, Database};
use crate::store::copying::{Side as _, compare, fill};
use crate::store::marks::{BACKUP, Standing};
use crate::store::moving::MoveError;
use crate::store::postgres::side::OnServer;
use crate::store::sqlite::copies::{CopyError, Restorable};
use crate::store::{postgres, sqlite};

pub use super::moving::Report;
pub use super::place::Place as StorePlace;
pub use crate::store::look::Look;
pub use crate::store::moving::Moved;

/// Why nothing came of it.
#[derive(Debug, thiserror::Error)]
pub enum UpkeepError {
    /// The gateway runs on the store, or its folder cannot be used.
    #[error(transparent)]
    Held(#[from] BuildError),
    /// The store or its copy.
    #[error("the store in {place}: {source}")]
    Store {
        /// Where it is.
        place: String,
        /// The cause.
        #[source]
        source: CopyError,
    },
    /// A copy takes the place of a store that is there only where it may be replaced.
    #[error(
        "the database {0} holds a store already; with --replace it is copied into a file beside and then replaced"
    )]
    Taken(String),
    /// What was to be moved, or where to.
    #[error(transparent)]
    Move(#[from] MoveError),
}

/// What a migration did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migrated {
    /// Migrations that were applied before.
    pub before: usize,
    /// Migrations that are applied now.
    pub now: usize,
}

/// Looks the store through; the gateway may run meanwhile.
///
/// # Errors
/// When there is no store or it cannot be read.
pub fn look(config: &Config, thorough: bool) -> Result<Look, UpkeepError> {
    let looked = match &config.store.database {
        Some(database) => apart(|| postgres::copies::look(&server(database), thorough)),
        None => sqlite::copies::look(&config.store.directory, thorough),
    };
    looked.map_err(|source| of(config, source))
}

/// Brings the schema of a store up to date that nobody works on.
///
/// # Errors
/// When the gateway runs, there is no store, or it cannot be migrated.
pub fn migrate(config: &Config) -> Result<Migrated, UpkeepError> {
    let migrated = match &config.store.database {
        Some(database) => apart(|| postgres::copies::migrate(&server(database))),
        None => {
            let _held = lock(&config.store.directory)?;
            sqlite::copies::migrate(&config.store.directory)
        }
    };
    let (before, now) = migrated.map_err(|source| of(config, source))?;
    Ok(Migrated { before: before.applied, now: now.applied })
}

/// Copies the store into one file as of now; the gateway may run meanwhile. The file is an embedded store, wherever the store is.
/// Gives the bytes of the copy.
///
/// # Errors
/// When the store cannot be read or the copy cannot be written.
pub fn backup(config: &Config, into: &Path) -> Result<u64, UpkeepError> {
    let at = SystemClock.now().to_string();
    let made = match &config.store.database {
        Some(database) => backup_of_database(database, into, &at),
        None => sqlite::copies::backup(&config.store.directory, into, &at),
    };
    made.map_err(|source| of(config, source))
}

fn backup_of_database(database: &Database, into: &Path, at: &str) -> Result<u64, CopyError> {
    apart(|| {
        let mut from = postgres::copies::as_of_now(&server(database))?;
        sqlite::copies::backup_of(&mut from, into, at)
    })
}

/// Puts a copy in the place of the store. Gives where a store that was `replaced` is kept.
///
/// # Errors
/// When the gateway runs, the copy cannot be used, or a store is there that may not be replaced.
pub fn restore(config: &Config, from: &Path, replaced: bool) -> Result<Option<PathBuf>, UpkeepError> {
    let folder = &config.store.directory;
    let _held = lock(folder)?;
    let at = SystemClock.now().to_string();
    let Some(database) = &config.store.database else {
        let restored = sqlite::copies::restore(from, folder, &at, replaced);
        return restored.map_err(|source| of(config, source));
    };
    let restored = apart(|| {
        let copy = sqlite::copies::to_restore(from, folder, &at)?;
        let mut to = OnServer::alone(&server(database))?;
        let standing = Standing::by(|key| to.info(key))?;
        if standing.is_there && !replaced {
            return Ok(Err(UpkeepError::Taken(Place::of(config).shown())));
        }
        // What stood there is kept, as a file.
        let aside = folder.join(format!("before-{}.sqlite", at.replace(':', "")));
        let aside = standing.is_there.then_some(aside);
        if let Some(aside) = &aside {
            let mut old = postgres::copies::as_of_now(&server(database))?;
            sqlite::copies::backup_of(&mut old, aside, &at)?;
        }
        restore_into(copy, &mut to)?;
        Ok(Ok(aside))
    });
    restored.map_err(|source: CopyError| of(config, source))?
}

/// All of it at once, with the mark that it is a copy.
fn restore_into(mut copy: Restorable, to: &mut OnServer) -> Result<(), CopyError> {
    let mark = Some((BACKUP, copy.made.as_bytes()));
    let sums = fill(&mut copy.side, to, mark, &|| Ok(()))?;
    Ok(compare(to, &sums, &|| Ok(()))?)
}

/// Moves a store that nobody works on.
///
/// # Errors
/// When somebody works on one of the two, the one holds no store or the other one already, or one of them fails.
pub fn move_offline(from: &Place, to: &Place) -> Result<Report, UpkeepError> {
    let held = [from, to].map(|place| match place {
        Place::Folder(folder) => lock(folder).map(Some),
        Place::Database(_) => Ok(None),
    });
    let [_from, _to]: [Option<File>; 2] = match held {
        [Ok(one), Ok(two)] => [one, two],
        [Err(error), _] | [_, Err(error)] => return Err(error.into()),
    };
    Ok(move_held(from, to, &|| Ok(()))?)
}

fn of(config: &Config, source: impl Into<CopyError>) -> UpkeepError {
    UpkeepError::Store { place: Place::of(config).shown(), source: source.into() }
}
