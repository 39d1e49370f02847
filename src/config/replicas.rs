//! Section `[replicas]`: how several processes share the work on one database.

use std::time::Duration;

use super::reader::Section;

/// Bounds of a lease: shorter, a slow answer of the database loses it; longer, nobody works for a lane for long.
const SHORTEST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(300);

/// How leases are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReplicasConfig {
    /// How long a lease stands without being renewed; it is renewed at each third.
    pub lease: Duration,
    /// How long a lane stays at least where it is before it moves to another process that lives.
    pub hold: Duration,
}

impl Default for ReplicasConfig {
    fn default() -> Self {
        Self { lease: Duration::from_secs(10), hold: Duration::from_secs(30) }
    }
}

pub(super) fn read_replicas(section: &mut Section<'_>) -> ReplicasConfig {
    let default = ReplicasConfig::default();
    let lease = section.or("lease", default.lease);
    if !(SHORTEST..=LONGEST).contains(&lease) {
        section.problem("lease", "must be from \"2s\" to \"5m\"");
    }
    let hold = section.or("hold", default.hold);
    ReplicasConfig { lease: lease.clamp(SHORTEST, LONGEST), hold }
}
