//! What a counterpart's words leave beside a measure's amounts and state.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::super::OrderId;
use super::Measure;

/// Most controls of a measure that are remembered as booked.
const MOST_BOOKED: usize = 500;

/// What a control that was booked took off a measure: so much comes back where it turns out not to have been done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    /// The control.
    pub order: OrderId,
    /// By how much the limit went down.
    pub limit: Decimal,
    /// By how much less is held.
    pub held: Decimal,
    /// By how much less is held beyond the limit.
    pub surplus: Decimal,
    /// How much of it was given back.
    pub released: Decimal,
    /// How much of it was taken to the court's account.
    pub deducted: Decimal,
}

impl Booking {
    /// What a control made of a measure.
    pub fn between(order: OrderId, before: &Measure, after: &Measure) -> Self {
        Self {
            order,
            limit: before.limit - after.limit,
            held: before.held - after.held,
            surplus: before.surplus - after.surplus,
            released: after.released - before.released,
            deducted: after.deducted - before.deducted,
        }
    }
}

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
    /// What each of them took off the measure, as far as it is known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bookings: Vec<Booking>,
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
    pub fn book(&mut self, booking: Booking, now: Timestamp) {
        self.booked_at = Some(now);
        if self.booked.len() >= MOST_BOOKED {
            let oldest = self.booked.remove(0);
            self.bookings.retain(|known| known.order != oldest);
        }
        self.booked.push(booking.order);
        self.bookings.push(booking);
    }

    /// What a control took off the measure; `None` where that is not known.
    pub fn booking(&self, order: OrderId) -> Option<&Booking> {
        self.bookings.iter().find(|known| known.order == order)
    }

    /// Forgets that the effect of a control is in the sums.
    pub fn unbook(&mut self, order: OrderId) {
        self.booked.retain(|known| *known != order);
        self.bookings.retain(|known| known.order != order);
    }
}
