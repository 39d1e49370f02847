//! The other end of a parcel line: takes files from one folder, leaves files in the other.

use std::collections::BinaryHeap;
use std::path::Path;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use chakong_contract::sandbox::{Handed, SandboxSpeaks};
use chakong_contract::{Message, Moment};
use jiff::Timestamp;

use super::Shared;
use crate::clock::Clock;
use crate::config::ParcelConfig;
use crate::lifecycle::Tasks;
use crate::lines::parcel::hand_over;

/// How often the folder is looked into.
const LOOK: Duration = Duration::from_millis(20);

/// A file to be left at a time; the earliest first.
#[derive(Debug)]
struct Later {
    at: Timestamp,
    file: Message,
}

impl PartialEq for Later {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

impl Eq for Later {}

impl PartialOrd for Later {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Later {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        other.at.cmp(&self.at)
    }
}

/// Plays the counterpart until the soft token.
pub(super) async fn serve(line: ParcelConfig, shared: Shared, clock: Arc<dyn Clock>, tasks: Tasks) {
    let mut waiting: BinaryHeap<Later> = BinaryHeap::new();
    // Seen from here the folders change their roles.
    let reply_line = ParcelConfig { outgoing: line.incoming.clone(), ..line.clone() };
    while !tasks.soft().is_cancelled() {
        let now = clock.now();
        for file in files_in(&line.outgoing) {
            for handed in take(&shared, &file, now) {
                let at = now.checked_add(handed.after).unwrap_or(now);
                waiting.push(Later { at, file: handed.file });
            }
        }
        while waiting.peek().is_some_and(|later| later.at <= now) {
            let Some(later) = waiting.pop() else { break };
            if let Err(fault) = leave(&reply_line, &later.file) {
                tracing::warn!(%fault, "the simulated counterpart could not leave a file");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = tasks.soft().cancelled() => {}
        }
    }
}

fn leave(line: &ParcelConfig, file: &Message) -> Result<(), chakong_contract::Fault> {
    hand_over(line, std::slice::from_ref(file))
}

fn take(shared: &Shared, file: &Message, now: Timestamp) -> Vec<Handed> {
    let mut sandbox = shared.lock().unwrap_or_else(PoisonError::into_inner);
    match sandbox.speaks() {
        SandboxSpeaks::Parcel(parcel) => parcel.take(file, Moment::from_timestamp(now)),
        SandboxSpeaks::Call(_) => Vec::new(),
    }
}

/// Takes every whole file out of a folder. The gateway hands over by renaming, so a visible file is whole.
fn files_in(folder: &Path) -> Vec<Message> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut files = Vec::new();
    for entry in entries.filter_map(Result::ok) {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') || !entry.path().is_file() {
            continue;
        }
        if let Ok(bytes) = std::fs::read(entry.path())
            && std::fs::remove_file(entry.path()).is_ok()
        {
            files.push(Message::new(name, bytes));
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}
