//! Who may call: accounts and passwords, compared in constant time; wrong ones are slowed down.

use std::net::IpAddr;
use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use chakong_contract::Credentials;
use sha2::{Digest as _, Sha256};

use super::super::guesses::{Guesses, Slowed, network_of};
use crate::config::CounterpartConfig;

/// Wrong passwords in a row: by account, whether anybody has it or not; by the place where keys are given; and by address. The
/// right password is compared, and let in at once, however many wrong ones came before it.
#[derive(Debug, Default)]
pub(super) struct Callers(Guesses<Tried>);

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
        self.0.right(&tried(claimed, path), network_of(from));
        Some(found)
    }

    /// Notes a wrong password.
    pub(super) fn note(&self, claimed: &Credentials, path: &str, from: IpAddr) -> Slowed {
        let network = network_of(from);
        self.0.note([tried(claimed, path), Tried::From(network)], network)
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
