//! Space: the write-ahead log is kept small, and the file gives back what was deleted.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

use super::ends::run;
use super::guard::Guard;
use super::{PATIENCE, failed, free_bytes};
use crate::store::Stored;
use crate::store::health::Ailment;

/// From this size on the write-ahead log is folded in whole, where nobody reads the file.
const LARGE_WAL: u64 = 128 << 20;
/// Growth after which that is tried again.
const GREW: u64 = 32 << 20;
/// Pages that are given back after one commit.
const PAGES_AT_ONCE: u32 = 512;
/// Largest store that is written anew so that it can give pages back.
const LARGEST_REWRITTEN: u64 = 8 << 30;

/// Keeps the write-ahead log small.
#[derive(Debug, Default)]
pub(super) struct Wal {
    tried_at: u64,
}

impl Wal {
    /// After a commit. SQLite folds the log in by itself while nobody reads; what has grown beyond that is folded in here, and told
    /// where somebody reads without end.
    pub(super) fn bound(&mut self, connection: &Connection, guard: &Guard) {
        let bytes = guard.wal_bytes();
        if bytes < LARGE_WAL {
            self.tried_at = 0;
            return;
        }
        if bytes < self.tried_at.saturating_add(GREW) {
            return;
        }
        self.tried_at = bytes;
        // Whoever waits for a commit must not wait for a reader.
        let at_once = connection.busy_timeout(Duration::ZERO);
        let busy = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0));
        if let Err(error) = guard.has_kept() {
            guard.note(&error);
        }
        if let Err(error) = at_once.and_then(|()| connection.busy_timeout(PATIENCE)) {
            tracing::warn!(%error, "the store's patience could not be set");
        }
        if !matches!(busy, Ok(false)) {
            tracing::warn!(
                bytes,
                "the store's write-ahead log grows, because another process reads chakong.sqlite without end; intake stops at 1 GiB"
            );
        }
    }
}

/// Pages that were freed and are still in the file.
#[derive(Debug, Default)]
pub(super) struct FreePages {
    are_left: bool,
}

impl FreePages {
    /// After a commit: gives pages back to the disk, some at a time, until none are left. It is a commit of its own: SQLite may cut the
    /// log in it to the length that it is to have. What is damaged is not written to.
    pub(super) fn give_back(&mut self, connection: &Connection, guard: &Guard, has_deleted: bool) {
        let is_due = has_deleted || self.are_left;
        if !is_due || guard.ailment() == Some(Ailment::Damaged) {
            return;
        }
        self.are_left = give_back(connection).unwrap_or_else(|error| {
            tracing::warn!(%error, "free space of the store was not given back");
            false
        });
        if let Err(error) = guard.has_kept() {
            guard.note(&error);
        }
    }
}

/// Whether there are more to give back. A store that cannot shrink keeps its pages.
fn give_back(connection: &Connection) -> rusqlite::Result<bool> {
    let free = || connection.query_row("PRAGMA freelist_count", [], |row| row.get::<_, i64>(0));
    let before = free()?;
    run(connection, &format!("PRAGMA incremental_vacuum({PAGES_AT_ONCE})"))?;
    let left = free()?;
    Ok(left > 0 && left < before)
}

/// Makes a store of an earlier version able to give pages back: it is written anew, once.
///
/// # Errors
/// When that fails; the store is as it was then.
pub(super) fn make_shrinkable(connection: &Connection, file: &Path) -> Stored<()> {
    let step = "make it able to shrink";
    let mode: i64 = connection.query_row("PRAGMA auto_vacuum", [], |row| row.get(0)).map_err(failed(step))?;
    if mode != 0 {
        return Ok(());
    }
    let bytes = std::fs::metadata(file).map_or(0, |metadata| metadata.len());
    let folder = file.parent().unwrap_or(Path::new("."));
    let has_room = free_bytes(folder).is_some_and(|free| free / 3 > bytes);
    if bytes > LARGEST_REWRITTEN || !has_room {
        tracing::warn!(
            bytes,
            "the store cannot give space back to the disk, only use it again: it is of an earlier version, and too large or its disk \
             too full to be written anew"
        );
        return Ok(());
    }
    connection.execute_batch("PRAGMA auto_vacuum = INCREMENTAL; VACUUM").map_err(failed(step))
}
