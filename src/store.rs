//! The store: what the gateway must not forget. The traits are here, [`sqlite`] and [`memory`] implement them. Only
//! `app` and tests name a concrete one.
//!
//! Everything that changes is a list of [`Change`]s that a decision made: [`Tx::write`] takes them, and there is no
//! other way to write. The engine loads a case file, decides and hands the list in, all in one transaction; many of
//! them are committed at once, and each caller hears back after its commit is on disk.

mod ahead;
pub mod codec;
mod ids;
mod load;
pub mod memory;
mod records;
mod signals;
pub mod sqlite;

use std::collections::HashSet;
use std::sync::Arc;

use chakong_contract::order::LegalDocument;
use chakong_contract::{Date as Day, RequestNumber};
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use jiff::civil::Date;
use tokio::sync::oneshot;

use crate::domain::{
    AuditEntry, BatchId, Blob, Case, Chain, ChainId, ChainParty, Change, ClaimChange, DocumentId, IdKind,
    Inquiry, InquiryId, KeptReceipt, LineRow, Measure, MeasureId, NewIds, NotAsked, OrderId, OrderRecord,
    OrderState, Paper, PropertyFinding, RawId, RawMessage, Revision, Task, TaskId, Terms,
};
pub use ahead::number_ahead;
pub use load::{load_chain, load_findings, load_lines, load_order, load_orders};
pub use records::{
    ActFilter, AnswerText, CaseFilter, CaseRow, ChargeReference, EventRecord, InquiryFilter,
    IssuedCertificate, LaneCounts, MeasureFilter, OrderBrief, OrderFilter, PageRow, Responded, RevisionText,
    TaskFilter,
};
pub use signals::Signals;

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
    /// Another input of the same group failed; nothing of this one was kept, and it can be handed in again.
    #[error("the group of writes was rolled back; hand the input in again")]
    Again,
    /// The store is shutting down.
    #[error("the store is closed")]
    Closed,
}

impl StoreError {
    /// A job that panics is a defect of its own and must not take the store down with it.
    fn panicked() -> Self {
        Self::Unreadable { what: "row", detail: "the work on it panicked".to_owned() }
    }
}

/// Most measures that are looked at under one number of a counterpart's.
const MOST_ALIKE: usize = 1000;

/// Result of a store operation.
pub type Stored<T> = Result<T, StoreError>;

