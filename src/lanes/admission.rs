use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chakong_contract::Moment;
use chakong_contract::fault::{Fault, FaultKind, RetryAfter};
use governor::middleware::StateInformationMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota as Rate, RateLimiter};
use jiff::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::breaker::{Breaker, BreakerState, Change};
use super::gate::{Blocked, Gate};
use super::kept_limits::KeptLimits;
use super::spent::Spent;
use crate::clock::Clock;
use crate::config::CounterpartConfig;
use crate::domain::{Counted, OpenCourts, QuotaUsed, Shares};
use crate::lines::hold_off::HoldOff;
use crate::lines::leaving::MayLeave;
use crate::store::{Lease, Leases};

/// How long a conversation that began waits for the time that the counterpart asked for.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// The clock of the rate: the same as of everything else.
#[derive(Debug)]
struct Steady(Arc<dyn Clock>);

impl governor::clock::Clock for Steady {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.steady()
    }
}

type Limiter = RateLimiter<NotKeyed, InMemoryState, Steady, StateInformationMiddleware>;

/// The limits of one counterpart. One value per lane; also asked for each further request of a conversation.
#[derive(Debug)]
pub struct Admission {
    config: Arc<CounterpartConfig>,
    clock: Arc<dyn Clock>,
    breaker: Mutex<Breaker>,
    hold_off: HoldOff,
    spent: Mutex<Spent>,
    limiter: Option<Limiter>,
    rate_left: Mutex<Option<(Timestamp, u32)>>,
    permits: Arc<Semaphore>,
    /// The lease under which the lane works; `None` where nobody else could.
    lease: Option<(Arc<Leases>, Lease)>,
    /// What was kept of it last.
    kept: Mutex<KeptLimits>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn day_of(now: Timestamp) -> chakong_contract::Date {
    Moment::from_timestamp(now).date()
}

/// When the next day of a quota begins.
fn tomorrow(now: Timestamp) -> Option<Timestamp> {
    crate::domain::decide::allowed_at(RetryAfter::Tomorrow, now)
}

fn rate_of(config: &CounterpartConfig) -> Option<Rate> {
    let per_second = config.limits.per_second?;
    let burst = NonZeroU32::new(config.limits.burst).unwrap_or(NonZeroU32::MIN);
    Some(Rate::with_period(Duration::from_secs_f64(1.0 / per_second))?.allow_burst(burst))
}

impl Admission {
    /// The limits of a configuration; `used` is what was sent today already.
    pub fn new(config: Arc<CounterpartConfig>, clock: Arc<dyn Clock>, used: QuotaUsed) -> Self {
        let day = Moment::from_timestamp(clock.now()).date();
        Self {
            breaker: Mutex::new(Breaker::new(config.breaker)),
            hold_off: HoldOff::default(),
            spent: Mutex::new(Spent::of(day, used)),
            limiter: rate_of(&config).map(|rate| {
                RateLimiter::direct_with_clock(rate, Steady(Arc::clone(&clock))).with_middleware()
            }),
            rate_left: Mutex::new(None),
            permits: Arc::new(Semaphore::new(usize::try_from(config.limits.concurrency).unwrap_or(1))),
            lease: None,
            kept: Mutex::default(),
            config,
            clock,
        }
    }

    /// The same under a lease, which may be taken away.
    pub fn under(self, leases: Arc<Leases>, lease: Lease) -> Self {
        Self { lease: Some((leases, lease)), ..self }
    }

    /// Whether the lane is this process's at this moment. To be asked just before anything leaves.
    pub fn stands(&self) -> bool {
        self.lease.as_ref().is_none_or(|(leases, lease)| leases.stands(lease))
    }

    /// The same to be asked by whoever sends, at the last moment.
    pub fn may_leave(&self) -> MayLeave {
        match self.lease.clone().filter(|(leases, _)| leases.is_shared()) {
            Some((leases, lease)) => MayLeave::when(move || leases.stands(&lease)),
            None => MayLeave::always(),
        }
    }

    /// Goes on as another process left it: with the breaker and the hold-off as they were `kept`, and with no burst.
    pub fn go_on(&self, kept: Option<&str>) {
        if let (Some(limiter), Some(burst)) = (&self.limiter, NonZeroU32::new(self.config.limits.burst)) {
            // What is allowed at once may have left just before.
            let _ = limiter.check_n(burst);
            *locked(&self.rate_left) = Some((self.clock.now(), 0));
        }
        let Some(kept) = kept.and_then(|kept| serde_json::from_str::<KeptLimits>(kept).ok()) else { return };
        if let Some(breaker) = kept.breaker {
            locked(&self.breaker).restore(breaker);
        }
        if let Some(fault) = kept.asked() {
            self.hold_off.faulted(&fault, self.clock.now());
        }
        *locked(&self.kept) = kept;
    }

