use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chakong_contract::Moment;
use chakong_contract::fault::{Fault, FaultKind, RetryAfter};
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota as Rate, RateLimiter};
use jiff::Timestamp;
use jiff::civil::Date;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::breaker::{Breaker, BreakerState, Change};
use crate::clock::Clock;
use crate::config::CounterpartConfig;

/// Why nothing may be sent now, and until when; `None` until something that is under way comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// `window`, `breaker`, `quota`, `rate` or `concurrency`.
    pub by: &'static str,
    /// When asking again makes sense.
    pub until: Option<Timestamp>,
}

type Limiter = RateLimiter<NotKeyed, InMemoryState, DefaultClock, StateInformationMiddleware>;

#[derive(Debug)]
struct Spent {
    day: Date,
    requests: u64,
}

/// The limits of one counterpart. One value per lane; also asked for each further request of a conversation.
#[derive(Debug)]
pub struct Admission {
    config: Arc<CounterpartConfig>,
    clock: Arc<dyn Clock>,
    breaker: Mutex<Breaker>,
    spent: Mutex<Spent>,
    limiter: Option<Limiter>,
    rate_left: Mutex<Option<(Timestamp, u32)>>,
    permits: Arc<Semaphore>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn rate_of(config: &CounterpartConfig) -> Option<Rate> {
    let per_second = config.limits.per_second?;
    let burst = NonZeroU32::new(config.limits.burst).unwrap_or(NonZeroU32::MIN);
    Some(Rate::with_period(Duration::from_secs_f64(1.0 / per_second))?.allow_burst(burst))
}

impl Admission {
    /// The limits of a configuration; `spent` is what was sent today already.
    pub fn new(config: Arc<CounterpartConfig>, clock: Arc<dyn Clock>, spent: u64) -> Self {
        let day = Moment::from_timestamp(clock.now()).date();
        Self {
            breaker: Mutex::new(Breaker::new(config.breaker)),
            spent: Mutex::new(Spent { day, requests: spent }),
            limiter: rate_of(&config).map(|rate| RateLimiter::direct(rate).with_middleware()),
            rate_left: Mutex::new(None),
            permits: Arc::new(Semaphore::new(usize::try_from(config.limits.concurrency).unwrap_or(1))),
            config,
            clock,
        }
    }

    /// Admits one message, or says why not and until when.
    ///
    /// # Errors
    /// The first of window, breaker, quota, rate and concurrency that says no. Nothing is used up by a refusal.
    pub fn admit(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        let now = self.clock.now();
        if let Some(until) = self.config.window.closed_until(now) {
            return Err(Refusal { by: "window", until: Some(until) });
        }
        locked(&self.breaker).blocks(now).map_err(|until| Refusal { by: "breaker", until: Some(until) })?;
        self.quota(now)?;
        // The permit is taken first because a request that the rate has counted cannot be given back.
        let permit = Arc::clone(&self.permits).try_acquire_owned();
        let Ok(permit) = permit else { return Err(Refusal { by: "concurrency", until: None }) };
        self.rate(now)?;
        locked(&self.breaker).goes_out(now);
        self.spend(now);
        Ok(permit)
    }

    fn quota(&self, now: Timestamp) -> Result<(), Refusal> {
        let Some(most) = self.config.limits.per_day else { return Ok(()) };
        let spent = locked(&self.spent);
        if spent.day == Moment::from_timestamp(now).date() && spent.requests >= most {
            let until = crate::settle::allowed_at(RetryAfter::Tomorrow, now);
            return Err(Refusal { by: "quota", until });
        }
        Ok(())
    }

    fn rate(&self, now: Timestamp) -> Result<(), Refusal> {
        let Some(limiter) = &self.limiter else { return Ok(()) };
        let snapshot = limiter.check().map_err(|not| {
            let wait = not.wait_time_from(DefaultClock::default().now());
            Refusal { by: "rate", until: now.checked_add(wait).ok() }
        })?;
        *locked(&self.rate_left) = Some((now, snapshot.remaining_burst_capacity()));
        Ok(())
    }

    fn spend(&self, now: Timestamp) {
        let today = Moment::from_timestamp(now).date();
        let mut spent = locked(&self.spent);
        if spent.day != today {
            *spent = Spent { day: today, requests: 0 };
        }
        spent.requests += 1;
    }

    /// Waits until a further request of a conversation may be sent.
    ///
    /// # Errors
    /// A fault when the day's quota is spent.
    pub async fn pass(&self) -> Result<(), Fault> {
        loop {
            let now = self.clock.now();
            if self.quota(now).is_err() {
                let fault = Fault::new(
                    FaultKind::QuotaSpent,
                    "go on with the conversation",
                    "our quota for today is spent",
                );
                return Err(fault.retry_after(Some(RetryAfter::Tomorrow)));
            }
            match self.rate(now) {
                Ok(()) => break,
                Err(refusal) => {
                    let until = refusal.until.unwrap_or(now);
                    let wait = until.duration_since(now).unsigned_abs();
                    tokio::time::sleep(wait.max(Duration::from_millis(1))).await;
                }
            }
        }
        self.spend(self.clock.now());
        Ok(())
    }

    /// The counterpart answered.
    pub fn succeeded(&self) {
        if locked(&self.breaker).succeeded() == Some(Change::Closed) {
            tracing::info!(
                counterpart = self.config.name,
                "the breaker closed: the counterpart answers again"
            );
        }
    }

    /// An attempt failed; only the counterpart's own faults count.
    pub fn failed(&self, fault: &Fault) {
        let mut breaker = locked(&self.breaker);
        if !fault.kind.is_counterparts() {
            // It is there and talks to us, if only to turn us away.
            breaker.succeeded();
        } else if breaker.failed(self.clock.now()) == Some(Change::Opened) {
            tracing::warn!(counterpart = self.config.name, fault = %fault, "the breaker opened");
        }
    }

    /// Closes the breaker on a person's word.
    pub fn reset(&self) {
        locked(&self.breaker).reset();
    }

    /// State of the breaker.
    pub fn breaker(&self) -> BreakerState {
        locked(&self.breaker).state()
    }

    /// Requests left today; `None` without a quota.
    pub fn quota_left(&self) -> Option<u64> {
        let most = self.config.limits.per_day?;
        let spent = locked(&self.spent);
        let today = Moment::from_timestamp(self.clock.now()).date();
        Some(if spent.day == today { most.saturating_sub(spent.requests) } else { most })
    }

    /// Whether requests are counted per day and must be durable.
    pub fn has_quota(&self) -> bool {
        self.config.limits.per_day.is_some()
    }

    /// Messages under way.
    pub fn in_flight(&self) -> u32 {
        let free = u32::try_from(self.permits.available_permits()).unwrap_or(u32::MAX);
        self.config.limits.concurrency.saturating_sub(free)
    }

    /// Requests that the rate allows at once; `None` without a rate.
    pub fn rate_left(&self) -> Option<u32> {
        let per_second = self.config.limits.per_second?;
        let burst = self.config.limits.burst;
        let Some((at, left)) = *locked(&self.rate_left) else { return Some(burst) };
        let elapsed = self.clock.now().duration_since(at).as_secs_f64().max(0.0);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded by the burst")]
        let regained = (elapsed * per_second).min(f64::from(burst)) as u32;
        Some(left.saturating_add(regained).min(burst))
    }
}
