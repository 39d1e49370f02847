//! Slowing down who guesses: the answer to a wrong password, code or certificate is kept back, each failure longer than the one before.
//! A right one is never kept back and never refused. What was guessed wrong is forgiven by time alone: whoever has one right password
//! does not buy guesses at others.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The wait after the first failure.
const FIRST: Duration = Duration::from_millis(250);
/// The longest wait.
const LONGEST: Duration = Duration::from_secs(8);
/// One failure is forgiven after so long.
const FORGIVEN: i64 = 60;
/// Most failures that are counted: with them the wait is the longest for some minutes.
const MOST_FAILURES: u32 = 10;
/// Most addresses and accounts that are remembered; beyond it those at rest go, the oldest first.
const MOST: usize = 4_096;

/// Failures by address and by account.
#[derive(Debug, Default)]
pub struct SlowDown(Mutex<HashMap<Tried, Known>>);

/// By what somebody tried to come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tried {
    /// From an address.
    Address(IpAddr),
    /// By an account, whether there is one or not: the digest of what it is called.
    Account([u8; 32]),
}

impl Tried {
    /// From an address. Whoever has one of IPv6 has the other 2^64 of its network too.
    pub fn from(address: IpAddr) -> Self {
        Self::Address(match address {
            IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
                Some(v4) => v4.into(),
                None => IpAddr::V6((u128::from(v6) & !u128::from(u64::MAX)).into()),
            },
            v4 @ IpAddr::V4(_) => v4,
        })
    }

    /// By an account.
    pub fn account(name: &str) -> Self {
        Self::Account(Sha256::digest(name.as_bytes()).into())
    }
}

#[derive(Debug)]
struct Known {
    failures: u32,
    /// When the last of them was counted, or forgiven.
    at: Timestamp,
    turn: Arc<Semaphore>,
}

impl Known {
    fn new(now: Timestamp) -> Self {
        Self { failures: 0, at: now, turn: Arc::new(Semaphore::new(1)) }
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
    fn with<T>(&self, tried: Tried, now: Timestamp, then: impl FnOnce(&mut Known) -> T) -> T {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST && !all.contains_key(&tried) {
            all.retain(|_, known| !known.is_at_rest(now));
            let idle = all.iter().filter(|(_, known)| known.is_idle());
            if all.len() >= MOST
                && let Some(oldest) = idle.min_by_key(|(_, known)| known.at).map(|(tried, _)| *tried)
            {
                all.remove(&oldest);
            }
        }
        let known = all.entry(tried).or_insert_with(|| Known::new(now));
        known.forgive(now);
        then(known)
    }

    /// Waits for the turn of an attempt from an address: until those before it are looked at. So one address takes no more of the machine
    /// than one attempt at once.
    pub async fn turn(&self, from: IpAddr, now: Timestamp) -> Option<OwnedSemaphorePermit> {
        let turn = self.with(Tried::from(from), now, |known| Arc::clone(&known.turn));
        turn.acquire_owned().await.ok()
    }

    /// An attempt failed. How long its answer is kept back.
    pub fn failed(&self, tried: &[Tried], now: Timestamp) -> Duration {
        let count = |tried: &Tried| {
            self.with(*tried, now, |known| {
                if known.failures == 0 {
                    known.at = now;
                }
                known.failures = (known.failures + 1).min(MOST_FAILURES);
                known.failures
            })
        };
        let most = tried.iter().map(count).max().unwrap_or(1);
        FIRST.saturating_mul(1 << (most - 1).min(MOST_FAILURES)).min(LONGEST)
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
        let from = [Tried::from(one)];
        let waits: Vec<_> = (0..8).map(|_| slow.failed(&from, now).as_millis()).collect();
        assert_eq!(waits, [250, 500, 1000, 2000, 4000, 8000, 8000, 8000]);
        let other = [Tried::from("192.0.2.2".parse().expect("other"))];
        assert_eq!(slow.failed(&other, now), FIRST, "nobody else's matter");
        let minutes = |count: u64| now + Duration::from_secs(60 * count);
        assert_eq!(slow.failed(&from, minutes(6)).as_millis(), 1000, "six of eight are forgiven");
        assert_eq!(slow.failed(&from, minutes(30)).as_millis(), 250, "all of them");
    }

    #[test]
    fn an_account_is_slowed_down_from_wherever_it_is_tried() {
        let (slow, now, _) = start();
        for at in 0..5_u32 {
            slow.failed(&[Tried::from(IpAddr::V4(at.into())), Tried::account("gh001")], now);
        }
        let fresh = Tried::from("198.51.100.1".parse().expect("an address"));
        assert_eq!(slow.failed(&[fresh, Tried::account("gh001")], now), LONGEST);
        assert_eq!(slow.failed(&[Tried::account("gh002")], now), FIRST);
    }

    /// Many at once: the second is looked at when the first is decided. None is too many.
    #[tokio::test]
    async fn attempts_of_one_address_take_turns_however_many_wait() {
        let (slow, now, one) = start();
        let other = "192.0.2.2".parse().expect("other");
        let first = slow.turn(one, now).await.expect("a turn");
        let mut waiting: Vec<_> = (0..500).map(|_| Box::pin(slow.turn(one, now))).collect();
        for turn in &mut waiting {
            let waits = std::future::poll_fn(|context| {
                std::task::Poll::Ready(turn.as_mut().poll(context).is_pending())
            });
            assert!(waits.await, "until the first is decided");
        }
        assert!(slow.turn(other, now).await.is_some(), "nobody else's matter");
        drop(first);
        for turn in waiting {
            assert!(turn.await.is_some(), "each in turn");
        }
    }

    #[test]
    fn a_network_of_ipv6_is_one_address_and_memory_is_bounded() {
        let (slow, now, _) = start();
        let from = |text: &str| [Tried::from(text.parse().expect(text))];
        assert_eq!(slow.failed(&from("2001:db8::1"), now), FIRST);
        assert_eq!(slow.failed(&from("2001:db8::ffff"), now), FIRST * 2, "its neighbour");
        assert_eq!(slow.failed(&from("2001:db8:0:1::1"), now), FIRST, "another network");
        assert_eq!(from("::ffff:192.0.2.7"), from("192.0.2.7"));
        for at in 0..10_000_u32 {
            slow.failed(&[Tried::from(IpAddr::V4(at.into()))], now);
        }
        assert!(slow.0.lock().expect("nobody panicked").len() <= MOST);
    }
}
