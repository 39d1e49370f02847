//! The other end of a parcel line: takes files from one folder, leaves files in the other, on this machine or on a server.

use std::collections::BinaryHeap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use chakong_contract::sandbox::DelayedFile;
use chakong_contract::{Fault, Message, Moment};
use jiff::Timestamp;

use super::Shared;
use crate::clock::Clock;
use crate::config::ParcelConfig;
use crate::lifecycle::Tasks;
use crate::lines::leaving::MayLeave;
use crate::lines::parcel::{Depot, open};

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

/// Plays the counterpart until the soft token. A server must be on this machine.
pub(super) fn play(
    line: &ParcelConfig,
    shared: Shared,
    clock: Arc<dyn Clock>,
    tasks: Tasks,
) -> Result<impl Future<Output = ()> + Send + 'static, String> {
    let here =
        |host: &str| host == "localhost" || host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
    if let Some(server) = line.sftp.as_ref().filter(|server| !here(&server.host)) {
        return Err(format!("the server {} is not on this machine", server.host));
    }
    // Seen from here the folders change their roles; nothing is archived.
    let (outgoing, incoming) = (line.incoming.clone(), line.outgoing.clone());
    let line = ParcelConfig { outgoing, incoming, archive: None, ..line.clone() };
    let depot = open(&line);
    Ok(async move { serve(depot.as_ref(), &shared, &clock, &tasks).await })
}

async fn serve(depot: &dyn Depot, shared: &Shared, clock: &Arc<dyn Clock>, tasks: &Tasks) {
    let mut waiting: BinaryHeap<Later> = BinaryHeap::new();
    if let Err(fault) = depot.prepare().await {
        tracing::warn!(%fault, "the simulated counterpart cannot make its folders");
    }
    while !tasks.soft().is_cancelled() {
        let now = clock.now();
        if let Err(fault) = take_all(depot, shared, now, &mut waiting).await {
            tracing::warn!(%fault, "the simulated counterpart cannot look for files");
        }
        while waiting.peek().is_some_and(|later| later.at <= now) {
            let Some(later) = waiting.pop() else { break };
            if let Err(fault) = depot.hand_over(std::slice::from_ref(&later.file), &MayLeave::always()).await
            {
                tracing::warn!(%fault, "the simulated counterpart could not leave a file");
                waiting.push(later);
                break;
            }
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = tasks.soft().cancelled() => {}
        }
    }
}

/// Takes every file out of a folder. The gateway hands over by renaming, so a visible file is whole.
async fn take_all(
    depot: &dyn Depot,
    shared: &Shared,
    now: Timestamp,
    waiting: &mut BinaryHeap<Later>,
) -> Result<(), Fault> {
    let mut all = depot.list().await?;
    all.sort_by(|one, other| one.name.cmp(&other.name));
    for listed in all {
        let file = Message::new(&listed.name, depot.fetch(&listed.name).await?);
        depot.put_away(&listed, Moment::from_timestamp(now).date()).await?;
        for handed in take(shared, &file, now) {
            let at = now.checked_add(handed.after).unwrap_or(now);
            waiting.push(Later { at, file: handed.file });
        }
    }
    Ok(())
}

fn take(shared: &Shared, file: &Message, now: Timestamp) -> Vec<DelayedFile> {
    let mut sandbox = shared.lock().unwrap_or_else(PoisonError::into_inner);
    sandbox.parcel().map(|parcel| parcel.take(file, Moment::from_timestamp(now))).unwrap_or_default()
}
