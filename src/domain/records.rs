//! Records: messages as they travelled, batches that carried them, and the revisions of answers.

use std::sync::Arc;

use chakong_contract::asset::FoundAsset;
use chakong_contract::reply::Answer;
use chakong_contract::{ActionKind, Asset, Fault, Money, Reply};
use jiff::Timestamp;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{BatchId, Blob, InquiryId, MeasureId, OrderId, OrderRecord, OrderState, RawId};

/// One answer to an order or to one of its re-queries.
#[derive(Debug, Clone, PartialEq)]
pub struct Revision {
    /// First order of the question.
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
    /// The answer in stored form, where it was written before; otherwise the store writes it.
    pub stored: Option<Blob>,
    /// The raw message it was read from.
    pub raw: Option<RawId>,
    /// SHA-256 of the raw message, hexadecimal.
    pub raw_digest: String,
    /// Connector and its version.
    pub connector: String,
    /// Differences to the revision before: added, gone and changed assets.
    pub differences: Option<Value>,
    /// When the counterpart really said it, where the answer was used again.
    pub cached_from: Option<Timestamp>,
}

impl Revision {
    /// Whether the counterpart refused to answer: it takes nothing away of what it said before.
    pub fn is_refusal(&self) -> bool {
        matches!(self.answer.reply, Reply::Refused(_))
    }
}

/// Where an answer came from: its provenance.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// The raw message, once it is kept.
    pub raw: Option<RawId>,
    /// SHA-256 of the raw message, hexadecimal.
    pub digest: String,
    /// Connector and version.
    pub connector: String,
    /// When the counterpart really said it, where the answer is used again.
    pub cached_from: Option<Timestamp>,
}

/// The connector of an answer that a person gave.
const BY_HAND: &str = "by hand";

impl Source {
    /// The source of what a person says that a counterpart did.
    pub fn by_hand() -> Self {
        Self { connector: BY_HAND.to_owned(), ..Self::default() }
    }

    /// Whether a person said it.
    pub fn is_by_hand(&self) -> bool {
        self.connector == BY_HAND
    }
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
    pub batch: Option<BatchId>,
    /// Which way.
    pub direction: RawDirection,
    /// File name or operation; empty for a conversation over a call line.
    pub name: String,
    /// When it was sent or received.
    pub at: Timestamp,
    /// The bytes.
    pub bytes: Blob,
}

/// A batch of orders that go out together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Identifier.
    pub id: BatchId,
    /// Its lane.
    pub lane: String,
    /// When it was made.
    pub made: Timestamp,
    /// SHA-256 of the exact bytes, durable before they leave (controls).
    pub digest: Option<Vec<u8>>,
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
#[derive(Debug, Clone, PartialEq)]
pub struct NewReceipt {
    /// The receipt.
    pub receipt: KeptReceipt,
    /// The measure of its order.
    pub measure: Option<MeasureId>,
    /// The message that it came in.
    pub raw: Option<RawId>,
    /// Its bytes.
    pub bytes: Blob,
}

/// An order and what came of it, without the question and the answer themselves: enough for a certificate.
#[derive(Debug, Clone, PartialEq)]
pub struct LineRow {
    /// The order.
    pub id: OrderId,
    /// First order of the question.
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
    /// When it left for the counterpart last; `None` while it never did.
    pub sent: Option<Timestamp>,
    /// Why the last attempt brought no reply.
    pub fault: Option<Fault>,
    /// The latest answer.
    pub outcome: Option<Outcome>,
    /// The order of another counterpart that it stands in for.
    pub stands_in: Option<OrderId>,
}

impl LineRow {
    /// An order in a certificate, with the latest answer to its question.
    pub fn of(order: &OrderRecord, revision: Option<&Revision>) -> Self {
        let own = revision.filter(|revision| revision.order == order.id);
        Self {
            id: order.id,
            root: order.root,
            lane: order.lane.clone(),
            party: order.party,
            action: order.instruction.kind(),
            state: order.state,
            created: order.created,
            sent: order.sent,
            fault: order.fault.clone(),
            outcome: own.map(Outcome::of),
            stands_in: order.stands_in,
        }
    }
}

/// What a certificate is made from.
#[derive(Debug, Clone, Default)]
pub struct Lines {
    /// The case system's references of the inquiry's parties.
    pub references: Vec<String>,
    /// Who was not asked.
    pub not_asked: Vec<NotAsked>,
    /// Every order, oldest first.
    pub rows: Vec<LineRow>,
}

/// A counterpart that was not asked about a party, with the reason: coverage is shown honestly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NotAsked {
    /// The counterpart.
    pub counterpart: String,
    /// The case system's reference of the party.
    pub party: String,
    /// Why, Chinese first.
    pub reason: String,
}

/// An answer in a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Revision, counted over the question.
    pub number: u32,
    /// `found`, `nothing`, `held` …
    pub word: String,
    /// The counterpart's words for what it did not do, or what is missing.
    pub words: String,
    /// How many assets it named that are worth something: an account known to be empty or closed does not count.
    pub assets: u32,
    /// Whether it named money in an account.
    pub cash: bool,
    /// When the answer came in.
    pub at: Timestamp,
    /// When the counterpart really said it, where the answer was used again.
    pub cached_from: Option<Timestamp>,
}

impl Outcome {
    /// Whether the counterpart refused to answer.
    pub fn is_refusal(&self) -> bool {
        self.word == "refused"
    }

    /// What a certificate needs of an answer.
    pub fn of(revision: &Revision) -> Self {
        let reply = &revision.answer.reply;
        Self {
            number: revision.number,
            word: reply.outcome().to_owned(),
            words: reply.words(),
            assets: valuable(reply),
            cash: names_cash(reply),
            at: revision.at,
            cached_from: revision.cached_from,
        }
    }
}

/// How many assets of an answer may be worth something.
pub fn valuable(reply: &Reply) -> u32 {
    let worth = |found: &&FoundAsset| match &found.asset {
        Asset::Account(account) => {
            let empty = |money: Option<Money>| money.is_some_and(|money| money.amount <= Decimal::ZERO);
            let others = account.sub_accounts.is_empty() && account.products.is_empty();
            let no_money =
                empty(account.balance) && account.available.is_none_or(|money| money.amount <= Decimal::ZERO);
            !(others && (account.closed.is_some() || no_money))
        }
        // What a register says about the company that was looked up is no property of its own.
        Asset::Company(_) => false,
        Asset::Property(_) | Asset::Equity(_) | Asset::Vehicle(_) => true,
    };
    u32::try_from(reply.assets().iter().filter(worth).count()).unwrap_or(u32::MAX)
}

/// Whether an answer names money in an account.
pub fn names_cash(reply: &Reply) -> bool {
    let some = |money: Option<Money>| money.is_some_and(|money| money.amount > Decimal::ZERO);
    reply.assets().iter().any(|found| match &found.asset {
        Asset::Account(account) => {
            some(account.available)
                || some(account.balance)
                || account.sub_accounts.iter().any(|sub| some(sub.available) || some(sub.balance))
        }
        _ => false,
    })
}
