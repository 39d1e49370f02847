//! Events: what the case system is told. Each type has a name on the queue and a code in the store.

use std::borrow::Cow;

use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

use super::{InquiryId, OrderId};

macro_rules! event_types {
    ($($(#[$about:meta])* $name:ident = $code:literal, $text:literal;)*) => {
        /// Types of results 结果 on the queue.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
        pub enum EventType {
            $($(#[$about])* $name,)*
        }

        impl EventType {
            /// Every type.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The CloudEvents type.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => concat!("chakong.", $text),)*
                }
            }

            /// The code in the store, which never changes.
            pub const fn code(self) -> i64 {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// The type of a code.
            pub fn from_code(code: i64) -> Option<Self> {
                match code {
                    $($code => Some(Self::$name),)*
                    _ => None,
                }
            }
        }
    };
}

event_types! {
    /// An inquiry and its orders are durable.
    InquiryAccepted = 0, "inquiry.accepted";
    /// A counterpart answered an order, or corrected its answer.
    OrderAnswered = 1, "order.answered";
    /// A counterpart declined an order.
    OrderRefused = 2, "order.refused";
    /// An order has had no answer in its time. It can still be answered.
    OrderOverdue = 3, "order.overdue";
    /// An order cannot be done.
    OrderFailed = 4, "order.failed";
    /// Nobody knows what became of a control, or its answer does not fit it; a person decides.
    OrderUndetermined = 5, "order.undetermined";
    /// A freeze is proposed to an approver.
    MeasureProposed = 6, "measure.proposed";
    /// A measure is in force.
    MeasurePlaced = 7, "measure.placed";
    /// A measure is in force and holds less than was ordered.
    MeasurePartly = 8, "measure.partly";
    /// A measure waits behind others 轮候.
    MeasureWaiting = 9, "measure.waiting";
    /// A counterpart did not place a measure.
    MeasureRefused = 10, "measure.refused";
    /// A measure was released, wholly or in part.
    MeasureReleased = 11, "measure.released";
    /// More is held than the claim.
    MeasureExcess = 12, "measure.excess";
    /// Every order came to an end; the certificate was issued.
    InquiryCompleted = 13, "inquiry.completed";
    /// An inquiry was withdrawn.
    InquiryCancelled = 14, "inquiry.cancelled";
    /// Money was taken to the court's account.
    MeasureDeducted = 15, "measure.deducted";
    /// A measure has a new term.
    MeasureRenewed = 16, "measure.renewed";
    /// A stake was transferred.
    MeasureTransferred = 17, "measure.transferred";
    /// A receipt came in.
    MeasureReceipt = 18, "measure.receipt";
    /// A measure that waited took effect.
    MeasureEffective = 19, "measure.effective";
    /// A freeze was approved.
    MeasureApproved = 20, "measure.approved";
    /// A proposal was rejected.
    MeasureRejected = 21, "measure.rejected";
    /// A counterpart declined a renewal; the measure stands until its last day.
    MeasureRenewalRefused = 22, "measure.renewal_refused";
    /// A counterpart declined a release; the measure stands.
    MeasureReleaseRefused = 23, "measure.release_refused";
    /// A counterpart declined a deduction; the measure stands.
    MeasureDeductionRefused = 24, "measure.deduction_refused";
    /// A counterpart declined a transfer; the measure stands.
    MeasureTransferRefused = 25, "measure.transfer_refused";
    /// A measure ends soon.
    MeasureExpiring = 26, "measure.expiring";
    /// A measure ended because its term is over 已届满.
    MeasureLapsed = 27, "measure.lapsed";
    /// A measure of ours that this gateway did not place was found or entered.
    MeasureRecognised = 28, "measure.recognised";
    /// What a measure holds changed, as a counterpart shows; or its freeze could not be sent, so that nothing is asked of it any more.
    MeasureChanged = 29, "measure.changed";
    /// A release was ordered.
    MeasureReleasing = 30, "measure.releasing";
    /// The claim of a case changed.
    ClaimChanged = 31, "claim.changed";
    /// A person resolved what became of a control.
    OrderResolved = 32, "order.resolved";
    /// Papers that an act needs are missing.
    MeasurePapersMissing = 33, "measure.papers_missing";
    /// A registry took a seizure that has no effect yet.
    MeasureAccepted = 34, "measure.accepted";
    /// A task is due and not done.
    TaskDue = 35, "task.due";
    /// Shown in the place of an event that cannot be read any more; never written.
    ResultUnreadable = 36, "result.unreadable";
    /// That a party was freed was taken back: it owes the claim as before, and its property is looked at anew.
    PartyReinstated = 37, "party.reinstated";
    /// The first of two approvers approved a freeze 双人审批; it waits for the second.
    MeasureFirstApproved = 38, "measure.first_approved";
    /// A control that had not left was withdrawn: the case changed so that nobody wants it, its term is over, or a person withdrew it.
    OrderWithdrawn = 39, "order.withdrawn";
}

impl JsonSchema for EventType {
    fn schema_name() -> Cow<'static, str> {
        "EventType".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names: Vec<&str> = Self::ALL.iter().map(|kind| kind.name()).collect();
        json_schema!({ "description": "What happened: the CloudEvents type", "type": "string", "enum": names })
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
    /// When.
    pub at: Timestamp,
    /// What else it carries, as JSON text.
    pub data: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::EventType;

    #[test]
    fn codes_and_names_are_unique() {
        for (at, one) in EventType::ALL.iter().enumerate() {
            assert_eq!(EventType::from_code(one.code()), Some(*one));
            let later = &EventType::ALL[at + 1..];
            assert!(later.iter().all(|other| other.code() != one.code() && other.name() != one.name()));
        }
    }
}
