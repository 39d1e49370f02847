//! A counterpart that says "too fast" or "later" says it of the line, not of the order that it answered: until then no further
//! query leaves.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chakong_contract::fault::{Fault, FaultKind, RetryAfter};
use jiff::Timestamp;
use jiff::civil::Time;

/// The first wait where the counterpart does not say how long; twice as long after each further time.
const FIRST: Duration = Duration::from_secs(1);
/// The longest of these waits.
const LONGEST: Duration = Duration::from_secs(60);
/// The longest wait that is believed.
const BELIEVED: Duration = Duration::from_secs(24 * 3600);
/// Where a counterpart's day begins.
const ZONE: jiff::tz::Offset = jiff::tz::Offset::constant(8);

/// Until when the queries of a line wait.
#[derive(Debug, Default)]
pub struct HoldOff(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    until: Option<Timestamp>,
    /// Until when the counterpart's quota for us is spent.
    spent: Option<Timestamp>,
    /// The last wait that was ours to choose.
    wait: Option<Duration>,
}

impl HoldOff {
    /// Notes a fault. Only those count by which the counterpart asks for time: too many requests, a spent quota, and failures
    /// with a time to come again. An earlier wait that is longer stands. Whether queries wait for it.
    pub fn faulted(&self, fault: &Fault, now: Timestamp) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let asked =
            fault.retry_after.map(|after| wait_of(after, now).min(BELIEVED)).filter(|wait| !wait.is_zero());
        let wait = match (fault.kind, asked) {
            (FaultKind::RateLimited | FaultKind::QuotaSpent | FaultKind::Transient, Some(wait)) => wait,
            // Calls that were under way together are turned away together, and lengthen the wait once.
            (FaultKind::RateLimited, None) if state.until.is_some_and(|until| until > now) => return true,
            (FaultKind::RateLimited, None) => {
                let wait = state.wait.map_or(FIRST, |wait| (wait * 2).min(LONGEST));
                state.wait = Some(wait);
                wait
            }
            _ => return false,
        };
        let until = now.checked_add(wait).unwrap_or(now);
        state.until = state.until.max(Some(until));
        if fault.kind == FaultKind::QuotaSpent {
            state.spent = state.spent.max(Some(until));
        }
        true
    }

    /// Notes an answer: a next wait of ours is short again. What the counterpart asked for stands.
    pub fn answered(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).wait = None;
    }

    /// Nobody waits any more: a person knows better.
    pub fn lift(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = State::default();
    }

    /// Whether queries wait because the counterpart's quota for us is spent.
    pub fn is_spent(&self, now: Timestamp) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lies_ahead(&mut state.spent, now).is_some()
    }

    /// Until when queries wait, if they do.
    pub fn until(&self, now: Timestamp) -> Option<Timestamp> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lies_ahead(&mut state.until, now)
    }
}

/// A time that is still to come. No wait is longer than what is believed: where it seems so, the clock was set back, and the wait is
/// over.
fn lies_ahead(until: &mut Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    *until = until.filter(|until| *until <= now.checked_add(BELIEVED).unwrap_or(*until));
    until.filter(|until| *until > now)
}

