//! Who may call: accounts and passwords, compared in constant time; wrong ones are slowed down.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use chakong_contract::Credentials;
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use crate::config::CounterpartConfig;

/// Wait after the first wrong password; twice as long after each further one.
const FIRST_WAIT: Duration = Duration::from_millis(100);
/// Longest wait.
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// After so long without a wrong password nothing is held against anybody.
const FORGOTTEN: Duration = Duration::from_secs(15 * 60);
/// Most accounts and addresses that are remembered; those that erred longest ago are forgotten first.
const MOST: usize = 4096;
/// So many wrong passwords in a row are told as somebody's trying to guess one, and then ever more seldom.
const TELLING: [u32; 6] = [10, 100, 1000, 10_000, 100_000, 1_000_000];

/// Wrong passwords in a row: by account, whether anybody has it or not; by the place where keys are given; and by address. The
/// right password is compared, and let in at once, however many wrong ones came before it.
#[derive(Debug, Default)]
pub(super) struct Callers(Mutex<HashMap<Tried, Wrong>>);

/// What was tried, or from where.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Tried {
    /// An account at a path, as its digest: anybody can send any.
    Account([u8; 32]),
    /// A key at a path.
    Key([u8; 32]),
    /// Anything, from an address.
    From(IpAddr),
}

#[derive(Debug)]
struct Wrong {
    in_a_row: u32,
    last: Instant,
    from: IpAddr,
}

/// What follows from a wrong password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slowed {
    /// How long its answer is kept back.
    pub(super) wait: Duration,
    /// How many there were in a row, where that is to be told.
    pub(super) told: Option<u32>,
}

fn digest(parts: &[&str]) -> [u8; 32] {
    let each: Vec<_> = parts.iter().map(Sha256::digest).collect();
    Sha256::digest(each.concat()).into()
}

/// `path` is that of the line, without what differs from call to call.
fn tried(claimed: &Credentials, path: &str) -> Tried {
    match claimed.account.is_empty() {
        true => Tried::Key(digest(&[path])),
        false => Tried::Account(digest(&[path, &claimed.account])),
    }
}

impl Callers {
    /// The counterpart that calls. Compares with every one, each in constant time, so that the time tells nothing about any of
    /// them. Who gives no account is known by the key in the address it called at.
    pub(super) fn find<'a>(
        &self,
        here: &'a [Arc<CounterpartConfig>],
        claimed: &Credentials,
        path: &str,
        from: IpAddr,
    ) -> Option<&'a Arc<CounterpartConfig>> {
        let found = compare(here, claimed)?;
        let mut all = self.wrong();
        // Others who try this account from elsewhere stay slow.
        let tried = tried(claimed, path);
        if all.get(&tried).is_some_and(|wrong| wrong.from == from) {
            all.remove(&tried);
        }
        Some(found)
    }

    /// Notes a wrong password.
    pub(super) fn note(&self, claimed: &Credentials, path: &str, from: IpAddr) -> Slowed {
        let (mut all, now) = (self.wrong(), Instant::now());
        let counts = [tried(claimed, path), Tried::From(from)].map(|tried| {
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
        Slowed {
            wait: FIRST_WAIT.saturating_mul(1 << most.saturating_sub(1).min(16)).min(LONGEST_WAIT),
            told,
        }
    }

    fn wrong(&self) -> MutexGuard<'_, HashMap<Tried, Wrong>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whose account was tried, if it is anybody's.
pub(super) fn owner<'a>(
    here: &'a [Arc<CounterpartConfig>],
    claimed: &Credentials,
) -> Option<&'a Arc<CounterpartConfig>> {
    let owner = here.iter().find(|config| config.settings.text("account") == claimed.account);
    owner.filter(|_| !claimed.account.is_empty())
}

fn compare<'a>(
    here: &'a [Arc<CounterpartConfig>],
    claimed: &Credentials,
) -> Option<&'a Arc<CounterpartConfig>> {
    let given = digest(&[&claimed.account, claimed.password.expose()]);
    let mut found = None;
    for config in here {
        let (account, secret) = match claimed.account.as_str() {
            "" => ("", config.settings.secret("callback_key")),
            _ => (config.settings.text("account"), config.settings.secret("password")),
        };
        let known = digest(&[account, secret.map_or("", |secret| secret.expose())]);
        let same = verify_slices_are_equal(&known, &given).is_ok();
        if same && secret.is_some_and(|secret| !secret.expose().is_empty()) {
            found = Some(config);
        }
    }
    found
}

#[cfg(test)]
mod tests;
