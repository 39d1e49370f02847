//! Group commit: many jobs in one transaction, loaded for all of them at once and written for all of them at once.
//!
//! A job that fails before it wrote leaves the others alone. What the database refuses at the end of a group cannot be laid
//! to one of them: all are told to hand their inputs in again, and the next ones are written one by one behind savepoints, so
//! that only the one at fault hears of it. A commit whose outcome the lost connection left open is found out by the number
//! that it wrote (`session.rs`).

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use tokio::sync::mpsc::Receiver;

use super::errors::{is_unreachable, told};
use super::fleet::notice;
use super::link::Link;
use super::prefetch::prefetch;
use super::query::{View, Work};
use super::reconnect::connected;
use super::session::Claim;
use super::shared::Shared;
use crate::store::health::Ailment;
use crate::store::{Needs, StoreError, Stored, WriteJob};

/// Most jobs in one commit.
const GROUP: usize = 512;
/// Time between two attempts to find out about a commit.
const FIND_OUT: Duration = Duration::from_millis(500);

/// The writer.
#[derive(Debug)]
pub(super) struct Writer {
    claim: Claim,
    link: Option<Link>,
    shared: Shared,
    /// Jobs that are still written one by one, because one before them was refused.
    careful: usize,
}

type Job = Box<dyn WriteJob>;
type Done = Vec<(Job, Stored<()>)>;

impl Writer {
    pub(super) const fn new(claim: Claim, link: Link, shared: Shared) -> Self {
        Self { claim, link: Some(link), shared, careful: 0 }
    }

    /// Nothing is written any more.
    pub(super) fn close(&self) {
        self.shared.signals.leases().close();
    }

    /// Commits what was handed in. Whether there is more to come.
    pub(super) fn serve(&mut self, jobs: &mut Receiver<Job>) -> bool {
        let mut group = Vec::with_capacity(GROUP);
        // The connection is looked after while nothing is to be done.
        let count = match &self.link {
            Some(link) if !link.is_lost() => link.wait(jobs.recv_many(&mut group, GROUP)),
            _ => jobs.blocking_recv_many(&mut group, GROUP),
        };
        if count > 0 {
            self.commit(group, jobs);
        }
        count > 0
    }

    fn commit(&mut self, group: Vec<Job>, jobs: &Receiver<Job>) {
        let count = group.len();
        let is_careful = self.careful > 0;
        self.careful = self.careful.saturating_sub(count);
        let (mut work, mut done) = (Work::default(), Vec::with_capacity(count));
        let outcome = match self.begin(&group, &mut work) {
            Ok(()) => {
                let ran = self.run_group(group, &mut work, &mut done, is_careful);
                ran.and_then(|()| self.end(&mut work)).and_then(|()| self.commit_transaction(&work, jobs))
            }
            Err(error) => {
                done.extend(group.into_iter().map(|job| (job, Ok(()))));
                Err(error)
            }
        };
        match outcome {
            Ok(()) => {
                self.shared.watch.worked(count);
                work.touched.tell(&self.shared.signals);
                done.into_iter().for_each(|(job, outcome)| job.finish(outcome));
            }
            // Another process was first where two waited for one another: the same again may succeed.
            Err(error) => {
                let was_race = matches!(work.broken, Some(StoreError::Again)) || work.is_short(&self.shared);
                self.give_up(&error, done, was_race);
            }
        }
    }

    /// Begins a transaction, and loads what its jobs will look at. A connection that went away unseen is made anew: nothing was
    /// done over it.
    fn begin(&mut self, group: &[Job], work: &mut Work) -> Stored<()> {
        let needs = Needs::of_all(group.iter().map(|job| job.needs()));
        match self.try_begin() {
            Err(error) if is_unreachable(&error) => {
                self.link = None;
                self.try_begin()
            }
            other => other,
        }?;
        let link = self.link.as_mut().ok_or(StoreError::Closed)?;
        let loaded = prefetch(link, &needs, work, self.shared.signals.leases().id());
        loaded.inspect_err(|error| work.broken = Some(error.clone()))
    }

