//! The writer thread, which commits many jobs at once, and the reader threads.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};

use rusqlite::Connection;
use rusqlite::config::DbConfig;
use tokio::sync::mpsc::Receiver;

use super::guard::Guard;
use super::prepared::{self, Prepared, Run};
use super::query::Rows;
use super::recent::Recent;
use super::space::{FreePages, Wal};
use super::touched::Touched;
use super::{ends, failed, failed_io};
use crate::store::health::Ailment;
use crate::store::ids::Ids;
use crate::store::{ReadJob, Signals, StoreError, Stored, WriteJob};

/// Reads that one reader takes at once; more would keep the other reader idle.
const READS_AT_ONCE: usize = 8;
/// Most jobs in one commit.
const GROUP: usize = 512;

/// What the writer's rows have beside a reader's.
type Writes<'a> = (&'a dyn Run, &'a mut Touched, &'a mut Recent);

/// What every thread shares.
#[derive(Debug, Clone)]
pub(super) struct Shared {
    pub(super) signals: Arc<Signals>,
    pub(super) ids: Arc<Ids>,
    pub(super) key: Arc<[u8]>,
    pub(super) guard: Arc<Guard>,
    /// The number behind which events are numbered.
    pub(super) log_begins: i64,
}

impl Shared {
    fn rows<'a>(&'a self, connection: &'a Connection, writes: Option<Writes<'a>>) -> Rows<'a> {
        let (prepared, touched, recent) = match writes {
            Some((prepared, touched, recent)) => (Some(prepared), Some(touched), Some(recent)),
            None => (None, None, None),
        };
        Rows {
            connection,
            prepared,
            touched,
            recent,
            ids: &self.ids,
            key: &self.key,
            guard: Some(&self.guard),
            log_begins: self.log_begins,
            has_written: false,
            failed: None,
        }
    }
}

/// Starts the writer. It ends when every sender is gone and everything handed in was committed.
pub(super) fn writer(
    connection: Connection,
    mut jobs: Receiver<Box<dyn WriteJob>>,
    shared: Shared,
) -> Stored<JoinHandle<()>> {
    let run = move || {
        let (mut group, mut wal, mut free) =
            (Vec::with_capacity(GROUP), Wal::default(), FreePages::default());
        let (prepared, mut recent) = (Prepared::of(&connection), Recent::default());
        while jobs.blocking_recv_many(&mut group, GROUP) > 0 {
            let mut touched = Touched::default();
            commit(&connection, std::mem::take(&mut group), (&prepared, &mut touched, &mut recent), &shared);
            free.give_back(&connection, &shared.guard, touched.has_deleted);
            wal.bound(&connection, &shared.guard);
        }
        drop(prepared);
        if shared.guard.ailment() == Some(Ailment::Damaged) {
            // What is damaged must not be folded into what is not.
            let _ = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
        } else if let Err(error) = ends::end(&connection) {
            tracing::warn!(%error, "the write-ahead log was not folded in; the next start does it");
        }
    };
    Builder::new().name("store-writer".into()).spawn(run).map_err(failed_io("start the writer thread"))
}

/// Runs a group of jobs in one transaction. A job that fails before it wrote anything keeps its error, and the others go on; a
/// failed write takes the whole group back: the others are told to hand their inputs in again.
fn commit(
    connection: &Connection,
    group: Vec<Box<dyn WriteJob>>,
    (prepared, touched, recent): Writes<'_>,
    shared: &Shared,
) {
    let mut done: Vec<(Box<dyn WriteJob>, Stored<()>)> = Vec::with_capacity(group.len());
    let outcome = run_group(connection, group, &mut done, (prepared, &mut *touched, &mut *recent), shared);
    // A commit to files that are gone is none.
    match outcome.and_then(|()| shared.guard.has_kept()) {
        Ok(()) => {
            shared.guard.worked();
            shared.signals.events_grew(touched.event);
            for (lane, urgent) in &touched.lanes {
                shared.signals.wake(lane, *urgent);
            }
            done.into_iter().for_each(|(job, outcome)| job.finish(outcome));
        }
        Err(error) => {
            roll_back(connection);
            recent.clear();
            let error = shared.guard.named(error);
            shared.guard.note(&error);
            tracing::error!(%error, jobs = done.len(), "a group of writes was not committed");
            for (job, outcome) in done {
                job.finish(outcome.and(Err(error.clone())));
            }
        }
    }
}

