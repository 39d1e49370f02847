//! Slowing down who guesses: attempts to sign in from an address come one after the other, and each failure makes the next wait
//! longer. What was guessed wrong is forgiven by time alone: whoever has one right password does not buy guesses at others.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The wait after the first failure.
const FIRST: Duration = Duration::from_millis(250);
/// The longest wait.
const LONGEST: Duration = Duration::from_secs(8);
/// One failure is forgiven after so long.
const FORGIVEN: i64 = 60;
/// Most failures that are counted: with them the wait is the longest for some minutes.
const MOST_FAILURES: u32 = 10;
/// Most addresses that are remembered; beyond it those at rest go, the oldest first.
const MOST: usize = 4_096;
/// Most attempts from one address that wait for their turn.
const MOST_WAITING: usize = 64;

/// Failures by address.
#[derive(Debug, Default)]
pub struct SlowDown(Mutex<HashMap<IpAddr, Known>>);

#[derive(Debug)]
struct Known {
    failures: u32,
    /// When the last of them was counted, or forgiven.
    at: Timestamp,
    /// When the last attempt failed.
    failed: Timestamp,
    turn: Arc<Semaphore>,
}

impl Known {
    fn new(now: Timestamp) -> Self {
        Self { failures: 0, at: now, failed: now, turn: Arc::new(Semaphore::new(1)) }
    }

    /// Forgives what time has forgiven.
    fn forgive(&mut self, now: Timestamp) {
        let passed = now.duration_since(self.at).as_secs() / FORGIVEN;
        let forgiven = u32::try_from(passed).unwrap_or(0).min(self.failures);
        self.failures -= forgiven;
        self.at = match self.failures {
            0 => now,
            _ => self.at + Duration::from_secs(u64::from(forgiven) * FORGIVEN.unsigned_abs()),
        };
    }

    /// Whether it says nothing, and nobody waits for it.
    fn is_at_rest(&mut self, now: Timestamp) -> bool {
        self.forgive(now);
        self.failures == 0 && self.is_idle()
    }

    fn is_idle(&self) -> bool {
        Arc::strong_count(&self.turn) == 1
    }
}

impl SlowDown {
    fn with<T>(&self, from: IpAddr, now: Timestamp, then: impl FnOnce(&mut Known) -> T) -> T {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let from = group(from);
        if all.len() >= MOST && !all.contains_key(&from) {
            all.retain(|_, known| !known.is_at_rest(now));
            let idle = all.iter().filter(|(_, known)| known.is_idle());
            if all.len() >= MOST
                && let Some(oldest) = idle.min_by_key(|(_, known)| known.at).map(|(from, _)| *from)
            {
                all.remove(&oldest);
            }
        }
        let known = all.entry(from).or_insert_with(|| Known::new(now));
        known.forgive(now);
        then(known)
    }

    /// Waits for the turn of an attempt from an address: until those before it are decided. `None` where too many wait already.
    pub async fn turn(&self, from: IpAddr, now: Timestamp) -> Option<OwnedSemaphorePermit> {
        let turn = self.with(from, now, |known| {
            let waiting = Arc::strong_count(&known.turn) - 1;
            (waiting < MOST_WAITING).then(|| Arc::clone(&known.turn))
        })?;
        turn.acquire_owned().await.ok()
    }

    /// How long an attempt whose turn it is still waits.
    pub fn wait(&self, from: IpAddr, now: Timestamp) -> Duration {
        self.with(from, now, |known| match known.failures {
            0 => Duration::ZERO,
            failures => {
                let pause = FIRST.saturating_mul(1 << (failures - 1).min(MOST_FAILURES)).min(LONGEST);
                let passed = now.duration_since(known.failed);
                pause.saturating_sub(Duration::try_from(passed).unwrap_or_default())
            }
        })
    }

