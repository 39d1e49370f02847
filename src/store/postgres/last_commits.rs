//! What a process knows of the commits on its database, kept in its folder: a process that starts in the place of another finds out, as
//! that one would have, that the server has lost commits.
//!
//! The file has two places, which are written in turn, each with its checksum: whatever is interrupted spoils one of them, and the other
//! one is what stood there before it. It is written behind every commit of this process, before the commit is acknowledged, and is brought
//! to the disk at every round of the leases: it outlives the process at once, and the machine a few seconds later.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::store::{StoreError, Stored};

/// The file in the folder.
pub(super) const FILE: &str = "last-commits";
/// The file while it is made.
const NEW: &str = "last-commits.new";
/// Bytes of one of its two places.
const PLACE: usize = 32 << 10;
/// Most writers of which it is kept what they have committed.
const MOST_WRITERS: usize = 200;
/// Letters of a checksum.
const SUM: usize = 64;

/// What is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Known {
    /// How often the file was written since it was made.
    pub(super) written: u64,
    /// Which store it is: a digest of something that is made with a store and goes along with it.
    pub(super) store: String,
    /// The store's epoch.
    pub(super) epoch: i64,
    /// This folder's name in the database.
    pub(super) folder: String,
    /// How often work was begun in this folder.
    pub(super) starts: i64,
    /// The last commit of every writer.
    pub(super) writers: BTreeMap<String, i64>,
}

impl Known {
    /// What the last process of a folder knew; nothing where none worked there.
    ///
    /// # Errors
    /// When the file cannot be read, or was damaged.
    pub(super) fn read(folder: &Path) -> Stored<Option<Self>> {
        let path = folder.join(FILE);
        let unreadable = |why: String| {
            let detail = format!(
                "{}: {why}. It says which commits the database server must have. Only where that server is the one that was worked on last, \
                 and was not restored since, take the file away; else start once with `chakong serve --restored`",
                path.display()
            );
            StoreError::Unreadable { what: "list of commits", detail }
        };
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unreadable(error.to_string())),
        };
        let places = bytes.chunks(PLACE).take(2).filter_map(Self::of);
        let newest = places.max_by_key(|known| known.written);
        newest.map(Some).ok_or_else(|| unreadable("it is damaged".to_owned()))
    }

    /// What a place of the file holds, where it is whole.
    fn of(place: &[u8]) -> Option<Self> {
        let line = place.split(|byte| *byte == b'\n').next()?;
        let (sum, text) = line.split_at_checked(SUM)?;
        (sum == sum_of(text).as_bytes()).then(|| serde_json::from_slice(text).ok())?
    }

    fn line(&self) -> Vec<u8> {
        let text = serde_json::to_vec(self).unwrap_or_default();
        [sum_of(&text).as_bytes(), text.as_slice(), b"\n".as_slice()].concat()
    }
}

fn sum_of(text: &[u8]) -> String {
    hex::encode(Sha256::digest(text))
}

/// Tells nothing of the key.
pub(super) fn store_of(lookup_key: &[u8]) -> String {
    sum_of(&[b"chakong store ".as_slice(), lookup_key].concat())
}

/// The file while a process works.
#[derive(Debug)]
pub(super) struct LastCommits {
    file: File,
    known: Mutex<Known>,
    is_unsynced: AtomicBool,
    has_failed: AtomicBool,
}