    fn try_begin(&mut self) -> Stored<()> {
        self.connect()?;
        let link = self.link.as_mut().ok_or(StoreError::Closed)?;
        self.shared.ids.fill(link)?;
        self.claim.begin(link)
    }

    /// Connects anew where the connection is gone.
    fn connect(&mut self) -> Stored<()> {
        let (claim, connects) = (&mut self.claim, &self.shared.connects);
        connected(&mut self.link, || claim.connect().inspect(|_| connects.again())).map(drop)
    }

    /// Runs every job.
    ///
    /// # Errors
    /// What ends the transaction for all of them.
    fn run_group(
        &mut self,
        group: Vec<Job>,
        work: &mut Work,
        done: &mut Done,
        is_careful: bool,
    ) -> Stored<()> {
        let link = self.link.as_mut().ok_or(StoreError::Closed)?;
        let (mut failure, is_alone) = (None, group.len() == 1);
        for mut job in group {
            if failure.is_some() {
                done.push((job, Ok(())));
                continue;
            }
            let ran = if is_careful {
                run_behind_a_savepoint(link, &self.shared, work, &mut *job)
            } else {
                let (ran, has_written) = run(link, &self.shared, work, &mut *job);
                if ran.is_err() && has_written {
                    failure = Some(StoreError::Again);
                }
                // What was refused may be another one's, which was sent with this one's.
                if work.broken.is_some() && !is_alone { Err(StoreError::Again) } else { ran }
            };
            failure = work.broken.clone().or(failure);
            done.push((job, ran));
        }
        failure.map_or(Ok(()), Err)
    }

    /// Writes what waits; the log is last, because its head is held until the commit.
    fn end(&mut self, work: &mut Work) -> Stored<()> {
        let link = self.link.as_mut().ok_or(StoreError::Closed)?;
        View::new(link, &self.shared, Some(work)).settle_events()
    }

    /// Commits. Where the connection is lost before the answer, the outcome is found out, however long that takes.
    fn commit_transaction(&mut self, work: &Work, jobs: &Receiver<Job>) -> Stored<()> {
        let link = self.link.as_mut().ok_or(StoreError::Closed)?;
        let leases = self.shared.signals.leases();
        // Others hear of it with the commit, and not without it.
        let told = match leases.has_others() && self.shared.others.may_be_told() {
            true => notice(leases.id(), &work.touched, self.claim.number()),
            false => None,
        };
        let commit = told.map_or_else(|| "COMMIT".to_owned(), |notice| format!("{notice}; COMMIT"));
        let Err(error) = link.run(&commit) else {
            self.claim.acknowledged();
            return Ok(());
        };
        if !is_unreachable(&error) {
            return Err(error);
        }
        tracing::warn!(%error, "the connection was lost during a commit; its outcome is being found out");
        self.shared.watch.note(&error);
        loop {
            self.link = None;
            let error = match self.claim.connect() {
                Ok(mut link) => {
                    self.shared.connects.again();
                    let found = self.claim.is_committed(&mut link);
                    self.link = Some(link);
                    match found {
                        Ok(true) => {
                            self.claim.acknowledged();
                            return Ok(());
                        }
                        Ok(false) => return Err(StoreError::Again),
                        Err(error) => error,
                    }
                }
                Err(error) => error,
            };
            // This process is shut out, or the server has lost commits: it is at its end.
            if error.ails(Ailment::Locked) || error.ails(Ailment::Behind) {
                return Err(error);
            }
            self.shared.watch.note(&error);
            if jobs.is_closed() {
                return Err(error);
            }
            std::thread::sleep(FIND_OUT);
        }
    }

