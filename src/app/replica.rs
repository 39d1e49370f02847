//! This process among those that share a database: its name, and who worked in its place before.

use std::net::SocketAddr;

use crate::config::Config;
use crate::store::Membership;

/// File beside the store with the id of the process that works there.
const FILE: &str = "replica";
/// Longest id that is read.
const LONGEST: usize = 200;
/// Longest name taken from the machine.
const LONGEST_NAME: usize = 40;

/// How this process takes part. The lock on its folder is its own: whoever worked there before is gone.
pub(super) fn member(config: &Config, address: SocketAddr) -> Membership {
    let before = std::fs::read_to_string(config.store.directory.join(FILE)).ok();
    let before = before.map(|id| id.trim().to_owned()).filter(|id| (1..=LONGEST).contains(&id.len()));
    Membership {
        name: config.server.replica.clone().unwrap_or_else(machine),
        address: address.to_string(),
        lease: config.replicas.lease,
        hold: config.replicas.hold,
        predecessor: before,
    }
}

/// Remembers who works in this folder now. Where that fails, the next process waits until the lease of this one is over.
pub(super) fn remember(config: &Config, id: &str) {
    if config.store.database.is_none() {
        return;
    }
    if let Err(error) = std::fs::write(config.store.directory.join(FILE), id) {
        tracing::warn!(%error, "the id of this replica could not be written beside the store");
    }
}

/// The name of the machine.
fn machine() -> String {
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    let is_plain = |letter: &char| letter.is_ascii_alphanumeric() || "-._".contains(*letter);
    let name: String = name.chars().filter(is_plain).take(LONGEST_NAME).collect();
    if name.is_empty() { "chakong".to_owned() } else { name }
}
