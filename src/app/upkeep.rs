//! What operations do with the embedded store beside running the gateway.

use std::path::{Path, PathBuf};

use super::opening::place;
use super::{BuildError, lock};
use crate::clock::{Clock as _, SystemClock};
use crate::config::Config;
use crate::store::sqlite::copies::{self, CopyError};

pub use crate::store::sqlite::copies::Look;

/// Why nothing came of it.
#[derive(Debug, thiserror::Error)]
pub enum UpkeepError {
    /// The gateway runs on the store, or its folder cannot be used.
    #[error(transparent)]
    Held(#[from] BuildError),
    /// The store is on a database server, which has commands of its own for this.
    #[error(
        "the store is in the database {place}: these commands are for the embedded store. Copy it with pg_dump, restore it with \
         pg_restore and start once with `chakong serve --restored`; `chakong serve` brings its schema up to date"
    )]
    OnServer {
        /// Server and database.
        place: String,
    },
    /// The store or its copy.
    #[error("the store in {directory}: {source}")]
    Store {
        /// Its folder.
        directory: String,
        /// The cause.
        #[source]
        source: CopyError,
    },
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
    embedded(config)?;
    copies::look(&config.store.directory, thorough).map_err(|source| of(config, source))
}

/// Brings the schema of a store up to date that nobody works on.
///
/// # Errors
/// When the gateway runs, there is no store, or it cannot be migrated.
pub fn migrate(config: &Config) -> Result<Migrated, UpkeepError> {
    embedded(config)?;
    let _held = lock(&config.store.directory)?;
    let migrated = copies::migrate(&config.store.directory).map_err(|source| of(config, source))?;
    Ok(Migrated { before: migrated.0.applied, now: migrated.1.applied })
}

/// Copies the store into one file as of now; the gateway may run meanwhile. Gives the bytes of the copy.
///
/// # Errors
/// When the store cannot be read or the copy cannot be written.
pub fn backup(config: &Config, into: &Path) -> Result<u64, UpkeepError> {
    embedded(config)?;
    let at = SystemClock.now().to_string();
    copies::backup(&config.store.directory, into, &at).map_err(|source| of(config, source))
}

/// Puts a copy in the place of the store. Gives where a store that was `replaced` is kept.
///
/// # Errors
/// When the gateway runs, the copy cannot be used, or a store is there that may not be replaced.
pub fn restore(config: &Config, from: &Path, replaced: bool) -> Result<Option<PathBuf>, UpkeepError> {
    embedded(config)?;
    let _held = lock(&config.store.directory)?;
    let at = SystemClock.now().to_string();
    let restored = copies::restore(from, &config.store.directory, &at, replaced);
    restored.map_err(|source| of(config, source))
}

fn of(config: &Config, source: impl Into<CopyError>) -> UpkeepError {
    UpkeepError::Store { directory: config.store.directory.display().to_string(), source: source.into() }
}

/// That these commands are about the store that is configured.
fn embedded(config: &Config) -> Result<(), UpkeepError> {
    match &config.store.database {
        Some(_) => Err(UpkeepError::OnServer { place: place(config) }),
        None => Ok(()),
    }
}
