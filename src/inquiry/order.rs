use chakong_contract::{Instruction, RequestNumber};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{InquiryId, MeasureId};

/// Row number of an order in the store; the request number is derived from it.
pub type OrderId = i64;

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
    /// A control whose outcome nobody knows and that may be sent again under the same number.
    Unknown,
    /// A control whose outcome nobody knows: a person decides.
    Held,
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
    /// Every state, in the order of its stored code.
    pub const ALL: [Self; 10] = [
        Self::Queued,
        Self::Sending,
        Self::Awaiting,
        Self::Answered,
        Self::Refused,
        Self::Overdue,
        Self::Failed,
        Self::Unknown,
        Self::Held,
        Self::Cancelled,
    ];

    /// The table of legal moves. A reply is taken in every state: what a counterpart says is never lost.
    pub const fn may_become(self, next: Self) -> bool {
        use OrderState::{
            Answered, Awaiting, Cancelled, Failed, Held, Overdue, Queued, Refused, Sending, Unknown,
        };
        match next {
            Answered | Refused => true,
            Queued => matches!(self, Queued | Sending | Awaiting | Unknown | Held),
            Sending => matches!(self, Queued),
            Awaiting => matches!(self, Sending | Queued | Awaiting),
            Overdue => matches!(self, Queued | Sending | Awaiting),
            Failed => matches!(self, Queued | Sending | Awaiting | Unknown | Held),
            Unknown | Held => matches!(self, Sending | Awaiting | Unknown),
            Cancelled => matches!(self, Queued | Held),
        }
    }

    /// Whether the inquiry still waits for this order.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Queued | Self::Sending | Self::Awaiting | Self::Unknown)
    }

    /// The code in the store.
    pub const fn code(self) -> i64 {
        self as i64
    }

    /// The state of a code.
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.get(usize::try_from(code).ok()?).copied()
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
            Self::Unknown => "unknown",
            Self::Held => "held",
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
}

impl Priority {
    /// By how many seconds later than its creation an order stands in line.
    pub const fn handicap_seconds(self) -> i64 {
        match self {
            Self::Release => 0,
            Self::Preservation => 60,
            Self::Freeze => 120,
            Self::Requery => 1800,
            Self::Query => 3600,
        }
    }

    /// Whether a lane should look again at once instead of finishing what it has read ahead.
    pub const fn is_urgent(self) -> bool {
        !matches!(self, Self::Query)
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
    /// The counterpart's name for it, to ask again with.
    pub ticket: Option<String>,
    /// The batch that carried it last.
    pub batch: Option<i64>,
    /// The order that this one asks again; itself for a first one.
    pub root: OrderId,
    /// The measure that this control creates, renews or releases.
    pub measure: Option<MeasureId>,
    /// Why the last attempt brought no reply.
    pub fault: Option<chakong_contract::Fault>,
    /// The order of another counterpart, which could not answer it, that this one stands in for.
    pub stands_in: Option<OrderId>,
}

impl OrderRecord {
    /// The order's number on the wire.
    pub fn number(&self) -> RequestNumber {
        number_of(self.id, self.created)
    }

    /// Whether a control stands behind it.
    pub fn is_control(&self) -> bool {
        self.instruction.kind().is_control()
    }
}

/// Length of the prefix `CK` + date.
const PREFIX: usize = 10;

/// The request number of an order: `CK`, the day it was made (Asia/Shanghai), its row number in 12 digits: 22
/// characters like those seen on the wire. Row numbers are never reused, so neither is this.
///
/// # Panics
/// Never: the format always is a request number.
pub fn number_of(id: OrderId, created: Timestamp) -> RequestNumber {
    let date = chakong_contract::Moment::from_timestamp(created).date();
    let day = (i64::from(date.year()) * 100 + i64::from(date.month())) * 100 + i64::from(date.day());
    let mut text = *b"CK00000000000000000000";
    let (head, tail) = text.split_at_mut(PREFIX);
    // Every order's number is made several times: digits are put in place, which costs a tenth of formatting them.
    put_digits(head.get_mut(2..).unwrap_or_default(), day);
    put_digits(tail, id);
    let text = std::str::from_utf8(&text).unwrap_or_default();
    text.parse().unwrap_or_else(|_| unreachable!("a number of the form is a request number"))
}

/// Writes a number that is not negative, with leading zeroes, as wide as there is room.
fn put_digits(room: &mut [u8], number: i64) {
    let mut rest = number;
    for digit in room.iter_mut().rev() {
        *digit = b'0' + u8::try_from(rest % 10).unwrap_or_default();
        rest /= 10;
    }
}

/// The row number inside a request number of ours; `None` for a number that is not of our form.
pub fn order_id_of(number: &RequestNumber) -> Option<OrderId> {
    let text = number.as_str();
    let digits = text.strip_prefix("CK").filter(|_| text.len() == PREFIX + 12)?.get(PREFIX - 2..)?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_lead_back_to_their_order() {
        let created = "2026-11-24T17:00:00Z".parse().expect("timestamp");
        let number = number_of(42, created);
        assert_eq!(number.as_str(), "CK20261125000000000042", "the day is Shanghai's");
        assert_eq!(order_id_of(&number), Some(42));
        assert_eq!(order_id_of(&"A220260105990101100001".parse().expect("number")), None);
    }

    #[test]
    fn ends_are_ends_but_for_replies() {
        for end in OrderState::ALL.into_iter().filter(|state| !state.is_open()) {
            assert!(end.may_become(OrderState::Answered));
            assert!(!end.may_become(OrderState::Sending), "{end:?} must never be sent again by itself");
        }
        assert!(!OrderState::Answered.may_become(OrderState::Queued));
        for (code, state) in OrderState::ALL.into_iter().enumerate() {
            assert_eq!(state.code(), i64::try_from(code).expect("small"));
        }
    }
}
