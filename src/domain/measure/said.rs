//! What a counterpart's words leave beside a measure's amounts and state.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::OrderId;

/// Most controls of a measure that are remembered as booked.
const MOST_BOOKED: usize = 500;

/// What the counterpart's words left beside the amounts and the state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Said {
    /// It took the freeze and has told no effect of it yet.
    pub only_accepted: bool,
    /// Its number of a renewal that it took and that has no effect yet; empty where there is none.
    pub renewal_reference: String,
    /// It was renewed: what is said of its first term is older.
    pub renewed: bool,
    /// When an answer last said that the measure stands.
    pub stood: Option<Timestamp>,
    /// The release that gave back, or is to give back, what is held beyond the limit, and nothing of the limit.
    pub surplus_release: Option<OrderId>,
    /// Releases, deductions and transfers whose effect is in the sums, the newest last.
    pub booked: Vec<OrderId>,
    /// When the last of them was booked: what was asked until then may be answered with what stood before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub booked_at: Option<Timestamp>,
}

impl Said {
    /// Whether the effect of a control is in the sums.
    pub fn is_booked(&self, order: OrderId) -> bool {
        self.booked.contains(&order)
    }

    /// Remembers that the effect of a control is in the sums from now on.
    pub fn book(&mut self, order: OrderId, now: Timestamp) {
        self.booked_at = Some(now);
        if self.booked.len() >= MOST_BOOKED {
            self.booked.remove(0);
        }
        self.booked.push(order);
    }
}
