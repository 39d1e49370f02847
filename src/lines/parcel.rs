//! The parcel line: files both ways through shared directories. Hand-over is atomic (written aside, then renamed);
//! what arrives is left alone until it is whole.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use chakong_contract::Message;
use chakong_contract::fault::{Fault, FaultKind};

use crate::config::ParcelConfig;

/// Most files looked at in one poll; the rest waits for the next.
const MOST_FILES: usize = 1000;
/// Endings of files that are still being written.
const UNFINISHED: [&str; 5] = ["tmp", "part", "filepart", "uploading", "swp"];

/// A line to one counterpart.
#[derive(Debug)]
pub struct ParcelLine {
    config: ParcelConfig,
    seen: HashMap<PathBuf, (u64, SystemTime)>,
}

fn fault(operation: &str, path: &Path, error: &std::io::Error) -> Fault {
    let kind = match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::PermissionDenied => FaultKind::Misconfigured,
        _ => FaultKind::Transient,
    };
    // Only the folder: file names carry request numbers, which are no personal data, but nothing is gained by them.
    let folder = path.parent().unwrap_or(path);
    Fault::new(kind, operation, format!("{}: {error}", folder.display()))
}

/// Hands files over: each is written aside, synced and renamed. A file of the same name is replaced.
///
/// # Errors
/// A fault when the folder cannot be written.
pub fn hand_over(config: &ParcelConfig, files: &[Message]) -> Result<(), Fault> {
    std::fs::create_dir_all(&config.outgoing)
        .map_err(|error| fault("hand files over", &config.outgoing, &error))?;
    for file in files {
        let path = config.outgoing.join(plain_name(&file.name)?);
        let aside = config.outgoing.join(format!(".{}.tmp", file.name));
        write_whole(&aside, &path, &file.bytes).map_err(|error| fault("hand files over", &path, &error))?;
    }
    std::fs::File::open(&config.outgoing)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| fault("hand files over", &config.outgoing, &error))
}

fn write_whole(aside: &Path, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = std::fs::File::create(aside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(aside, path)
}

/// A connector names files, never paths.
fn plain_name(name: &str) -> Result<&str, Fault> {
    let plain = !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', '\0']);
    plain
        .then_some(name)
        .ok_or_else(|| Fault::new(FaultKind::Unsupported, "hand files over", "a file name is a path"))
}

impl ParcelLine {
    /// Opens a line; folders are made when they are missing.
    ///
    /// # Errors
    /// A fault when a folder cannot be used.
    pub fn open(config: &ParcelConfig) -> Result<Self, Fault> {
        let folders = [Some(&config.outgoing), Some(&config.incoming), config.archive.as_ref()];
        for folder in folders.into_iter().flatten() {
            std::fs::create_dir_all(folder).map_err(|error| fault("open the line", folder, &error))?;
        }
        Ok(Self { config: config.clone(), seen: HashMap::new() })
    }

    /// Files that have arrived and are whole: their size and time did not change since the last poll.
    ///
    /// # Errors
    /// A fault when the folder cannot be read.
    pub fn arrived(&mut self) -> Result<Vec<PathBuf>, Fault> {
        let folder = &self.config.incoming;
        let unreadable = |error| fault("look for files", &folder.join("x"), &error);
        let mut whole = Vec::new();
        let mut seen = HashMap::new();
        for entry in std::fs::read_dir(folder).map_err(unreadable)?.take(MOST_FILES) {
            let entry = entry.map_err(unreadable)?;
            let path = entry.path();
            // A file may be gone between listing and looking.
            let Ok(metadata) = entry.metadata() else { continue };
            if !metadata.is_file() || is_unfinished(&path) {
                continue;
            }
            let state = (metadata.len(), metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH));
            if self.seen.get(&path) == Some(&state) {
                whole.push(path.clone());
            }
            seen.insert(path, state);
        }
        self.seen = seen;
        whole.sort();
        Ok(whole)
    }

    /// Reads a file that has arrived.
    ///
    /// # Errors
    /// A fault when it is too large or cannot be read.
    pub fn read(&self, path: &Path) -> Result<Message, Fault> {
        let size = std::fs::metadata(path).map_err(|error| fault("read a file", path, &error))?.len();
        if size > self.config.largest_file {
            let detail = format!("it has {size} bytes and may have {}", self.config.largest_file);
            return Err(Fault::new(FaultKind::Malformed, "read a file", detail));
        }
        let name = path.file_name().map(OsStr::to_string_lossy).unwrap_or_default().into_owned();
        let bytes = std::fs::read(path).map_err(|error| fault("read a file", path, &error))?;
        Ok(Message::new(name, bytes))
    }

    /// Puts a file away that was read and whose content is durable.
    ///
    /// # Errors
    /// A fault when it cannot be moved.
    pub fn put_away(&mut self, path: &Path) -> Result<(), Fault> {
        self.seen.remove(path);
        let moved = match (&self.config.archive, path.file_name()) {
            (Some(archive), Some(name)) => std::fs::rename(path, archive.join(name)),
            _ => std::fs::remove_file(path),
        };
        moved.map_err(|error| fault("put a file away", path, &error))
    }

    /// Deletes archived files that are older than the configuration keeps them.
    pub fn tidy(&self, now: SystemTime) {
        let Some(entries) = self.config.archive.as_ref().and_then(|archive| std::fs::read_dir(archive).ok())
        else {
            return;
        };
        for entry in entries.filter_map(Result::ok) {
            let modified = entry.metadata().and_then(|metadata| metadata.modified());
            let age = modified.ok().and_then(|modified| now.duration_since(modified).ok());
            if age.is_some_and(|age| age > self.config.keep)
                && let Err(error) = std::fs::remove_file(entry.path())
            {
                tracing::warn!(%error, "an archived file could not be deleted");
            }
        }
    }

    /// Whether both folders can be used.
    ///
    /// # Errors
    /// The fault that a hand-over would meet.
    pub fn probe(config: &ParcelConfig) -> Result<(), Fault> {
        let aside = config.outgoing.join(".chakong-probe.tmp");
        std::fs::write(&aside, b"probe").map_err(|error| fault("probe the line", &aside, &error))?;
        std::fs::remove_file(&aside).map_err(|error| fault("probe the line", &aside, &error))?;
        std::fs::read_dir(&config.incoming)
            .map(drop)
            .map_err(|error| fault("probe the line", &config.incoming.join("x"), &error))
    }

    /// How long to wait between polls.
    pub const fn poll(&self) -> Duration {
        self.config.poll
    }
}

fn is_unfinished(path: &Path) -> bool {
    let hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
    let extension = path.extension().and_then(OsStr::to_str).unwrap_or_default();
    hidden || UNFINISHED.contains(&extension.to_ascii_lowercase().as_str())
}
