//! A clock that is set back. What was to happen "in ten minutes" by a clock that ran a day ahead would wait for a day: orders are
//! brought forward by as much as the clock was set back. What keeps a lane waiting is bounded by the lane itself.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::Engine;
use crate::domain::{Change, OrderId, OrderRecord, OrderState};
use crate::store::{Stored, Tx};

/// A difference to the time that really passed that is no setting of the clock.
const TOLERATED: SignedDuration = SignedDuration::from_secs(60);
/// How long the clock must have gone on steadily before anything is deleted by it.
pub(super) const STEADY: Duration = Duration::from_secs(3600);
/// Most orders in one transaction.
const MOST: usize = 500;

/// What the clock said when, by the time that passes whatever the clock says.
#[derive(Debug, Default)]
pub(super) struct SteadyTime {
    last: Option<(Instant, Timestamp)>,
    /// The clock was set back by this, and not every order was brought forward yet.
    owed: Option<SignedDuration>,
}

impl SteadyTime {
    /// Takes a look at the clock. How far it was set since the last one: negative where it was set back.
    fn look(&mut self, at: Instant, now: Timestamp) -> SignedDuration {
        let last = self.last.replace((at, now));
        let Some((before, said)) = last else { return SignedDuration::ZERO };
        let passed = SignedDuration::try_from(at.saturating_duration_since(before)).unwrap_or_default();
        let set = now.duration_since(said) - passed;
        if set.abs() <= TOLERATED { SignedDuration::ZERO } else { set }
    }

    /// Whether the clock was set since the last look.
    fn was_set(&mut self, now: Timestamp) -> bool {
        !self.look(Instant::now(), now).is_zero()
    }
}

/// Whether the clock has gone on steadily for so long that something may be deleted by it.
#[derive(Debug)]
pub struct Steady {
    time: SteadyTime,
    since: Instant,
}

impl Default for Steady {
    fn default() -> Self {
        Self { time: SteadyTime::default(), since: Instant::now() }
    }
}

impl Steady {
    /// Takes a look at the clock. It counts from the first one, and anew from one that finds it set.
    pub fn is_steady(&mut self, now: Timestamp) -> bool {
        if self.time.was_set(now) {
            self.since = Instant::now();
        }
        self.since.elapsed() >= STEADY
    }
}

impl Engine {
    /// Follows the clock; brings orders forward where it was set back.
    pub(super) async fn follow_the_time(&self, time: &mut SteadyTime) -> Stored<()> {
        let set = time.look(Instant::now(), self.clock.now());
        if set.is_positive() {
            let seconds = set.as_secs();
            tracing::warn!(seconds, "the clock was set forward; deadlines and terms are counted by it");
        }
        if set.is_negative() {
            let seconds = set.abs().as_secs();
            tracing::warn!(
                seconds,
                "the clock was set back; orders that wait for a time are brought forward"
            );
            time.owed = Some(time.owed.unwrap_or_default() + set.abs());
        }
        if let Some(back) = time.owed {
            self.bring_forward(back).await?;
            time.owed = None;
        }
        Ok(())
    }

    /// Brings forward every order that waits for a time that the clock, set `back` by so much, has not come to yet.
    ///
    /// # Errors
    /// When the store fails; what was brought forward before stays so.
    pub async fn bring_forward(&self, back: SignedDuration) -> Stored<()> {
        let now = self.clock.now();
        let mut after = OrderId::new(i64::MIN);
        loop {
            let late = self.store.read(move |reads| reads.queued_for_later(now, after, MOST)).await?;
            let Some(last) = late.last() else { return Ok(()) };
            after = *last;
            self.execute((late, back), |tx, (late, back), facts| bring_all(tx, late, *back, facts.now))
                .await?;
        }
    }
}

fn bring_all(tx: &mut dyn Tx, late: &[OrderId], back: SignedDuration, now: Timestamp) -> Stored<()> {
    let mut changes = Vec::with_capacity(late.len());
    for id in late {
        match tx.order(*id) {
            Ok(Some(order)) => changes.extend(brought(order, back, now)),
            Ok(None) => {}
            // It holds up no other.
            Err(error) if error.is_about_a_row() => {
                tracing::error!(order = id.get(), %error, "an order cannot be read")
            }
            Err(error) => return Err(error),
        }
    }
    tx.write(&changes)
}

fn brought(order: OrderRecord, back: SignedDuration, now: Timestamp) -> Option<Change> {
    let due = order.due.checked_sub(back).unwrap_or(now).max(now);
    let waits = order.state == OrderState::Queued && due < order.due;
    waits.then(|| Change::MoveOrder(Box::new(OrderRecord { due, ..order }), OrderState::Queued))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_what_no_passing_of_time_explains_is_a_setting_of_the_clock() {
        let (start, now): (Instant, Timestamp) =
            (Instant::now(), "2026-03-02T08:00:00Z".parse().expect("an instant"));
        let later = |seconds: u64| start + Duration::from_secs(seconds);
        let said = |seconds: i64| now.checked_add(SignedDuration::from_secs(seconds)).expect("an instant");
        let mut time = SteadyTime::default();
        assert_eq!(time.look(start, now), SignedDuration::ZERO, "nothing to compare with");
        assert_eq!(time.look(later(1), said(1)), SignedDuration::ZERO);
        assert_eq!(time.look(later(2), said(47)), SignedDuration::ZERO, "a correction");
        assert_eq!(time.look(later(3), said(48 + 86_400)), SignedDuration::from_secs(86_400));
        assert_eq!(
            time.look(later(90_003), said(48 + 176_400)),
            SignedDuration::ZERO,
            "a machine that slept"
        );
        assert_eq!(time.look(later(90_004), said(49 + 90_000)), SignedDuration::from_secs(-86_400));
    }
}
