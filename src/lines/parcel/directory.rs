//! Files in directories of this machine, or of one that it mounts.

use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::SystemTime;

use chakong_contract::fault::{Fault, FaultKind};
use chakong_contract::{Date, Message};
use futures_util::future::BoxFuture;
use rustix::fs::OFlags;

use super::{
    Depot, HAND_OVER, Listed, MOST_ENTRIES, MayLeave, aside, folder_of, is_before, is_unfinished, kept_back,
    plain_name, too_large,
};
use crate::config::ParcelConfig;

/// A depot in directories. What blocks runs on threads of its own.
#[derive(Debug)]
pub(super) struct Directory {
    config: Arc<ParcelConfig>,
    is_cut: Arc<AtomicBool>,
    unnamed: Arc<AtomicUsize>,
}

/// What a folder holds, as far as it was looked at.
#[derive(Debug, Default, PartialEq, Eq)]
struct Listing {
    files: Vec<Listed>,
    /// Whether the folder has more entries than are looked at.
    is_cut: bool,
    /// Files whose names cannot be used.
    unnamed: usize,
}

fn fault(operation: &str, folder: &Path, error: &std::io::Error) -> Fault {
    let kind = match error.kind() {
        ErrorKind::NotFound | ErrorKind::PermissionDenied => FaultKind::Misconfigured,
        _ => FaultKind::Transient,
    };
    // Only the folder: file names carry request numbers, which are no personal data, but nothing is gained by them.
    Fault::new(kind, operation, format!("{}: {error}", folder.display()))
}

impl Directory {
    pub(super) fn new(config: &ParcelConfig) -> Self {
        Self { config: Arc::new(config.clone()), is_cut: Arc::default(), unnamed: Arc::default() }
    }

    fn aside_of_the_runtime<T: Send + 'static>(
        &self,
        work: impl FnOnce(&ParcelConfig) -> Result<T, Fault> + Send + 'static,
    ) -> BoxFuture<'_, Result<T, Fault>> {
        let config = Arc::clone(&self.config);
        Box::pin(async move {
            let done = tokio::task::spawn_blocking(move || work(&config)).await;
            done.unwrap_or_else(|_| Err(Fault::new(FaultKind::Transient, "use the folder", "it was stopped")))
        })
    }
}

impl Depot for Directory {
    fn prepare(&self) -> BoxFuture<'_, Result<(), Fault>> {
        self.aside_of_the_runtime(|config| {
            let folders = [Some(&config.outgoing), Some(&config.incoming), config.archive.as_ref()];
            for folder in folders.into_iter().flatten() {
                std::fs::create_dir_all(folder).map_err(|error| fault("open the line", folder, &error))?;
            }
            Ok(())
        })
    }

    fn hand_over<'a>(
        &'a self,
        files: &'a [Message],
        may_leave: &'a MayLeave,
    ) -> BoxFuture<'a, Result<(), Fault>> {
        let (files, may_leave) = (files.to_vec(), may_leave.clone());
        self.aside_of_the_runtime(move |config| hand_over(&config.outgoing, &files, &may_leave))
    }

    fn list(&self) -> BoxFuture<'_, Result<Vec<Listed>, Fault>> {
        let (is_cut, unnamed) = (Arc::clone(&self.is_cut), Arc::clone(&self.unnamed));
        self.aside_of_the_runtime(move |config| {
            let listing = list(&config.incoming, MOST_ENTRIES)?;
            is_cut.store(listing.is_cut, Ordering::Relaxed);
            unnamed.store(listing.unnamed, Ordering::Relaxed);
            Ok(listing.files)
        })
    }

    fn unnamed(&self) -> usize {
        self.unnamed.load(Ordering::Relaxed)
    }

    fn is_cut(&self) -> bool {
        self.is_cut.load(Ordering::Relaxed)
    }

    fn fetch<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Vec<u8>, Fault>> {
        let name = name.to_owned();
        self.aside_of_the_runtime(move |config| fetch(&config.incoming, &name, config.largest_file))
    }

    fn put_away<'a>(&'a self, file: &'a Listed, day: Date) -> BoxFuture<'a, Result<(), Fault>> {
        let file = file.clone();
        self.aside_of_the_runtime(move |config| {
            let (name, path) = (&file.name, config.incoming.join(&file.name));
            let now = std::fs::symlink_metadata(&path).map(|metadata| (metadata.len(), changed(&metadata)));
            if now.is_ok_and(|now| now != (file.size, file.changed)) {
                return Ok(());
            }
            let moved = match config.archive.as_ref().map(|archive| archive.join(folder_of(day))) {
                Some(folder) => std::fs::create_dir_all(&folder)
                    .and_then(|()| move_file(&path, &free_name(&folder, name))),
                None => std::fs::remove_file(&path),
            };
            match moved {
                Err(error) if error.kind() == ErrorKind::NotFound && !path.exists() => Ok(()),
                moved => moved.map_err(|error| fault("put a file away", &config.incoming, &error)),
            }
        })
    }

    fn tidy(&self, first: Date) -> BoxFuture<'_, Result<usize, Fault>> {
        self.aside_of_the_runtime(move |config| {
            let Some(archive) = &config.archive else { return Ok(0) };
            tidy(archive, first).map_err(|error| fault("tidy the archive", archive, &error))
        })
    }

    fn probe(&self) -> BoxFuture<'_, Result<(), Fault>> {
        self.aside_of_the_runtime(|config| {
            let probe = config.outgoing.join(aside("chakong-probe"));
            std::fs::write(&probe, b"probe")
                .and_then(|()| std::fs::remove_file(&probe))
                .map_err(|error| fault("probe the line", &config.outgoing, &error))?;
            std::fs::read_dir(&config.incoming)
                .map(drop)
                .map_err(|error| fault("probe the line", &config.incoming, &error))
        })
    }
}

