//! The store: what the gateway must not forget. Traits here, [`sqlite`] beside; only `app` names the concrete one.
//!
//! Logic is written against [`Tx`], row by row and synchronously, and runs inside one transaction: a state change and
//! everything that follows from it commit together or not at all. The SQLite store runs the closures on one writer
//! thread and commits many of them at once; each caller hears back after its commit is on disk.

mod packed;
mod records;
mod signals;
pub mod sqlite;

use std::sync::Arc;

use chakong_contract::RequestNumber;
use jiff::Timestamp;
use jiff::civil::Date;
use tokio::sync::oneshot;

use crate::inquiry::{
    EventDraft, Inquiry, InquiryId, Measure, MeasureId, NotAsked, OrderId, OrderRecord, OrderState,
    Submission,
};
pub use packed::Packed;
pub use records::{
    Act, AnswerText, BatchRecord, ChargeReference, EventRecord, InquiryFilter, KeptReceipt, LaneCounts,
    LineRow, NewInquiry, NewOrder, NewReceipt, OrderBrief, Outcome, PageRow, RawDirection, RawMessage,
    Responded, Revision, RevisionText,
};
pub use signals::Signals;

/// Why the store did not do what it was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// No space left; intake stops until there is.
    #[error("the disk that holds the store is full")]
    Full,
    /// The database failed.
    #[error("the store failed to {step}")]
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
    /// The store is shutting down.
    #[error("the store is closed")]
    Closed,
}

/// Result of a store operation.
pub type Stored<T> = Result<T, StoreError>;