    /// What is to be kept for the next process, where it is not what was kept last and there may be another process. Whoever has kept it
    /// says so by [`Self::are_kept`].
    pub fn to_keep(&self) -> Option<KeptLimits> {
        self.lease.as_ref().filter(|(leases, _)| leases.is_shared())?;
        let now = self.clock.now();
        let held_until = self.hold_off.until(now);
        let limits = KeptLimits {
            breaker: locked(&self.breaker).kept(),
            held_until,
            is_spent: held_until.is_some() && self.hold_off.is_spent(now),
        };
        (*locked(&self.kept) != limits).then_some(limits)
    }

    /// These limits are kept.
    pub fn are_kept(&self, limits: KeptLimits) {
        *locked(&self.kept) = limits;
    }

    /// Admits one message, of queries or of `control`s of a court, or says why not and until when.
    ///
    /// # Errors
    /// The first of window, breaker, hold-off, quota, share, rate and concurrency that says no. Nothing is used up by a refusal.
    pub fn admit(&self, control: bool, court: &str) -> Result<OwnedSemaphorePermit, Blocked> {
        let now = self.clock.now();
        if let Some(until) = self.config.window.closed_until(now) {
            return Err(Blocked { gate: Gate::Window, until: Some(until) });
        }
        if let Some(blocked) = self.held_by_breaker() {
            return Err(blocked);
        }
        if let Some(held) = self.held_off().filter(|_| !control) {
            return Err(held);
        }
        let permit = self.take(now, Some(court))?;
        locked(&self.breaker).goes_out(now);
        Ok(permit)
    }

    /// Admits a look whether the counterpart is there, which a person asked for: whatever window, breaker and hold-off say, within the
    /// limits all the same.
    ///
    /// # Errors
    /// The fault that says which limit it would break.
    pub fn admit_look(&self) -> Result<OwnedSemaphorePermit, Fault> {
        self.take(self.clock.now(), None).map_err(|blocked| {
            let limit = match blocked.gate {
                Gate::Quota => "per_day",
                Gate::Concurrency => "concurrency",
                _ => "per_second",
            };
            let detail = format!(
                "nothing was sent: it would be more than `{limit}` of its [limits] allows; look again"
            );
            let fault = Fault::new(FaultKind::Transient, "probe the line", detail);
            fault.retry_after(blocked.until.map(RetryAfter::At))
        })
    }

    /// Keeps so many messages back, as if they were under way, or as many as may be, until what is given is dropped; `None` where none is.
    pub fn keep_back(&self, messages: usize) -> Option<OwnedSemaphorePermit> {
        let messages = messages.min(self.permits.available_permits());
        let messages = u32::try_from(messages).ok().filter(|messages| *messages > 0)?;
        Arc::clone(&self.permits).try_acquire_many_owned(messages).ok()
    }

    /// Takes a request off quota, the share of a court, concurrency and rate.
    fn take(&self, now: Timestamp, court: Option<&str>) -> Result<OwnedSemaphorePermit, Blocked> {
        self.within_quota(locked(&self.spent).on(day_of(now)).requests, now)?;
        if court.is_some_and(|court| !self.open_courts().has(court)) {
            return Err(self.share_used());
        }
        // The permit is taken first because a request that the rate has counted cannot be given back.
        let permit = Arc::clone(&self.permits).try_acquire_owned();
        let Ok(permit) = permit else { return Err(Blocked { gate: Gate::Concurrency, until: None }) };
        self.count(now, court)?;
        Ok(permit)
    }

    /// Takes a request off quota and rate. Conversations do so at the same moment: none of them sees what another is about to take.
    fn count(&self, now: Timestamp, court: Option<&str>) -> Result<(), Blocked> {
        let mut spent = locked(&self.spent);
        self.within_quota(spent.on(day_of(now)).requests, now)?;
        self.rate(now)?;
        spent.add(day_of(now), court.filter(|_| self.config.limits.shares.is_some()));
        Ok(())
    }

    /// Until when the breaker lets nothing pass.
    pub fn held_by_breaker(&self) -> Option<Blocked> {
        let until = locked(&self.breaker).check(self.clock.now()).err();
        until.map(|until| Blocked { gate: Gate::Breaker, until: Some(until) })
    }

    /// Why queries wait although controls may leave, and until when: the counterpart asked for time.
    pub fn held_off(&self) -> Option<Blocked> {
        let now = self.clock.now();
        let until = Some(self.hold_off.until(now)?);
        let gate = if self.hold_off.is_spent(now) { Gate::Spent } else { Gate::HoldOff };
        Some(Blocked { gate, until })
    }

