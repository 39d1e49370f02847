//! What can be read of a store.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chakong_contract::Date as Day;
use chakong_contract::order::LegalDocument;
use jiff::Timestamp;

use super::{
    ActFilter, CaseFilter, CaseRow, ChargeReference, DeskReads, InquiryFilter, IssuedCertificate, KeptBytes,
    KeptMessage, LaneCounts, LaneMark, LaneReads, MeasureFilter, OrderFilter, PageRow, PeopleReads,
    ReportReads, Responded, Stored, TaskFilter,
};
use crate::domain::{
    AuditEntry, BatchId, Blob, Case, Chain, ChainId, ChainParty, ClaimChange, DocumentId, IdKind, Inquiry,
    InquiryId, KeptReceipt, LineRow, Measure, MeasureId, NotAsked, OpenCourts, OrderId, OrderRecord,
    OrderState, Paper, PropertyFinding, RawId, RawMessage, RelayFailure, Revision, Task, TaskId, Terms,
};

/// What can be read. Not found is `Ok(None)`.
pub trait Reads: PeopleReads + ReportReads + DeskReads + LaneReads {
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
    /// The same of many inquiries at once. What is missing here is read one by one, which by default is everything: a store for which it
    /// is the same.
    fn references_of_all(&mut self, _ids: &[InquiryId]) -> Stored<HashMap<InquiryId, Vec<String>>> {
        Ok(HashMap::new())
    }
    /// Codes of the courts of many inquiries at once, likewise.
    fn courts_of_all(&mut self, _ids: &[InquiryId]) -> Stored<HashMap<InquiryId, String>> {
        Ok(HashMap::new())
    }
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
    /// Where a look at so many orders ends, so that no filter makes a page read the whole table: the last of the newest ones older than
    /// `before`, in a state that is indexed, with an action that is indexed, whatever else the filter wants. `None` where there
    /// are fewer, or an index gives those that are wanted.
    fn end_of_look(&mut self, filter: &OrderFilter, look: usize) -> Stored<Option<OrderId>>;
    /// Orders of a lane whose time has come, of these courts, in turn, without those in `taken`.
    fn due_orders(
        &mut self,
        lane: &str,
        now: Timestamp,
        limit: usize,
        taken: &HashSet<OrderId>,
        courts: &OpenCourts,
    ) -> Stored<Vec<OrderRecord>>;
    /// Controls, or queries, of a lane to put on offer: first those that wait and whose time has come, in turn; then those on
    /// offer already, beginning after `after` and from the start again. None whose deadline has passed, none on offer that is not to be
    /// sent before it, and no control that people carried along.
    fn offers(
        &mut self,
        lane: &str,
        now: Timestamp,
        control: bool,
        after: OrderId,
        limit: usize,
    ) -> Stored<Vec<OrderRecord>>;
    /// Orders of any lane that wait for a time after `now`, behind `after`, oldest first.
    fn queued_for_later(&mut self, now: Timestamp, after: OrderId, limit: usize) -> Stored<Vec<OrderId>>;
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
    /// A message as it went or came, with the orders that it is about; without them where an earlier version kept it.
    fn raw(&mut self, id: RawId) -> Stored<Option<(RawMessage, Option<Vec<OrderId>>)>>;
    /// The files that carried a batch out.
    fn raw_of_batch(&mut self, id: BatchId) -> Stored<Vec<RawMessage>>;
    /// Messages of a lane that must still be handed over, with their row numbers, in the order they were made.
    fn unsent(&mut self, lane: &str) -> Stored<Vec<(RawId, RawMessage)>>;
    /// How often a message of a lane, `digest` its bytes', was answered under a name, and something about something.
    fn responded(&mut self, lane: &str, name: &str, about: &str, digest: &str) -> Stored<Responded>;
    /// One revision of the answer to an order and its re-queries, or the latest.
    fn revision(&mut self, root: OrderId, number: Option<u32>) -> Stored<Option<Revision>>;
    /// The answer that stands to every question of an inquiry: the latest that is no refusal, or the latest where there is none.
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
    /// Events after a sequence number, in order, with what is rendered beside each: so many, or fewer where they are large. One
    /// that cannot be read says so in its place.
    fn page_after(&mut self, seq: i64, limit: usize) -> Stored<Vec<PageRow>>;
    /// The newest sequence number; after a restoration that behind which the next event is numbered.
    fn last_event(&mut self) -> Stored<i64>;
    /// The sequence number up to which a consumer has acknowledged.
    fn acknowledged(&mut self, consumer: &str) -> Stored<i64>;
    /// Every consumer with what it has acknowledged.
    fn consumers(&mut self) -> Stored<Vec<(String, i64)>>;
    /// The last failure of each relay and intake that ever failed.
    fn relay_failures(&mut self) -> Stored<Vec<RelayFailure>>;
    /// When the store was last written to for a look at it.
    fn probed(&mut self) -> Stored<Option<Timestamp>>;
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
    /// What limits a lane, as the last process left it that worked for it. By default nothing: one process knows it of itself.
    fn limits(&mut self, lane: &str) -> Stored<Option<String>> {
        let _ = lane;
        Ok(None)
    }
    /// What persons say of lanes, for every process to follow. By default nothing, for there is one process.
    fn lane_marks(&mut self) -> Stored<Vec<LaneMark>> {
        Ok(Vec::new())
    }
    /// Whether a token of a call under way, drawn since a time, is known by its digest. By default none is: one process knows its own.
    fn has_call_token(&mut self, digest: &[u8], since: Timestamp) -> Stored<bool> {
        let _ = (digest, since);
        Ok(false)
    }
    /// Acts by filter, newest first, with their rows.
    fn find_acts(&mut self, filter: &ActFilter) -> Stored<Vec<(i64, AuditEntry)>>;
    /// The last row of a kind in an epoch; `None` where there is none.
    fn last_row(&mut self, kind: IdKind, epoch: i64) -> Stored<Option<i64>>;
    /// Epochs whose numbers are no news: the store's own, and those that were seen when it was restored.
    fn known_epochs(&mut self) -> Stored<Vec<i64>>;
    /// Chains behind one, oldest first.
    fn chains_after(&mut self, after: ChainId, limit: usize) -> Stored<Vec<ChainId>>;
    /// Messages behind one without their bytes, oldest first.
    fn messages_after(&mut self, after: RawId, limit: usize) -> Stored<Vec<KeptMessage>>;
    /// Events behind one, whether or not their inquiries are kept: number, inquiry, time.
    fn events_after(&mut self, after: i64, limit: usize) -> Stored<Vec<(i64, InquiryId, Timestamp)>>;
    /// Acts behind one, oldest first, with their rows.
    fn acts_after(&mut self, after: i64, limit: usize) -> Stored<Vec<(i64, AuditEntry)>>;
    /// How many documents and receipts of a chain are kept with their bytes.
    fn kept_bytes(&mut self, chain: ChainId) -> Stored<KeptBytes>;
}
