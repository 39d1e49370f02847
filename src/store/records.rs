//! Filters of lists, and rows that are read for pages, lanes and the log; no decision needs them.

use chakong_contract::reply::{Receipt, UnknownValue};
use chakong_contract::{ActionKind, Date, Moment, RequestNumber};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::domain::people::Courts;
use crate::domain::{
    Case, CaseId, CaseState, ChainId, EventType, InquiryId, InquiryState, MeasureId, MeasureState, OrderId,
    OrderState, RawDirection, RawId, TaskId, TaskKind,
};

/// How often something was answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Responded {
    /// Which one it is of those that would have its name, from 1; the same for the same message.
    pub nth: u32,
    /// How often the same was answered before.
    pub times: u32,
}

/// A number that a vendor gave one of its calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct ChargeReference {
    /// When the conversation was over.
    pub at: Timestamp,
    /// The vendor's number.
    pub reference: String,
}

/// A revision as an event carries it: the reply stays the text it was written as.
#[derive(Debug)]
pub struct RevisionText {
    /// When the answer came in.
    pub at: Timestamp,
    /// `found`, `nothing`, `held` …
    pub outcome: String,
    /// The answer.
    pub answer: AnswerText,
    /// SHA-256 of the raw message, hexadecimal.
    pub raw_digest: String,
    /// Connector and its version.
    pub connector: String,
    /// Differences to the revision before.
    pub differences: Option<Value>,
    /// When the counterpart really said it, where the answer was used again.
    pub cached_from: Option<Timestamp>,
}

/// A line of the event log with what is rendered beside it.
#[derive(Debug)]
pub struct PageRow {
    /// The line.
    pub event: EventRecord,
    /// The order it is about.
    pub order: Option<OrderBrief>,
    /// The revision it is about.
    pub revision: Option<RevisionText>,
}

/// Most bytes of a page of the log; a page has one event at least.
const LARGEST_PAGE: usize = 4 << 20;
/// What an event weighs beside what it carries.
const ENVELOPE: usize = 512;

impl PageRow {
    /// What is shown in the place of an event that cannot be read: everybody who reads goes on behind it.
    pub(super) fn unreadable(event: EventRecord) -> Self {
        Self { event: event.unreadable(), order: None, revision: None }
    }

    /// Its bytes in memory, about.
    fn weight(&self) -> usize {
        let carried = |revision: &RevisionText| {
            let receipts = revision.answer.receipts.iter().map(|receipt| receipt.content.len());
            revision.answer.reply.get().len() + receipts.sum::<usize>()
        };
        let data = self.event.data.as_ref().map_or(0, String::len);
        ENVELOPE + data + self.revision.as_ref().map_or(0, carried)
    }

    /// Takes what is too much off a page again; the next one begins with it.
    pub(super) fn trim(mut page: Vec<Self>) -> Vec<Self> {
        while page.len() > 1 && page.iter().map(Self::weight).sum::<usize>() > LARGEST_PAGE {
            page.pop();
        }
        page
    }

    /// Whether rows fill a page of so many.
    pub(super) fn fill(page: &[Self], limit: usize) -> bool {
        page.len() >= limit || page.iter().map(Self::weight).sum::<usize>() >= LARGEST_PAGE
    }
}

/// What never changes of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderBrief {
    /// Request number.
    pub number: RequestNumber,
    /// The counterpart.
    pub lane: String,
    /// Which party of the submission.
    pub party: u32,
    /// What is asked.
    pub action: ActionKind,
}

/// An answer whose reply is not taken apart.
#[derive(Debug, Deserialize)]
pub struct AnswerText {
    /// The reply as JSON.
    pub reply: Box<RawValue>,
    /// When the counterpart says it answered.
    pub answered_at: Option<Moment>,
    /// Values that the connector does not know.
    #[serde(default)]
    pub unknown: Vec<UnknownValue>,
    /// Receipts.
    #[serde(default)]
    pub receipts: Vec<Receipt>,
}