/// Deletes the folders of days before `first` with what is in them. One that stays keeps no other.
fn tidy(archive: &Path, first: Date) -> std::io::Result<usize> {
    let (mut files, mut stuck) = (0, None);
    for entry in std::fs::read_dir(archive)? {
        let entry = entry?;
        let is_over = entry.file_name().to_str().is_some_and(|name| is_before(name, first));
        if !is_over || !entry.file_type()?.is_dir() {
            continue;
        }
        let within = std::fs::read_dir(entry.path()).map_or(0, Iterator::count);
        match std::fs::remove_dir_all(entry.path()) {
            Ok(()) => files += within,
            Err(error) => stuck = stuck.or(Some(error)),
        }
    }
    stuck.map_or(Ok(files), Err)
}

fn hand_over(outgoing: &Path, files: &[Message], may_leave: &MayLeave) -> Result<(), Fault> {
    let stuck = |error| fault(HAND_OVER, outgoing, &error);
    std::fs::create_dir_all(outgoing).map_err(stuck)?;
    for file in files {
        let path = outgoing.join(plain_name(&file.name)?);
        let aside = outgoing.join(aside(&file.name));
        write_aside(&aside, &file.bytes).map_err(stuck)?;
        if !may_leave.now() {
            return Err(kept_back());
        }
        std::fs::rename(&aside, &path).map_err(stuck)?;
    }
    std::fs::File::open(outgoing).and_then(|folder| folder.sync_all()).map_err(stuck)
}

/// Names that are tried in the archive where a folder has the name already.
const MOST_NAMES: u32 = 20;

/// Where a file of this name can be put: over another file, but not over a folder.
fn free_name(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    if !path.is_dir() {
        return path;
    }
    let others = (1..=MOST_NAMES).map(|number| folder.join(format!("{name}.{number}")));
    others.into_iter().find(|other| !other.is_dir()).unwrap_or(path)
}

/// Moves a file, also to another file system.
fn move_file(from: &Path, to: &Path) -> std::io::Result<()> {
    match std::fs::rename(from, to) {
        Err(error) if error.kind() == ErrorKind::CrossesDevices => {
            std::fs::copy(from, to)?;
            std::fs::remove_file(from)
        }
        moved => moved,
    }
}

