//! Where a store is.

use std::path::PathBuf;

use crate::config::{Config, Database};
use crate::store::marks::Standing;
use crate::store::postgres::Server;
use crate::store::{Stored, postgres, sqlite};

/// Where a store is, of whatever kind.
#[derive(Debug, Clone)]
pub enum Place {
    /// The folder of an embedded store.
    Folder(PathBuf),
    /// A database on a server.
    Database(Box<Database>),
}

impl Place {
    /// Where a configuration has the store.
    pub fn of(config: &Config) -> Self {
        match &config.store.database {
            Some(database) => Self::Database(Box::new(database.clone())),
            None => Self::Folder(config.store.directory.clone()),
        }
    }

    /// For operations: a folder, or server and database.
    pub fn shown(&self) -> String {
        match self {
            Self::Folder(folder) => folder.canonicalize().as_deref().unwrap_or(folder).display().to_string(),
            Self::Database(database) => server(database).place(),
        }
    }

    /// What the store there is; one that is not there is nothing.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn standing(&self) -> Stored<Standing> {
        match self {
            Self::Folder(folder) => sqlite::side::standing(folder),
            Self::Database(database) => apart(|| postgres::side::standing(&server(database))),
        }
    }
}

/// The server of a database, as the store wants it.
pub(super) fn server(database: &Database) -> Server {
    Server::new(database.server.clone(), database.tls.clone())
}

/// Runs something that waits for a database on a thread of its own: it must not be within a runtime.
pub(super) fn apart<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let running = scope.spawn(run);
        running.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}
