//! Slowing down who guesses: each failure from an address makes its next attempt wait twice as long.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

/// The wait after the first failure.
const FIRST: Duration = Duration::from_millis(250);
/// The longest wait.
const LONGEST: Duration = Duration::from_secs(8);
/// Failures are forgotten after so long.
const FORGOTTEN: Duration = Duration::from_secs(15 * 60);
/// Most addresses that are remembered; beyond it the oldest go.
const MOST: usize = 10_000;

/// Failures by address.
#[derive(Debug, Default)]
pub struct SlowDown(Mutex<HashMap<IpAddr, (u32, Timestamp)>>);

impl SlowDown {
    /// How long an attempt from an address waits.
    pub fn wait(&self, from: IpAddr, now: Timestamp) -> Duration {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match known.get(&group(from)) {
            Some((failures, at)) if is_fresh(*at, now) && *failures > 0 => {
                FIRST.saturating_mul(1 << (failures - 1).min(10)).min(LONGEST)
            }
            _ => Duration::ZERO,
        }
    }

    /// An attempt failed.
    pub fn failed(&self, from: IpAddr, now: Timestamp) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.retain(|_, (_, at)| is_fresh(*at, now));
            if known.len() >= MOST
                && let Some(oldest) = known.iter().min_by_key(|(_, (_, at))| *at).map(|(from, _)| *from)
            {
                known.remove(&oldest);
            }
        }
        let (failures, at) = known.entry(group(from)).or_insert((0, now));
        *failures = if is_fresh(*at, now) { failures.saturating_add(1) } else { 1 };
        *at = now;
    }

    /// An attempt succeeded.
    pub fn succeeded(&self, from: IpAddr) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&group(from));
    }
}

fn is_fresh(at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at).unsigned_abs() < FORGOTTEN
}

/// Whoever has one address of IPv6 has the other 2^64 of its network too.
fn group(from: IpAddr) -> IpAddr {
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

    #[test]
    fn each_failure_doubles_the_wait_and_a_success_ends_it() {
        let (slow, now) = (SlowDown::default(), "2026-01-05T01:00:00Z".parse().expect("a time"));
        let (one, other): (IpAddr, IpAddr) =
            ("192.0.2.1".parse().expect("one"), "192.0.2.2".parse().expect("other"));
        let mut waits = Vec::new();
        for _ in 0..8 {
            waits.push(slow.wait(one, now).as_millis());
            slow.failed(one, now);
        }
        assert_eq!(waits, [0, 250, 500, 1000, 2000, 4000, 8000, 8000]);
        assert_eq!(slow.wait(other, now), Duration::ZERO);
        let later = now + Duration::from_secs(900);
        assert_eq!(slow.wait(one, later), Duration::ZERO, "forgotten");
        slow.succeeded(one);
        assert_eq!(slow.wait(one, now), Duration::ZERO);
    }

    #[test]
    fn a_network_of_ipv6_is_one_address_and_memory_is_bounded() {
        let (slow, now) = (SlowDown::default(), "2026-01-05T01:00:00Z".parse().expect("a time"));
        slow.failed("2001:db8::1".parse().expect("one"), now);
        assert!(slow.wait("2001:db8::ffff".parse().expect("its neighbour"), now) > Duration::ZERO);
        assert_eq!(slow.wait("2001:db8:0:1::1".parse().expect("another network"), now), Duration::ZERO);
        for at in 0..20_000_u32 {
            slow.failed(IpAddr::V4(at.into()), now);
        }
        assert!(slow.0.lock().expect("nobody panicked").len() <= MOST);
    }
}
