//! How much is asked of the server: what operations and benchmarks look at.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::store::Asked;

/// Counts since the start, over every connection.
#[derive(Debug, Default)]
pub(super) struct Counts {
    statements: AtomicU64,
    round_trips: AtomicU64,
    commits: AtomicU64,
    inputs: AtomicU64,
}

impl Counts {
    /// So many statements are sent, and waited for together.
    pub(super) fn sends(&self, statements: usize) {
        self.statements.fetch_add(u64::try_from(statements).unwrap_or_default(), Ordering::Relaxed);
        self.round_trips.fetch_add(1, Ordering::Relaxed);
    }

    /// So many inputs were committed at once.
    pub(super) fn committed(&self, inputs: usize) {
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.inputs.fetch_add(u64::try_from(inputs).unwrap_or_default(), Ordering::Relaxed);
    }

    /// What was counted.
    pub(super) fn now(&self) -> Asked {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Asked {
            statements: read(&self.statements),
            round_trips: read(&self.round_trips),
            commits: read(&self.commits),
            inputs: read(&self.inputs),
        }
    }
}
