//! The writer thread, which commits many jobs at once, and the reader threads.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::mpsc::Receiver;

use super::reads::Rows;
use super::{failed, failed_io};
use crate::store::{ReadJob, Signals, StoreError, Stored, WriteJob};

/// Reads that one reader takes at once; more would keep the other reader idle.
const READS_AT_ONCE: usize = 8;
/// Most jobs in one commit.
const GROUP: usize = 512;
/// While jobs come one after the other, a group smaller than this waits a moment for more: every commit writes the pages
/// that all jobs touch once more, and syncs.
const WORTH_WAITING: usize = 64;
/// That moment.
const LINGER: Duration = Duration::from_micros(500);

/// What a transaction has touched, to be told after its commit.
#[derive(Debug, Default)]
pub(super) struct Touched {
    /// Lanes, and whether something urgent was added.
    pub(super) lanes: HashMap<String, bool>,
    /// Newest sequence number of the log.
    pub(super) event: i64,
}

impl Touched {
    pub(super) fn lane(&mut self, name: &str, urgent: bool) {
        match self.lanes.get_mut(name) {
            Some(known) => *known |= urgent,
            None => drop(self.lanes.insert(name.to_owned(), urgent)),
        }
    }
}

/// Starts the writer. It ends when every sender is gone and everything handed in was committed.
pub(super) fn writer(
    connection: Connection,
    mut jobs: Receiver<Box<dyn WriteJob>>,
    signals: Arc<Signals>,
) -> Stored<JoinHandle<()>> {
    let run = move || {
        let mut group = Vec::with_capacity(GROUP);
        let mut busy = false;
        while jobs.blocking_recv_many(&mut group, GROUP) > 0 {
            if busy && group.len() < WORTH_WAITING {
                std::thread::sleep(LINGER);
                while group.len() < GROUP
                    && let Ok(job) = jobs.try_recv()
                {
                    group.push(job);
                }
            }
            busy = group.len() > 4;
            commit(&connection, std::mem::take(&mut group), &signals);
        }
        if let Err(error) = connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)") {
            tracing::warn!(%error, "the write-ahead log was not folded in; the next start does it");
        }
    };
    Builder::new().name("store-writer".into()).spawn(run).map_err(failed_io("start the writer thread"))
}

fn commit(connection: &Connection, group: Vec<Box<dyn WriteJob>>, signals: &Signals) {
    let mut group: Vec<(Box<dyn WriteJob>, Stored<()>)> =
        group.into_iter().map(|job| (job, Ok(()))).collect();
    let mut touched = Touched::default();
    // Each failure takes one job out and runs the rest again, so this ends.
    let outcome = loop {
        match run_group(connection, &mut group, &mut touched) {
            Ok(true) => break Ok(()),
            Ok(false) => touched = Touched::default(),
            Err(error) => break Err(error),
        }
    };
    match outcome {
        Ok(()) => {
            signals.events_grew(touched.event);
            for (lane, urgent) in &touched.lanes {
                signals.wake(lane, *urgent);
            }
            group.into_iter().for_each(|(job, outcome)| job.finish(outcome));
        }
        Err(error) => {
            roll_back(connection);
            tracing::error!(%error, jobs = group.len(), "a group of writes was not committed");
            group.into_iter().for_each(|(job, _)| job.finish(Err(error.clone())));
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

/// A job that panics is a defect of its own and must not take the store down with it.
fn panicked() -> StoreError {
    StoreError::Unreadable { what: "row", detail: "the work on it panicked".to_owned() }
}

/// Runs every job that has not failed in one transaction and commits it. When a job fails, everything is rolled back,
/// the job keeps its error and the answer is `false`: the others must run again. Failures are rare; savepoints, which
/// would spare the others, copy every page that a job touches and cost a fifth of the writer's time.
fn run_group(
    connection: &Connection,
    group: &mut [(Box<dyn WriteJob>, Stored<()>)],
    touched: &mut Touched,
) -> Stored<bool> {
    let control = |sql: &str| -> Stored<()> {
        connection.prepare_cached(sql).and_then(|mut sql| sql.execute([])).map(drop).map_err(failed("commit"))
    };
    control("BEGIN IMMEDIATE")?;
    for (job, outcome) in group.iter_mut().filter(|(_, outcome)| outcome.is_ok()) {
        let mut rows = Rows { connection, touched: Some(&mut *touched) };
        let run = std::panic::AssertUnwindSafe(|| job.run(&mut rows));
        let ran = std::panic::catch_unwind(run).unwrap_or_else(|_| Err(panicked()));
        match ran {
            Ok(()) => {}
            // Nothing can be written now; it would be the same for the others.
            Err(StoreError::Full) => return Err(StoreError::Full),
            Err(error) => {
                *outcome = Err(error);
                roll_back(connection);
                return Ok(false);
            }
        }
    }
    control("COMMIT")?;
    Ok(true)
}

/// Starts a reader.
pub(super) fn reader(
    connection: Connection,
    jobs: Arc<Mutex<Receiver<Box<dyn ReadJob>>>>,
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
            read_all(&connection, taken.drain(..));
        }
    };
    Builder::new().name("store-reader".into()).spawn(run).map_err(failed_io("start a reader thread"))
}

/// One consistent view for all of them: that of a time after each was handed in.
fn read_all(connection: &Connection, jobs: impl Iterator<Item = Box<dyn ReadJob>>) {
    let control = |sql: &str| {
        let done = connection.prepare_cached(sql).and_then(|mut sql| sql.execute([]));
        done.map(drop).map_err(failed("read"))
    };
    let begun = control("BEGIN");
    for mut job in jobs {
        let outcome = begun.clone().and_then(|()| {
            let run = std::panic::AssertUnwindSafe(|| job.run(&mut Rows { connection, touched: None }));
            std::panic::catch_unwind(run).unwrap_or_else(|_| Err(panicked()))
        });
        job.finish(outcome);
    }
    if let Err(error) = control("COMMIT") {
        tracing::warn!(%error, "a reader's view could not be ended");
    }
}
