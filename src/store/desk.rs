//! What can be read of the desk.

use jiff::Timestamp;

use super::Stored;
use crate::domain::people::Courts;
use crate::domain::{DeskItem, DeskState, OrderId, OrderState};

/// Which orders on the desk are wanted, those due first before the others.
#[derive(Debug, Clone, Default)]
pub struct DeskFilter {
    /// Of these counterparts.
    pub lanes: Vec<String>,
    /// Also what was carried to a counterpart that has another line now.
    pub with_carried: bool,
    /// Of this counterpart alone.
    pub counterpart: Option<String>,
    /// Of these courts.
    pub courts: Courts,
    /// Where they stand.
    pub which: DeskWhich,
    /// Due before this.
    pub due_before: Option<Timestamp>,
    /// Behind this one: when it is due, and its row.
    pub after: Option<(Timestamp, OrderId)>,
    /// At most this many.
    pub limit: usize,
}

/// Where orders stand that are wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DeskWhich {
    /// Those that people still have to do something about.
    #[default]
    Waiting,
    /// Those of them in one state.
    WaitingIn(DeskState),
    /// Those whose answer was taken in.
    Done,
    /// Those that came to their end without an answer from the desk: withdrawn, or decided by other means.
    Ended,
}

/// States in which an order waits for people: it is open, overdue, or nobody knows what became of it.
pub(super) const WAITING: [OrderState; 5] = [
    OrderState::Queued,
    OrderState::Sending,
    OrderState::Awaiting,
    OrderState::Overdue,
    OrderState::Undetermined,
];

impl DeskWhich {
    /// Whether an item of an order is wanted.
    pub(super) fn covers(self, item: DeskState, order: OrderState) -> bool {
        let is_done = item == DeskState::Done;
        // What was entered must be checked, and a later word entered, whatever became of the order.
        let waits = !is_done && (item == DeskState::ToCheck || WAITING.contains(&order));
        match self {
            Self::Waiting => waits,
            Self::WaitingIn(state) => waits && item == state,
            Self::Done => is_done,
            Self::Ended => !is_done && !waits,
        }
    }

    /// The same as a condition on `d.state` and `o.state`; the first part is that of a partial index.
    pub(super) fn condition(self) -> String {
        let waiting: Vec<String> = WAITING.iter().map(|state| state.code().to_string()).collect();
        let waits = format!("(d.state = 2 OR o.state IN ({}))", waiting.join(", "));
        match self {
            Self::Waiting => format!("d.state < 3 AND {waits}"),
            Self::WaitingIn(state) => format!("d.state < 3 AND d.state = {} AND {waits}", state.code()),
            Self::Done => "d.state = 3".to_owned(),
            Self::Ended => format!("d.state < 3 AND NOT {waits}"),
        }
    }
}

/// What can be read of the desk. Not found is `Ok(None)`.
pub trait DeskReads {
    /// An order on the desk, with the answer that was entered.
    fn desk_item(&mut self, order: OrderId) -> Stored<Option<DeskItem>>;
    /// Orders on the desk by filter, without what was entered.
    fn find_desk(&mut self, filter: &DeskFilter) -> Stored<Vec<DeskItem>>;
}