/// What can be read. Not found is `Ok(None)`.
pub trait Reads {
    /// A chain.
    fn chain(&mut self, id: ChainId) -> Stored<Option<Chain>>;
    /// A case by its canonical number.
    fn case_by_number(&mut self, number: &str) -> Stored<Option<Case>>;
    /// A case by its row.
    fn case(&mut self, id: crate::domain::CaseId) -> Stored<Option<Case>>;
    /// The cases of a chain, oldest first.
    fn cases_of(&mut self, chain: ChainId) -> Stored<Vec<Case>>;
    /// Cases by filter, newest first.
    fn find_cases(&mut self, filter: &CaseFilter) -> Stored<Vec<CaseRow>>;
    /// The parties of a chain.
    fn parties_of(&mut self, chain: ChainId) -> Stored<Vec<ChainParty>>;
    /// The history of a chain's claim, oldest first.
    fn claim_changes(&mut self, chain: ChainId) -> Stored<Vec<ClaimChange>>;
    /// An inquiry by row number.
    fn inquiry(&mut self, id: InquiryId) -> Stored<Option<Inquiry>>;
    /// An inquiry by its public identifier.
    fn inquiry_by_uid(&mut self, uid: uuid::Uuid) -> Stored<Option<Inquiry>>;
    /// The inquiry of an idempotency key of one submitter, with the digest of the body it came with.
    fn inquiry_by_key(&mut self, submitter: &str, key: &str) -> Stored<Option<(Inquiry, Vec<u8>)>>;
    /// Inquiries by filter, newest first.
    fn find_inquiries(&mut self, filter: &InquiryFilter) -> Stored<Vec<Inquiry>>;
    /// The inquiries of a chain, oldest first.
    fn inquiries_of(&mut self, chain: ChainId) -> Stored<Vec<Inquiry>>;
    /// What an inquiry asks.
    fn terms(&mut self, id: InquiryId) -> Stored<Option<Arc<Terms>>>;
    /// Who was not asked by an inquiry, and why.
    fn not_asked(&mut self, id: InquiryId) -> Stored<Vec<NotAsked>>;
    /// The case system's references of an inquiry's parties, in their order.
    fn references_of(&mut self, id: InquiryId) -> Stored<Vec<String>>;
    /// The documents of a chain without their bytes, oldest first.
    fn papers_of(&mut self, chain: ChainId) -> Stored<Vec<Paper>>;
    /// The documents of an inquiry without their bytes, oldest first.
    fn papers_of_inquiry(&mut self, inquiry: InquiryId) -> Stored<Vec<Paper>>;
    /// A document with its bytes.
    fn document(&mut self, id: DocumentId) -> Stored<Option<LegalDocument>>;
    /// An order.
    fn order(&mut self, id: OrderId) -> Stored<Option<OrderRecord>>;
    /// Every order of an inquiry, oldest first.
    fn orders_of(&mut self, inquiry: InquiryId) -> Stored<Vec<OrderRecord>>;
    /// How many orders of an inquiry are in which state.
    fn order_counts(&mut self, inquiry: InquiryId) -> Stored<Vec<(OrderState, u64)>>;
    /// Orders by filter, newest first.
    fn find_orders(&mut self, filter: &OrderFilter) -> Stored<Vec<OrderRecord>>;
    /// Orders of a lane whose time has come, in turn, without those in `taken`.
    fn due_orders(
        &mut self,
        lane: &str,
        now: Timestamp,
        limit: usize,
        taken: &HashSet<OrderId>,
    ) -> Stored<Vec<OrderRecord>>;
    /// Controls, or queries, of a lane to put on offer: first those that wait and whose time has come, in turn; then those on
    /// offer already, beginning after `after` and from the start again. None whose deadline has passed.
    fn offers(
        &mut self,
        lane: &str,
        now: Timestamp,
        control: bool,
        after: OrderId,
        limit: usize,
    ) -> Stored<Vec<OrderRecord>>;
    /// When the next order of a lane comes due after `now`.
    fn next_due(&mut self, lane: &str, now: Timestamp) -> Stored<Option<Timestamp>>;
    /// How many orders of a lane wait and how long.
    fn lane_counts(&mut self, lane: &str) -> Stored<LaneCounts>;
    /// Open orders whose deadline has passed.
    fn past_deadline(&mut self, now: Timestamp, limit: usize) -> Stored<Vec<OrderId>>;
    /// Orders of a lane that were on their way when the process ended.
    fn interrupted(&mut self, lane: &str) -> Stored<Vec<OrderRecord>>;
    /// Names of lanes that have open orders.
    fn open_lanes(&mut self) -> Stored<Vec<String>>;
    /// The files that carried a batch out.
    fn raw_of_batch(&mut self, id: BatchId) -> Stored<Vec<RawMessage>>;
    /// Messages of a lane that must still be handed over, with their row numbers, in the order they were made.
    fn unsent(&mut self, lane: &str) -> Stored<Vec<(RawId, RawMessage)>>;
    /// How often a message of a lane, `digest` its bytes', was answered under a name, and something about something.
    fn responded(&mut self, lane: &str, name: &str, about: &str, digest: &str) -> Stored<Responded>;
    /// One revision of the answer to an order and its re-queries, or the latest.
    fn revision(&mut self, root: OrderId, number: Option<u32>) -> Stored<Option<Revision>>;
    /// The latest revision of every answered order of an inquiry.
    fn revisions_of(&mut self, inquiry: InquiryId) -> Stored<Vec<Revision>>;
    /// Every order of an inquiry with its latest outcome; a re-query is an order of its own.
    fn lines_of(&mut self, inquiry: InquiryId) -> Stored<Vec<LineRow>>;
    /// A measure.
    fn measure(&mut self, id: MeasureId) -> Stored<Option<Measure>>;
    /// The ledger of a chain.
    fn measures_of(&mut self, chain: ChainId) -> Stored<Vec<Measure>>;
    /// Measures of any ledger with a counterpart's own number, oldest first.
    fn measures_by_reference(&mut self, reference: &str) -> Stored<Vec<Measure>>;
    /// Measures by filter, newest first.
    fn find_measures(&mut self, filter: &MeasureFilter) -> Stored<Vec<Measure>>;
    /// Measures of which somebody is to be reminded, or whose term is over, today: with their chains.
    fn measures_to_look_at(&mut self, today: Day, limit: usize) -> Stored<Vec<(MeasureId, ChainId)>>;
    /// Open tasks of a chain.
    fn tasks_of(&mut self, chain: ChainId) -> Stored<Vec<Task>>;
    /// Open tasks by filter.
    fn find_tasks(&mut self, filter: &TaskFilter) -> Stored<Vec<Task>>;
    /// A task.
    fn task(&mut self, id: TaskId) -> Stored<Option<Task>>;
    /// Tasks of the clock's that are due.
    fn tasks_for_the_clock(&mut self, now: Timestamp, limit: usize) -> Stored<Vec<Task>>;
    /// What an officer found about a property.
    fn property_finding(&mut self, property: &str) -> Stored<Option<PropertyFinding>>;
    /// A certificate of an inquiry, or the latest.
    fn certificate(&mut self, inquiry: InquiryId, number: Option<u32>) -> Stored<Option<IssuedCertificate>>;
    /// Events after a sequence number, in order, with what is rendered beside each.
    fn page_after(&mut self, seq: i64, limit: usize) -> Stored<Vec<PageRow>>;
    /// The newest sequence number.
    fn last_event(&mut self) -> Stored<i64>;
    /// The sequence number up to which a consumer has acknowledged.
    fn acknowledged(&mut self, consumer: &str) -> Stored<i64>;
    /// Every consumer with what it has acknowledged.
    fn consumers(&mut self) -> Stored<Vec<(String, i64)>>;
    /// Requests sent to a counterpart on a day (Asia/Shanghai).
    fn quota_used(&mut self, lane: &str, day: Date) -> Stored<u64>;
    /// Requests that a counterpart charged, by day (Asia/Shanghai), newest first.
    fn charges(&mut self, lane: &str, days: usize) -> Stored<Vec<(String, u64)>>;
    /// The numbers that a vendor gave its calls about an order, in their order.
    fn charge_references(&mut self, order: OrderId) -> Stored<Vec<ChargeReference>>;
    /// The answer under a key that was given since a time.
    fn cached_answer(&mut self, key: &[u8], since: Timestamp) -> Stored<Option<Revision>>;
    /// Receipts that came on their own about an order, oldest first.
    fn receipts_of_order(&mut self, order: OrderId) -> Stored<Vec<KeptReceipt>>;
    /// Receipts that came on their own about the controls of a measure, oldest first.
    fn receipts_of(&mut self, measure: MeasureId) -> Stored<Vec<KeptReceipt>>;
    /// One of them with its bytes, by the SHA-256 of these, hexadecimal.
    fn receipt(&mut self, measure: MeasureId, sha256: &str) -> Stored<Option<(KeptReceipt, Blob)>>;
    /// Why a lane is paused, if it is.
    fn paused(&mut self, lane: &str) -> Stored<Option<String>>;
    /// Acts by filter, newest first, with their rows.
    fn find_acts(&mut self, filter: &ActFilter) -> Stored<Vec<(i64, AuditEntry)>>;
    /// The last row of a kind in an epoch; `None` where there is none.
    fn last_row(&mut self, kind: IdKind, epoch: i64) -> Stored<Option<i64>>;
    /// Epochs whose numbers are no news: the store's own, and those that were seen when it was restored.
    fn known_epochs(&mut self) -> Stored<Vec<i64>>;
}

