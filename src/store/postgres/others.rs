//! What this process knows of the writers on its database, itself among them, and whether the database passes notices on between them.
//!
//! Each writer numbers its commits. A server on which a number is lower than one that is known to be committed is another server than
//! before, taken into use without the last commits of the one before it: a message that was sent stands there as one that was not, and
//! numbers that were given out are free again. Nothing may be written there before somebody says that the store is an older one.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio_postgres::Client;

use super::errors::{failed, told};
use super::last_commits::LastCommits;
use super::rows::get;
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
    /// Where it is kept for the process that starts in the place of this one.
    kept: OnceLock<Arc<LastCommits>>,
}

/// The name of the writer of a process.
pub(super) fn writer_of(process: &str) -> String {
    format!("chakong-{process}")
}

/// What is told where commits are missing.
pub(super) fn lost<T>(what: &str) -> Stored<T> {
    let detail = format!(
        "this server has lost commits ({what}): it was taken into use without the last ones of the server before it. Go back to that one, or \
         stop every replica and start one with `chakong serve --restored`, then the others"
    );
    told("go on at this server", Ailment::Behind, detail)
}

/// Compares what a server has with what is known. A writer that is not there any more has ended.
///
/// # Errors
/// [`Ailment::Behind`] where commits are missing.
pub(super) fn missing(known: &BTreeMap<String, i64>, found: &[(String, i64)]) -> Stored<()> {
    let behind = found
        .iter()
        .find_map(|(name, number)| Some((name, number, known.get(name).filter(|last| number < *last)?)));
    let Some((name, number, last)) = behind else { return Ok(()) };
    lost(&format!("{name} had committed {last}, and here {number}"))
}

impl Others {
    /// What the process of this name knows at first: nothing.
    pub(super) fn of(process: &str) -> Self {
        let (committed, tells) = (Mutex::default(), AtomicBool::new(false));
        Self { own: writer_of(process), committed, tells, kept: OnceLock::new() }
    }

    /// What is known is kept in a file from now on; this is what it holds at first.
    pub(super) fn keep_in(&self, kept: LastCommits, writers: BTreeMap<String, i64>) {
        self.known().extend(writers);
        // A process begins once.
        let _ = self.kept.set(Arc::new(kept));
    }

    /// Keeps what is known now. Gives the file, which is still to be brought to the disk; `None` where nothing is kept.
    pub(super) fn keep(&self) -> Option<Arc<LastCommits>> {
        let kept = self.kept.get()?;
        kept.keep(&self.own, || self.known().clone());
        Some(Arc::clone(kept))
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<String, i64>> {
        self.committed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The server has acknowledged a commit of this process.
    pub(super) fn acknowledged(&self, number: i64) {
        self.committed(&self.own, number);
        // Before whoever waits for the commit goes on.
        self.keep();
    }

    /// A writer has committed so far.
    pub(super) fn committed(&self, writer: &str, number: i64) {
        let mut known = self.known();
        match known.get_mut(writer) {
            Some(last) => *last = number.max(*last),
            None => drop(known.insert(writer.to_owned(), number)),
        }
    }

    /// Whether a server that was just connected to has what is known.
    ///
    /// # Errors
    /// [`Ailment::Behind`] where commits are missing; those of the database.
    pub(super) async fn look(&self, client: &Client) -> Stored<()> {
        // What is committed while the server is asked need not be in its answer.
        let known = self.now_known();
        missing(&known, &Self::found(client).await?)
    }

    /// What every writer has committed by a server.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) async fn found(client: &Client) -> Stored<Vec<(String, i64)>> {
        let rows = client.query(COMMITTED, &[]).await.map_err(failed("look at the server's commits"))?;
        rows.iter().map(|row| Ok((get(row, 0)?, get(row, 1)?))).collect()
    }

    /// What is known at this moment: all that an answer of the server to a question from now on must show.
    pub(super) fn now_known(&self) -> BTreeMap<String, i64> {
        self.known().clone()
    }

    /// Compares what a server has with what was known before it was asked, and remembers it.
    ///
    /// # Errors
    /// [`Ailment::Behind`] where commits are missing.
    pub(super) fn compare(&self, before: &BTreeMap<String, i64>, found: &[(String, i64)]) -> Stored<()> {
        missing(before, found)?;
        let mut known = self.known();
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
        let missing = |rows: &[(&str, i64)]| others.compare(&others.now_known(), &found(rows)).is_err();
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
