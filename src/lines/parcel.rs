//! The parcel line: files both ways, through a directory of this machine or on an SFTP server. Hand-over is atomic (written
//! aside, then renamed); what arrives is left alone until it is whole.

mod arrivals;
mod directory;
mod sftp;

use std::fmt;
use std::sync::Arc;

use chakong_contract::fault::{Fault, FaultKind};
use chakong_contract::{Date, Message};
use futures_util::future::BoxFuture;

use super::leaving::{MayLeave, moved};
use crate::config::ParcelConfig;

pub use arrivals::{Arrivals, Arrived};
use directory::Directory;
use sftp::Sftp;

const HAND_OVER: &str = "hand files over";
/// Most files taken in by one poll; the rest waits for the next.
const MOST_FILES: usize = 1000;
/// Most entries of a folder that are looked at.
const MOST_ENTRIES: usize = 100_000;
/// Endings of files that are still being written.
const UNFINISHED: [&str; 5] = ["tmp", "part", "filepart", "uploading", "swp"];

/// A file that was seen in the incoming folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// When it was changed last, by the clock of whoever keeps it; of no meaning but that it differs when the file does.
    pub changed: u64,
}

/// A place where files are handed over: a directory or a server. Everything it does may be done again.
pub trait Depot: Send + Sync + fmt::Debug {
    /// Makes folders of this machine that are missing; those of a server are its operator's.
    fn prepare(&self) -> BoxFuture<'_, Result<(), Fault>>;

    /// Hands files over: each is written aside, made durable and renamed, where it may still leave then. A file of the same name is
    /// replaced.
    fn hand_over<'a>(
        &'a self,
        files: &'a [Message],
        may_leave: &'a MayLeave,
    ) -> BoxFuture<'a, Result<(), Fault>>;

    /// What lies in the incoming folder, without files that are still being written.
    fn list(&self) -> BoxFuture<'_, Result<Vec<Listed>, Fault>>;

    /// Whether the last listing left entries out, because the folder has more than are looked at.
    fn is_cut(&self) -> bool {
        false
    }

    /// How many files of the last listing have names that cannot be used. They are not in the listing.
    fn unnamed(&self) -> usize {
        0
    }

    /// The bytes of an incoming file; a fault of kind `Malformed` when it is larger than it may be.
    fn fetch<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Vec<u8>, Fault>>;

    /// Puts an incoming file away whose content is durable: into the archive's folder of the day, or for good. One that is
    /// gone already is put away; one that is another by now, for the counterpart wrote it anew, stays.
    fn put_away<'a>(&'a self, file: &'a Listed, day: Date) -> BoxFuture<'a, Result<(), Fault>>;

    /// Deletes the archive's folders of days before `first`. How many files were in them.
    fn tidy(&self, first: Date) -> BoxFuture<'_, Result<usize, Fault>>;

    /// Whether both folders can be used.
    fn probe(&self) -> BoxFuture<'_, Result<(), Fault>>;
}

/// The depot of a line. A server is connected when it is needed, and again when the connection was lost.
pub fn open(config: &ParcelConfig) -> Arc<dyn Depot> {
    match &config.sftp {
        Some(server) => Arc::new(Sftp::new(config, server)),
        None => Arc::new(Directory::new(config)),
    }
}

/// A connector names files, never paths.
fn plain_name(name: &str) -> Result<&str, Fault> {
    let plain = !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', '\0']);
    plain
        .then_some(name)
        .ok_or_else(|| Fault::new(FaultKind::Unsupported, HAND_OVER, "a file name is a path"))
}

/// What is written aside is not handed over any more.
fn kept_back() -> Fault {
    moved(HAND_OVER)
}

/// The name under which a file is written before it is whole.
fn aside(name: &str) -> String {
    format!(".{name}.tmp")
}

fn is_unfinished(name: &str) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    name.starts_with('.') || UNFINISHED.contains(&extension.to_ascii_lowercase().as_str())
}

/// A folder of which not everything was seen.
pub fn too_many(folder: &str) -> Fault {
    let detail = format!(
        "{folder} has more than {MOST_ENTRIES} entries, and what lies beyond them is not seen: take away what is not ours"
    );
    Fault::new(FaultKind::Misconfigured, "look for files", detail)
}

/// Files whose names can be neither kept nor answered: no UTF-8, as a Windows server in China writes them, or parts of a path.
fn unnamed(folder: &str, count: usize) -> Fault {
    let detail = format!(
        "{folder} has {count} files whose names are no text in UTF-8 (GBK, say) or hold a slash or backslash; they are never read: have \
         them written under other names"
    );
    Fault::new(FaultKind::Misconfigured, "look for files", detail)
}

/// A file of more bytes than the line takes.
pub fn too_large(most: u64) -> Fault {
    Fault::new(
        FaultKind::Malformed,
        "read a file",
        format!("it has more than the {most} bytes that it may have"),
    )
}

/// The archive's folder of a day.
fn folder_of(day: Date) -> String {
    format!("{:04}{:02}{:02}", day.year(), day.month(), day.day())
}

/// Whether a name in the archive is that of a day before `first`.
fn is_before(name: &str, first: Date) -> bool {
    let digits = name.len() == 8 && name.bytes().all(|b| b.is_ascii_digit());
    digits && name < folder_of(first).as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_no_paths_and_days_have_an_order() {
        assert!(plain_name("CXQQ.zip").is_ok());
        for bad in ["", "..", ".hidden", "a/b", "a\\b", "a\0b"] {
            assert!(plain_name(bad).is_err(), "{bad:?}");
        }
        let first = Date::constant(2026, 3, 1);
        assert!(is_before("20260228", first) && is_before("20251231", first));
        for kept in ["20260301", "20260302", "2026022", "202602281", "x0260228", "note"] {
            assert!(!is_before(kept, first), "{kept}");
        }
    }

    #[test]
    fn files_that_are_being_written_are_known_by_their_names() {
        for name in [".CXFK.zip.tmp", "CXFK.zip.part", "CXFK.ZIP.FILEPART", "CXFK.uploading", "x.swp"] {
            assert!(is_unfinished(name), "{name}");
        }
        assert!(!is_unfinished("CXFK.zip") && !is_unfinished("QNA") && !is_unfinished("tmp"));
    }
}
