//! How long to wait before the next attempt: exponential with jitter. Pure: the attempt number is the order's, the
//! random number and the clock are the caller's.

use std::time::Duration;

use backoff::ExponentialBackoff;
use backoff::backoff::Backoff as _;
use serde::Serialize;

/// Retry policy of a counterpart, one for queries and one for controls.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RetryPolicy {
    /// Wait after the first failed attempt.
    pub initial: Duration,
    /// Longest wait.
    pub longest: Duration,
    /// Factor from one wait to the next, at least 1.
    pub multiplier: f64,
    /// Part of the wait that is left to chance, 0 to 1.
    pub jitter: f64,
    /// Attempts in all, the first one included.
    pub attempts: u32,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            initial: Duration::from_secs(2),
            longest: Duration::from_secs(600),
            multiplier: 2.0,
            jitter: 0.2,
            attempts: 12,
        }
    }
}

impl RetryPolicy {
    /// The wait after `attempts` failed attempts (from 1); `chance` is a random number from 0 to 1.
    ///
    /// `backoff` caps only the following interval and jitters around the interval with its own random numbers, so the
    /// interval is clamped before and after and the jitter is taken off here.
    pub fn wait(&self, attempts: u32, chance: f64) -> Duration {
        let factor = self.multiplier.max(1.0);
        let mut interval = self.initial.min(self.longest);
        for _ in 1..attempts.min(64) {
            interval = Duration::try_from_secs_f64(interval.as_secs_f64() * factor).unwrap_or(self.longest);
            if interval >= self.longest {
                interval = self.longest;
                break;
            }
        }
        let mut arithmetic = ExponentialBackoff {
            current_interval: interval,
            initial_interval: interval,
            max_interval: self.longest,
            multiplier: factor,
            randomization_factor: 0.0,
            max_elapsed_time: None,
            ..ExponentialBackoff::default()
        };
        let wait = arithmetic.next_backoff().unwrap_or(self.longest).min(self.longest);
        wait.mul_f64(1.0 - self.jitter.clamp(0.0, 1.0) * chance.clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn doubles_up_to_the_longest() {
        let policy = RetryPolicy { jitter: 0.0, ..RetryPolicy::default() };
        let waits: Vec<u64> = (1..=11).map(|attempt| policy.wait(attempt, 0.5).as_secs()).collect();
        assert_eq!(waits, [2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]);
        assert_eq!(policy.wait(u32::MAX, 1.0).as_secs(), 600);
    }

    proptest! {
        #[test]
        fn never_longer_than_the_longest_nor_shorter_than_jitter_allows(
            attempt in 0_u32..200, chance in 0.0_f64..=1.0, jitter in 0.0_f64..=1.0,
        ) {
            let policy = RetryPolicy { jitter, ..RetryPolicy::default() };
            let wait = policy.wait(attempt, chance);
            prop_assert!(wait <= policy.longest);
            prop_assert!(wait.as_secs_f64() >= policy.initial.as_secs_f64() * (1.0 - jitter) - 1e-6);
        }
    }
}
