//! Starts, replaces and stops lanes as the counterparts' files change, without losing an order.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chakong_contract::connector::Plugin;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::context::Context;
use super::delivery::OpenLine;
use super::lane::Lane;
use crate::config::{FolderWatch, Look};
use crate::counterparts::Counterparts;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(1);

struct Running {
    version: u64,
    stop: CancellationToken,
    ended: oneshot::Receiver<()>,
}

/// The lanes that run, and why others cannot be opened.
struct Lanes {
    open_line: OpenLine,
    running: BTreeMap<String, Running>,
    closed: BTreeMap<String, String>,
}

/// Keeps one lane running per configured counterpart until the soft token. Counterparts on postbox lines are taken up only
/// where the gateway `has_postbox`. Lines are opened by `open_line`. SIGHUP has the files read at once, and says so in the log.
pub async fn supervise(
    context: Context,
    open_line: OpenLine,
    folder: PathBuf,
    plugins: Vec<Plugin>,
    has_postbox: bool,
    ready: oneshot::Sender<()>,
) {
    let counterparts = Arc::clone(&context.counterparts);
    let mut lanes = Lanes { open_line, running: BTreeMap::new(), closed: BTreeMap::new() };
    let mut hangups = signal(SignalKind::hangup()).ok();
    lanes.reconcile(&context, &counterparts).await;
    let _ = ready.send(());
    let mut watch = FolderWatch::new(folder, plugins, has_postbox);
    while !context.tasks.soft().is_cancelled() {
        let asked = tokio::select! {
            () = tokio::time::sleep(LOOK) => false,
            () = hung_up(&mut hangups) => true,
            () = context.tasks.soft().cancelled() => break,
        };
        take_up(&mut watch, asked, &counterparts);
        lanes.reconcile(&context, &counterparts).await;
    }
    for (_, lane) in lanes.running {
        lane.stop.cancel();
        let _ = lane.ended.await;
    }
}

async fn hung_up(hangups: &mut Option<Signal>) {
    let installed = match hangups {
        Some(signal) => signal.recv().await.is_some(),
        None => false,
    };
    if !installed {
        // No signal will come.
        std::future::pending().await
    }
}

/// Takes the files up if all of them are right; else says once what is wrong and goes on as before.
fn take_up(watch: &mut FolderWatch, asked: bool, counterparts: &Counterparts) {
    let now = counterparts.now();
    let known: BTreeMap<&str, u64> =
        now.iter().map(|(name, config)| (name.as_str(), config.version)).collect();
    let count = now.len();
    match watch.look(&known, asked) {
        Look::Same if asked => {
            tracing::info!(
                counterparts = count,
                "SIGHUP: the counterparts' files were read again; nothing changed"
            );
        }
        Look::Same => {}
        Look::Changed { configs, changed } => {
            let (count, changed) = (configs.len(), changed.join(", "));
            match asked {
                true => tracing::info!(
                    counterparts = count,
                    changed,
                    "SIGHUP: the counterparts' files were taken up"
                ),
                false => {
                    tracing::info!(counterparts = count, changed, "the counterparts' files were taken up")
                }
            }
            counterparts.replace(configs);
        }
        Look::Wrong(problems) => {
            let by = if asked { "SIGHUP: " } else { "" };
            tracing::error!("{by}the counterparts' files are not taken up:\n{problems}");
        }
        Look::Empty => tracing::error!(
            counterparts = count,
            "the counterparts' folder is empty; the gateway goes on with those it knows. If none is meant, send SIGHUP"
        ),
    }
    for (path, why) in watch.newly_ignored() {
        tracing::warn!(file = %path.display(), "a file of the counterparts' folder is not read: {why}");
    }
}

impl Lanes {
    /// Stops lanes whose counterpart is gone or changed and starts those that are missing.
    async fn reconcile(&mut self, context: &Context, counterparts: &Counterparts) {
        let wanted = counterparts.now();
        let unwanted = |name: &String, lane: &Running| {
            wanted.get(name).is_none_or(|config| config.version != lane.version)
        };
        let running = self.running.iter();
        let stale: Vec<String> =
            running.filter(|(name, lane)| unwanted(name, lane)).map(|(n, _)| n.clone()).collect();
        for name in stale {
            if let Some(lane) = self.running.remove(&name) {
                lane.stop.cancel();
                let _ = lane.ended.await;
                context.registry.remove(&name);
            }
        }
        self.closed.retain(|name, _| wanted.contains_key(name));
        for (name, config) in wanted.iter() {
            if self.running.contains_key(name) {
                continue;
            }
            match Lane::open(Arc::clone(config), context.clone(), self.open_line).await {
                Ok(lane) => {
                    let stop = lane.stop().clone();
                    let (ends, ended) = oneshot::channel();
                    context.tasks.spawn_job("lane", async move {
                        lane.run().await;
                        let _ = ends.send(());
                    });
                    self.closed.remove(name);
                    self.running.insert(name.clone(), Running { version: config.version, stop, ended });
                }
                Err(error) => self.tell_closed(name, &error.to_string()),
            }
        }
    }

    /// It is tried again at each look, and told when the cause is new.
    fn tell_closed(&mut self, name: &str, error: &str) {
        if self.closed.get(name).is_none_or(|told| told != error) {
            tracing::error!(counterpart = name, error, "the lane cannot be opened; trying again");
            self.closed.insert(name.to_owned(), error.to_owned());
        }
    }
}
