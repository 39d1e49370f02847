//! Starts, replaces and stops lanes as the counterparts' files change, without losing an order.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chakong_contract::connector::Plugin;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::lane::{Context, Lane};
use crate::config::{Problems, read_folder};
use crate::counterparts::Counterparts;

/// How often the folder is looked into.
const LOOK: Duration = Duration::from_secs(1);

struct Running {
    fingerprint: u64,
    stop: CancellationToken,
    ended: oneshot::Receiver<()>,
}

/// Keeps one lane running per configured counterpart until the soft token. Counterparts on postbox lines are taken up only
/// where the gateway `has_postbox`.
pub async fn supervise(
    context: Context,
    counterparts: Arc<Counterparts>,
    folder: PathBuf,
    plugins: Vec<Plugin>,
    has_postbox: bool,
    ready: oneshot::Sender<()>,
) {
    let mut running: BTreeMap<String, Running> = BTreeMap::new();
    reconcile(&context, &counterparts, &mut running).await;
    let _ = ready.send(());
    let mut last = Problems::default();
    let mut stamp = stamp_of(&folder);
    while !context.tasks.soft().is_cancelled() {
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = context.tasks.soft().cancelled() => break,
        }
        let now = stamp_of(&folder);
        if now != stamp {
            stamp = now;
            reload(&folder, &plugins, has_postbox, &counterparts, &mut last);
        }
        reconcile(&context, &counterparts, &mut running).await;
    }
    for (_, lane) in running {
        lane.stop.cancel();
        let _ = lane.ended.await;
    }
}

/// Names, sizes and times of the files: a cheap look before reading them.
fn stamp_of(folder: &Path) -> Vec<(PathBuf, u64, Option<std::time::SystemTime>)> {
    let files = crate::config::counterpart_files(folder, &mut Problems::default());
    let stamp = |path: PathBuf| {
        let metadata = std::fs::metadata(&path).ok();
        let size = metadata.as_ref().map_or(0, std::fs::Metadata::len);
        (path, size, metadata.and_then(|metadata| metadata.modified().ok()))
    };
    files.into_iter().map(stamp).collect()
}

/// Takes the files up if all of them are right; else says once what is wrong and goes on as before.
fn reload(
    folder: &Path,
    plugins: &[Plugin],
    has_postbox: bool,
    counterparts: &Counterparts,
    last: &mut Problems,
) {
    let mut problems = Problems::default();
    let configs = read_folder(folder, plugins, has_postbox, &mut problems);
    if problems.is_empty() {
        tracing::info!(counterparts = configs.len(), "the counterparts' files were taken up");
        counterparts.replace(configs);
    } else if *last != problems {
        tracing::error!("the counterparts' files are not taken up:\n{problems}");
    }
    *last = problems;
}

/// Stops lanes whose file is gone or changed and starts those that are missing.
async fn reconcile(context: &Context, counterparts: &Counterparts, running: &mut BTreeMap<String, Running>) {
    let wanted = counterparts.now();
    let unwanted = |name: &String, lane: &Running| {
        wanted.get(name).is_none_or(|config| config.fingerprint != lane.fingerprint)
    };
    let stale: Vec<String> =
        running.iter().filter(|(name, lane)| unwanted(name, lane)).map(|(n, _)| n.clone()).collect();
    for name in stale {
        if let Some(lane) = running.remove(&name) {
            lane.stop.cancel();
            let _ = lane.ended.await;
            context.board.remove(&name);
        }
    }
    for (name, config) in wanted.iter().filter(|(name, _)| !running.contains_key(*name)).collect::<Vec<_>>() {
        match Lane::open(Arc::clone(config), context.clone()).await {
            Ok(lane) => {
                let stop = lane.stop().clone();
                let (ends, ended) = oneshot::channel();
                context.tasks.spawn_job("lane", async move {
                    lane.run().await;
                    let _ = ends.send(());
                });
                running.insert(name.clone(), Running { fingerprint: config.fingerprint, stop, ended });
            }
            Err(error) => {
                tracing::error!(counterpart = name, %error, "the lane cannot be opened; trying again")
            }
        }
    }
}
