//! The desk 人工办理: orders that people carry along, and what was done about each there.

use chakong_contract::form::Filled;
use chakong_contract::reply::Receipt;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Blob, OrderId, OrderRecord};

/// Where an order stands on the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeskState {
    /// Nobody has taken it.
    Open,
    /// Somebody carries it along.
    Taken,
    /// An answer was entered and waits for a second person.
    ToCheck,
    /// Its answer was taken in.
    Done,
}

impl DeskState {
    /// Every state, in the order of its stored code.
    pub const ALL: [Self; 4] = [Self::Open, Self::Taken, Self::ToCheck, Self::Done];

    /// The code in the store.
    pub const fn code(self) -> i64 {
        match self {
            Self::Open => 0,
            Self::Taken => 1,
            Self::ToCheck => 2,
            Self::Done => 3,
        }
    }

    /// The state of a code.
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// Who did something, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeskMark {
    /// 工号 of the person, or name of the key.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// A notice that was printed to be carried along.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeskNotice {
    /// Number of the print.
    pub number: String,
    /// Who had it printed.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// Why an answer was sent back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SentBack {
    /// Why.
    pub reason: String,
    /// Who sent it back.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// What was done about an order on the desk, the last of each kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeskWork {
    /// Who has it.
    pub taken: Option<DeskMark>,
    /// The notice.
    pub notice: Option<DeskNotice>,
    /// Who entered the answer.
    pub entered: Option<DeskMark>,
    /// Who checked it; null where nobody had to.
    pub checked: Option<DeskMark>,
    /// Why the answer that was entered was sent back; null once another is entered.
    pub sent_back: Option<SentBack>,
}

/// An answer as it was entered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EnteredAnswer {
    /// The form.
    pub filled: Filled,
    /// The paper's scan.
    pub scan: Receipt,
}

/// An order on the desk.
#[derive(Debug, Clone, PartialEq)]
pub struct DeskItem {
    /// The order.
    pub order: OrderId,
    /// Its counterpart.
    pub lane: String,
    /// Code of the court whose case it is about.
    pub court: String,
    /// When it should have been answered.
    pub deadline: Timestamp,
    /// Where it stands.
    pub state: DeskState,
    /// How often it was written. A row is replaced by the next version of it only.
    pub version: u32,
    /// What was done about it.
    pub work: DeskWork,
    /// The answer that was entered, an [`EnteredAnswer`] in stored form, until it was taken in. Lists leave it out.
    pub entered: Option<Blob>,
}

impl DeskItem {
    /// Whether its notice was printed, so that people carried it along.
    pub const fn was_carried(&self) -> bool {
        self.work.notice.is_some()
    }

    /// An order that comes to the desk.
    pub fn new(order: &OrderRecord) -> Self {
        Self {
            order: order.id,
            lane: order.lane.clone(),
            court: order.court.clone(),
            deadline: order.deadline,
            state: DeskState::Open,
            version: 1,
            work: DeskWork::default(),
            entered: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_lead_back_to_their_state() {
        for state in DeskState::ALL {
            assert_eq!(DeskState::from_code(state.code()), Some(state));
        }
        assert_eq!(DeskState::from_code(9), None);
    }
}