fn wait_of(after: RetryAfter, now: Timestamp) -> Duration {
    let until = |at: Timestamp| Duration::try_from(at.duration_since(now)).unwrap_or_default();
    match after {
        RetryAfter::Delay(wait) => wait,
        RetryAfter::At(at) => until(at),
        RetryAfter::Tomorrow => {
            let today = ZONE.to_datetime(now).date();
            let midnight = today.tomorrow().map(|day| day.to_datetime(Time::midnight()));
            midnight.and_then(|midnight| ZONE.to_timestamp(midnight)).map_or(BELIEVED, until)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn fault(kind: FaultKind, after: Option<RetryAfter>) -> Fault {
        Fault::new(kind, "ask", "too fast").retry_after(after)
    }

    #[test]
    fn what_the_counterpart_asks_for_is_kept_and_no_longer_than_a_day() {
        let now = at("2026-03-01T10:00:00Z");
        let until = |after| {
            let hold = HoldOff::default();
            hold.faulted(&fault(FaultKind::RateLimited, Some(after)), now);
            hold.until(now)
        };
        assert_eq!(until(RetryAfter::Delay(Duration::from_secs(7))), Some(at("2026-03-01T10:00:07Z")));
        assert_eq!(until(RetryAfter::At(at("2026-03-01T10:05:00Z"))), Some(at("2026-03-01T10:05:00Z")));
        // A time that is over says nothing about the next.
        assert_eq!(until(RetryAfter::At(at("2026-02-01T00:00:00Z"))), Some(at("2026-03-01T10:00:01Z")));
        assert_eq!(until(RetryAfter::Tomorrow), Some(at("2026-03-01T16:00:00Z")), "midnight in Shanghai");
        assert_eq!(until(RetryAfter::At(at("2036-01-01T00:00:00Z"))), Some(at("2026-03-02T10:00:00Z")));
        assert_eq!(until(RetryAfter::Delay(Duration::MAX)), Some(at("2026-03-02T10:00:00Z")));
    }

    #[test]
    fn waits_that_are_ours_grow_until_an_answer_comes_and_longer_ones_stand() {
        let hold = HoldOff::default();
        let mut now = at("2026-03-01T10:00:00Z");
        let mut waits = Vec::new();
        for _ in 0..8 {
            hold.faulted(&fault(FaultKind::RateLimited, None), now);
            let until = hold.until(now).expect("it waits");
            waits.push(until.duration_since(now).as_secs());
            now = until;
            assert_eq!(hold.until(now), None, "its time has come");
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
        hold.answered();
        hold.faulted(&fault(FaultKind::Transient, Some(RetryAfter::Delay(Duration::from_secs(9)))), now);
        hold.faulted(&fault(FaultKind::RateLimited, None), now);
        assert_eq!(hold.until(now).map(|until| until.duration_since(now).as_secs()), Some(9));
    }

    #[test]
    fn calls_that_are_turned_away_together_lengthen_the_wait_once() {
        let (hold, now) = (HoldOff::default(), at("2026-03-01T10:00:00Z"));
        for _ in 0..6 {
            assert!(hold.faulted(&fault(FaultKind::RateLimited, None), now));
        }
        assert_eq!(hold.until(now), Some(at("2026-03-01T10:00:01Z")));
    }

    #[test]
    fn a_spent_quota_is_told_apart_and_lifted_by_a_person() {
        let (hold, now) = (HoldOff::default(), at("2026-03-01T10:00:00Z"));
        hold.faulted(&fault(FaultKind::RateLimited, Some(RetryAfter::Tomorrow)), now);
        assert!(hold.until(now).is_some() && !hold.is_spent(now));
        hold.faulted(&fault(FaultKind::QuotaSpent, Some(RetryAfter::Delay(Duration::from_secs(30)))), now);
        assert!(hold.is_spent(at("2026-03-01T10:00:29Z")) && !hold.is_spent(at("2026-03-01T10:00:30Z")));
        hold.lift();
        assert!(hold.until(now).is_none() && !hold.is_spent(now));
    }

    #[test]
    fn a_clock_that_is_set_back_by_days_makes_nobody_wait_for_days() {
        let (hold, ahead) = (HoldOff::default(), at("2026-03-03T10:00:00Z"));
        hold.faulted(&fault(FaultKind::RateLimited, Some(RetryAfter::Delay(Duration::from_secs(90)))), ahead);
        hold.faulted(&fault(FaultKind::QuotaSpent, Some(RetryAfter::Delay(Duration::from_secs(90)))), ahead);
        let back = at("2026-03-01T10:00:00Z");
        assert!(hold.until(back).is_none() && !hold.is_spent(back));
        let later = at("2026-03-03T10:00:01Z");
        assert!(hold.until(later).is_none() && !hold.is_spent(later), "it does not come back");
    }

    #[test]
    fn other_faults_hold_nothing_up() {
        let (hold, now) = (HoldOff::default(), at("2026-03-01T10:00:00Z"));
        let delay = Some(RetryAfter::Delay(Duration::from_secs(9)));
        hold.faulted(&fault(FaultKind::Transient, None), now);
        hold.faulted(&fault(FaultKind::Misconfigured, delay), now);
        hold.faulted(&fault(FaultKind::OutcomeUnknown, delay), now);
        assert_eq!(hold.until(now), None);
    }
}
