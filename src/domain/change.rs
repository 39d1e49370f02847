//! Changes: what a decision makes of a case. A decision is a list of them; one writer commits the list.

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use super::audit::AuditEntry;
use super::people::PeopleChange;
use super::retention::Forget;
use super::{
    Batch, BatchId, Blob, Case, CaseId, Chain, ChainId, ChainParty, ClaimChange, DeskItem, DocumentId,
    EventDraft, Inquiry, InquiryId, Measure, MeasureState, NewPrint, NewReceipt, NotAsked, OrderId,
    OrderRecord, OrderState, Paper, PartyId, RawId, RawMessage, Revision, Task,
};

/// One change. Rows that are new carry the identifier that the store reserved for them.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A chain begins.
    NewChain(Chain),
    /// The claim of a chain changed, or it has a ledger now.
    SaveChain(Chain),
    /// A chain becomes part of another.
    JoinChains(Box<JoinedChains>),
    /// A case becomes known.
    NewCase(Case),
    /// The court of a case becomes known that was known by its number alone.
    SaveCase(Case),
    /// A case that is known turns out to continue another one of its chain.
    ContinueCase(CaseId, CaseId),
    /// A party becomes known.
    NewParty(ChainParty),
    /// More is known of a party.
    SaveParty(ChainParty),
    /// An inquiry is accepted.
    NewInquiry(Box<NewInquiry>),
    /// State and counters of an inquiry.
    SaveInquiry(Inquiry),
    /// A legal document is kept.
    NewDocument(NewDocument),
    /// An order is made; its lane wakes after the commit.
    NewOrder(Box<OrderRecord>),
    /// An order moves. The store refuses a move that the table does not allow or that starts elsewhere.
    MoveOrder(Box<OrderRecord>, OrderState),
    /// A measure is made.
    NewMeasure(Box<Measure>),
    /// A measure moves, or more is known of it. The store refuses a move that the table does not allow or that starts elsewhere.
    MoveMeasure(Box<Measure>, MeasureState),
    /// An answer is kept.
    NewRevision(Box<Revision>),
    /// A receipt is kept.
    NewReceipt(NewReceipt),
    /// An event is told.
    NewEvent(EventDraft),
    /// A task is put on the list.
    NewTask(Task),
    /// A task is done or changed.
    SaveTask(Task),
    /// The claim's history grows.
    NewClaimChange(ClaimChange),
    /// A certificate is issued.
    NewCertificate(NewCertificate),
    /// A paper was printed.
    NewPrint(NewPrint),
    /// An order comes to the desk (its first version), or something was done about it there. The store refuses a version that is not the
    /// next one.
    SaveDesk(Box<DeskItem>),
    /// What an officer found about a property is remembered over inquiries.
    SavePropertyFinding(PropertyFinding),
    /// A line of the audit.
    Audit(AuditEntry),
    /// What a lane keeps.
    Lane(LaneChange),
    /// What is kept of people.
    People(PeopleChange),
    /// The store is written to, to see whether it can be.
    Probe(Timestamp),
    /// What is kept no longer.
    Forget(Forget),
}

/// What a lane keeps beside its orders.
#[derive(Debug, Clone, PartialEq)]
pub enum LaneChange {
    /// A message is kept as it travelled, with the orders that it is about.
    NewRaw(RawId, RawMessage, Vec<OrderId>),
    /// What a message said came once more: it is counted.
    Repeated(RawId),
    /// A batch is made.
    NewBatch(Batch),
    /// The digest of a batch's bytes, before they leave.
    SaveBatchDigest(BatchId, Vec<u8>),
    /// A message that was kept must still be handed over.
    Unsent(RawId, String),
    /// Messages were handed over.
    Sent(Vec<RawId>),
    /// A message of a lane is answered under a name, about something: lane, name, about, digest.
    Responded {
        /// The lane.
        lane: String,
        /// Name of the response.
        name: String,
        /// What it is about.
        about: String,
        /// Digest of the message that is answered.
        digest: String,
    },
    /// Requests count against a day's quota, and to a court's share where one is named: lane, court, day, how many; where there are fewer
    /// than none, some that were counted before were not sent.
    SpendQuota(String, Option<String>, Date, i64),
    /// Requests that a counterpart charged on a day.
    AddCharges(String, Date, u64),
    /// The number that a vendor gave a call about an order.
    NewChargeReference(OrderId, Timestamp, String),
    /// Where the newest answer under a key is.
    KeepAnswer(Vec<u8>, OrderId, u32, Timestamp),
    /// A lane is paused or resumed.
    SetPaused(String, Option<Pause>),
    /// What limits a lane now, for the next process that works for it: breaker and the time that the counterpart asked for.
    KeepLimits(String, String),
    /// A person says that a lane's breaker is to be closed, whichever process works for it.
    ResetLane(String),
    /// A token that a counterpart may ask about once: its digest, the lane, when it was made.
    NewCallToken(Vec<u8>, String, Timestamp),
    /// It is good no more.
    DropCallToken(Vec<u8>),
    /// A consumer acknowledged events up to a number; never moved back.
    Acknowledge(String, i64),
    /// A consumer reads no more.
    RemoveConsumer(String),
    /// A relay or an intake failed; what it said before is forgotten.
    KeepFailure(RelayFailure),
}