    /// An attempt failed.
    pub fn failed(&self, from: IpAddr, now: Timestamp) {
        self.with(from, now, |known| {
            if known.failures == 0 {
                known.at = now;
            }
            known.failures = (known.failures + 1).min(MOST_FAILURES);
            known.failed = now;
        });
    }

    /// Forgets an address.
    #[cfg(test)]
    pub fn forget(&self, from: IpAddr) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&group(from));
    }
}

/// Whoever has one address of IPv6 has the other 2^64 of its network too.
pub(super) fn group(from: IpAddr) -> IpAddr {
    match from {
        IpAddr::V6(v6) if v6.to_ipv4_mapped().is_none() => {
            IpAddr::V6((u128::from(v6) & !u128::from(u64::MAX)).into())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start() -> (SlowDown, Timestamp, IpAddr) {
        let now = "2026-01-05T01:00:00Z".parse().expect("a time");
        (SlowDown::default(), now, "192.0.2.1".parse().expect("an address"))
    }

    #[test]
    fn each_failure_doubles_the_wait_and_time_alone_forgives() {
        let (slow, now, one) = start();
        let other: IpAddr = "192.0.2.2".parse().expect("other");
        let mut waits = Vec::new();
        for _ in 0..8 {
            waits.push(slow.wait(one, now).as_millis());
            slow.failed(one, now);
        }
        assert_eq!(waits, [0, 250, 500, 1000, 2000, 4000, 8000, 8000]);
        assert_eq!(slow.wait(other, now), Duration::ZERO);
        assert_eq!(slow.wait(one, now + Duration::from_secs(3)).as_secs(), 5, "what passed counts");
        assert_eq!(slow.wait(one, now + Duration::from_secs(8)), Duration::ZERO);
        slow.failed(one, now + Duration::from_secs(8));
        assert_eq!(
            slow.wait(one, now + Duration::from_secs(8)).as_secs(),
            8,
            "and another failure begins it anew"
        );
        let minutes = |count: u64| now + Duration::from_secs(60 * count);
        slow.failed(one, minutes(7));
        assert_eq!(slow.wait(one, minutes(7)).as_millis(), 1000, "seven of nine are forgiven");
        slow.failed(one, minutes(30));
        assert_eq!(slow.wait(one, minutes(30)).as_millis(), 250, "all of them");
    }

    /// Many at once: the second begins when the first is decided, and so knows that it failed.
    #[tokio::test]
    async fn attempts_of_one_address_take_turns_and_too_many_are_told_so() {
        let (slow, now, one) = start();
        let other = "192.0.2.2".parse().expect("other");
        let first = slow.turn(one, now).await.expect("a turn");
        let mut waiting: Vec<_> = (1..MOST_WAITING).map(|_| Box::pin(slow.turn(one, now))).collect();
        for turn in &mut waiting {
            let waits = std::future::poll_fn(|context| {
                std::task::Poll::Ready(turn.as_mut().poll(context).is_pending())
            });
            assert!(waits.await, "until the first is decided");
        }
        assert!(slow.turn(one, now).await.is_none(), "too many wait");
        assert!(slow.turn(other, now).await.is_some(), "nobody else's matter");
        drop(first);
        for turn in waiting {
            assert!(turn.await.is_some(), "each in turn");
        }
        assert!(slow.turn(one, now).await.is_some());
    }

    #[test]
    fn a_network_of_ipv6_is_one_address_and_memory_is_bounded() {
        let (slow, now, _) = start();
        slow.failed("2001:db8::1".parse().expect("one"), now);
        assert!(slow.wait("2001:db8::ffff".parse().expect("its neighbour"), now) > Duration::ZERO);
        assert_eq!(slow.wait("2001:db8:0:1::1".parse().expect("another network"), now), Duration::ZERO);
        for at in 0..10_000_u32 {
            slow.failed(IpAddr::V4(at.into()), now);
        }
        assert!(slow.0.lock().expect("nobody panicked").len() <= MOST);
    }
}
