use std::time::Duration;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::config::BreakerConfig;

/// State of a breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BreakerState {
    /// Requests pass.
    Closed,
    /// Nothing passes until a time.
    Open,
    /// One probe is under way.
    Probing,
}

/// A circuit breaker as a pure state machine: the counterpart's own faults in a row open it, one probe closes it again.
#[derive(Debug, Clone)]
pub struct Breaker {
    config: BreakerConfig,
    state: State,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Closed { failures: u32 },
    Open { until: Timestamp, times: u32 },
    Probing { since: Timestamp, times: u32 },
}

/// A change worth telling once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It opened.
    Opened,
    /// It closed.
    Closed,
}

impl Breaker {
    /// A closed breaker.
    pub const fn new(config: BreakerConfig) -> Self {
        Self { config, state: State::Closed { failures: 0 } }
    }

    /// The state now.
    pub const fn state(&self) -> BreakerState {
        match self.state {
            State::Closed { .. } => BreakerState::Closed,
            State::Open { .. } => BreakerState::Open,
            State::Probing { .. } => BreakerState::Probing,
        }
    }

    /// Until when it is open, and how often it opened in a row; `None` while it is closed.
    pub const fn kept(&self) -> Option<(Timestamp, u32)> {
        match self.state {
            State::Closed { .. } => None,
            State::Open { until, times } => Some((until, times)),
            // Nobody knows what becomes of the probe: the next process makes one of its own.
            State::Probing { since, times } => Some((since, times)),
        }
    }

    /// Opens it as it was kept.
    pub const fn restore(&mut self, (until, times): (Timestamp, u32)) {
        self.state = State::Open { until, times };
    }

    /// Whether a request may pass, or until when not. Changes nothing.
    ///
    /// # Errors
    /// The instant at which asking again makes sense.
    pub fn check(&self, now: Timestamp) -> Result<(), Timestamp> {
        match self.state {
            State::Closed { .. } => Ok(()),
            // It never opens for longer than this: where it seems so, the clock was set back.
            State::Open { until, .. } if now < until && until <= later(now, self.longest()) => Err(until),
            State::Open { .. } => Ok(()),
            // A probe that never came back, because its task ended, must not close the lane for ever.
            State::Probing { since, .. } => {
                let lost = later(since, self.config.longest);
                if now < lost && since <= now {
                    Err(later(now, Duration::from_millis(200)).min(lost))
                } else {
                    Ok(())
                }
            }
        }
    }

    fn longest(&self) -> Duration {
        self.config.longest.max(self.config.open)
    }

    /// A request that was let pass goes out: after the open time it is the one probe.
    pub fn goes_out(&mut self, now: Timestamp) {
        if let State::Open { times, .. } | State::Probing { times, .. } = self.state {
            self.state = State::Probing { since: now, times };
        }
    }

    /// The counterpart answered.
    pub fn succeeded(&mut self) -> Option<Change> {
        let change =
            matches!(self.state, State::Open { .. } | State::Probing { .. }).then_some(Change::Closed);
        self.state = State::Closed { failures: 0 };
        change
    }

    /// The counterpart asked for time, which is neither an answer nor a failure. A probe that it put off is made again.
    pub const fn put_off(&mut self, now: Timestamp) {
        if let State::Probing { times, .. } = self.state {
            self.state = State::Open { until: now, times };
        }
    }

    /// The counterpart failed.
    pub fn failed(&mut self, now: Timestamp) -> Option<Change> {
        match self.state {
            State::Closed { failures } if failures + 1 < self.config.failures => {
                self.state = State::Closed { failures: failures + 1 };
                None
            }
            State::Closed { .. } => {
                self.state = State::Open { until: later(now, self.config.open), times: 1 };
                Some(Change::Opened)
            }
            State::Probing { times, .. } => {
                let open = self.config.open.saturating_mul(2_u32.saturating_pow(times.min(16)));
                let until = later(now, open.min(self.config.longest));
                self.state = State::Open { until, times: times.saturating_add(1) };
                None
            }
            State::Open { .. } => None,
        }
    }

    /// Closes it on a person's word, so that the next request is tried.
    pub const fn reset(&mut self) {
        self.state = State::Closed { failures: 0 };
    }
}

fn later(from: Timestamp, by: Duration) -> Timestamp {
    from.checked_add(by).unwrap_or(from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + seconds).expect("timestamp")
    }

    fn breaker() -> Breaker {
        let (open, longest) = (Duration::from_secs(10), Duration::from_secs(35));
        Breaker::new(BreakerConfig { failures: 3, open, longest })
    }

    #[test]
    fn opens_after_failures_in_a_row_and_tells_once() {
        let mut breaker = breaker();
        assert_eq!(breaker.failed(at(0)), None);
        breaker.succeeded();
        assert_eq!((breaker.failed(at(1)), breaker.failed(at(2))), (None, None));
        assert_eq!(breaker.failed(at(3)), Some(Change::Opened));
        assert_eq!(breaker.failed(at(3)), None, "requests that were under way tell nothing new");
        assert_eq!(breaker.check(at(12)), Err(at(13)));
    }

    #[test]
    fn a_clock_that_is_set_back_keeps_no_lane_closed() {
        let mut breaker = breaker();
        for _ in 0..3 {
            breaker.failed(at(86_400));
        }
        assert!(breaker.check(at(86_401)).is_err());
        assert_eq!(breaker.check(at(5)), Ok(()), "it would have stayed open for a day");
        breaker.goes_out(at(86_411));
        assert!(breaker.check(at(86_412)).is_err(), "one probe only");
        assert_eq!(breaker.check(at(6)), Ok(()), "nobody knows what became of the probe");
    }

    #[test]
    fn being_put_off_is_neither_answer_nor_failure() {
        let mut breaker = breaker();
        breaker.failed(at(0));
        breaker.failed(at(1));
        breaker.put_off(at(2));
        assert_eq!(breaker.state(), BreakerState::Closed);
        assert_eq!(breaker.failed(at(3)), Some(Change::Opened), "the failures before still count");
        breaker.goes_out(at(13));
        breaker.put_off(at(14));
        assert_eq!(breaker.check(at(14)), Ok(()), "the next request is the probe");
        breaker.goes_out(at(14));
        assert!(breaker.check(at(14)).is_err(), "one probe only");
        breaker.failed(at(15));
        assert_eq!(breaker.check(at(34)), Err(at(35)), "twenty seconds the second time");
    }

    #[test]
    fn lets_one_probe_pass_and_stays_open_longer_each_time() {
        let mut breaker = breaker();
        let opened = (0..3).filter_map(|_| breaker.failed(at(0))).count();
        assert_eq!(opened, 1);
        assert_eq!(breaker.check(at(10)), Ok(()));
        breaker.goes_out(at(10));
        assert!(breaker.check(at(10)).is_err(), "one probe only");
        breaker.failed(at(11));
        assert_eq!(breaker.check(at(30)), Err(at(31)), "twenty seconds the second time");
        breaker.goes_out(at(31));
        breaker.failed(at(32));
        assert_eq!(breaker.check(at(33)), Err(at(67)), "never longer than the longest");
        breaker.goes_out(at(67));
        assert_eq!(breaker.succeeded(), Some(Change::Closed));
        assert_eq!(breaker.state(), BreakerState::Closed);
    }
}