/// A line of the event log.
#[derive(Debug, Clone, PartialEq)]
pub struct EventRecord {
    /// Sequence number; the stable id of the event.
    pub seq: i64,
    /// Type.
    pub kind: EventType,
    /// Inquiry.
    pub inquiry: InquiryId,
    /// The inquiry's public identifier.
    pub inquiry_uid: Uuid,
    /// The inquiry's case number.
    pub case_number: String,
    /// Order, if it is about one.
    pub order: Option<OrderId>,
    /// Revision of the answer.
    pub revision: Option<u32>,
    /// When.
    pub at: Timestamp,
    /// What else it carries: an object, as JSON text.
    pub data: Option<String>,
}

impl EventRecord {
    /// The same place in the log, saying that what stood there cannot be read.
    #[must_use]
    pub fn unreadable(self) -> Self {
        let detail = "这条结果无法读取，原因见运行日志；其他结果不受影响 this result cannot be read, and operations find the cause in \
                      the log; others are not affected";
        let data = serde_json::json!({ "detail": detail });
        let kind = EventType::ResultUnreadable;
        Self { kind, revision: None, data: Some(data.to_string()), ..self }
    }
}

/// A message as it is kept, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptMessage {
    /// Its row.
    pub id: RawId,
    /// When it was sent or received.
    pub at: Timestamp,
    /// The orders that it is about; `None` where an earlier version kept it, which did not note them.
    pub orders: Option<Vec<OrderId>>,
    /// How often the same came again.
    pub repeats: u64,
    /// Whether it must still be handed over.
    pub is_unsent: bool,
}

/// What of a chain is kept with its bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KeptBytes {
    /// Legal documents.
    pub documents: u64,
    /// Receipts that came on their own.
    pub receipts: u64,
}

/// A message that travelled, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageLine {
    /// Its row.
    pub id: RawId,
    /// Which way it went.
    pub direction: RawDirection,
    /// Its name.
    pub name: String,
    /// When.
    pub at: Timestamp,
    /// How often it came again word for word.
    pub repeats: u64,
    /// The orders that it is about; empty where an earlier version did not note them.
    pub orders: Vec<OrderId>,
}

/// What persons say of a lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaneMark {
    /// Its counterpart.
    pub lane: String,
    /// Whether it is paused.
    pub is_paused: bool,
    /// How often its breaker was reset.
    pub resets: i64,
}

/// How many orders of a lane are where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct LaneCounts {
    /// Queued.
    pub waiting: u64,
    /// Handed over, answer expected.
    pub awaiting: u64,
    /// Controls that a person must decide.
    pub undetermined: u64,
    /// When the oldest order that is not answered was made.
    pub oldest: Option<Timestamp>,
}

impl LaneCounts {
    /// Whether the lane has an order that is not answered.
    pub const fn has_any(&self) -> bool {
        self.waiting > 0 || self.awaiting > 0 || self.undetermined > 0
    }
}

/// A certificate as it was issued.
#[derive(Debug, Clone, PartialEq)]
pub struct IssuedCertificate {
    /// From 1.
    pub number: u32,
    /// When.
    pub at: Timestamp,
    /// SHA-256 of the document, hexadecimal.
    pub sha256: String,
    /// The document as JSON text.
    pub text: String,
}

/// Which inquiries are wanted, newest first.
#[derive(Debug, Clone, Default)]
pub struct InquiryFilter {
    /// Case number, canonical.
    pub case_number: Option<String>,
    /// State.
    pub state: Option<InquiryState>,
    /// Of these courts.
    pub courts: Courts,
    /// Only older than this row.
    pub before: Option<InquiryId>,
    /// At most this many.
    pub limit: usize,
}

/// Which cases are wanted, newest first.
#[derive(Debug, Clone, Default)]
pub struct CaseFilter {
    /// Canonical number.
    pub number: Option<String>,
    /// Each of these words is among those by which an inquiry about the case is found ([`crate::domain::found_by`]).
    pub found_by: Vec<String>,
    /// How it stands.
    pub state: Option<CaseState>,
    /// An inquiry about it was accepted between these, the second not counted.
    pub submitted: Option<(Timestamp, Timestamp)>,
    /// It was filed between these days, both counted.
    pub filed: Option<(Date, Date)>,
    /// Of these courts.
    pub courts: Courts,
    /// Only older than this row.
    pub before: Option<CaseId>,
    /// At most this many.
    pub limit: usize,
}

