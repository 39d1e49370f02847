//! The store: what the gateway must not forget. The traits are here, [`sqlite`], [`postgres`] and [`memory`] implement them. Only
//! `app` and tests name a concrete one.
//!
//! Everything that changes is a list of [`Change`]s that a decision made: [`Tx::write`] takes them, and there is no
//! other way to write. The engine loads a case file, decides and hands the list in, all in one transaction; many of
//! them are committed at once, and each caller hears back after its commit is on disk.

mod ahead;
mod apart;
mod boot_time;
pub mod codec;
pub mod copying;
mod desk;
mod found_words;
mod health;
mod ids;
mod lane_reads;
mod leases;
mod load;
mod log_gaps;
pub mod look;
pub mod marks;
mod membership;
pub mod memory;
pub mod moving;
mod needs;
mod order_list;
mod people;
pub mod postgres;
mod reads;
mod records;
mod renewals;
mod reports;
pub mod resting;
mod short;
mod signals;
mod spread;
pub mod sqlite;
mod standing;
mod turns;

use std::sync::Arc;

use chakong_contract::RequestNumber;
use futures_util::future::BoxFuture;
use jiff::civil::Date;
use tokio::sync::oneshot;

use crate::domain::{Change, NewIds, OrderRecord};
pub use ahead::number_ahead;
pub use apart::MOST_APART;
pub use desk::{DeskFilter, DeskReads, DeskWhich};
pub use health::{Ailment, Asked, Health};
pub use lane_reads::{LaneReads, MessagePage};
pub use leases::{CLOCK, Lease, Leases, RETENTION, lane_lease};
pub use load::{
    load_asked_again, load_chain, load_chain_for_act, load_chain_for_submission, load_findings, load_lines,
    load_order, load_orders,
};
pub use log_gaps::LogGaps;
pub use membership::{Membership, Now, Replica};
pub use needs::Needs;
pub use people::{LookCounts, LookFilter, PeopleReads};
pub use reads::Reads;
pub use records::{
    ActFilter, AnswerText, CaseFilter, CaseRow, ChargeReference, EventRecord, InquiryFilter,
    IssuedCertificate, KeptBytes, KeptMessage, LaneCounts, LaneMark, MeasureFilter, MessageLine, OrderBrief,
    OrderFilter, PageRow, Responded, RevisionText, TaskFilter,
};
pub use renewals::is_renewed_in_time;
pub use reports::{Lapse, Renewal, ReportReads, inquiries_of_courts, terms_of_courts};
pub use signals::Signals;
pub use standing::standing_answer;

/// Why the store did not do what it was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// No space left; intake stops until there is.
    #[error("the disk that holds the store is full")]
    Full,
    /// The database failed.
    #[error("the store failed to {step}: {source}")]
    Failed {
        /// What was being done.
        step: &'static str,
        /// What keeps it from being used.
        ailment: Ailment,
        /// The cause.
        #[source]
        source: Arc<dyn std::error::Error + Send + Sync>,
    },
    /// A row holds what this version cannot read.
    #[error("a stored {what} cannot be read: {detail}")]
    Unreadable {
        /// What it should be.
        what: &'static str,
        /// Why, without its content.
        detail: String,
    },
    /// A row that must exist does not.
    #[error("{0} is not in the store")]
    Missing(&'static str),
    /// Something else changed the row first, or the change is not legal.
    #[error("{0} does not stand as the change expects")]
    Conflict(&'static str),
    /// It is a copy that was made at this time (RFC 3339); numbers were given since that it does not know.
    #[error(
        "it is a backup that was made at {0}; start once with `chakong serve --restored`: it goes on with new numbers, and every \
         control that was under way is put before an officer"
    )]
    Backup(String),
    /// What it held was moved away at this time (RFC 3339).
    #[error(
        "what it held was moved to {to} at {at}, and that store is in charge: correct [store] to lead there; only where that one is lost, \
         start once on this one with `chakong serve --restored`"
    )]
    MovedAway {
        /// Where to.
        to: String,
        /// When.
        at: String,
    },
    /// A move into it was begun and not finished.
    #[error(
        "a move into it was begun and not finished, and the store in {from} is in charge: move it again with `chakong store move`, or \
         correct [store] to lead to that one"
    )]
    Arriving {
        /// Where from.
        from: String,
    },
    /// Another input of the same group failed; nothing of this one was kept, and it can be handed in again.
    #[error("the group of writes was rolled back; hand the input in again")]
    Again,
    /// The work was done under a lease that another process has now; nothing of it was kept.
    #[error("the lease moved to another replica")]
    LeaseLost,
    /// The store is shutting down.
    #[error("the store is closed")]
    Closed,
}

