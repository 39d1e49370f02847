//! Orders 协助指令: their states, the table of legal moves, their priority and their number on the wire.

use chakong_contract::{Date, Instruction, RequestNumber};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{BatchId, DocumentId, InquiryId, MeasureId, OrderId};

/// State of an order. The legal moves are in [`OrderState::may_become`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// Waits for its turn, or for its next attempt.
    Queued,
    /// On its way; durable before the first byte leaves (controls and parcels only).
    Sending,
    /// Handed over; the counterpart will answer in its own time.
    Awaiting,
    /// Answered. A late or corrected reply makes a new revision.
    Answered,
    /// The counterpart declined, in its own words.
    Refused,
    /// The deadline passed without an answer. Still answerable.
    Overdue,
    /// Cannot be done; visible, can be asked again.
    Failed,
    /// A control whose outcome nobody knows: a person decides.
    Undetermined,
    /// Withdrawn before it was sent.
    Cancelled,
}

/// A move that the table does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an order cannot go from {from:?} to {to:?}")]
pub struct StateError {
    /// State before.
    pub from: OrderState,
    /// State wanted.
    pub to: OrderState,
}

impl OrderState {
    /// Every state.
    pub const ALL: [Self; 9] = [
        Self::Queued,
        Self::Sending,
        Self::Awaiting,
        Self::Answered,
        Self::Refused,
        Self::Overdue,
        Self::Failed,
        Self::Undetermined,
        Self::Cancelled,
    ];

    /// The table of legal moves. A reply is taken in every state: what a counterpart says is never lost. An overdue or
    /// undetermined order is queued again on a person's word only.
    pub const fn may_become(self, next: Self) -> bool {
        use OrderState::{
            Answered, Awaiting, Cancelled, Failed, Overdue, Queued, Refused, Sending, Undetermined,
        };
        match next {
            // So is an answer that does not fit, about an order that had come to its end: a person decides.
            Answered | Refused | Undetermined => true,
            Queued => matches!(self, Queued | Sending | Awaiting | Overdue | Undetermined),
            Sending => matches!(self, Queued | Sending),
            Awaiting => matches!(self, Sending | Queued | Awaiting),
            // One that was only taken is overdue where nothing is heard of its effect.
            Overdue => matches!(self, Queued | Sending | Awaiting | Answered),
            Failed => matches!(self, Queued | Sending | Awaiting | Overdue | Undetermined | Failed),
            Cancelled => matches!(self, Queued | Undetermined),
        }
    }

    /// Whether the inquiry still waits for this order.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Queued | Self::Sending | Self::Awaiting)
    }

    /// The code in the store.
    pub const fn code(self) -> i64 {
        match self {
            Self::Queued => 0,
            Self::Sending => 1,
            Self::Awaiting => 2,
            Self::Answered => 3,
            Self::Refused => 4,
            Self::Overdue => 5,
            Self::Failed => 6,
            Self::Undetermined => 8,
            Self::Cancelled => 9,
        }
    }

    /// The state of a code.
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// The word used in events, metrics and pages.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Awaiting => "awaiting",
            Self::Answered => "answered",
            Self::Refused => "refused",
            Self::Overdue => "overdue",
            Self::Failed => "failed",
            Self::Undetermined => "undetermined",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Who goes first in a lane. Priority is a head start in time, so that everybody's turn comes: nobody starves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Release of a measure: somebody's money is held without need.
    Release,
    /// Preservation before judgment: 48 hours (民诉法 art. 103).
    Preservation,
    /// Freeze in enforcement.
    Freeze,
    /// Manual re-query.
    Requery,
    /// Query of a new inquiry.
    Query,
    /// Standing re-query, which nobody waits for.
    Standing,
}

impl Priority {
    /// Every priority, in the order of its stored code.
    pub const ALL: [Self; 6] =
        [Self::Release, Self::Preservation, Self::Freeze, Self::Requery, Self::Query, Self::Standing];

    /// By how many seconds later than its creation an order stands in line.
    pub const fn handicap_seconds(self) -> i64 {
        match self {
            Self::Release => 0,
            Self::Preservation => 60,
            Self::Freeze => 120,
            Self::Requery => 1800,
            Self::Query => 3600,
            Self::Standing => 7200,
        }
    }

    /// Whether a lane should look again at once instead of finishing what it has read ahead.
    pub const fn is_urgent(self) -> bool {
        !matches!(self, Self::Query | Self::Standing)
    }
}

/// An order as the gateway keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderRecord {
    /// Row number.
    pub id: OrderId,
    /// The inquiry it belongs to.
    pub inquiry: InquiryId,
    /// Name of the counterpart, which is the name of its lane.
    pub lane: String,
    /// Code of the court whose case it is about; within a priority courts take turns in a lane.
    pub court: String,
    /// Which party of the submission.
    pub party: u32,
    /// Which identity document of the party.
    pub document: u32,
    /// What is asked.
    pub instruction: Instruction,
    /// Head start.
    pub priority: Priority,
    /// State.
    pub state: OrderState,
    /// Attempts that reached the counterpart or failed on the way.
    pub attempts: u32,
    /// When it was made.
    pub created: Timestamp,
    /// Not before this.
    pub due: Timestamp,
    /// When it should have been answered.
    pub deadline: Timestamp,
    /// When it left for the counterpart last; `None` while it never did.
    pub sent: Option<Timestamp>,
    /// The counterpart's name for it, to ask again with.
    pub ticket: Option<String>,
    /// The batch that carried it last.
    pub batch: Option<BatchId>,
    /// The order that this one asks again; itself for a first one.
    pub root: OrderId,
    /// The measure that this control creates, renews or releases.
    pub measure: Option<MeasureId>,
    /// Why the last attempt brought no reply.
    pub fault: Option<chakong_contract::Fault>,
    /// The order of another counterpart, which could not answer it, that this one stands in for.
    pub stands_in: Option<OrderId>,
    /// The documents that a control goes out on; a query takes those that its inquiry brought.
    pub papers: Vec<DocumentId>,
}

