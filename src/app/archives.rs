//! Folders in which parcels were put away, a folder a day: those whose term is over are deleted, on this machine. What is archived on a
//! server is the server's affair.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::ParcelConfig;
use crate::counterparts::Counterparts;
use crate::engine::Archives;

/// Most files that are deleted at once; the next pass goes on.
const MOST: usize = 10_000;

/// The archives of the counterparts as configured now.
#[derive(Debug)]
pub(super) struct ParcelArchives(pub(super) Arc<Counterparts>);

impl Archives for ParcelArchives {
    fn forget_before(&self, day: &str) -> Vec<(String, usize)> {
        let mut left = MOST;
        let mut forgotten = Vec::new();
        for (name, folder) in self.folders() {
            let count = forget_days(&folder, day, &mut left);
            if count > 0 {
                forgotten.push((name, count));
            }
        }
        forgotten
    }
}

impl ParcelArchives {
    fn folders(&self) -> Vec<(String, PathBuf)> {
        let now = self.0.now();
        let archive = |line: &ParcelConfig| line.archive.clone().filter(|_| line.sftp.is_none());
        now.iter()
            .filter_map(|(name, config)| Some((name.clone(), archive(config.line.parcel()?)?)))
            .collect()
    }
}

/// Deletes the folders of days before one. How many files went.
fn forget_days(archive: &Path, before: &str, left: &mut usize) -> usize {
    let Ok(entries) = std::fs::read_dir(archive) else { return 0 };
    let is_over =
        |name: &str| name.len() == 8 && name.bytes().all(|byte| byte.is_ascii_digit()) && name < before;
    let mut days: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().to_str().is_some_and(is_over))
        .map(|entry| entry.path())
        .collect();
    days.sort_unstable();
    days.iter().map(|day| forget_day(day, left)).sum()
}

fn forget_day(day: &Path, left: &mut usize) -> usize {
    let Ok(entries) = std::fs::read_dir(day) else { return 0 };
    let mut count = 0;
    for entry in entries.filter_map(Result::ok) {
        if *left == 0 {
            return count;
        }
        match std::fs::remove_file(entry.path()) {
            Ok(()) => {
                count += 1;
                *left -= 1;
            }
            Err(error) => {
                tracing::warn!(folder = %day.display(), %error, "an archived file could not be deleted");
            }
        }
    }
    // One that holds something still stays.
    let _ = std::fs::remove_dir(day);
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_whose_term_is_over_go_and_nothing_else() {
        let archive = tempfile::tempdir().expect("a folder");
        for (day, file) in
            [("20230101", "a.zip"), ("20230101", "b.zip"), ("20260101", "c.zip"), ("notes", "d")]
        {
            std::fs::create_dir_all(archive.path().join(day)).expect("a folder");
            std::fs::write(archive.path().join(day).join(file), "a package").expect("a file");
        }
        assert_eq!(forget_days(archive.path(), "20230101", &mut 9), 0, "that day itself stays");
        assert_eq!(forget_days(archive.path(), "20230102", &mut 1), 1, "no more than so many at once");
        assert_eq!(forget_days(archive.path(), "20251231", &mut 9), 1);
        let mut left: Vec<_> = std::fs::read_dir(archive.path())
            .expect("the folder")
            .map(|entry| entry.expect("an entry").file_name())
            .collect();
        left.sort_unstable();
        assert_eq!(left, ["20260101", "notes"]);
        assert_eq!(forget_days(&archive.path().join("none"), "20251231", &mut 9), 0);
    }
}
