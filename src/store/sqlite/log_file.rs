//! The write-ahead log as a file. SQLite knows by its index what it wrote, and reads the file's beginning at the next start only: a log
//! that was cut or overwritten meanwhile takes commits as before and loses them all at that start.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes of the header (<https://www.sqlite.org/fileformat2.html#the_write_ahead_log>).
const HEADER: usize = 32;
/// The header's first number; the last bit says how its sums are made.
const MAGIC: u32 = 0x377f_0682;

/// The log of a store that is open. Only the writer asks it. The file stays open: SQLite locks others, not this one.
#[derive(Debug)]
pub(super) struct LogFile {
    file: File,
    /// Its length when nobody but us had touched it last.
    length: AtomicU64,
}

impl LogFile {
    /// The log at a path.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let length = file.metadata()?.len().into();
        Ok(Self { file, length })
    }

    /// Whether somebody else cut it since the last look.
    ///
    /// # Errors
    /// When it cannot be looked at.
    pub(super) fn was_cut(&self) -> io::Result<bool> {
        Ok(self.file.metadata()?.len() < self.length.load(Ordering::Relaxed))
    }

    /// Notes its length after we wrote it or folded it in. Whether a start would read it.
    ///
    /// # Errors
    /// When it cannot be looked at.
    pub(super) fn note(&self) -> io::Result<bool> {
        let length = self.file.metadata()?.len();
        self.length.store(length, Ordering::Relaxed);
        Ok(length == 0 || has_header(&self.file)?)
    }
}

/// Whether a log begins as SQLite writes it; one that is shorter holds nothing, and none has lost nothing.
///
/// # Errors
/// When it cannot be read.
pub(super) fn is_readable(path: &Path) -> io::Result<bool> {
    match File::open(path) {
        Ok(file) => Ok(file.metadata()?.len() < HEADER as u64 || has_header(&file)?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

fn has_header(file: &File) -> io::Result<bool> {
    let mut header = [0; HEADER];
    match file.read_exact_at(&mut header, 0) {
        Ok(()) => Ok(is_header(&header)),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

fn is_header(header: &[u8; HEADER]) -> bool {
    let mut words = header.chunks_exact(4).map(|word| <[u8; 4]>::try_from(word).unwrap_or_default());
    let Some(magic) = words.next().map(u32::from_be_bytes) else { return false };
    let number = if magic & 1 == 0 { u32::from_le_bytes } else { u32::from_be_bytes };
    let all: Vec<u32> =
        header.chunks_exact(4).map(|word| number(word.try_into().unwrap_or_default())).collect();
    let Some((summed, _)) = all.split_at_checked(6) else { return false };
    let sums = summed.chunks_exact(2).fold((0_u32, 0_u32), |(first, second), pair| {
        let [one, other] = pair else { return (first, second) };
        let first = first.wrapping_add(*one).wrapping_add(second);
        (first, second.wrapping_add(*other).wrapping_add(first))
    });
    let mut stated = words.skip(5).map(u32::from_be_bytes);
    magic & !1 == MAGIC && (stated.next(), stated.next()) == (Some(sums.0), Some(sums.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What SQLite itself writes is read; a log of which any byte of the header is another is not.
    #[test]
    fn a_header_of_sqlite_is_known_and_no_other() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("store");
        let store = rusqlite::Connection::open(&path).expect("a store");
        store
            .execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE a (b); INSERT INTO a VALUES (1)")
            .expect("rows");
        let log = folder.path().join("store-wal");
        assert!(is_readable(&log).expect("a log"));
        let whole = std::fs::read(&log).expect("its bytes");
        for at in 0..HEADER {
            let mut other = whole.clone();
            other[at] ^= 0x10;
            let copy = folder.path().join("copy");
            std::fs::write(&copy, other).expect("a copy");
            assert!(!is_readable(&copy).expect("a copy"), "byte {at}");
        }
        assert!(is_readable(&folder.path().join("none")).expect("nothing is there"));
    }
}
