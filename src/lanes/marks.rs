//! What is being read, written down as small files beside the store: what still stands there at the next start was being read when the
//! process died. What it died of twice is not read a third time. One death alone proves nothing: a process that is killed from outside
//! was reading something too, and a counterpart's good answer must not be put away unread for that. So after the first one everything
//! else goes before it.

use std::collections::HashMap;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

/// After so many deaths in a row while it was read, something is set aside.
const MOST_DEATHS: u32 = 2;
/// Calls that were set aside, of which the bytes are kept.
const MOST_KEPT: usize = 20;
/// How the file ends in which one is kept.
const KEPT: &str = ".call";
/// After so long without being read again a mark is forgotten.
const FORGOTTEN: Duration = Duration::from_secs(30 * 24 * 3600);

/// The marks of one store.
#[derive(Debug, Default)]
pub struct Marks {
    /// `None` where nothing is written down.
    folder: Option<PathBuf>,
    /// How often the process died while something was read, by its mark.
    deaths: Mutex<HashMap<String, u32>>,
}

/// What may be done with something that is to be read.
#[derive(Debug)]
pub(super) enum Verdict<'a> {
    /// It is read, under this mark.
    Read(Mark<'a>),
    /// The process died while it was read the last time: everything else goes first, and it is read at the next look.
    Last,
    /// The process died of it again: it is not read.
    SetAside {
        /// For the first time.
        is_new: bool,
    },
}

/// Stands while something is read.
#[derive(Debug)]
pub(super) struct Mark<'a> {
    marks: &'a Marks,
    name: String,
}

impl Marks {
    /// The marks in a folder, which is made if it is missing; those that are old `now` are forgotten.
    ///
    /// # Errors
    /// When the folder cannot be used.
    pub fn open(folder: &Path, now: Timestamp) -> std::io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let mut deaths = HashMap::new();
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let changed = entry.metadata().and_then(|metadata| metadata.modified());
            let age =
                changed.ok().map(|changed| SystemTime::from(now).duration_since(changed).unwrap_or_default());
            match (entry.file_name().into_string(), age) {
                (Ok(name), Some(age)) if age < FORGOTTEN => {
                    if !name.ends_with(KEPT) {
                        let count = std::fs::read_to_string(entry.path()).ok();
                        let count = count.and_then(|text| text.trim().parse().ok());
                        deaths.insert(name, count.unwrap_or(1));
                    }
                }
                _ => std::fs::remove_file(entry.path())?,
            }
        }
        Ok(Self { folder: Some(folder.to_owned()), deaths: Mutex::new(deaths) })
    }

    /// Whether something from a counterpart may be read, and marks it if so. `may_wait`: there is a next look. What is set aside then is put
    /// away, and forgotten here; a call comes again, so it is remembered, and its bytes are kept for a person.
    pub(super) fn begin(&self, counterpart: &str, bytes: &[u8], may_wait: bool) -> Verdict<'_> {
        let name = hex::encode(Sha256::digest([Sha256::digest(counterpart), Sha256::digest(bytes)].concat()));
        let deaths = self.deaths.lock().unwrap_or_else(PoisonError::into_inner).get(&name).copied();
        match deaths {
            Some(MOST_DEATHS..) if may_wait => {
                self.forget(&name);
                return Verdict::SetAside { is_new: true };
            }
            Some(deaths @ MOST_DEATHS..) => {
                let is_new = deaths == MOST_DEATHS;
                if is_new {
                    self.remember(name, bytes);
                }
                return Verdict::SetAside { is_new };
            }
            // It is told apart from one that waited already by its count, which is kept for the next start.
            Some(1) if may_wait && !self.has_waited(&name) => return Verdict::Last,
            _ => {}
        }
        if let Some(folder) = &self.folder {
            // Not made durable: it is the process that may die of what it reads, not the machine.
            let written = std::fs::write(folder.join(&name), (deaths.unwrap_or(0) + 1).to_string());
            if let Err(error) = written {
                tracing::warn!(%error, "what is being read cannot be written down");
            }
        }
        Verdict::Read(Mark { marks: self, name })
    }

    /// Whether something has waited for everything else; from now on it has.
    fn has_waited(&self, name: &str) -> bool {
        let waited = format!("{name} waited");
        self.deaths.lock().unwrap_or_else(PoisonError::into_inner).insert(waited, 0).is_some()
    }

    /// Notes that a call was set aside and told, and keeps it. It holds a password, as the counterpart's own file beside it does.
    fn remember(&self, name: String, bytes: &[u8]) {
        let Some(folder) = &self.folder else { return };
        let kept = std::fs::read_dir(folder).map(|entries| {
            let names = entries.flatten().map(|entry| entry.file_name());
            names.filter(|name| name.to_string_lossy().ends_with(KEPT)).count()
        });
        let written = kept.and_then(|kept| match kept < MOST_KEPT {
            true => write_privately(&folder.join(format!("{name}{KEPT}")), bytes),
            false => Ok(()),
        });
        let noted = std::fs::write(folder.join(&name), (MOST_DEATHS + 1).to_string());
        if let Err(error) = written.and(noted) {
            tracing::warn!(%error, "a call that was set aside cannot be kept");
        }
        self.deaths.lock().unwrap_or_else(PoisonError::into_inner).insert(name, MOST_DEATHS + 1);
    }

    fn forget(&self, name: &str) {
        let mut deaths = self.deaths.lock().unwrap_or_else(PoisonError::into_inner);
        deaths.remove(name);
        deaths.remove(&format!("{name} waited"));
        drop(deaths);
        if let Some(folder) = &self.folder {
            let _ = std::fs::remove_file(folder.join(name));
        }
    }
}

