//! This process among those that share a database: its name, and who worked in its place before.

use std::net::SocketAddr;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::clock::{Clock as _, SystemClock};
use crate::config::Config;
use crate::store::{Membership, Now};

/// File beside the store with the process that works there.
const FILE: &str = "replica";
/// Most bytes of it that are read.
const LARGEST: u64 = 4 << 10;
/// Longest id that is taken.
const LONGEST: usize = 200;
/// Longest name taken from the machine.
const LONGEST_NAME: usize = 40;
/// The number that systemd, or an image's maker, gave the machine.
const MACHINE: &str = "/etc/machine-id";
/// By how many seconds two reckonings of the moment at which one machine was started may differ: its clock is set meanwhile.
const STARTED_WITHIN: u64 = 10;

/// Who worked in a folder, and where that was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Worker {
    id: String,
    place: Spot,
}

/// A folder of a running machine.
///
/// A copy of the folder is another folder, and a copy of a whole machine was started at another time. The number that the system gives
/// each start (`boot_id`) is not asked for: the units in `config` hide it from the process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Spot {
    /// A digest of the machine's number; that of nothing where it has none.
    machine: String,
    /// When the machine was started, in seconds since 1970.
    started: i64,
    /// Device and number of the folder.
    folder: (u64, u64),
}

impl Spot {
    fn of(folder: &Path) -> std::io::Result<Self> {
        let found = std::fs::metadata(folder)?;
        let number = std::fs::read(MACHINE).unwrap_or_default();
        let machine = hex::encode(Sha256::digest([b"chakong machine ".as_slice(), &number].concat()));
        let seconds = |clock| clock_gettime(clock).tv_sec;
        let started = seconds(ClockId::Realtime) - seconds(ClockId::Boottime);
        Ok(Self { machine, started, folder: (found.dev(), found.ino()) })
    }

    /// Whether it is the same folder, on a machine that has not been started anew since.
    fn is_same(&self, other: &Self) -> bool {
        self.machine == other.machine
            && self.folder == other.folder
            && self.started.abs_diff(other.started) <= STARTED_WITHIN
    }
}

/// How this process takes part. The lock on its folder is its own: whoever worked there before is gone.
pub(super) fn member(config: &Config, address: SocketAddr) -> Membership {
    let directory = &config.store.directory;
    Membership {
        name: config.server.replica.clone().unwrap_or_else(machine),
        address: address.to_string(),
        lease: config.replicas.lease,
        hold: config.replicas.hold,
        clock: Some(Now::by(|| SystemClock.now())),
        predecessor: predecessor(directory),
        folder: config.store.database.is_some().then(|| directory.clone()),
    }
}

/// The process that certainly worked in this very folder. One whose file came with a copy of the folder may live elsewhere: it is gone when
/// its lease is over, and not before.
fn predecessor(folder: &Path) -> Option<String> {
    use std::io::Read as _;
    let mut text = Vec::new();
    std::fs::File::open(folder.join(FILE)).ok()?.take(LARGEST).read_to_end(&mut text).ok()?;
    let before: Worker = serde_json::from_slice(&text).ok()?;
    let is_here = Spot::of(folder).is_ok_and(|here| here.is_same(&before.place));
    (is_here && (1..=LONGEST).contains(&before.id.len())).then_some(before.id)
}

/// Remembers who works in this folder now. Where that fails, the next process waits until the lease of this one is over.
pub(super) fn remember(config: &Config, id: &str) {
    if config.store.database.is_none() {
        return;
    }
    if let Err(error) = write(&config.store.directory, id) {
        tracing::warn!(%error, "the id of this replica could not be written beside the store");
    }
}

fn write(folder: &Path, id: &str) -> std::io::Result<()> {
    let worker = Worker { id: id.to_owned(), place: Spot::of(folder)? };
    std::fs::write(folder.join(FILE), serde_json::to_vec(&worker)?)
}

/// The name of the machine.
fn machine() -> String {
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    let is_plain = |letter: &char| letter.is_ascii_alphanumeric() || "-._".contains(*letter);
    let name: String = name.chars().filter(is_plain).take(LONGEST_NAME).collect();
    if name.is_empty() { "chakong".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_worked_in_the_very_folder_is_gone_and_who_worked_in_one_that_it_was_copied_from_may_not_be() {
        let (folder, copy) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        assert_eq!(predecessor(folder.path()), None);
        write(folder.path(), "replica-1-0000002a").expect("a file");
        assert_eq!(predecessor(folder.path()).as_deref(), Some("replica-1-0000002a"));
        std::fs::copy(folder.path().join(FILE), copy.path().join(FILE)).expect("a copy");
        assert_eq!(predecessor(copy.path()), None);
        // As an older version wrote it.
        std::fs::write(folder.path().join(FILE), "replica-1-0000002a").expect("a file");
        assert_eq!(predecessor(folder.path()), None);
    }

    #[test]
    fn a_copy_of_a_machine_is_another_one_and_a_clock_that_is_set_leaves_it_the_same() {
        let folder = tempfile::tempdir().expect("a folder");
        let here = Spot::of(folder.path()).expect("a folder");
        let by = |seconds| Spot { started: here.started + seconds, ..here.clone() };
        assert!(here.is_same(&by(0)) && here.is_same(&by(-3)));
        assert!(!here.is_same(&by(60)) && !here.is_same(&by(-60)));
        assert!(!here.is_same(&Spot { machine: String::new(), ..here.clone() }));
    }
}
