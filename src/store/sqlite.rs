//! The embedded store: one SQLite file (WAL, `synchronous=FULL`), one writer thread with group commit, readers beside it.

mod answers;
pub mod copies;
mod desk;
mod ends;
mod find;
mod first_edition;
mod forgetting;
mod guard;
mod ids;
mod joining;
mod lane_reads;
mod lanes;
mod log_file;
mod migrations;
mod moves;
mod older_cases;
mod older_messages;
mod people;
mod prepared;
mod query;
mod queue;
mod reads;
mod receipts;
mod recent;
mod reports;
mod rows;
pub mod side;
mod space;
mod threads;
mod touched;
mod writes;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use tokio::sync::mpsc;

use super::found_words;
use super::health::{Ailment, Health};
use super::{LogGaps, ReadJob, Signals, Store, StoreError, Stored, WriteJob};
use guard::Guard;

/// Name of the store's file in its folder.
const FILE: &str = "chakong.sqlite";
/// Jobs that may wait for the writer; more submitters wait at the door.
const WAITING_WRITES: usize = 4096;
/// Reads that may wait.
const WAITING_READS: usize = 1024;
/// Page cache of the writer in KiB.
const WRITER_CACHE: i64 = 8 << 10;
/// Page cache of a reader in KiB.
const READER_CACHE: i64 = 8 << 10;
/// Reader threads.
const READERS: usize = 2;
/// How long a process that holds the file is waited for at the start.
const PATIENCE_AT_START: Duration = Duration::from_secs(10);
/// How long it is waited for later: whoever waits for the commit is told then.
const PATIENCE: Duration = Duration::from_secs(2);

/// The SQLite store.
#[derive(Debug)]
pub struct Sqlite {
    writer: mpsc::Sender<Box<dyn WriteJob>>,
    reader: mpsc::Sender<Box<dyn ReadJob>>,
    signals: Arc<Signals>,
    key: Arc<[u8]>,
    epoch: i64,
    gaps: LogGaps,
    directory: PathBuf,
    guard: Arc<Guard>,
}

/// The store's threads, to be waited for at the end.
#[derive(Debug)]
pub struct SqliteThreads(Vec<std::thread::JoinHandle<()>>);

impl SqliteThreads {
    /// Waits until everything handed in was committed and the file is closed. Every handle to the store must be gone.
    pub fn join(self) {
        for thread in self.0 {
            if thread.join().is_err() {
                tracing::error!("a thread of the store ended in a panic");
            }
        }
    }
}

impl Sqlite {
    /// Opens or creates the store in a directory and brings its schema up to date. Where the last run did not close it, its pages
    /// are checked.
    ///
    /// # Errors
    /// When the directory or the file cannot be used, was written by a newer version, or is damaged; when the last commits are
    /// lost with their write-ahead log.
    pub fn open(directory: &Path) -> Stored<(Arc<dyn Store>, SqliteThreads)> {
        Self::open_in(directory, false, ids::epoch)
    }

    /// Opens a store that was restored, or lost and made anew, in a new epoch: numbers may have been given that it does not know.
    /// `seen` are the epochs of numbers that were seen elsewhere; they are no news from now on.
    ///
    /// # Errors
    /// As for [`Sqlite::open`], but that a write-ahead log may be lost; also when all epochs are used up.
    pub fn open_restored(directory: &Path, seen: &[i64]) -> Stored<(Arc<dyn Store>, SqliteThreads)> {
        Self::open_in(directory, true, |connection| ids::begin_next(connection, seen))
    }

    fn open_in(
        directory: &Path,
        is_restored: bool,
        epoch: impl FnOnce(&Connection) -> Stored<i64>,
    ) -> Stored<(Arc<dyn Store>, SqliteThreads)> {
        std::fs::create_dir_all(directory).map_err(failed_io("create the data directory"))?;
        let path = directory.join(FILE);
        let found = ends::Found::at(&path);
        if !is_restored {
            found.before_opening()?;
        }
        let mut connection = connect(&path, OpenFlags::default(), WRITER_CACHE, found.is_new())?;
        migrations::migrate(&mut connection)?;
        space::make_shrinkable(&connection, &path)?;
        ends::begin(&connection, found, is_restored)?;
        let epoch = in_one_step(&mut connection, epoch)?;
        connection.busy_timeout(PATIENCE).map_err(failed("open the store"))?;
        let guard = Arc::new(Guard::of(&path).map_err(failed_io("find its files"))?);
        let gaps = ids::log_gaps(&connection)?;
        let shared = threads::Shared {
            guard: Arc::clone(&guard),
            signals: Arc::default(),
            ids: Arc::new(ids::open(&connection, epoch)?),
            key: ids::lookup_key(&connection)?.into(),
            log_begins: gaps.end(),
        };
        let (signals, key) = (Arc::clone(&shared.signals), Arc::clone(&shared.key));
        let (writer, jobs) = mpsc::channel(WAITING_WRITES);
        let mut threads = vec![threads::writer(connection, jobs, shared.clone())?];
        let (reader, jobs) = mpsc::channel(WAITING_READS);
        let jobs = Arc::new(std::sync::Mutex::new(jobs));
        for _ in 0..READERS {
            let connection = connect(&path, OpenFlags::SQLITE_OPEN_READ_ONLY, READER_CACHE, false)?;
            threads.push(threads::reader(connection, Arc::clone(&jobs), shared.clone())?);
        }
        let store =
            Self { writer, reader, signals, key, epoch, gaps, directory: directory.to_owned(), guard };
        Ok((Arc::new(store), SqliteThreads(threads)))
    }
}

