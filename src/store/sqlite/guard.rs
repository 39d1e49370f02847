//! Watches over the store's files: whether they are still those that were opened, and what ails the store. A file that was
//! deleted takes writes as before and loses them all: nothing is acknowledged then.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use super::failed_io;
use super::log_file::LogFile;
use crate::store::health::{Ailment, Health};
use crate::store::{StoreError, Stored};

/// Which file a path leads to.
type Identity = (u64, u64);

/// The store's files and how they are.
#[derive(Debug)]
pub(super) struct Guard {
    file: PathBuf,
    wal: PathBuf,
    opened: Identity,
    opened_wal: Identity,
    log: LogFile,
    /// 0 where nothing ails it, else the place in [`Ailment::ALL`] from 1.
    ailment: AtomicU8,
    bytes: AtomicU64,
    wal_bytes: AtomicU64,
    unreadable: AtomicU64,
}

/// The write-ahead log beside a file.
pub(super) fn wal_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

const LOOK_AT_LOG: &str = "look at its write-ahead log";

/// Somebody else wrote into the log: what was committed since it was folded in last is lost at the next start.
fn spoilt(wal: &Path) -> StoreError {
    let what = format!("{} was cut or overwritten while the store was open", wal.display());
    let source: Arc<dyn std::error::Error + Send + Sync> = Arc::new(std::io::Error::other(what));
    StoreError::Failed { step: LOOK_AT_LOG, ailment: Ailment::Damaged, source }
}

fn identity(path: &Path) -> std::io::Result<(Identity, u64)> {
    let metadata = std::fs::metadata(path)?;
    Ok(((metadata.dev(), metadata.ino()), metadata.len()))
}

impl Guard {
    /// Watches over files that are open now.
    ///
    /// # Errors
    /// When one of them is not there.
    pub(super) fn of(file: &Path) -> std::io::Result<Self> {
        let wal = wal_of(file);
        let ((opened, bytes), (opened_wal, wal_bytes)) = (identity(file)?, identity(&wal)?);
        let log = LogFile::open(&wal)?;
        Ok(Self {
            file: file.to_owned(),
            wal,
            opened,
            opened_wal,
            log,
            ailment: AtomicU8::new(0),
            bytes: AtomicU64::new(bytes),
            wal_bytes: AtomicU64::new(wal_bytes),
            unreadable: AtomicU64::new(0),
        })
    }

    /// Looks whether the files are those that were opened.
    ///
    /// # Errors
    /// [`Ailment::Gone`].
    pub(super) fn look(&self) -> Stored<()> {
        let same = |path: &Path, opened: Identity, bytes: &AtomicU64| match identity(path) {
            Ok((now, length)) if now == opened => {
                bytes.store(length, Ordering::Relaxed);
                Ok(())
            }
            Ok(_) => Err(format!("{} is another file than the one that was opened", path.display())),
            Err(error) => Err(format!("{}: {error}", path.display())),
        };
        let seen = same(&self.file, self.opened, &self.bytes)
            .and_then(|()| same(&self.wal, self.opened_wal, &self.wal_bytes));
        let Err(what) = seen else {
            if self.ailment() == Some(Ailment::Gone) {
                self.ailment.store(0, Ordering::Relaxed);
                tracing::warn!("the store's files are back; what was refused meanwhile must be sent again");
            }
            return Ok(());
        };
        let source: Arc<dyn std::error::Error + Send + Sync> = Arc::new(std::io::Error::other(what));
        let error = StoreError::Failed { step: "find its files", ailment: Ailment::Gone, source };
        self.note(&error);
        Err(error)
    }

    /// Whether something may be written. Only the writer asks.
    ///
    /// # Errors
    /// While the files are gone; and for good once pages were found damaged or the log was cut, because every write could make it
    /// worse.
    pub(super) fn admits_writes(&self) -> Stored<()> {
        self.look()?;
        if self.ailment() != Some(Ailment::Damaged) {
            return match self.log.was_cut().map_err(failed_io(LOOK_AT_LOG))? {
                true => Err(spoilt(&self.wal)),
                false => Ok(()),
            };
        }
        let source: Arc<dyn std::error::Error + Send + Sync> =
            Arc::new(std::io::Error::other("damaged pages were found before; the log says when"));
        Err(StoreError::Failed { step: "take a write", ailment: Ailment::Damaged, source })
    }