/// The last failure of a relay or an intake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelayFailure {
    /// The name of its lease, such as `relay/nats`.
    pub name: String,
    /// Kind of the failure in a word.
    pub kind: String,
    /// What failed, and what to do.
    pub detail: String,
    /// When.
    pub at: Timestamp,
    /// The replica that met it; empty where the store has one process.
    pub replica: String,
}

/// A pause of a lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pause {
    /// Why.
    pub reason: String,
    /// When it ends by itself; `None` where a person ends it.
    pub until: Option<Timestamp>,
}

/// Two chains that become one: everything of the one is the other's from now on.
#[derive(Debug, Clone, PartialEq)]
pub struct JoinedChains {
    /// The chain that stays.
    pub into: ChainId,
    /// The chain that becomes part of it. Its row stays, empty.
    pub from: ChainId,
    /// Its parties that the other did not know, as they are from now on.
    pub parties: Vec<ChainParty>,
    /// Its measures, as they are from now on.
    pub measures: Vec<Measure>,
    /// Which party of the chain each party of its inquiries is from now on.
    pub debtors: Vec<(InquiryId, Vec<PartyId>)>,
    /// The case that continues another, and that one.
    pub continues: (CaseId, CaseId),
}

/// An inquiry to be added.
#[derive(Debug, Clone, PartialEq)]
pub struct NewInquiry {
    /// The inquiry.
    pub inquiry: Inquiry,
    /// Idempotency key.
    pub key: String,
    /// Digest of the body as it came.
    pub digest: Vec<u8>,
    /// Its terms in stored form.
    pub terms: Blob,
    /// The case system's references of its parties, in their order.
    pub references: Vec<String>,
    /// Which party of the chain each of them is.
    pub debtors: Vec<PartyId>,
    /// Who was not asked.
    pub not_asked: Vec<NotAsked>,
    /// By what its case is found; personal data, kept as keyed hashes.
    pub found_by: Vec<String>,
    /// Day on which its case was filed, where it was stated.
    pub filed_on: Option<Date>,
}

/// A legal document to be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct NewDocument {
    /// What it is.
    pub paper: Paper,
    /// Title.
    pub title: String,
    /// File extension.
    pub format: String,
    /// The file's bytes.
    pub bytes: Blob,
}

/// A certificate, fixed when it is issued.
#[derive(Debug, Clone, PartialEq)]
pub struct NewCertificate {
    /// Its inquiry.
    pub inquiry: InquiryId,
    /// Public identifier of the inquiry.
    pub uid: Uuid,
    /// From 1.
    pub number: u32,
    /// When it was issued.
    pub at: Timestamp,
    /// The document as JSON text.
    pub text: String,
}

/// What an officer found about a property, whoever asks about it next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PropertyFinding {
    /// Institution and property; personal data, kept as a keyed hash.
    pub property: String,
    /// Why it must not be touched: the reason in Chinese and its legal reference. Other cases read it.
    pub note: String,
    /// Who found it.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

/// A document that is brought with a submission or an act, ready to be kept: its bytes are packed already.
#[derive(Debug, Clone, PartialEq)]
pub struct BroughtDocument {
    /// What it is.
    pub kind: chakong_contract::DocumentKind,
    /// Title.
    pub title: String,
    /// Its own number 文号.
    pub number: String,
    /// File extension.
    pub format: String,
    /// The file's bytes.
    pub bytes: Blob,
}

impl BroughtDocument {
    /// The document as it is kept: with its inquiry, and the parties of the chain that the inquiry names.
    pub fn into_new(
        self,
        id: DocumentId,
        (inquiry, debtors): (InquiryId, Vec<PartyId>),
        measures: Vec<super::MeasureId>,
        by_act: bool,
    ) -> NewDocument {
        let paper = Paper { id, inquiry, kind: self.kind, number: self.number, measures, by_act, debtors };
        NewDocument { paper, title: self.title, format: self.format, bytes: self.bytes }
    }
}