/// What can be read. Not found is `Ok(None)`.
pub trait Reads {
    /// An inquiry by row number.
    fn inquiry(&mut self, id: InquiryId) -> Stored<Option<Inquiry>>;
    /// An inquiry by its public identifier.
    fn inquiry_by_uid(&mut self, uid: uuid::Uuid) -> Stored<Option<Inquiry>>;
    /// The inquiry of an idempotency key of one submitter, with the digest of the body it came with.
    fn inquiry_by_key(&mut self, submitter: &str, key: &str) -> Stored<Option<(Inquiry, Vec<u8>)>>;
    /// Inquiries by filter, newest first.
    fn find_inquiries(&mut self, filter: &InquiryFilter) -> Stored<Vec<Inquiry>>;
    /// What was submitted.
    fn submission(&mut self, id: InquiryId) -> Stored<Option<Submission>>;
    /// Who was not asked by an inquiry, and why.
    fn not_asked(&mut self, id: InquiryId) -> Stored<Vec<NotAsked>>;
    /// The case system's references of an inquiry's parties, in their order.
    fn parties(&mut self, id: InquiryId) -> Stored<Vec<String>>;
    /// An order.
    fn order(&mut self, id: OrderId) -> Stored<Option<OrderRecord>>;
    /// Every order of an inquiry, oldest first.
    fn orders_of(&mut self, inquiry: InquiryId) -> Stored<Vec<OrderRecord>>;
    /// How many orders of an inquiry are in which state.
    fn order_counts(&mut self, inquiry: InquiryId) -> Stored<Vec<(OrderState, u64)>>;
    /// Orders of a lane whose time has come, in turn, without those in `taken`.
    fn due_orders(
        &mut self,
        lane: &str,
        now: Timestamp,
        limit: usize,
        taken: &std::collections::HashSet<OrderId>,
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
    fn past_deadline(&mut self, now: Timestamp, limit: usize) -> Stored<Vec<OrderRecord>>;
    /// Orders of a lane that were on their way when the process ended.
    fn interrupted(&mut self, lane: &str) -> Stored<Vec<OrderRecord>>;
    /// Names of lanes that have open orders.
    fn open_lanes(&mut self) -> Stored<Vec<String>>;
    /// A batch.
    fn batch(&mut self, id: i64) -> Stored<Option<BatchRecord>>;
    /// The files that carried a batch out.
    fn raw_of_batch(&mut self, id: i64) -> Stored<Vec<RawMessage>>;
    /// Messages of a lane that must still be handed over, with their row numbers, in the order they were made.
    fn unsent(&mut self, lane: &str) -> Stored<Vec<(i64, RawMessage)>>;
    /// One revision of the answer to an order and its re-queries, or the latest.
    fn revision(&mut self, root: OrderId, number: Option<u32>) -> Stored<Option<Revision>>;
    /// The latest revision of every answered order of an inquiry.
    fn revisions_of(&mut self, inquiry: InquiryId) -> Stored<Vec<Revision>>;
    /// Every order of an inquiry with its latest outcome; a re-query is an order of its own.
    fn lines_of(&mut self, inquiry: InquiryId) -> Stored<Vec<LineRow>>;
    /// A measure.
    fn measure(&mut self, id: MeasureId) -> Stored<Option<Measure>>;
    /// The ledger of an inquiry.
    fn measures_of(&mut self, inquiry: InquiryId) -> Stored<Vec<Measure>>;
    /// Lines of any ledger with a counterpart's own number of the measure, oldest first.
    fn measures_by_reference(&mut self, reference: &str) -> Stored<Vec<Measure>>;
    /// Events after a sequence number, in order.
    fn events_after(&mut self, seq: i64, limit: usize) -> Stored<Vec<EventRecord>>;
    /// As [`Reads::events_after`], with what is rendered beside each.
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
    fn receipt(&mut self, measure: MeasureId, sha256: &str) -> Stored<Option<(KeptReceipt, Packed)>>;
    /// Why a lane is paused, if it is.
    fn paused(&mut self, lane: &str) -> Stored<Option<String>>;
    /// Acts of people on an inquiry.
    fn acts_of(&mut self, subject: &str) -> Stored<Vec<Act>>;
}

/// What can be changed, inside a transaction.
pub trait Tx: Reads {
    /// Adds an inquiry with its submission.
    fn insert_inquiry(&mut self, new: &NewInquiry<'_>) -> Stored<InquiryId>;
    /// Replaces a submission, to add documents to it.
    fn save_submission(&mut self, inquiry: InquiryId, submission: &Submission) -> Stored<()>;
    /// Writes state, counters and deadline of an inquiry.
    fn save_inquiry(&mut self, inquiry: &Inquiry) -> Stored<()>;
    /// Adds an order; its lane wakes after the commit.
    fn insert_order(&mut self, new: &NewOrder) -> Stored<OrderRecord>;
    /// Writes what changes in an order; its lane wakes after the commit if it is queued.
    fn save_order(&mut self, order: &OrderRecord) -> Stored<()>;
    /// Adds a batch and gives its row number.
    fn insert_batch(&mut self, batch: &BatchRecord) -> Stored<i64>;
    /// Writes the digest of a batch's bytes, before they leave.
    fn save_batch(&mut self, id: i64, digest: &[u8]) -> Stored<()>;
    /// Adds a revision.
    fn insert_revision(&mut self, revision: &Revision) -> Stored<()>;
    /// Keeps a raw message, compressed.
    fn insert_raw(&mut self, raw: &RawMessage) -> Stored<i64>;
    /// Keeps a receipt that came on its own.
    fn insert_receipt(&mut self, new: &NewReceipt<'_>) -> Stored<()>;
    /// Notes that a message that was kept must still be handed over.
    fn mark_unsent(&mut self, raw: i64, lane: &str) -> Stored<()>;
    /// Notes that messages were handed over.
    fn mark_sent(&mut self, raws: &[i64]) -> Stored<()>;
    /// Notes that a message of a lane, `digest` its bytes', is answered under a name, about something.
    fn note_response(&mut self, lane: &str, name: &str, about: &str, digest: &str) -> Stored<Responded>;
    /// Adds a line to the ledger and gives its row number; `id` of the argument is not used.
    fn insert_measure(&mut self, measure: &Measure) -> Stored<MeasureId>;
    /// Writes a line of the ledger.
    fn save_measure(&mut self, measure: &Measure) -> Stored<()>;
    /// Appends to the log; readers of results wake after the commit.
    fn append_event(&mut self, event: &EventDraft, at: Timestamp) -> Stored<i64>;
    /// Moves a consumer forward; never back.
    fn acknowledge(&mut self, consumer: &str, seq: i64) -> Stored<()>;
    /// Counts requests against a day's quota.
    fn spend_quota(&mut self, lane: &str, day: Date, requests: u64) -> Stored<()>;
    /// Counts requests that a counterpart charged on a day.
    fn add_charges(&mut self, lane: &str, day: Date, requests: u64) -> Stored<()>;
    /// Keeps the number that a vendor gave a call about an order.
    fn insert_charge_reference(&mut self, order: OrderId, at: Timestamp, reference: &str) -> Stored<()>;
    /// Keeps under a key where the newest answer is.
    fn keep_answer(&mut self, key: &[u8], root: OrderId, number: u32, at: Timestamp) -> Stored<()>;
    /// Pauses or resumes a lane.
    fn set_paused(&mut self, lane: &str, reason: Option<&str>) -> Stored<()>;
    /// Records what a person did and why.
    fn insert_act(&mut self, act: &Act) -> Stored<()>;
}

/// Work to be done inside a transaction.
pub trait WriteJob: Send {
    /// Does the work. Run again from its beginning when another job of the same transaction failed and everything was
    /// rolled back.
    ///
    /// # Errors
    /// Nothing of this job is kept then, and everything of the others.
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

/// A store. Dropping every handle closes it; `SqliteThreads::join` waits for that.
pub trait Store: Send + Sync + std::fmt::Debug {
    /// Where writes go, in order.
    fn writer(&self) -> &tokio::sync::mpsc::Sender<Box<dyn WriteJob>>;
    /// Where reads go.
    fn reader(&self) -> &tokio::sync::mpsc::Sender<Box<dyn ReadJob>>;
    /// Who is woken after a commit.
    fn signals(&self) -> &Signals;
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

impl<F: FnMut(&mut dyn Tx) -> Stored<T> + Send, T: Send> WriteJob for Call<F, T> {
    fn run(&mut self, tx: &mut dyn Tx) -> Stored<()> {
        self.value = Some((self.work)(tx)?);
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
    /// Runs `work` in a transaction; returns after the commit is on disk. `work` may be run more than once, each time on
    /// a store that holds nothing of the time before.
    ///
    /// # Errors
    /// Whatever `work` or the commit says; then nothing of it was kept.
    pub async fn write<T, F>(&self, work: F) -> Stored<T>
    where
        F: FnMut(&mut dyn Tx) -> Stored<T> + Send + 'static,
        T: Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job: Box<dyn WriteJob> = Box::new(Call { work, value: None, reply });
        self.writer().send(job).await.map_err(|_| StoreError::Closed)?;
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
        let (reply, answer) = oneshot::channel();
        let job: Box<dyn ReadJob> = Box::new(Call { work: Some(work), value: None, reply });
        self.reader().send(job).await.map_err(|_| StoreError::Closed)?;
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
    match crate::inquiry::order_id_of(number) {
        Some(id) => Ok(reads.order(id)?.filter(|order| order.number() == *number)),
        None => Ok(None),
    }
}
