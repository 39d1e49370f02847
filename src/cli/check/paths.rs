//! `check --paths`: the folders that the configuration names.

use std::path::Path;

use super::Wrong;
use crate::cli::Exit;
use crate::config::Config;

/// What is wrong with folders of this machine. Nothing is made that was not there.
pub(super) fn check(config: &Config) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    let store = &config.store;
    let mut look = |what: &str, folder: &Path, room: u64| {
        if let Err(why) = usable(folder, room) {
            wrong.push((Exit::Config, format!("{what}: {}: {why}", folder.display())));
        }
    };
    look("store.directory", &store.directory, store.min_free);
    for counterpart in &config.counterparts {
        let Some(line) = counterpart.line.parcel() else { continue };
        if line.sftp.is_some() {
            continue;
        }
        let name = &counterpart.name;
        look(&format!("{name}: line.outgoing"), &line.outgoing, 0);
        look(&format!("{name}: line.incoming"), &line.incoming, 0);
        if let Some(archive) = &line.archive {
            look(&format!("{name}: line.archive"), archive, 0);
        }
    }
    wrong
}

/// Whether a folder can be listed and written; where it is not there, whether it can be made.
fn usable(folder: &Path, room: u64) -> Result<(), String> {
    let there = folder.ancestors().find(|path| path.symlink_metadata().is_ok());
    let there = there.filter(|path| !path.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !there.is_dir() {
        return Err(format!("{} is not a folder", there.display()));
    }
    let told = |error: std::io::Error| match there == folder {
        true => error.to_string(),
        false => format!("it is not there and cannot be made in {}: {error}", there.display()),
    };
    std::fs::read_dir(there).map_err(told)?;
    let probe = there.join(format!(".chakong-check-{}.tmp", std::process::id()));
    std::fs::write(&probe, b"check").and_then(|()| std::fs::remove_file(&probe)).map_err(told)?;
    let disk = rustix::fs::statvfs(there).map_err(|error| error.to_string())?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    match free < room {
        true => {
            Err(format!("{} MiB are free and {} are wanted (store.min_free_mib)", free >> 20, room >> 20))
        }
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_usable_where_it_is_or_can_be_made() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("file");
        std::fs::write(&file, "x").expect("a file");
        assert_eq!(usable(folder.path(), 0), Ok(()));
        assert_eq!(usable(&folder.path().join("a/b"), 0), Ok(()));
        assert!(!folder.path().join("a").exists(), "nothing is made");
        assert!(usable(&file, 0).is_err_and(|why| why.contains("is not a folder")));
        assert!(usable(&file.join("below"), 0).is_err_and(|why| why.contains("is not a folder")));
        assert!(usable(folder.path(), u64::MAX).is_err_and(|why| why.contains("min_free_mib")));
        assert!(usable(Path::new("/proc/nothing/below"), 0).is_err_and(|why| why.contains("cannot be made")));
        assert_eq!(std::fs::read_dir(folder.path()).expect("read").count(), 1, "nothing is left");
    }
}
