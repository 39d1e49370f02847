//! How the last run ended: whether it closed the store, and what must be looked at where it did not.

use std::path::Path;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::guard::wal_of;
use super::{failed, log_file, migrations};
use crate::store::health::Ailment;
use crate::store::marks::{BACKUP, MOVED, OPEN, Standing};
use crate::store::{StoreError, Stored};

/// Most findings of a check that are told.
const MOST_FINDINGS: usize = 5;

/// Which of the store's files were there before it was opened.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    file: bool,
    wal: bool,
    /// Whether a write-ahead log that is there begins as SQLite writes it.
    is_readable: bool,
}

impl Found {
    pub(super) fn at(file: &Path) -> Self {
        let is_there = |path: &Path| path.symlink_metadata().is_ok();
        let wal = wal_of(file);
        // One that cannot be read at all is told when it is opened.
        let is_readable = log_file::is_readable(&wal).unwrap_or(true);
        Self { file: is_there(file), wal: is_there(&wal), is_readable }
    }

    /// Whether the store is made now.
    pub(super) const fn is_new(self) -> bool {
        !self.file
    }

    /// A write-ahead log without its file: opening would make a new store and throw the log away.
    ///
    /// # Errors
    /// [`Ailment::Gone`].
    pub(super) fn before_opening(self) -> Stored<()> {
        if self.file || !self.wal {
            return Ok(());
        }
        Err(lost("chakong.sqlite is missing, and its chakong.sqlite-wal is there".to_owned()))
    }
}

fn lost(what: String) -> StoreError {
    let source: Arc<dyn std::error::Error + Send + Sync> = Arc::new(std::io::Error::other(what));
    StoreError::Failed { step: "find its files", ailment: Ailment::Gone, source }
}

/// Notes that the store is open. Where the last run did not close it, its pages are looked at first.
///
/// # Errors
/// When pages are damaged; when the write-ahead log of a run that did not close the store is not there any more, which held its
/// last commits, unless the store `is_restored`.
pub(super) fn begin(connection: &Connection, found: Found, is_restored: bool) -> Stored<()> {
    admit(connection, is_restored)?;
    let step = "note that it is open";
    let marker: Option<Vec<u8>> = connection
        .query_row("SELECT value FROM store_info WHERE key = ?1", [OPEN], |row| row.get(0))
        .optional()
        .map_err(failed(step))?;
    if marker.is_some() {
        if !found.wal && !is_restored {
            let what = "chakong.sqlite-wal is missing beside a store that was not closed; the last commits were in it";
            return Err(lost(what.to_owned()));
        }
        if !found.is_readable && !is_restored {
            let what = "the beginning of chakong.sqlite-wal was cut or overwritten while the store was open; the last commits were in it";
            return Err(lost(what.to_owned()));
        }
        check(connection)?;
    } else {
        connection
            .execute("INSERT INTO store_info (key, value) VALUES (?1, x'01')", [OPEN])
            .map_err(failed(step))?;
    }
    // The mark must not stand in the write-ahead log alone, whose loss it shows.
    run(connection, "PRAGMA wal_checkpoint(TRUNCATE)").map(drop).map_err(failed(step))
}

/// Notes that the store was closed.
///
/// # Errors
/// When it cannot be written.
pub(super) fn end(connection: &Connection) -> rusqlite::Result<()> {
    forget(connection)?;
    run(connection, "PRAGMA wal_checkpoint(TRUNCATE)").map(drop)
}

/// Notes in a copy that it is one, and since when; one that is a copy already stays what it was. Nobody has it open.
///
/// # Errors
/// When it cannot be written.
pub(super) fn mark_copy(copy: &Connection, at: &str) -> rusqlite::Result<()> {
    let sql = "INSERT OR IGNORE INTO store_info (key, value) VALUES (?1, ?2)";
    copy.execute(sql, params![BACKUP, at.as_bytes()])?;
    forget(copy)
}

/// What the store of a connection is.
///
/// # Errors
/// When it cannot be read.
pub(super) fn standing_of(connection: &Connection) -> Stored<Standing> {
    if !connection.table_exists(None, "store_info").map_err(failed("read what it is"))? {
        // One of the first edition had no such table.
        let is_there = migrations::schema(connection)?.applied > 0;
        return Ok(Standing { is_there, ..Standing::default() });
    }
    Standing::by(|key| info(connection, key))
}

/// What is kept under a name.
///
/// # Errors
/// When it cannot be read.
pub(super) fn info(connection: &Connection, key: &str) -> Stored<Option<Vec<u8>>> {
    let sql = "SELECT value FROM store_info WHERE key = ?1";
    connection.query_row(sql, [key], |row| row.get(0)).optional().map_err(failed("read what it is"))
}

/// Refuses a store that is not in charge: a copy that nobody said is to be worked on, because numbers were given after it was made;
/// one whose content was moved away, or has not wholly arrived.
///
/// # Errors
/// [`StoreError::Backup`], [`StoreError::MovedAway`], [`StoreError::Arriving`].
fn admit(connection: &Connection, is_restored: bool) -> Stored<()> {
    standing_of(connection)?.admit(is_restored)?;
    if !is_restored {
        return Ok(());
    }
    let taken_off = connection.execute("DELETE FROM store_info WHERE key IN (?1, ?2)", [BACKUP, MOVED]);
    taken_off.map(drop).map_err(failed("note that it was restored"))
}

fn forget(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM store_info WHERE key = ?1", [OPEN]).map(drop)
}

/// Runs a statement to its end; gives how many rows it had. `execute_batch` takes one step only.
pub(super) fn run(connection: &Connection, sql: &str) -> rusqlite::Result<usize> {
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    let mut count = 0;
    while rows.next()?.is_some() {
        count += 1;
    }
    Ok(count)
}

/// SQLite's own look at every page.
fn check(connection: &Connection) -> Stored<()> {
    let step = "check it after a run that did not close it";
    let findings: Vec<String> = connection
        .prepare(&format!("PRAGMA quick_check({MOST_FINDINGS})"))
        .and_then(|mut query| query.query_map([], |row| row.get(0))?.collect())
        .map_err(failed(step))?;
    if findings == ["ok"] {
        tracing::info!("the last run did not close the store; its pages were checked and are whole");
        return Ok(());
    }
    let source: Arc<dyn std::error::Error + Send + Sync> =
        Arc::new(std::io::Error::other(findings.join("; ")));
    Err(StoreError::Failed { step, ailment: Ailment::Damaged, source })
}
