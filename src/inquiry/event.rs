use serde::Serialize;

use super::{InquiryId, OrderId};

/// Types of results 结果 on the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[allow(missing_docs, reason = "the words say it; DESIGN calls them results")]
pub enum EventType {
    InquiryAccepted,
    OrderAnswered,
    OrderRefused,
    OrderOverdue,
    OrderFailed,
    OrderHeld,
    MeasureProposed,
    MeasurePlaced,
    MeasurePartly,
    MeasureWaiting,
    MeasureRefused,
    MeasureReleased,
    MeasureExcess,
    InquiryCompleted,
    InquiryCancelled,
    MeasureDeducted,
    MeasureRenewed,
    MeasureTransferred,
    MeasureReceipt,
    MeasureEffective,
}

impl EventType {
    /// Every type, in the order of its stored code.
    pub const ALL: [Self; 20] = [
        Self::InquiryAccepted,
        Self::OrderAnswered,
        Self::OrderRefused,
        Self::OrderOverdue,
        Self::OrderFailed,
        Self::OrderHeld,
        Self::MeasureProposed,
        Self::MeasurePlaced,
        Self::MeasurePartly,
        Self::MeasureWaiting,
        Self::MeasureRefused,
        Self::MeasureReleased,
        Self::MeasureExcess,
        Self::InquiryCompleted,
        Self::InquiryCancelled,
        Self::MeasureDeducted,
        Self::MeasureRenewed,
        Self::MeasureTransferred,
        Self::MeasureReceipt,
        Self::MeasureEffective,
    ];

    /// The CloudEvents type.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InquiryAccepted => "chakong.inquiry.accepted",
            Self::OrderAnswered => "chakong.order.answered",
            Self::OrderRefused => "chakong.order.refused",
            Self::OrderOverdue => "chakong.order.overdue",
            Self::OrderFailed => "chakong.order.failed",
            Self::OrderHeld => "chakong.order.held",
            Self::MeasureProposed => "chakong.measure.proposed",
            Self::MeasurePlaced => "chakong.measure.placed",
            Self::MeasurePartly => "chakong.measure.partly",
            Self::MeasureWaiting => "chakong.measure.waiting",
            Self::MeasureRefused => "chakong.measure.refused",
            Self::MeasureReleased => "chakong.measure.released",
            Self::MeasureExcess => "chakong.measure.excess",
            Self::InquiryCompleted => "chakong.inquiry.completed",
            Self::InquiryCancelled => "chakong.inquiry.cancelled",
            Self::MeasureDeducted => "chakong.measure.deducted",
            Self::MeasureRenewed => "chakong.measure.renewed",
            Self::MeasureTransferred => "chakong.measure.transferred",
            Self::MeasureReceipt => "chakong.measure.receipt",
            Self::MeasureEffective => "chakong.measure.effective",
        }
    }

    /// The code in the store.
    pub const fn code(self) -> i64 {
        self as i64
    }

    /// The type of a code.
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.get(usize::try_from(code).ok()?).copied()
    }
}

/// An event to be appended to the log.
#[derive(Debug, Clone, PartialEq)]
pub struct EventDraft {
    /// Type.
    pub kind: EventType,
    /// Its inquiry; the CloudEvents subject.
    pub inquiry: InquiryId,
    /// The order it is about. An answer's content is not copied into the log: it is read from the revision.
    pub order: Option<OrderId>,
    /// Revision of the answer, from 1.
    pub revision: Option<u32>,
    /// What else it carries, as JSON text.
    pub data: Option<String>,
}

impl EventDraft {
    /// An event about an inquiry.
    pub const fn of_inquiry(kind: EventType, inquiry: InquiryId, data: Option<String>) -> Self {
        Self { kind, inquiry, order: None, revision: None, data }
    }

    /// An event about an order.
    pub const fn of_order(
        kind: EventType,
        inquiry: InquiryId,
        order: OrderId,
        revision: Option<u32>,
    ) -> Self {
        Self { kind, inquiry, order: Some(order), revision, data: None }
    }
}