/// A transaction: reads see what it wrote, and rows are numbered before they are written.
pub trait Tx: Reads + NewIds {
    /// Writes changes, in their order. Moves of orders and measures are checked against where they start and the tables of
    /// legal moves; a new row must be new, and what a change saves must be there.
    ///
    /// # Errors
    /// When one cannot be written, such as [`StoreError::Conflict`]. Nothing of the transaction is kept then, whatever the job makes
    /// of the error.
    fn write(&mut self, changes: &[Change]) -> Stored<()>;
}

/// Work to be done inside a transaction: loads, decides, and writes as its last step.
pub trait WriteJob: Send {
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
    /// The epoch in which rows are numbered now.
    fn epoch(&self) -> i64;
    /// Who is woken after a commit.
    fn signals(&self) -> &Signals;
    /// A keyed hash of personal data, to look it up without keeping it: the same for the same text in this store.
    fn keyed_hash(&self, text: &[u8]) -> Vec<u8>;
    /// Free bytes on the disk that holds the store; `None` where that cannot be told.
    fn free_bytes(&self) -> Option<u64>;
}

struct Call<F, T> {
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
        let (reply, answer) = oneshot::channel();
        let job: Box<dyn WriteJob> = Box::new(Call { work: Some(work), value: None, reply });
        self.queue_write(job).await?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Reads behind everything that was handed in to be written before; for a lane that follows its own orders.
    ///
    /// # Errors
    /// Whatever `work` says.
    pub async fn read_behind_writes<T, F>(&self, work: F) -> Stored<T>
    where
        F: FnOnce(&mut dyn Reads) -> Stored<T> + Send + 'static,
        T: Send + 'static,
    {
        self.transact(move |tx| work(tx)).await
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
        let (reply, answer) = oneshot::channel();
        let job: Box<dyn ReadJob> = Box::new(Call { work: Some(work), value: None, reply });
        self.queue_read(job).await?;
        answer.await.map_err(|_| StoreError::Closed)?
    }
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
