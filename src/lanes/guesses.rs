//! Who guesses a password or a key: wrong ones in a row, each answered later than the last, and told.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use crate::domain::AuditEntry;

/// Wait after the first wrong one; twice as long after each further one.
const FIRST_WAIT: Duration = Duration::from_millis(100);
/// Longest wait.
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// After so long without a wrong one nothing is held against anybody.
const FORGOTTEN: Duration = Duration::from_secs(15 * 60);
/// Most of what was tried that is remembered; what was tried longest ago is forgotten first.
const MOST: usize = 4096;
/// So many wrong ones in a row are told as somebody's guessing, and then ever more seldom.
const TELLING: [u32; 6] = [10, 100, 1000, 10_000, 100_000, 1_000_000];

/// Wrong passwords or keys in a row, by what was tried: an account, a place, an address. Who shows the right one is not asked about.
#[derive(Debug)]
pub struct Guesses<K> {
    wrong: Mutex<HashMap<K, Wrong>>,
    all: AtomicU64,
}

impl<K> Default for Guesses<K> {
    fn default() -> Self {
        Self { wrong: Mutex::default(), all: AtomicU64::new(0) }
    }
}

#[derive(Debug)]
struct Wrong {
    in_a_row: u32,
    last: Instant,
    from: IpAddr,
}

/// What follows from a wrong one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slowed {
    /// How long its answer is kept back.
    pub wait: Duration,
    /// How many there were in a row, where that is to be told.
    pub told: Option<u32>,
}

impl<K: Clone + Eq + Hash> Guesses<K> {
    /// Notes a wrong one, by everything that was tried with it.
    pub fn note<const N: usize>(&self, tried: [K; N], from: IpAddr) -> Slowed {
        self.all.fetch_add(1, Ordering::Relaxed);
        let (mut all, now) = (self.wrong(), Instant::now());
        let counts = tried.map(|tried| {
            let wrong = all.entry(tried).or_insert(Wrong { in_a_row: 0, last: now, from });
            if now.duration_since(wrong.last) >= FORGOTTEN {
                wrong.in_a_row = 0;
            }
            (wrong.in_a_row, wrong.last, wrong.from) = (wrong.in_a_row.saturating_add(1), now, from);
            wrong.in_a_row
        });
        while all.len() > MOST {
            let oldest = all.iter().min_by_key(|(_, wrong)| wrong.last).map(|(tried, _)| tried.clone());
            let Some(oldest) = oldest else { break };
            all.remove(&oldest);
        }
        let most = counts.into_iter().max().unwrap_or(1);
        let told = counts.into_iter().find(|count| TELLING.contains(count));
        let wait = FIRST_WAIT.saturating_mul(1 << most.saturating_sub(1).min(16)).min(LONGEST_WAIT);
        Slowed { wait, told }
    }

    /// Somebody got it right: what was tried begins anew, if it was last tried from the same address. Others who try it stay slow.
    pub fn right(&self, tried: &K, from: IpAddr) {
        let mut all = self.wrong();
        if all.get(tried).is_some_and(|wrong| wrong.from == from) {
            all.remove(tried);
        }
    }

    /// How many wrong ones came since the start.
    pub fn count(&self) -> u64 {
        self.all.load(Ordering::Relaxed)
    }

    fn wrong(&self) -> MutexGuard<'_, HashMap<K, Wrong>> {
        self.wrong.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whoever has one address of IPv6 has the other 2^64 of its network too: they count as one.
pub fn network_of(from: IpAddr) -> IpAddr {
    match from {
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => v4.into(),
            None => IpAddr::V6((u128::from(v6) & !u128::from(u64::MAX)).into()),
        },
        v4 => v4,
    }
}

/// The line of the audit about somebody who guesses.
#[derive(Debug)]
pub struct Guessing<'a> {
    /// The part of the gateway that noticed.
    pub actor: &'static str,
    /// What is guessed.
    pub act: &'static str,
    /// Whose.
    pub subject: &'a str,
    /// The address that it came from.
    pub from: IpAddr,
    /// The path that was called, without what differs from call to call.
    pub path: &'a str,
    /// How many were wrong in a row.
    pub times: u32,
}

impl Guessing<'_> {
    /// As it is written down.
    pub fn entry(&self, at: Timestamp) -> AuditEntry {
        let Self { actor, act, subject, from, path, times } = *self;
        AuditEntry {
            at,
            actor: actor.to_owned(),
            act: act.to_owned(),
            subject: subject.to_owned(),
            reason: format!("连续{times}次密码或密钥错误 {times} wrong passwords or keys in a row"),
            detail: Some(serde_json::json!({ "from": from.to_string(), "path": path, "times": times })),
            refused: Some("密码或密钥错误 wrong password or key".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[tokio::test(start_paused = true)]
    async fn guessing_is_told_now_and_then_and_only_so_much_is_remembered() {
        let guesses = Guesses::default();
        let told: Vec<u32> = (0..120).filter_map(|_| guesses.note(["A"], from(1)).told).collect();
        assert_eq!(told, [10, 100]);
        let guesses = Guesses::default();
        for at in 0..2 * MOST {
            guesses.note([at], from(7));
        }
        assert!(guesses.wrong().len() <= MOST);
        assert_eq!(guesses.count(), 2 * MOST as u64);
    }

    #[test]
    fn a_network_of_ipv6_is_one_address() {
        let network = |text: &str| network_of(text.parse().expect(text)).to_string();
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
    }
}