impl StoreError {
    /// Whether it is about one row, so that others may fare better.
    pub const fn is_about_a_row(&self) -> bool {
        matches!(self, Self::Unreadable { .. } | Self::Missing(_) | Self::Conflict(_))
    }

    /// Whether this is what ails the store.
    pub fn ails(&self, ailment: Ailment) -> bool {
        matches!(self, Self::Failed { ailment: known, .. } if *known == ailment)
    }

    /// A job that panics is a defect of its own and must not take the store down with it.
    fn panicked() -> Self {
        Self::Unreadable { what: "row", detail: "the work on it panicked".to_owned() }
    }
}

/// Most measures that are looked at under one number of a counterpart's.
const MOST_ALIKE: usize = 1000;

/// Result of a store operation.
pub type Stored<T> = Result<T, StoreError>;

/// A transaction: reads see what it wrote, and rows are numbered before they are written.
pub trait Tx: Reads + NewIds {
    /// Writes changes, in their order. Moves of orders and measures are checked against where they start and the tables of
    /// legal moves; a new row must be new, and what a change saves must be there.
    ///
    /// # Errors
    /// When one cannot be written, such as [`StoreError::Conflict`]. Nothing of the transaction is kept then, whatever the job makes
    /// of the error.
    fn write(&mut self, changes: &[Change]) -> Stored<()>;

    /// That a lease is still this process's, until the transaction ends. By default it is: an embedded store has one process.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] where another process has it.
    fn holds(&mut self, lease: &Lease) -> Stored<()> {
        let _ = lease;
        Ok(())
    }
}

/// Work to be done inside a transaction: loads, decides, and writes as its last step.
pub trait WriteJob: Send {
    /// What it will read, as far as that is known before it runs.
    fn needs(&self) -> Needs {
        Needs::default()
    }
    /// Does the work, once.
    ///
    /// # Errors
    /// Nothing of this job is kept then.
    fn run(&mut self, tx: &mut dyn Tx) -> Stored<()>;
    /// Called once, after the commit or the failure.
    fn finish(self: Box<Self>, outcome: Stored<()>);
}

/// Work to be done on a reader.
pub trait ReadJob: Send {
    /// Does the work.
    ///
    /// # Errors
    /// When the store fails.
    fn run(&mut self, reads: &mut dyn Reads) -> Stored<()>;
    /// Called once, afterwards.
    fn finish(self: Box<Self>, outcome: Stored<()>);
}

/// A store. Dropping every handle closes it.
pub trait Store: Send + Sync + std::fmt::Debug {
    /// Hands work in to be done in a transaction, behind what was handed in before. Done when it is accepted: the job itself is told
    /// what became of it. While much waits, this waits too.
    ///
    /// # Errors
    /// [`StoreError::Closed`]; the job is dropped then.
    fn queue_write(&self, job: Box<dyn WriteJob>) -> BoxFuture<'_, Stored<()>>;
    /// Hands work in to be done on a reader, which sees everything committed before.
    ///
    /// # Errors
    /// As for [`Store::queue_write`].
    fn queue_read(&self, job: Box<dyn ReadJob>) -> BoxFuture<'_, Stored<()>>;
    /// Hands work in to be done for a lane that follows its own orders: it sees everything committed before, and waits for nobody's
    /// lists. By default it is done where writes are, behind those that were handed in before.
    ///
    /// # Errors
    /// As for [`Store::queue_write`].
    fn queue_lane_read(&self, job: Box<dyn ReadJob>) -> BoxFuture<'_, Stored<()>> {
        self.queue_write(Box::new(BehindWrites(job)))
    }
    /// The epoch in which rows are numbered now.
    fn epoch(&self) -> i64;
    /// Numbers that no event of the log has; they are the same until the store is restored. By default there are none.
    fn log_gaps(&self) -> &LogGaps {
        LogGaps::NONE
    }
    /// Who is woken after a commit.
    fn signals(&self) -> &Signals;
    /// Which work this process may do.
    fn leases(&self) -> &Arc<Leases> {
        self.signals().leases()
    }
    /// A keyed hash of personal data, to look it up without keeping it: the same for the same text in this store.
    fn keyed_hash(&self, text: &[u8]) -> Vec<u8>;
    /// Free bytes on the disk that holds the store; `None` where that cannot be told.
    fn free_bytes(&self) -> Option<u64>;
    /// How the store is now. It is looked at: cheap, and told in the log where something is new.
    fn health(&self) -> Health {
        Health::default()
    }
}

struct Call<F, T> {
    needs: Needs,
    work: F,
    value: Option<T>,
    reply: oneshot::Sender<Stored<T>>,
}