    fn within_quota(&self, requests: u64, now: Timestamp) -> Result<(), Blocked> {
        let Some(most) = self.config.limits.per_day else { return Ok(()) };
        if requests >= most {
            return Err(Blocked { gate: Gate::Quota, until: tomorrow(now) });
        }
        Ok(())
    }

    /// What was sent today, and each court's part of it.
    fn used(&self, now: Timestamp) -> QuotaUsed {
        locked(&self.spent).on(day_of(now)).clone()
    }

    /// The shares of courts, with what was sent today; `None` where there are none.
    pub fn shares(&self) -> Option<(&Shares, QuotaUsed)> {
        let shares = self.config.limits.shares.as_ref()?;
        Some((shares, self.used(self.clock.now())))
    }

    /// Courts that have not used their share.
    pub fn open_courts(&self) -> OpenCourts {
        self.shares().map_or(OpenCourts::All, |(shares, used)| shares.open(&used))
    }

    /// Why orders of a court wait that has used its share, and until when.
    pub fn share_used(&self) -> Blocked {
        Blocked { gate: Gate::Share, until: tomorrow(self.clock.now()) }
    }

    /// To what a request about orders of a court is counted, which must be durable.
    pub fn counted_to(&self, court: &str) -> Counted {
        match (self.config.limits.per_day, &self.config.limits.shares) {
            (None, _) => Counted::Not,
            (Some(_), None) => Counted::Quota,
            (Some(_), Some(_)) => Counted::Court(court.to_owned()),
        }
    }

    fn rate(&self, now: Timestamp) -> Result<(), Blocked> {
        let Some(limiter) = &self.limiter else { return Ok(()) };
        let snapshot = limiter.check().map_err(|not| {
            let wait = not.wait_time_from(self.clock.steady());
            Blocked { gate: Gate::Rate, until: now.checked_add(wait).ok() }
        })?;
        *locked(&self.rate_left) = Some((now, snapshot.remaining_burst_capacity()));
        Ok(())
    }

    /// Waits until a further request of a conversation, about queries or about `control`s of a court, may be sent. A conversation that
    /// began is finished, also beyond the court's share.
    ///
    /// # Errors
    /// A fault when the day's quota is spent, and for queries when the counterpart asked for more time than a conversation
    /// waits.
    pub async fn pass(&self, control: bool, court: &str) -> Result<(), Fault> {
        loop {
            let now = self.clock.now();
            if let Some(until) = self.hold_off.until(now).filter(|_| !control) {
                let wait = until.duration_since(now).unsigned_abs();
                if wait > LONGEST_PAUSE {
                    let detail = "the counterpart asked for time meanwhile";
                    let fault = Fault::new(FaultKind::RateLimited, "go on with the conversation", detail);
                    return Err(fault.retry_after(Some(RetryAfter::At(until))));
                }
                tokio::time::sleep(wait.max(Duration::from_millis(1))).await;
                continue;
            }
            match self.count(now, Some(court)) {
                Ok(()) => return Ok(()),
                Err(blocked) if blocked.gate == Gate::Quota => {
                    let detail = "our quota for today is spent";
                    let fault = Fault::new(FaultKind::QuotaSpent, "go on with the conversation", detail);
                    return Err(fault.retry_after(Some(RetryAfter::Tomorrow)));
                }
                Err(blocked) => {
                    let until = blocked.until.unwrap_or(now);
                    let wait = until.duration_since(now).unsigned_abs();
                    tokio::time::sleep(wait.max(Duration::from_millis(1))).await;
                }
            }
        }
    }

    /// The counterpart answered.
    pub fn succeeded(&self) {
        self.hold_off.answered();
        if locked(&self.breaker).succeeded() == Some(Change::Closed) {
            tracing::info!(
                counterpart = self.config.name,
                "the breaker closed: the counterpart answers again"
            );
        }
    }

    /// An attempt failed; only the counterpart's own faults count for the breaker. Where it asks for time, that is neither a
    /// failure nor an answer, and queries wait.
    pub fn failed(&self, fault: &Fault) {
        let now = self.clock.now();
        let waits = self.hold_off.faulted(fault, now);
        let mut breaker = locked(&self.breaker);
        if fault.kind == FaultKind::RateLimited || (waits && fault.kind == FaultKind::Transient) {
            breaker.put_off(now);
        } else if !fault.kind.is_counterparts() {
            // It is there and talks to us, if only to turn us away.
            breaker.succeeded();
        } else if breaker.failed(now) == Some(Change::Opened) {
            tracing::warn!(counterpart = self.config.name, fault = %fault, "the breaker opened");
        }
    }

    /// Lets queries go that wait because the counterpart asked for time: a person knows better.
    pub fn lift_hold_off(&self) {
        self.hold_off.lift();
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
        Some(most.saturating_sub(locked(&self.spent).on(day_of(self.clock.now())).requests))
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

#[cfg(test)]
mod tests;