    /// Takes the group back and tells everybody.
    fn give_up(&mut self, error: &StoreError, done: Done, was_race: bool) {
        self.shared.watch.note(error);
        let was_lost = is_unreachable(error);
        let error = self.roll_back(error);
        let is_alone = done.len() == 1;
        let is_for_all = is_for_all(&error);
        if was_race {
            tracing::debug!(jobs = done.len(), "a group of writes is handed in again");
        } else if !is_for_all && !was_lost {
            self.careful = self.careful.max(2 * done.len());
            tracing::warn!(%error, jobs = done.len(), "a group of writes was not committed");
        }
        for (job, outcome) in done {
            job.finish(match outcome {
                // The end of the transaction is nobody's own.
                Err(own) if is_for_all && own.is_about_a_row() => Err(own),
                Err(own) if !is_for_all && !matches!(own, StoreError::Failed { .. }) => Err(own),
                _ if is_for_all || is_alone => Err(error.clone()),
                _ => Err(StoreError::Again),
            });
        }
    }

    /// What became of the group. Where only the connection was lost and is there again, everybody can hand in again.
    fn roll_back(&mut self, error: &StoreError) -> StoreError {
        if is_unreachable(error) || self.link.as_ref().is_none_or(Link::is_lost) {
            self.link = None;
            return match self.connect() {
                Ok(()) => StoreError::Again,
                Err(error) => {
                    self.shared.watch.note(&error);
                    error
                }
            };
        }
        // It may be a standby by now, and another server of the list be the one that can be written.
        if error.ails(Ailment::ReadOnly)
            && let Ok(link) = self.claim.connect()
        {
            self.shared.connects.again();
            self.link = Some(link);
            return StoreError::Again;
        }
        if let Some(link) = self.link.as_mut()
            && let Err(error) = link.run("ROLLBACK")
        {
            tracing::error!(%error, "a failed transaction could not be rolled back");
            self.link = None;
        }
        error.clone()
    }
}

/// Whether nobody fares better now, or everybody will by handing in again.
fn is_for_all(error: &StoreError) -> bool {
    match error {
        StoreError::Full | StoreError::Closed => true,
        StoreError::Failed { ailment, .. } => *ailment != Ailment::Failing,
        _ => false,
    }
}

/// Runs a job. What became of it, and whether it wrote.
fn run(link: &mut Link, shared: &Shared, work: &mut Work, job: &mut dyn WriteJob) -> (Stored<()>, bool) {
    let mut view = View::new(link, shared, Some(work));
    let ran = catch_unwind(AssertUnwindSafe(|| job.run(&mut view)));
    let ran = ran.unwrap_or_else(|_| Err(StoreError::panicked()));
    // A job that makes nothing of a failed write has failed all the same.
    (ran.and_then(|()| view.failed.take().map_or(Ok(()), Err)), view.has_written)
}

/// Runs a job and writes what it changed. Where that is refused, the job alone is taken back.
fn run_behind_a_savepoint(
    link: &mut Link,
    shared: &Shared,
    work: &mut Work,
    job: &mut dyn WriteJob,
) -> Stored<()> {
    if let Err(error) = link.run("SAVEPOINT job") {
        work.broken = Some(error.clone());
        return Err(error);
    }
    let (event, held) = (work.touched.event, work.held.clone());
    let (ran, _) = run(link, shared, work, job);
    let ran = ran.and_then(|()| View::new(link, shared, Some(work)).settle_events());
    let Err(error) = ran else {
        return link.run("RELEASE SAVEPOINT job").inspect_err(|error| work.broken = Some(error.clone()));
    };
    if work
        .broken
        .as_ref()
        .is_some_and(|broken| is_unreachable(broken) || matches!(broken, StoreError::Again))
    {
        return Err(error);
    }
    work.pending = super::pending::Pending::default();
    work.overlay.clear();
    work.events.clear();
    work.touched.event = event;
    // The server gives locks back with the savepoint.
    work.held = held;
    work.broken = link.run("ROLLBACK TO SAVEPOINT job").err();
    Err(error)
}

/// For a store that is opened: runs steps whole or not at all.
pub(super) fn in_one_step<T>(link: &mut Link, step: impl FnOnce(&mut Link) -> Stored<T>) -> Stored<T> {
    link.run("BEGIN")?;
    match step(link) {
        Ok(value) => link.run("COMMIT").map(|()| value),
        Err(error) => {
            if !link.is_lost() && link.run("ROLLBACK").is_err() {
                return told("begin", Ailment::Failing, "a transaction could not be rolled back");
            }
            Err(error)
        }
    }
}