impl Drop for Mark<'_> {
    fn drop(&mut self) {
        self.marks.forget(&self.name);
    }
}

/// Writes a file that nobody else may read.
fn write_privately(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file =
        std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Clock as _, SystemClock};

    fn opened(folder: &Path) -> Marks {
        Marks::open(folder, SystemClock.now()).expect("marks")
    }

    fn dies_while_reading(folder: &Path, what: &[u8]) {
        let marks = opened(folder);
        loop {
            match marks.begin("bank", what, true) {
                Verdict::Read(mark) => return std::mem::forget(mark),
                Verdict::Last => {}
                Verdict::SetAside { .. } => panic!("it is read"),
            }
        }
    }

    #[test]
    fn what_the_process_died_of_twice_is_set_aside_and_nothing_else_is() {
        let folder = tempfile::tempdir().expect("a folder");
        dies_while_reading(folder.path(), b"bad");
        let marks = opened(folder.path());
        assert!(matches!(marks.begin("bank", b"bad", true), Verdict::Last), "everything else goes first");
        assert!(matches!(marks.begin("bank", b"good", true), Verdict::Read(_)));
        assert!(matches!(marks.begin("bank", b"bad", true), Verdict::Read(_)), "and then it is read");
        let again = opened(folder.path());
        assert!(
            matches!(again.begin("bank", b"bad", true), Verdict::Read(_)),
            "what was read well is forgotten"
        );
        for _ in 0..2 {
            dies_while_reading(folder.path(), b"bad");
        }
        let marks = opened(folder.path());
        assert!(matches!(marks.begin("bank", b"bad", true), Verdict::SetAside { is_new: true }));
        assert!(matches!(marks.begin("another", b"bad", true), Verdict::Read(_)));
        assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 0, "no mark is left");
    }

    #[test]
    fn a_call_that_was_set_aside_is_never_read_again_is_told_once_and_can_be_looked_at() {
        let folder = tempfile::tempdir().expect("a folder");
        for _ in 0..2 {
            dies_while_reading(folder.path(), b"bad");
        }
        let marks = opened(folder.path());
        assert!(matches!(marks.begin("bank", b"bad", false), Verdict::SetAside { is_new: true }));
        assert!(matches!(marks.begin("bank", b"bad", false), Verdict::SetAside { is_new: false }));
        let marks = opened(folder.path());
        assert!(matches!(marks.begin("bank", b"bad", false), Verdict::SetAside { is_new: false }));
        assert!(matches!(marks.begin("bank", b"good", false), Verdict::Read(_)));
        let files =
            std::fs::read_dir(folder.path()).expect("the folder").map(|entry| entry.expect("a file").path());
        let kept: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == "call")).collect();
        let [kept] = kept.as_slice() else { panic!("{kept:?}") };
        assert_eq!(std::fs::read(kept).expect("its bytes"), b"bad");
        let in_a_year = SystemClock.now() + jiff::SignedDuration::from_hours(366 * 24);
        let marks = Marks::open(folder.path(), in_a_year).expect("marks");
        assert!(matches!(marks.begin("bank", b"bad", false), Verdict::Read(_)), "not for ever");
        assert!(!kept.exists());
    }

    #[test]
    fn a_death_elsewhere_is_none_of_what_was_read_before() {
        let folder = tempfile::tempdir().expect("a folder");
        let marks = opened(folder.path());
        drop(marks.begin("bank", b"good", false));
        drop(marks);
        let marks = opened(folder.path());
        assert!(matches!(marks.begin("bank", b"good", true), Verdict::Read(_)));
    }
}
