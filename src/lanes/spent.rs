//! What was sent to a counterpart today: all of it, and each court's part where courts have shares.

use jiff::civil::Date;

use crate::domain::QuotaUsed;

/// Requests of a day.
#[derive(Debug)]
pub struct Spent {
    day: Date,
    used: QuotaUsed,
}

impl Spent {
    /// What is known of a day already.
    pub(super) const fn of(day: Date, used: QuotaUsed) -> Self {
        Self { day, used }
    }

    /// What was sent today.
    pub(super) fn on(&mut self, today: Date) -> &QuotaUsed {
        self.begin(today);
        &self.used
    }

    /// One more request, of a court where that is counted.
    pub(super) fn add(&mut self, today: Date, court: Option<&str>) {
        self.begin(today);
        self.used.requests += 1;
        if let Some(court) = court {
            *self.used.courts.entry(court.to_owned()).or_default() += 1;
        }
    }

    fn begin(&mut self, today: Date) {
        if self.day != today {
            *self = Self::of(today, QuotaUsed::default());
        }
    }
}
