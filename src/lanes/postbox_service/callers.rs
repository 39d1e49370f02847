//! Who may call: accounts and passwords, compared in constant time; wrong ones are slowed down.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use chakong_contract::ParsedCall;
use sha2::{Digest as _, Sha256};

use crate::config::CounterpartConfig;

/// Wait after the first wrong password; twice as long after each further one.
const FIRST_WAIT: Duration = Duration::from_millis(100);
/// Longest wait.
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// Most callers of one account that wait; further ones are not even compared.
const MOST_WAITING: u32 = 8;

/// Wrong passwords in a row, by counterpart. Those for accounts that nobody has count together, so that there are never more
/// entries than counterparts.
#[derive(Debug, Default)]
pub(super) struct Callers(Mutex<HashMap<String, Wrong>>);

#[derive(Debug, Default)]
struct Wrong {
    in_a_row: u32,
    waiting: u32,
}

/// What a caller turned out to be.
#[derive(Debug)]
pub(super) enum Caller<'a> {
    /// One of the counterparts.
    Known(&'a Arc<CounterpartConfig>),
    /// Nobody; whose account was tried, if it is anybody's.
    Wrong(Option<String>),
    /// Not looked at: too many are being turned away from this account.
    TooMany,
}

impl Callers {
    /// Compares with every counterpart, each in constant time, so that the time tells nothing about any of them. Who gives
    /// no account is known by the key in the address it called at.
    pub(super) fn find<'a>(&self, here: &'a [Arc<CounterpartConfig>], parsed: &ParsedCall) -> Caller<'a> {
        let whose = here.iter().find(|config| config.settings.text("account") == parsed.account);
        let whose = whose.filter(|_| !parsed.account.is_empty()).map(|config| config.name.clone());
        let key = whose.clone().unwrap_or_default();
        if self.wrong().get(&key).is_some_and(|wrong| wrong.waiting >= MOST_WAITING) {
            return Caller::TooMany;
        }
        match compare(here, parsed) {
            Some(config) => {
                self.wrong().remove(&key);
                Caller::Known(config)
            }
            None => Caller::Wrong(whose),
        }
    }

    /// Waits before a caller is told that the password was wrong: the longer, the more often it was.
    pub(super) async fn slow_down(&self, whose: Option<&str>) {
        let key = whose.unwrap_or_default();
        let wait = {
            let mut all = self.wrong();
            let wrong = all.entry(key.to_owned()).or_default();
            wrong.in_a_row = wrong.in_a_row.saturating_add(1);
            wrong.waiting += 1;
            FIRST_WAIT.saturating_mul(1 << wrong.in_a_row.saturating_sub(1).min(16)).min(LONGEST_WAIT)
        };
        tokio::time::sleep(wait).await;
        if let Some(wrong) = self.wrong().get_mut(key) {
            wrong.waiting = wrong.waiting.saturating_sub(1);
        }
    }

    fn wrong(&self) -> MutexGuard<'_, HashMap<String, Wrong>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn compare<'a>(
    here: &'a [Arc<CounterpartConfig>],
    parsed: &ParsedCall,
) -> Option<&'a Arc<CounterpartConfig>> {
    let digest = |account: &str, password: &str| {
        let parts = [Sha256::digest(account), Sha256::digest(password)];
        Sha256::digest(parts.concat())
    };
    let given = digest(&parsed.account, parsed.password.expose());
    let mut found = None;
    for config in here {
        let (account, secret) = match parsed.account.as_str() {
            "" => ("", config.settings.secret("callback_key")),
            _ => (config.settings.text("account"), config.settings.secret("password")),
        };
        let known = digest(account, secret.map_or("", |secret| secret.expose()));
        let same = verify_slices_are_equal(&known, &given).is_ok();
        if same && secret.is_some_and(|secret| !secret.expose().is_empty()) {
            found = Some(config);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn each_wrong_password_costs_more_time_than_the_last_up_to_a_limit() {
        let callers = Callers::default();
        let mut waits = Vec::new();
        for _ in 0..9 {
            let began = tokio::time::Instant::now();
            callers.slow_down(Some("bank-1")).await;
            waits.push(began.elapsed().as_millis());
        }
        assert_eq!(waits, [100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000]);
        let began = tokio::time::Instant::now();
        callers.slow_down(None).await;
        assert_eq!(began.elapsed(), FIRST_WAIT, "another account is another matter");
    }

    #[tokio::test(start_paused = true)]
    async fn those_who_wait_are_counted_until_they_have_heard() {
        let callers = Callers::default();
        let waiting = || callers.wrong().get("").map(|wrong| wrong.waiting);
        let slowed = futures_util::future::join_all((0..MOST_WAITING).map(|_| callers.slow_down(None)));
        let looked = async {
            tokio::time::sleep(Duration::from_millis(1)).await;
            waiting()
        };
        let (_, most) = tokio::join!(slowed, looked);
        assert_eq!((most, waiting()), (Some(MOST_WAITING), Some(0)));
    }
}