fn write_aside(aside: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = std::fs::File::create(aside)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// The files of a folder, as far as it is looked at.
fn list(incoming: &Path, most: usize) -> Result<Listing, Fault> {
    let unreadable = |error| fault("look for files", incoming, &error);
    let mut listing = Listing::default();
    let mut entries = std::fs::read_dir(incoming).map_err(unreadable)?;
    for entry in entries.by_ref().take(most) {
        let entry = entry.map_err(unreadable)?;
        // A file may be gone between listing and looking.
        let Ok(metadata) = entry.metadata() else { continue };
        let name = entry.file_name();
        if !metadata.is_file() || is_unfinished(&name.to_string_lossy()) {
            continue;
        }
        match name.into_string() {
            Ok(name) => {
                listing.files.push(Listed { name, size: metadata.len(), changed: changed(&metadata) });
            }
            Err(_) => listing.unnamed += 1,
        }
    }
    listing.is_cut = entries.next().is_some();
    Ok(listing)
}

/// When a file was changed, in nanoseconds since 1970.
fn changed(metadata: &std::fs::Metadata) -> u64 {
    let changed = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
    let since = changed.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or_default()
}

fn fetch(incoming: &Path, name: &str, most: u64) -> Result<Vec<u8>, Fault> {
    let unreadable = |error| fault("read a file", incoming, &error);
    // It may have become a link or a pipe since it was listed: one is not followed, the other not waited for.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = std::fs::OpenOptions::new()
        .read(true)
        .custom_flags(flags.bits().cast_signed())
        .open(incoming.join(name))
        .map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(Fault::new(FaultKind::Transient, "read a file", "it is no file any more"));
    }
    let size = metadata.len();
    if size > most {
        return Err(too_large(most));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
    // It may have grown since it was listed.
    file.take(most + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    match u64::try_from(bytes.len()) {
        Ok(read) if read <= most => Ok(bytes),
        _ => Err(too_large(most)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_not_leave_any_more_when_it_is_written_is_not_handed_over() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = [Message::new("CXQQ.zip", b"bytes".to_vec())];
        let fault = hand_over(folder.path(), &files, &MayLeave::when(|| false)).expect_err("kept back");
        assert_eq!(fault.kind, FaultKind::Transient, "{fault}");
        assert_eq!(list(folder.path(), 9), Ok(Listing::default()));
        hand_over(folder.path(), &files, &MayLeave::when(|| true)).expect("handed over");
        assert_eq!(std::fs::read(folder.path().join("CXQQ.zip")).expect("a file"), b"bytes");
    }

    #[test]
    fn what_is_no_folder_of_a_day_stays_and_keeps_no_other() {
        let archive = tempfile::tempdir().expect("a folder");
        let here = |name: &str| archive.path().join(name);
        std::fs::write(here("20230101"), "somebody's own").expect("a file");
        std::os::unix::fs::symlink("/", here("20230102")).expect("a link");
        for day in ["20230103", "20260101"] {
            std::fs::create_dir(here(day)).expect("a folder");
            std::fs::write(here(day).join("a.zip"), "a package").expect("a file");
        }
        assert_eq!(tidy(archive.path(), Date::constant(2025, 1, 1)).expect("tidied"), 1);
        let left = ["20230101", "20230102", "20230103", "20260101"].map(|name| here(name).exists());
        assert_eq!(left, [true, true, false, true]);
    }

    #[test]
    fn a_folder_that_is_not_seen_whole_is_known() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["a", "b", "c"] {
            std::fs::write(folder.path().join(name), "x").expect("a file");
        }
        let seen = |most| list(folder.path(), most).map(|listing| (listing.files.len(), listing.is_cut));
        assert_eq!(seen(3), Ok((3, false)));
        assert_eq!(seen(2), Ok((2, true)));
    }

    #[test]
    fn files_whose_names_are_no_text_are_counted() {
        use std::os::unix::ffi::OsStrExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let here = |name: &[u8]| folder.path().join(std::ffi::OsStr::from_bytes(name));
        // 反馈.zip in GBK; one of them is still being written, one a folder.
        for name in [&b"\xb7\xb4\xc0\xa1.zip"[..], b"\xb7\xb4.zip", b"\xb7\xb4.zip.part", b"CXFK.zip"] {
            std::fs::write(here(name), "x").expect("a file");
        }
        std::fs::create_dir(here(b"\xc0\xa1")).expect("a folder");
        let listing = list(folder.path(), 9).expect("listed");
        assert_eq!((listing.files.len(), listing.unnamed), (1, 2));
    }
}
