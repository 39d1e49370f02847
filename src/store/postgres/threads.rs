//! The writer thread, which commits many jobs at once, and the reader threads.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::mpsc::Receiver;

use super::commit::Writer;
use super::errors::is_unreachable;
use super::link::Link;
use super::others::Others;
use super::query::View;
use super::reconnect::connected;
use super::server::Server;
use super::shared::Shared;
use super::started::start;
use crate::store::{ReadJob, StoreError, Stored, WriteJob};

/// Reads that one reader takes at once; more would keep the others idle.
const READS_AT_ONCE: usize = 8;

/// Starts the writer. It ends when every sender is gone and everything handed in was committed.
pub(super) fn writer(mut writer: Writer, mut jobs: Receiver<Box<dyn WriteJob>>) -> Stored<JoinHandle<()>> {
    start("store-writer", move || {
        while writer.serve(&mut jobs) {}
        // What was handed in was written under the leases; now they can go.
        writer.close();
    })
}

/// Starts a reader.
pub(super) fn reader(
    server: Server,
    link: Link,
    jobs: Arc<Mutex<Receiver<Box<dyn ReadJob>>>>,
    shared: Shared,
) -> Stored<JoinHandle<()>> {
    let run = move || {
        let (mut link, mut taken) = (Some(link), Vec::with_capacity(READS_AT_ONCE));
        let mut connects = shared.connects.count();
        loop {
            let count = jobs
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .blocking_recv_many(&mut taken, READS_AT_ONCE);
            if count == 0 {
                return;
            }
            let now = shared.connects.count();
            if std::mem::replace(&mut connects, now) != now {
                link = None;
            }
            read_all(&mut link, &server, std::mem::take(&mut taken), &shared);
        }
    };
    start("store-reader", run)
}

const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// One consistent view for all of them: that of a time after each was handed in. Those behind one whose connection is lost read over
/// another.
fn read_all(link: &mut Option<Link>, server: &Server, jobs: Vec<Box<dyn ReadJob>>, shared: &Shared) {
    let mut jobs = jobs.into_iter();
    while let Some(first) = jobs.next() {
        if let Err(error) = begin(link, server, &shared.others) {
            shared.watch.note(&error);
            std::iter::once(first).chain(&mut jobs).for_each(|job| job.finish(Err(error.clone())));
            return;
        }
        let Some(open) = link.as_mut() else { continue };
        let lost = std::iter::once(first).chain(&mut jobs).any(|job| !read_one(open, job, shared));
        if lost || open.run("COMMIT").is_err() {
            *link = None;
        }
    }
}

/// Reads; whether the transaction can be used by another one.
fn read_one(link: &mut Link, mut job: Box<dyn ReadJob>, shared: &Shared) -> bool {
    let mut view = View::new(link, shared, None);
    let ran = catch_unwind(AssertUnwindSafe(|| job.run(&mut view)));
    let outcome = ran.unwrap_or_else(|_| Err(StoreError::panicked()));
    let is_whole = match &outcome {
        Ok(()) => true,
        Err(error) => {
            shared.watch.note(error);
            // What the database said ends the transaction.
            error.is_about_a_row() || link.run("ROLLBACK").and_then(|()| link.run(BEGIN)).is_ok()
        }
    };
    job.finish(outcome);
    is_whole
}

/// Begins to read, at a server that the writer would take. A connection that went away unseen is made anew: nothing was read over it.
fn begin(link: &mut Option<Link>, server: &Server, others: &Others) -> Stored<()> {
    let begun = connected(link, || Link::open_beside(server, others)).and_then(|link| link.run(BEGIN));
    match begun {
        Err(error) if is_unreachable(&error) => {
            *link = None;
            connected(link, || Link::open_beside(server, others))?.run(BEGIN)
        }
        other => other,
    }
}