impl LastCommits {
    /// Makes the file anew, whole and on the disk before anything is committed.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn begin(folder: &Path, known: Known) -> Stored<Self> {
        let made = Self::make(folder, &known);
        let path = folder.join(FILE);
        let unwritten = |error: std::io::Error| StoreError::Unreadable {
            what: "list of commits",
            detail: format!("{} cannot be written: {error}", path.display()),
        };
        let file = made.map_err(unwritten)?;
        let (is_unsynced, has_failed) = (AtomicBool::new(false), AtomicBool::new(false));
        Ok(Self { file, known: Mutex::new(known), is_unsynced, has_failed })
    }

    fn make(folder: &Path, known: &Known) -> std::io::Result<File> {
        let (new, path) = (folder.join(NEW), folder.join(FILE));
        let mut file = OpenOptions::new();
        let mut file = file.write(true).create(true).truncate(true).mode(0o600).open(&new)?;
        // Room for both places, so that a full disk spoils neither.
        let mut places = known.line();
        places.resize(2 * PLACE, 0);
        file.write_all(&places)?;
        file.sync_all()?;
        std::fs::rename(&new, &path)?;
        File::open(folder)?.sync_all()?;
        Ok(file)
    }

    /// Keeps what writers have committed, as it is told when it is this one's turn.
    pub(super) fn keep(&self, own: &str, committed: impl FnOnce() -> BTreeMap<String, i64>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut writers = committed();
        while writers.len() > MOST_WRITERS
            && let Some(one) = writers.keys().find(|name| *name != own).cloned()
        {
            writers.remove(&one);
        }
        if known.writers == writers {
            return;
        }
        (known.writers, known.written) = (writers, known.written + 1);
        let place = if known.written.is_multiple_of(2) { 0 } else { PLACE as u64 };
        self.was(self.file.write_all_at(&known.line(), place));
        self.is_unsynced.store(true, Ordering::Relaxed);
    }

    /// Brings it to the disk, where something was written since.
    pub(super) fn sync(&self) {
        if self.is_unsynced.swap(false, Ordering::Relaxed) {
            self.was(self.file.sync_data());
        }
    }

    /// Told once in the log until it works again.
    fn was(&self, done: std::io::Result<()>) {
        match done {
            Ok(()) => self.has_failed.store(false, Ordering::Relaxed),
            Err(error) => {
                if !self.has_failed.swap(true, Ordering::Relaxed) {
                    tracing::warn!(
                        %error,
                        "the file {FILE} beside the store cannot be written; a process that starts in the place of this one may not find out \
                         that the database server has lost commits"
                    );
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn writers(last: i64) -> BTreeMap<String, i64> {
        [("chakong-a".to_owned(), last)].into()
    }

    #[test]
    fn what_was_kept_is_read_again_and_whatever_spoils_one_place_leaves_the_other() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(Known::read(folder.path()).expect("a folder"), None);
        let known = Known { store: "s".to_owned(), epoch: 3, starts: 1, ..Known::default() };
        let kept = LastCommits::begin(folder.path(), known).expect("a file");
        let read = || Known::read(folder.path()).expect("whole").expect("a file");
        assert_eq!((read().epoch, read().writers), (3, BTreeMap::new()));
        for last in [7, 8, 1_000_000, 9] {
            kept.keep("chakong-a", || writers(last));
            kept.sync();
            assert_eq!(read().writers, writers(last));
        }
        // The place that was written last.
        kept.file.write_all_at(b"torn", 0).expect("a write");
        assert_eq!(read().writers, writers(1_000_000));
        kept.file.write_all_at(b"torn", PLACE as u64).expect("a write");
        let told = Known::read(folder.path()).expect_err("damaged").to_string();
        assert!(told.contains("last-commits: it is damaged") && told.contains("--restored"), "{told}");
    }

    #[test]
    fn however_many_writers_there_are_a_place_holds_them_and_the_own_one_is_among_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let kept = LastCommits::begin(folder.path(), Known::default()).expect("a file");
        let name = |number: i64| format!("chakong-{:>40}-{number:08}", "x");
        for turn in 0..2 {
            kept.keep(&name(0), || (0..1000).map(|number| (name(number), i64::MAX - turn)).collect());
            let known = Known::read(folder.path()).expect("whole").expect("a file");
            assert_eq!(known.writers.len(), MOST_WRITERS);
            assert_eq!(known.writers.get(&name(0)), Some(&(i64::MAX - turn)));
        }
    }
}
