//! What this process knows of the writers on its database, itself among them, and whether the database passes notices on between them.
//!
//! Each writer numbers its commits. A server on which a number is lower than one that is known to be committed is another server than
//! before, taken into use without the last commits of the one before it: a message that was sent stands there as one that was not, and
//! numbers that were given out are free again. Nothing may be written there before somebody says that the store is an older one.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::errors::told;
use crate::store::Stored;
use crate::store::health::Ailment;

/// What every writer has committed.
pub(super) const COMMITTED: &str = "SELECT name, last_commit FROM writers";

/// The writers on the database.
#[derive(Debug)]
pub(super) struct Others {
    own: String,
    committed: Mutex<BTreeMap<String, i64>>,
    tells: AtomicBool,
}

/// The name of the writer of a process.
pub(super) fn writer_of(process: &str) -> String {
    format!("chakong-{process}")
}

impl Others {
    /// What the process of this name knows at first: nothing.
    pub(super) fn of(process: &str) -> Self {
        Self { own: writer_of(process), committed: Mutex::default(), tells: AtomicBool::new(false) }
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<String, i64>> {
        self.committed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The server has acknowledged a commit of this process.
    pub(super) fn acknowledged(&self, number: i64) {
        self.committed(&self.own, number);
    }

    /// A writer has committed so far.
    pub(super) fn committed(&self, writer: &str, number: i64) {
        let mut known = self.known();
        match known.get_mut(writer) {
            Some(last) => *last = number.max(*last),
            None => drop(known.insert(writer.to_owned(), number)),
        }
    }

    /// Compares what a server has with what is known, and remembers it. A writer that is not there any more has ended.
    ///
    /// # Errors
    /// [`Ailment::Behind`] where commits are missing.
    pub(super) fn compare(&self, found: &[(String, i64)]) -> Stored<()> {
        let mut known = self.known();
        let missing = found.iter().find(|(name, number)| known.get(name).is_some_and(|last| number < last));
        if let Some((name, number)) = missing {
            let last = known.get(name).copied().unwrap_or_default();
            let detail = format!(
                "this server has lost commits ({name} had committed {last}, and here {number}): it was taken into use without the last \
                 ones of the server before it. Go back to that one, or stop every replica and start one with `chakong serve --restored`, \
                 then the others"
            );
            return told("go on at this server", Ailment::Behind, detail);
        }
        known.retain(|name, _| *name == self.own || found.iter().any(|(there, _)| there == name));
        // The own number counts from its acknowledgement on.
        for (name, number) in found.iter().filter(|(name, _)| *name != self.own) {
            let last = known.entry(name.clone()).or_default();
            *last = (*last).max(*number);
        }
        Ok(())
    }

    /// Whether the database passes notices on.
    pub(super) fn may_be_told(&self) -> bool {
        self.tells.load(Ordering::Relaxed)
    }

    /// Notes whether it does.
    pub(super) fn can_be_told(&self, tells: bool) {
        self.tells.store(tells, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(rows: &[(&str, i64)]) -> Vec<(String, i64)> {
        rows.iter().map(|(name, number)| ((*name).to_owned(), *number)).collect()
    }

    #[test]
    fn a_server_without_a_commit_that_is_known_is_told_from_one_that_has_it() {
        let others = Others::of("a");
        let missing = |rows: &[(&str, i64)]| others.compare(&found(rows)).is_err();
        others.acknowledged(7);
        assert!(missing(&[("chakong-a", 6), ("chakong-b", 3)]), "the own one");
        assert!(!missing(&[("chakong-a", 8), ("chakong-b", 3)]), "an answer may still be on its way");
        assert!(missing(&[("chakong-a", 8), ("chakong-b", 2)]), "one that was seen");
        others.committed("chakong-b", 5);
        others.committed("chakong-b", 4);
        assert!(missing(&[("chakong-a", 8), ("chakong-b", 4)]), "one that was heard of");
        assert!(!missing(&[("chakong-a", 7)]), "one that has ended");
        assert!(!missing(&[("chakong-a", 7), ("chakong-b", 1)]), "and what is forgotten with it");
        assert!(missing(&[("chakong-a", 6)]), "the own number is never forgotten");
    }
}
