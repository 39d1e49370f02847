use std::sync::Arc;

use chakong_contract::reply::{Answer, Receipt, UnknownValue};
use chakong_contract::{ActionKind, Fault, Instruction, Moment, RequestNumber};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::Packed;
use crate::inquiry::{
    EventType, InquiryId, InquiryState, MeasureId, NotAsked, OrderId, OrderState, Priority, Submission,
};

/// An inquiry to be added.
#[derive(Debug)]
pub struct NewInquiry<'a> {
    /// Public identifier.
    pub uid: Uuid,
    /// Name of the API key.
    pub submitted_by: &'a str,
    /// Idempotency key.
    pub key: &'a str,
    /// Digest of the body as it came.
    pub digest: &'a [u8],
    /// The submission.
    pub submission: &'a Submission,
    /// When it was accepted.
    pub created: Timestamp,
    /// When counterparts should have answered.
    pub deadline: Timestamp,
    /// How many orders will follow in the same transaction.
    pub open_orders: i64,
    /// Who was not asked.
    pub not_asked: &'a [NotAsked],
}

/// An order to be added.
#[derive(Debug, Clone)]
pub struct NewOrder {
    /// Its inquiry.
    pub inquiry: InquiryId,
    /// Its counterpart.
    pub lane: String,
    /// Which party.
    pub party: u32,
    /// Which of the party's documents.
    pub document: u32,
    /// What is asked.
    pub instruction: Instruction,
    /// Head start.
    pub priority: Priority,
    /// When it is made.
    pub created: Timestamp,
    /// When it should have been answered.
    pub deadline: Timestamp,
    /// The first order of its chain; `None` for a first one.
    pub root: Option<OrderId>,
    /// The measure it is about.
    pub measure: Option<MeasureId>,
    /// The order of another counterpart that this one stands in for.
    pub stands_in: Option<OrderId>,
}

/// A batch of orders that went out together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchRecord {
    /// Its lane.
    pub lane: String,
    /// When it was made.
    pub made: Timestamp,
    /// SHA-256 of the exact bytes, durable before they leave (controls).
    pub digest: Option<Vec<u8>>,
}

/// How often something was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Responded {
    /// Which one it is of those that would have its name, from 1; the same for the same message.
    pub nth: u32,
    /// How often the same was answered in all, this time included.
    pub times: u32,
}

/// Which way a raw message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RawDirection {
    /// To the counterpart.
    Out,
    /// From the counterpart.
    In,
}

/// A message as it travelled, kept so that a better connector can read it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawMessage {
    /// Its lane.
    pub lane: String,
    /// The batch it carried out.
    pub batch: Option<i64>,
    /// Which way.
    pub direction: RawDirection,
    /// File name or operation.
    pub name: String,
    /// When it was sent or received.
    pub at: Timestamp,
    /// The bytes.
    pub bytes: Packed,
}

/// One answer to an order or to one of its re-queries.
#[derive(Debug, Clone, PartialEq)]
pub struct Revision {
    /// First order of the chain.
    pub root: OrderId,
    /// From 1.
    pub number: u32,
    /// The order that was answered.
    pub order: OrderId,
    /// Its inquiry.
    pub inquiry: InquiryId,
    /// When the answer came in.
    pub at: Timestamp,
    /// The answer.
    pub answer: Arc<Answer>,
    /// The raw message it was read from.
    pub raw: Option<i64>,
    /// SHA-256 of the raw message, hexadecimal.
    pub raw_digest: String,
    /// Connector and its version.
    pub connector: String,
    /// Differences to the revision before: added, gone and changed assets.
    pub differences: Option<Value>,
    /// When the counterpart really said it, where the answer was used again.
    pub cached_from: Option<Timestamp>,
}

/// A receipt 回执 that came on its own, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptReceipt {
    /// The control that it is about.
    pub order: OrderId,
    /// When it came.
    pub received_at: Timestamp,
    /// File name or title.
    pub title: String,
    /// File extension.
    pub format: String,
    /// SHA-256 of the bytes, hexadecimal.
    pub sha256: String,
    /// How many bytes.
    pub size: i64,
}

/// A receipt to be kept.
#[derive(Debug, Clone, Copy)]
pub struct NewReceipt<'a> {
    /// The receipt.
    pub receipt: &'a KeptReceipt,
    /// The measure of its order.
    pub measure: Option<MeasureId>,
    /// The message that it came in.
    pub raw: Option<i64>,
    /// Its bytes.
    pub bytes: &'a Packed,
}

/// A number that a vendor gave one of its calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct ChargeReference {
    /// When the conversation was over.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// The vendor's number.
    pub reference: String,
}

/// An order and what came of it, without the question and the answer themselves: enough for a certificate.
#[derive(Debug, Clone, PartialEq)]
pub struct LineRow {
    /// The order.
    pub id: OrderId,
    /// First order of the chain.
    pub root: OrderId,
    /// The counterpart.
    pub lane: String,
    /// Which party of the submission.
    pub party: u32,
    /// What is asked.
    pub action: ActionKind,
    /// State.
    pub state: OrderState,
    /// When it was made.
    pub created: Timestamp,
    /// Why the last attempt brought no reply.
    pub fault: Option<Fault>,
    /// The latest answer.
    pub outcome: Option<Outcome>,
    /// The order of another counterpart that it stands in for.
    pub stands_in: Option<OrderId>,
}

/// An answer in a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Revision, counted over the chain.
    pub number: u32,
    /// `found`, `nothing`, `held` …
    pub word: String,
    /// The counterpart's words for what it did not do, or what is missing.
    pub words: String,
    /// How many assets it named.
    pub assets: u32,
    /// When the answer came in.
    pub at: Timestamp,
    /// When the counterpart really said it, where the answer was used again.
    pub cached_from: Option<Timestamp>,
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

/// How many orders of a lane are where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct LaneCounts {
    /// Queued.
    pub waiting: u64,
    /// Handed over, answer expected.
    pub awaiting: u64,
    /// Controls that a person must decide.
    pub held: u64,
    /// When the oldest order that is not answered was made.
    #[schemars(with = "Option<String>")]
    pub oldest: Option<Timestamp>,
}

/// Which inquiries are wanted.
#[derive(Debug, Clone, Default)]
pub struct InquiryFilter {
    /// Case number, canonical.
    pub case_number: Option<String>,
    /// State.
    pub state: Option<InquiryState>,
    /// Only older than this row.
    pub before: Option<InquiryId>,
    /// At most this many.
    pub limit: usize,
}

/// What a person did and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Act {
    /// When.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// Name of the API key.
    pub actor: String,
    /// What: `submit`, `requery`, `cancel`, `approve`, `pause` …
    pub act: String,
    /// On what: the inquiry's identifier or the counterpart's name.
    pub subject: String,
    /// Why.
    pub reason: String,
}