    /// Whether what was committed stands where the next start finds it. Only the writer asks, after a commit, and after it gave pages
    /// back or folded the log in.
    ///
    /// # Errors
    /// When the files are gone or the log is spoilt.
    pub(super) fn has_kept(&self) -> Stored<()> {
        self.look()?;
        match self.log.note().map_err(failed_io(LOOK_AT_LOG))? {
            true => Ok(()),
            false => Err(spoilt(&self.wal)),
        }
    }

    /// The error by what ails the store: a write that the disk refuses because it, or a file, is read-only is no failing disk.
    pub(super) fn named(&self, error: StoreError) -> StoreError {
        match error {
            StoreError::Failed { step, ailment: Ailment::Failing, source } if self.is_read_only() => {
                StoreError::Failed { step, ailment: Ailment::ReadOnly, source }
            }
            other => other,
        }
    }

    /// Notes an error that was named. What newly ails the store is told once, with what to do.
    pub(super) fn note(&self, error: &StoreError) {
        let StoreError::Failed { ailment, .. } = error else { return };
        let ailment = *ailment;
        // What was damaged, or is gone, is told before what follows from it.
        if self.ailment() == Some(ailment) || self.ailment() == Some(Ailment::Damaged) {
            return;
        }
        let place = Ailment::ALL.iter().position(|known| *known == ailment).unwrap_or(4);
        self.ailment.store(u8::try_from(place).unwrap_or(4) + 1, Ordering::Relaxed);
        tracing::error!(
            store = %self.file.display(),
            ailment = ailment.word(),
            %error,
            remedy = ailment.remedy(),
            "the store cannot be used; nothing is acknowledged"
        );
    }

    /// A commit worked.
    pub(super) fn worked(&self) {
        if matches!(self.ailment(), Some(Ailment::ReadOnly | Ailment::Locked | Ailment::Failing)) {
            self.ailment.store(0, Ordering::Relaxed);
            tracing::warn!("the store can be written again");
        }
    }

    /// A row could not be read and was passed over, so that it blocks no other.
    pub(super) fn pass_over(&self, error: &StoreError) {
        self.unreadable.fetch_add(1, Ordering::Relaxed);
        self.note(error);
    }

    /// Bytes of the write-ahead log at the last look.
    pub(super) fn wal_bytes(&self) -> u64 {
        self.wal_bytes.load(Ordering::Relaxed)
    }

    pub(super) fn ailment(&self) -> Option<Ailment> {
        let place = usize::from(self.ailment.load(Ordering::Relaxed));
        place.checked_sub(1).and_then(|at| Ailment::ALL.get(at).copied())
    }

    /// How the store is now.
    pub(super) fn health(&self) -> Health {
        // What it finds is noted.
        let _ = self.look();
        Health {
            ailment: self.ailment(),
            bytes: Some(self.bytes.load(Ordering::Relaxed)),
            wal_bytes: Some(self.wal_bytes()),
            unreadable: self.unreadable.load(Ordering::Relaxed),
            asked: None,
        }
    }

    /// Whether the file system, or one of the files, has become read-only. They are not opened to see it: to close them again would
    /// let go of what the store has locked.
    fn is_read_only(&self) -> bool {
        let folder = self.file.parent().unwrap_or(Path::new("."));
        let is_mounted_so = rustix::fs::statvfs(folder)
            .is_ok_and(|stat| stat.f_flag.contains(rustix::fs::StatVfsMountFlags::RDONLY));
        let is_closed = |path: &Path| {
            use rustix::io::Errno;
            let may = rustix::fs::access(path, rustix::fs::Access::WRITE_OK);
            may.is_err_and(|error| matches!(error, Errno::PERM | Errno::ACCESS | Errno::ROFS))
        };
        is_mounted_so || is_closed(&self.file) || is_closed(&self.wal)
    }
}
