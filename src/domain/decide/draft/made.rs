//! What a decision makes: tasks and orders.

use chakong_contract::Instruction;
use jiff::Timestamp;

use super::super::super::{
    DocumentId, InquiryId, Measure, MeasureId, OrderId, OrderRecord, OrderState, Priority, Subject, TaskKind,
};

/// A task to be put on the list.
#[derive(Debug, Clone, Copy)]
pub struct NewTask {
    /// What is to be done.
    pub kind: TaskKind,
    /// The inquiry, if it is about one.
    pub inquiry: Option<InquiryId>,
    /// The order, if it is about one.
    pub order: Option<OrderId>,
    /// The measure, if it is about one.
    pub measure: Option<MeasureId>,
    /// When it should be done.
    pub due: Timestamp,
}

impl NewTask {
    /// A task about a measure.
    pub const fn about(kind: TaskKind, measure: &Measure, due: Timestamp) -> Self {
        Self { kind, inquiry: Some(measure.inquiry), order: None, measure: Some(measure.id), due }
    }
}

/// An order to be made.
#[derive(Debug, Clone)]
pub struct NewOrder {
    /// Its inquiry.
    pub inquiry: InquiryId,
    /// Its counterpart.
    pub lane: String,
    /// Which party and document.
    pub subject: Subject,
    /// What is asked.
    pub instruction: Instruction,
    /// Head start.
    pub priority: Priority,
    /// When it should have been answered.
    pub deadline: Timestamp,
    /// The first order of its question; `None` for a first one.
    pub root: Option<OrderId>,
    /// The measure it is about.
    pub measure: Option<MeasureId>,
    /// The order of another counterpart that this one stands in for.
    pub stands_in: Option<OrderId>,
    /// The documents that it goes out on.
    pub papers: Vec<DocumentId>,
}

impl NewOrder {
    /// The order as it is made, but for its court.
    pub fn into_record(self, id: OrderId, now: Timestamp) -> OrderRecord {
        OrderRecord {
            id,
            inquiry: self.inquiry,
            lane: self.lane,
            court: String::new(),
            party: self.subject.party,
            document: self.subject.document,
            instruction: self.instruction,
            priority: self.priority,
            state: OrderState::Queued,
            attempts: 0,
            created: now,
            due: now,
            deadline: self.deadline,
            sent: None,
            ticket: None,
            batch: None,
            root: self.root.unwrap_or(id),
            measure: self.measure,
            fault: None,
            stands_in: self.stands_in,
            papers: self.papers,
        }
    }
}