impl Store for Sqlite {
    fn queue_write(&self, job: Box<dyn WriteJob>) -> BoxFuture<'_, Stored<()>> {
        Box::pin(async move { self.writer.send(job).await.map_err(|_| StoreError::Closed) })
    }

    fn queue_read(&self, job: Box<dyn ReadJob>) -> BoxFuture<'_, Stored<()>> {
        Box::pin(async move { self.reader.send(job).await.map_err(|_| StoreError::Closed) })
    }

    fn epoch(&self) -> i64 {
        self.epoch
    }

    fn log_gaps(&self) -> &LogGaps {
        &self.gaps
    }

    fn signals(&self) -> &Signals {
        &self.signals
    }

    fn keyed_hash(&self, text: &[u8]) -> Vec<u8> {
        keyed(&self.key, text)
    }

    fn free_bytes(&self) -> Option<u64> {
        free_bytes(&self.directory)
    }

    fn health(&self) -> Health {
        self.guard.health()
    }
}

/// Free bytes on the disk of a folder.
fn free_bytes(folder: &Path) -> Option<u64> {
    let stat = rustix::fs::statvfs(folder).ok()?;
    Some(stat.f_bavail.saturating_mul(stat.f_frsize))
}

/// Does what begins an epoch whole or not at all.
fn in_one_step(connection: &mut Connection, step: impl FnOnce(&Connection) -> Stored<i64>) -> Stored<i64> {
    let tx = connection.transaction().map_err(failed("begin an epoch"))?;
    let epoch = step(&tx)?;
    tx.commit().map_err(failed("begin an epoch"))?;
    Ok(epoch)
}

fn connect(path: &Path, flags: OpenFlags, cache: i64, is_new: bool) -> Stored<Connection> {
    let connection = Connection::open_with_flags(path, flags).map_err(failed("open the store"))?;
    connection.busy_timeout(PATIENCE_AT_START).map_err(failed("open the store"))?;
    if is_new {
        // Before the first page: a store that has one is written anew for it.
        connection
            .execute_batch("PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL")
            .map_err(failed("open the store"))?;
    }
    connection
        .execute_batch(
            "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
             PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 67108864;
             PRAGMA wal_autocheckpoint = 8000;",
        )
        .map_err(failed("open the store"))?;
    connection.pragma_update(None, "cache_size", -cache).map_err(failed("open the store"))?;
    // Without this, statements are prepared anew whenever a bound value might suggest another plan: a quarter of the
    // writer's time.
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map_err(failed("open the store"))?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(connection)
}

/// HMAC-SHA-256 of personal data that is looked up.
fn keyed(key: &[u8], text: &[u8]) -> Vec<u8> {
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, key);
    aws_lc_rs::hmac::sign(&key, text).as_ref().to_vec()
}

/// A word by which cases are found, as it is kept.
fn word(key: &[u8], word: &str) -> Vec<u8> {
    found_words::of_hash(keyed(key, word.as_bytes()))
}

/// Turns a database error into ours.
fn failed(step: &'static str) -> impl FnOnce(rusqlite::Error) -> StoreError {
    move |error| {
        let ailment = match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => return StoreError::Full,
            // Every table says what must be unique and what must be there.
            Some(ErrorCode::ConstraintViolation) => return StoreError::Conflict("a row"),
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Ailment::ReadOnly,
            Some(
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed,
            ) => Ailment::Locked,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Ailment::Damaged,
            _ => Ailment::Failing,
        };
        StoreError::Failed { step, ailment, source: Arc::new(error) }
    }
}

fn failed_io(step: &'static str) -> impl FnOnce(std::io::Error) -> StoreError {
    move |error| match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => StoreError::Full,
        kind => {
            let ailment = match kind {
                std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                    Ailment::ReadOnly
                }
                _ => Ailment::Failing,
            };
            StoreError::Failed { step, ailment, source: Arc::new(error) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Change, LaneChange};

    /// Jobs in one group: one fails before it writes, one panics; a write that fails takes its group back and nothing else.
    #[tokio::test]
    async fn a_job_that_fails_takes_nothing_of_the_others_along() {
        let folder = tempfile::tempdir().expect("a folder");
        let (store, _threads) = Sqlite::open(folder.path()).expect("a store");
        let writes = (0..40_i64).map(|number| {
            let store = Arc::clone(&store);
            async move {
                let work = move |tx: &mut dyn crate::store::Tx| {
                    let change = LaneChange::Acknowledge(format!("consumer-{number:02}"), number + 1);
                    match number {
                        7 => Err(StoreError::Missing("what it needs")),
                        23 => panic!("on purpose"),
                        _ => tx.write(&[Change::Lane(change)]).map(|()| number),
                    }
                };
                store.transact(work).await
            }
        });
        let outcomes = futures_util::future::join_all(writes).await;
        for (number, outcome) in (0_i64..).zip(&outcomes) {
            assert_eq!(outcome.is_ok(), ![7, 23].contains(&number), "job {number}: {outcome:?}");
        }
        let mut kept = store.read(|reads| reads.consumers()).await.expect("reads");
        kept.sort();
        let expected: Vec<(String, i64)> = (0..40_i64)
            .filter(|number| ![7, 23].contains(number))
            .map(|number| (format!("consumer-{number:02}"), number + 1))
            .collect();
        assert_eq!(kept, expected, "what failed left nothing behind, what succeeded is all there");
    }
}