impl OrderRecord {
    /// The order's number on the wire.
    pub fn number(&self) -> RequestNumber {
        number_of(self.id, self.created)
    }

    /// Whether its counterpart may have got it, in this attempt or an earlier one.
    pub fn may_have_left(&self) -> bool {
        use chakong_contract::FaultKind::{Malformed, OutcomeUnknown};
        let left = |fault: &chakong_contract::Fault| matches!(fault.kind, OutcomeUnknown | Malformed);
        self.state != OrderState::Queued
            || self.attempts > 0 && self.fault.is_some()
            || self.batch.is_some()
            || self.sent.is_some()
            || self.fault.as_ref().is_some_and(left)
    }

    /// Whether a control stands behind it.
    pub fn is_control(&self) -> bool {
        self.instruction.kind().is_control()
    }
}

/// Length of the prefix `CK` + date.
const PREFIX: usize = 10;
/// Digits behind the prefix: six of the store's epoch, twelve of the row.
const DIGITS: usize = 18;
/// Digits that numbers of the first edition had, which knew no epoch.
const OLD_DIGITS: usize = 12;

/// The request number of an order: `CK`, the day it was made (Asia/Shanghai), six digits of the store's epoch, twelve of the
/// row: 28 characters, within the 30 of the wire (court-bank protocol, section 2). Neither epochs nor rows are used twice, so
/// neither is a number, not even by a store that was lost or restored. An order of the first edition, which has no epoch,
/// keeps its 22 characters.
///
/// # Panics
/// Never: the form always is a request number.
pub fn number_of(id: OrderId, created: Timestamp) -> RequestNumber {
    let date = chakong_contract::Moment::from_timestamp(created).date();
    let day = day_number(date);
    let mut text = *b"CK00000000000000000000000000";
    let digits = if id.get() < super::ids::ROWS_PER_EPOCH { OLD_DIGITS } else { DIGITS };
    let (head, tail) = text.split_at_mut(PREFIX);
    // Every order's number is made several times: digits are put in place, which costs a tenth of formatting them.
    put_digits(head.get_mut(2..).unwrap_or_default(), day);
    put_digits(tail.get_mut(..digits).unwrap_or_default(), id.get());
    let text = text.get(..PREFIX + digits).map(std::str::from_utf8).and_then(Result::ok).unwrap_or_default();
    text.parse().unwrap_or_else(|_| unreachable!("a number of the form is a request number"))
}

/// A day as the number that its eight digits are.
pub fn day_number(day: Date) -> i64 {
    (i64::from(day.year()) * 100 + i64::from(day.month())) * 100 + i64::from(day.day())
}

/// Writes a number that is not negative, with leading zeroes, as wide as there is room.
pub fn put_digits(room: &mut [u8], number: i64) {
    let mut rest = number;
    for digit in room.iter_mut().rev() {
        *digit = b'0' + u8::try_from(rest % 10).unwrap_or_default();
        rest /= 10;
    }
}

/// The order inside a request number of ours; `None` for a number that is not of our form.
pub fn order_id_of(number: &RequestNumber) -> Option<OrderId> {
    let text = number.as_str();
    let digits = text.strip_prefix("CK")?.get(PREFIX - 2..)?;
    let of_ours = matches!(digits.len(), OLD_DIGITS | DIGITS) && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|_| of_ours).map(OrderId::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_lead_back_to_their_order_and_carry_the_epoch() {
        let created = "2026-11-24T17:00:00Z".parse().expect("timestamp");
        let old = number_of(OrderId::new(42), created);
        assert_eq!(old.as_str(), "CK20261125000000000042", "the day is Shanghai's");
        let id = OrderId::new(731_904 * crate::domain::ids::ROWS_PER_EPOCH + 7);
        let number = number_of(id, created);
        assert_eq!(number.as_str(), "CK20261125731904000000000007");
        assert_eq!([&old, &number].map(order_id_of), [Some(OrderId::new(42)), Some(id)]);
        for foreign in ["A220260105990101100001", "CK2026112573190400000000000", "CK20261125ABCDEF000000"] {
            assert_eq!(order_id_of(&foreign.parse().expect("number")), None);
        }
    }

    #[test]
    fn ends_are_ends_but_for_replies_and_persons() {
        use OrderState::{Failed, Overdue, Undetermined};
        for end in OrderState::ALL.into_iter().filter(|state| !state.is_open()) {
            assert!(end.may_become(OrderState::Answered));
            assert!(
                end.may_become(OrderState::Undetermined),
                "{end:?}: an answer that does not fit is a person's"
            );
            assert!(!end.may_become(OrderState::Sending), "{end:?} must never be sent again by itself");
            assert_eq!(end.may_become(OrderState::Queued), matches!(end, Overdue | Undetermined));
        }
        assert!(!Failed.may_become(OrderState::Queued));
        for state in OrderState::ALL {
            assert_eq!(OrderState::from_code(state.code()), Some(state));
        }
    }
}
