//! Everything that the store holds.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use super::table::Table;
use crate::domain::people::{Courts, Look, Person, Session, StoredKey};
use crate::domain::{
    AuditEntry, Batch, BatchId, Case, CaseId, Chain, ChainId, ChainParty, ClaimChange, DeskItem, DocumentId,
    EventDraft, IdKind, Inquiry, InquiryId, Measure, MeasureId, NewDocument, NewPrint, NewReceipt, NotAsked,
    OrderId, OrderRecord, PartyId, Pause, PersonId, PrintId, PropertyFinding, ROWS_PER_EPOCH, RawId,
    RawMessage, RelayFailure, Revision, Task, TaskId, Terms,
};
use crate::store::{ChargeReference, IssuedCertificate, LogGaps};

macro_rules! tables {
    ($($(#[$about:meta])* $name:ident: $key:ty => $value:ty;)*) => {
        /// The tables.
        #[derive(Debug, Clone, Default)]
        pub(super) struct State {
            $($(#[$about])* pub(super) $name: Table<$key, $value>,)*
        }

        impl State {
            /// Keeps what was changed.
            pub(super) fn commit(&mut self) {
                $(self.$name.commit();)*
            }

            /// Takes back what was changed since the last commit.
            pub(super) fn roll_back(&mut self) {
                $(self.$name.roll_back();)*
            }
        }
    };
}

tables! {
    /// Epochs whose numbers are no news.
    epochs: i64 => ();
    chains: ChainId => Chain;
    cases: CaseId => Case;
    /// Cases by canonical number.
    case_numbers: String => CaseId;
    parties: PartyId => ChainParty;
    /// Changes of claims, by chain and in their order.
    claim_changes: (ChainId, usize) => ClaimChange;
    inquiries: InquiryId => KeptInquiry;
    inquiry_uids: uuid::Uuid => InquiryId;
    /// By submitter and idempotency key.
    inquiry_keys: (String, String) => InquiryId;
    documents: DocumentId => NewDocument;
    orders: OrderId => OrderRecord;
    orders_of: (InquiryId, OrderId) => ();
    /// Orders that wait: lane, turn in microseconds, order.
    queued: (String, i64, OrderId) => ();
    /// Orders of a lane that are sending, awaiting or undetermined.
    under_way: (String, OrderId) => ();
    measures: MeasureId => Measure;
    revisions: (OrderId, u32) => Revision;
    /// In the order in which they came.
    receipts: usize => NewReceipt;
    events: i64 => EventDraft;
    log_gaps: () => LogGaps;
    tasks: TaskId => Task;
    certificates: (InquiryId, u32) => IssuedCertificate;
    findings: String => PropertyFinding;
    prints: PrintId => NewPrint;
    desk: OrderId => DeskItem;
    acts: i64 => AuditEntry;
    raw_messages: RawId => RawMessage;
    raw_orders: RawId => Vec<OrderId>;
    raw_repeats: RawId => u64;
    batches: BatchId => Batch;
    unsent: RawId => String;
    /// By lane, name and digest.
    responses: (String, String, String) => KeptResponse;
    quotas: (String, Date) => u64;
    /// By lane, day and court.
    quota_shares: (String, Date, String) => u64;
    charges: (String, Date) => u64;
    /// By order and in their order.
    charge_references: (OrderId, usize) => ChargeReference;
    cached_answers: Vec<u8> => (OrderId, u32, Timestamp);
    probes: () => Timestamp;
    pauses: String => Pause;
    consumers: String => i64;
    relay_failures: String => RelayFailure;
    persons: PersonId => Person;
    /// Sessions by digest.
    sessions: Vec<u8> => Session;
    keys: uuid::Uuid => StoredKey;
    looks: i64 => Look;
}

/// An inquiry with what is kept beside it.
#[derive(Debug, Clone)]
pub(super) struct KeptInquiry {
    pub(super) inquiry: Inquiry,
    pub(super) digest: Vec<u8>,
    /// Read once, when they came.
    pub(super) terms: Arc<Terms>,
    pub(super) references: Vec<String>,
    pub(super) not_asked: Vec<NotAsked>,
}

/// How often a message was answered.
#[derive(Debug, Clone)]
pub(super) struct KeptResponse {
    pub(super) about: String,
    pub(super) nth: u32,
    pub(super) times: u32,
}

impl State {
    /// The last row number of a kind in an epoch.
    pub(super) fn last_row_in(&self, kind: IdKind, epoch: i64) -> Option<i64> {
        let first = epoch.saturating_mul(ROWS_PER_EPOCH);
        let end = first.saturating_add(ROWS_PER_EPOCH);
        macro_rules! last {
            ($table:ident, $id:ident) => {
                self.$table.range($id::new(first)..$id::new(end)).next_back().map(|(id, _)| id.get())
            };
        }
        match kind {
            IdKind::Chain => last!(chains, ChainId),
            IdKind::Case => last!(cases, CaseId),
            IdKind::Party => last!(parties, PartyId),
            IdKind::Inquiry => last!(inquiries, InquiryId),
            IdKind::Order => last!(orders, OrderId),
            IdKind::Measure => last!(measures, MeasureId),
            IdKind::Document => last!(documents, DocumentId),
            IdKind::Task => last!(tasks, TaskId),
            IdKind::Raw => last!(raw_messages, RawId),
            IdKind::Batch => last!(batches, BatchId),
            IdKind::Print => last!(prints, PrintId),
        }
    }

    /// The newest number of the log.
    pub(super) fn last_event(&self) -> i64 {
        let begins = self.log_gaps.get(&()).map_or(0, LogGaps::end);
        self.events.last_key().copied().unwrap_or_default().max(begins)
    }

    /// The orders of an inquiry, oldest first.
    pub(super) fn orders_of_inquiry(&self, id: InquiryId) -> impl DoubleEndedIterator<Item = &OrderRecord> {
        let keys = (id, OrderId::new(i64::MIN))..=(id, OrderId::new(i64::MAX));
        self.orders_of.range(keys).filter_map(|((_, order), ())| self.orders.get(order))
    }

    /// The orders of a lane that wait, in turn.
    pub(super) fn queued_of<'s>(&'s self, lane: &'s str) -> impl Iterator<Item = &'s OrderRecord> {
        let first = (lane.to_owned(), i64::MIN, OrderId::new(i64::MIN));
        let of_lane = move |key: &(String, i64, OrderId)| key.0 == lane;
        let keys = self.queued.range(first..).map(|(key, ())| key).take_while(move |key| of_lane(key));
        keys.filter_map(|(.., order)| self.orders.get(order))
    }

    /// The orders of a lane that are sending, awaiting or undetermined, oldest first.
    pub(super) fn under_way_of<'s>(&'s self, lane: &'s str) -> impl Iterator<Item = &'s OrderRecord> {
        let first = (lane.to_owned(), OrderId::new(i64::MIN));
        let keys = self.under_way.range(first..).map(|(key, ())| key).take_while(move |key| key.0 == lane);
        keys.filter_map(|(_, order)| self.orders.get(order))
    }

    /// The latest answer to a question.
    pub(super) fn latest(&self, root: OrderId) -> Option<&Revision> {
        self.revisions.range((root, 0)..=(root, u32::MAX)).next_back().map(|(_, revision)| revision)
    }

    /// The answer that stands to a question: the latest that is no refusal, or the latest where there is none.
    pub(super) fn standing(&self, root: OrderId) -> Option<&Revision> {
        let mut newest_first = self.revisions.range((root, 0)..=(root, u32::MAX)).rev().map(|(_, one)| one);
        newest_first.find(|one| !one.is_refusal()).or_else(|| self.latest(root))
    }

    /// Whether a chain has a case of one of these courts.
    pub(super) fn is_of(&self, chain: ChainId, courts: &Courts) -> bool {
        courts.are_all()
            || self.cases.values().any(|case| case.chain == chain && courts.cover(&case.court_code))
    }
}