/// Which orders are wanted, newest first.
#[derive(Debug, Clone, Default)]
pub struct OrderFilter {
    /// State.
    pub state: Option<OrderState>,
    /// Of these courts.
    pub courts: Courts,
    /// The counterpart.
    pub counterpart: Option<String>,
    /// What is asked.
    pub action: Option<ActionKind>,
    /// Canonical number of the case.
    pub case_number: Option<String>,
    /// The inquiry.
    pub inquiry: Option<InquiryId>,
    /// Parties, each as its inquiry numbers it.
    pub parties: Option<Vec<(InquiryId, u32)>>,
    /// The measure that is asked for, renewed, released …
    pub measure: Option<MeasureId>,
    /// Made at this time or later.
    pub created_from: Option<Timestamp>,
    /// Made before this.
    pub created_before: Option<Timestamp>,
    /// Only older than this row.
    pub before: Option<OrderId>,
    /// No older than this row.
    pub down_to: Option<OrderId>,
    /// At most this many.
    pub limit: usize,
}

impl OrderFilter {
    /// Whether it names whose orders are wanted: an index gives the few that there are.
    pub(super) fn is_narrow(&self) -> bool {
        self.case_number.is_some()
            || self.inquiry.is_some()
            || self.parties.is_some()
            || self.measure.is_some()
    }

    /// The state, if orders that are in it are indexed in their order: it is an end, and not the usual one.
    pub(super) fn rare_state(&self) -> Option<OrderState> {
        self.state.filter(|state| !state.is_open() && *state != OrderState::Answered)
    }

    /// The action, if orders of it are indexed in their order: it is a control.
    pub(super) fn control(&self) -> Option<ActionKind> {
        self.action.filter(|action| *action != ActionKind::Query)
    }
}

/// Which measures are wanted, newest first.
#[derive(Debug, Clone, Default)]
pub struct MeasureFilter {
    /// State.
    pub state: Option<MeasureState>,
    /// The counterpart.
    pub counterpart: Option<String>,
    /// Those that stand and end before this day.
    pub until_before: Option<Date>,
    /// Of these courts.
    pub courts: Courts,
    /// The chain.
    pub chain: Option<ChainId>,
    /// Only older than this row.
    pub before: Option<MeasureId>,
    /// At most this many.
    pub limit: usize,
}

/// Which tasks are wanted, those due first before the others.
#[derive(Debug, Clone, Default)]
pub struct TaskFilter {
    /// What is to be done.
    pub kind: Option<TaskKind>,
    /// The chain.
    pub chain: Option<ChainId>,
    /// Of these courts.
    pub courts: Courts,
    /// Of chains of which an inquiry is found by this word ([`crate::domain::found_by`]), such as its officer's name.
    pub found_by: Option<String>,
    /// Of chains of which this person or key submitted an inquiry.
    pub submitted_by: Option<String>,
    /// Due before this.
    pub due_before: Option<Timestamp>,
    /// On the list since before this.
    pub created_before: Option<Timestamp>,
    /// Behind this one: when it is due, and its row.
    pub after: Option<(Timestamp, TaskId)>,
    /// At most this many.
    pub limit: usize,
}

/// Which acts are wanted, newest first.
#[derive(Debug, Clone, Default)]
pub struct ActFilter {
    /// On what.
    pub subject: Option<String>,
    /// Who.
    pub actor: Option<String>,
    /// What.
    pub act: Option<String>,
    /// Only older than this row.
    pub before: Option<i64>,
    /// At most this many.
    pub limit: usize,
}

/// A case with the state of its chain's claim, for lists.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseRow {
    /// The case.
    pub case: Case,
    /// The chain.
    pub chain: crate::domain::Chain,
}