impl<F, T> Call<F, T> {
    fn tell(self, outcome: Stored<()>) {
        let value = outcome.and_then(|()| self.value.ok_or(StoreError::Closed));
        // The caller may be gone; what was committed stays committed.
        let _ = self.reply.send(value);
    }
}

impl<F: FnOnce(&mut dyn Tx) -> Stored<T> + Send, T: Send> WriteJob for Call<Option<F>, T> {
    fn needs(&self) -> Needs {
        self.needs.clone()
    }

    fn run(&mut self, tx: &mut dyn Tx) -> Stored<()> {
        let work = self.work.take().ok_or(StoreError::Closed)?;
        self.value = Some(work(tx)?);
        Ok(())
    }

    fn finish(self: Box<Self>, outcome: Stored<()>) {
        self.tell(outcome);
    }
}

impl<F: FnOnce(&mut dyn Reads) -> Stored<T> + Send, T: Send> ReadJob for Call<Option<F>, T> {
    fn run(&mut self, reads: &mut dyn Reads) -> Stored<()> {
        let work = self.work.take().ok_or(StoreError::Closed)?;
        self.value = Some(work(reads)?);
        Ok(())
    }

    fn finish(self: Box<Self>, outcome: Stored<()>) {
        self.tell(outcome);
    }
}

/// A read in the place of a write.
struct BehindWrites(Box<dyn ReadJob>);

impl WriteJob for BehindWrites {
    fn run(&mut self, tx: &mut dyn Tx) -> Stored<()> {
        self.0.run(tx)
    }

    fn finish(self: Box<Self>, outcome: Stored<()>) {
        self.0.finish(outcome);
    }
}

impl dyn Store {
    /// Runs `work` in a transaction, once; returns after the commit is on disk. For the engine: nobody else writes.
    ///
    /// # Errors
    /// Whatever `work` or the commit says; then nothing of it was kept.
    pub async fn transact<T, F>(&self, work: F) -> Stored<T>
    where
        F: FnOnce(&mut dyn Tx) -> Stored<T> + Send + 'static,
        T: Send + 'static,
    {
        self.transact_with(Needs::default(), work).await
    }

    /// The same, where it is known what the work will read.
    ///
    /// # Errors
    /// As for `transact`.
    pub async fn transact_with<T, F>(&self, needs: Needs, work: F) -> Stored<T>
    where
        F: FnOnce(&mut dyn Tx) -> Stored<T> + Send + 'static,
        T: Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job: Box<dyn WriteJob> = Box::new(Call { needs, work: Some(work), value: None, reply });
        self.queue_write(job).await?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Reads for a lane that follows its own orders, see [`Store::queue_lane_read`].
    ///
    /// # Errors
    /// Whatever `work` says.
    pub async fn read_for_lane<T, F>(&self, work: F) -> Stored<T>
    where
        F: FnOnce(&mut dyn Reads) -> Stored<T> + Send + 'static,
        T: Send + 'static,
    {
        let (job, answer) = reading(work);
        self.queue_lane_read(job).await?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Runs `work` on a reader, which sees everything committed before.
    ///
    /// # Errors
    /// Whatever `work` says.
    pub async fn read<T, F>(&self, work: F) -> Stored<T>
    where
        F: FnOnce(&mut dyn Reads) -> Stored<T> + Send + 'static,
        T: Send + 'static,
    {
        let (job, answer) = reading(work);
        self.queue_read(job).await?;
        answer.await.map_err(|_| StoreError::Closed)?
    }
}

/// Work as a job for a reader, and what will come of it.
fn reading<T, F>(work: F) -> (Box<dyn ReadJob>, oneshot::Receiver<Stored<T>>)
where
    F: FnOnce(&mut dyn Reads) -> Stored<T> + Send + 'static,
    T: Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    (Box::new(Call { needs: Needs::default(), work: Some(work), value: None, reply }), answer)
}

/// Requests that a counterpart charged on a day.
///
/// # Errors
/// When the store fails.
pub fn charged_on<R: Reads + ?Sized>(reads: &mut R, lane: &str, day: Date) -> Stored<u64> {
    let newest = reads.charges(lane, 1)?.pop();
    Ok(newest.filter(|(known, _)| *known == day.to_string()).map_or(0, |(_, requests)| requests))
}

/// The order of a request number, if it is one of ours and exists.
///
/// # Errors
/// When the store fails.
pub fn order_by_number<R: Reads + ?Sized>(
    reads: &mut R,
    number: &RequestNumber,
) -> Stored<Option<OrderRecord>> {
    match crate::domain::order_id_of(number) {
        Some(id) => Ok(reads.order(id)?.filter(|order| order.number() == *number)),
        None => Ok(None),
    }
}