fn roll_back(connection: &Connection) {
    if !connection.is_autocommit()
        && let Err(error) = connection.execute_batch("ROLLBACK")
    {
        tracing::error!(%error, "a failed transaction could not be rolled back");
    }
}

/// Runs every job and commits. An error takes everything back; it is `Again` for the jobs that did not cause it.
fn run_group(
    connection: &Connection,
    group: Vec<Box<dyn WriteJob>>,
    done: &mut Vec<(Box<dyn WriteJob>, Stored<()>)>,
    (prepared, touched, recent): Writes<'_>,
    shared: &Shared,
) -> Stored<()> {
    let control = |sql: &'static str| -> Stored<()> {
        prepared::execute(prepared, sql, []).map(drop).map_err(failed("commit"))
    };
    let mut failure = shared.guard.admits_writes().and_then(|()| control("BEGIN IMMEDIATE")).err();
    for mut job in group {
        if failure.is_some() {
            done.push((job, Ok(())));
            continue;
        }
        let mut rows = shared.rows(connection, Some((prepared, &mut *touched, &mut *recent)));
        let run = std::panic::AssertUnwindSafe(|| job.run(&mut rows));
        let ran = std::panic::catch_unwind(run).unwrap_or_else(|_| Err(StoreError::panicked()));
        // A job that makes nothing of a failed write has failed all the same.
        let ran = ran.and_then(|()| rows.failed.take().map_or(Ok(()), Err));
        let ran = ran.map_err(|error| shared.guard.named(error));
        let has_written = rows.has_written;
        if let Err(error) = &ran {
            shared.guard.note(error);
            if has_written {
                // Nothing can be written now, or this job alone is at fault.
                failure = Some(if is_for_all(error) { error.clone() } else { StoreError::Again });
            }
        }
        done.push((job, ran));
    }
    match failure {
        Some(error) => Err(error),
        None => control("COMMIT"),
    }
}

/// Whether nobody else fares better now.
fn is_for_all(error: &StoreError) -> bool {
    match error {
        StoreError::Full => true,
        StoreError::Failed { ailment, .. } => *ailment != Ailment::Failing,
        _ => false,
    }
}

/// Starts a reader.
pub(super) fn reader(
    connection: Connection,
    jobs: Arc<Mutex<Receiver<Box<dyn ReadJob>>>>,
    shared: Shared,
) -> Stored<JoinHandle<()>> {
    let run = move || {
        let mut taken = Vec::with_capacity(READS_AT_ONCE);
        loop {
            let count = jobs
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .blocking_recv_many(&mut taken, READS_AT_ONCE);
            if count == 0 {
                return;
            }
            read_all(&connection, taken.drain(..), &shared);
        }
    };
    Builder::new().name("store-reader".into()).spawn(run).map_err(failed_io("start a reader thread"))
}

/// One consistent view for all of them: that of a time after each was handed in.
fn read_all(connection: &Connection, jobs: impl Iterator<Item = Box<dyn ReadJob>>, shared: &Shared) {
    let control = |sql: &str| {
        let done = connection.prepare_cached(sql).and_then(|mut sql| sql.execute([]));
        done.map(drop).map_err(failed("read"))
    };
    // What is gone must not be shown as if it stood: it will not be there after the next start.
    let begun = match shared.guard.ailment() {
        Some(Ailment::Gone) => shared.guard.look(),
        _ => Ok(()),
    };
    let begun = begun.and_then(|()| control("BEGIN"));
    for mut job in jobs {
        let outcome = begun.clone().and_then(|()| {
            let mut rows = shared.rows(connection, None);
            let run = std::panic::AssertUnwindSafe(|| job.run(&mut rows));
            std::panic::catch_unwind(run).unwrap_or_else(|_| Err(StoreError::panicked()))
        });
        if let Err(error) = &outcome {
            shared.guard.note(error);
        }
        job.finish(outcome);
    }
    if begun.is_ok()
        && let Err(error) = control("COMMIT")
    {
        tracing::warn!(%error, "a reader's view could not be ended");
    }
}
