//! The embedded store: one SQLite file (WAL, `synchronous=FULL`), one writer thread with group commit, readers beside it.

mod migrations;
mod reads;
mod receipts;
mod rows;
mod threads;
mod writes;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::mpsc;

use super::{ReadJob, Signals, Store, StoreError, Stored, WriteJob};

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

/// The SQLite store.
#[derive(Debug)]
pub struct Sqlite {
    writer: mpsc::Sender<Box<dyn WriteJob>>,
    reader: mpsc::Sender<Box<dyn ReadJob>>,
    signals: Arc<Signals>,
    directory: PathBuf,
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
    /// Opens or creates the store in a directory and brings its schema up to date.
    ///
    /// # Errors
    /// When the directory or the file cannot be used, or was written by a newer version.
    pub fn open(directory: &Path) -> Stored<(Arc<dyn Store>, SqliteThreads)> {
        std::fs::create_dir_all(directory).map_err(failed_io("create the data directory"))?;
        let path = directory.join("chakong.sqlite");
        let mut connection = connect(&path, OpenFlags::default(), WRITER_CACHE)?;
        migrations::migrate(&mut connection)?;
        let signals = Arc::new(Signals::default());
        let (writer, jobs) = mpsc::channel(WAITING_WRITES);
        let mut threads = vec![threads::writer(connection, jobs, Arc::clone(&signals))?];
        let (reader, jobs) = mpsc::channel(WAITING_READS);
        let jobs = Arc::new(std::sync::Mutex::new(jobs));
        for _ in 0..READERS {
            let connection = connect(&path, OpenFlags::SQLITE_OPEN_READ_ONLY, READER_CACHE)?;
            threads.push(threads::reader(connection, Arc::clone(&jobs))?);
        }
        let store = Self { writer, reader, signals, directory: directory.to_owned() };
        Ok((Arc::new(store), SqliteThreads(threads)))
    }
}

impl Store for Sqlite {
    fn writer(&self) -> &mpsc::Sender<Box<dyn WriteJob>> {
        &self.writer
    }

    fn reader(&self) -> &mpsc::Sender<Box<dyn ReadJob>> {
        &self.reader
    }

    fn signals(&self) -> &Signals {
        &self.signals
    }

    fn free_bytes(&self) -> Option<u64> {
        let stat = rustix::fs::statvfs(&self.directory).ok()?;
        Some(stat.f_bavail.saturating_mul(stat.f_frsize))
    }
}

fn connect(path: &Path, flags: OpenFlags, cache: i64) -> Stored<Connection> {
    let connection = Connection::open_with_flags(path, flags).map_err(failed("open the store"))?;
    connection.busy_timeout(Duration::from_secs(10)).map_err(failed("open the store"))?;
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

/// Turns a database error into ours.
fn failed(step: &'static str) -> impl FnOnce(rusqlite::Error) -> StoreError {
    move |error| {
        let code = error.sqlite_error_code();
        if code == Some(rusqlite::ErrorCode::DiskFull) {
            return StoreError::Full;
        }
        StoreError::Failed { step, source: Arc::new(error) }
    }
}

fn failed_io(step: &'static str) -> impl FnOnce(std::io::Error) -> StoreError {
    move |error| match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => StoreError::Full,
        _ => StoreError::Failed { step, source: Arc::new(error) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One job that fails and one that panics, after they have written, in a group with others.
    #[tokio::test]
    async fn a_job_that_fails_takes_nothing_of_the_others_along() {
        let folder = tempfile::tempdir().expect("a folder");
        let (store, _threads) = Sqlite::open(folder.path()).expect("a store");
        let writes = (0..40_i64).map(|number| {
            let store = Arc::clone(&store);
            async move {
                let work = move |tx: &mut dyn crate::store::Tx| {
                    tx.acknowledge(&format!("consumer-{number:02}"), number + 1)?;
                    match number {
                        7 => Err(StoreError::Missing("what it needs")),
                        23 => panic!("on purpose"),
                        _ => Ok(number),
                    }
                };
                store.write(work).await
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
