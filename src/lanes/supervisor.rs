//! Starts, replaces and stops lanes as the counterparts' files change, without losing an order.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chakong_contract::connector::Plugin;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{Notify, oneshot};
use tokio_util::sync::CancellationToken;

use super::context::Context;
use super::delivery::OpenLine;
use super::followed::Followed;
use super::lane::{Lane, OpenError};
use super::reach::Reachable;
use super::{Admission, LaneHandle};
use crate::config::{CounterpartConfig, FolderWatch, Look};
use crate::counterparts::Counterparts;
use crate::domain::QuotaUsed;
use crate::store::{Lease, Leases, lane_lease};

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(1);

/// Longest wait for the store to say at the start which lanes are this process's.
const FIRST_ROUND: Duration = Duration::from_secs(5);

struct Running {
    version: u64,
    lease: Lease,
    stop: CancellationToken,
    ended: oneshot::Receiver<()>,
}

/// The lanes that run here, those that end because they move to another process or their file has changed, and why others cannot be
/// opened.
struct Lanes {
    open_line: OpenLine,
    running: BTreeMap<String, Running>,
    ending: BTreeMap<String, oneshot::Receiver<()>>,
    /// Counterparts whose lanes run in other processes, by version: their callers are served here all the same.
    elsewhere: BTreeMap<String, u64>,
    closed: BTreeMap<String, String>,
    followed: Followed,
    /// Told whenever a lane has ended.
    one_ended: Arc<Notify>,
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
    let mut lanes = Lanes {
        open_line,
        running: BTreeMap::new(),
        ending: BTreeMap::new(),
        elsewhere: BTreeMap::new(),
        closed: BTreeMap::new(),
        followed: Followed::default(),
        one_ended: Arc::default(),
    };
    let one_ended = Arc::clone(&lanes.one_ended);
    let mut hangups = signal(SignalKind::hangup()).ok();
    let leases = Arc::clone(context.store.leases());
    let mut moves = leases.changes();
    leases.want_lanes(counterparts.now().keys());
    leases.next_round(FIRST_ROUND).await;
    lanes.followed.follow(&context).await;
    lanes.reconcile(&context, &counterparts).await;
    let _ = ready.send(());
    let mut watch = FolderWatch::new(folder, plugins, has_postbox);
    while !context.tasks.soft().is_cancelled() {
        let asked = tokio::select! {
            () = tokio::time::sleep(LOOK) => false,
            Ok(()) = moves.changed() => {
                lanes.reconcile(&context, &counterparts).await;
                continue;
            }
            () = one_ended.notified() => {
                lanes.reconcile(&context, &counterparts).await;
                continue;
            }
            () = hung_up(&mut hangups) => true,
            () = context.tasks.soft().cancelled() => break,
        };
        take_up(&mut watch, asked, &counterparts);
        counterparts.tell_problems(watch.problems());
        lanes.followed.follow(&context).await;
        lanes.reconcile(&context, &counterparts).await;
    }
    let running = lanes.running.into_values().map(|lane| {
        lane.stop.cancel();
        lane.ended
    });
    for ended in running.chain(lanes.ending.into_values()).collect::<Vec<_>>() {
        let _ = ended.await;
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
            self.end(&name);
        }
        self.forget_ended(context, &wanted);
        self.elsewhere.retain(|name, _| {
            let is_wanted = wanted.contains_key(name);
            if !is_wanted {
                context.registry.remove(name);
            }
            is_wanted
        });
        self.closed.retain(|name, _| wanted.contains_key(name));
        context.registry.keep_closed(|name| wanted.contains_key(name));
        let leases = context.store.leases();
        // One that is not wanted any more has its lease until it has ended.
        leases.want_lanes(wanted.keys().chain(self.ending.keys()));
        self.end_moving(leases);
        for (name, config) in wanted.iter() {
            if self.running.contains_key(name) || self.ending.contains_key(name) {
                continue;
            }
            if leases.held(&lane_lease(name)).is_none() {
                self.stand_by(config, context);
                continue;
            }
            match Lane::open(Arc::clone(config), context.clone(), self.open_line).await {
                Ok(lane) => {
                    let (stop, lease) = (lane.stop().clone(), lane.lease().clone());
                    let (ends, ended) = oneshot::channel();
                    let one_ended = Arc::clone(&self.one_ended);
                    context.tasks.spawn_job("lane", async move {
                        lane.run().await;
                        let _ = ends.send(());
                        one_ended.notify_one();
                    });
                    self.closed.remove(name);
                    context.registry.keep_closed(|closed| closed != name);
                    self.elsewhere.remove(name);
                    self.running
                        .insert(name.clone(), Running { version: config.version, lease, stop, ended });
                }
                Err(OpenError::Elsewhere) => {}
                Err(error) => {
                    self.tell_closed(name, &error.to_string());
                    context.registry.cannot_open(name, error.to_string());
                }
            }
        }
    }

    /// Stops lanes whose leases are to go or were lost. Each ends when nothing of it is under way any more.
    fn end_moving(&mut self, leases: &Leases) {
        let running = self.running.iter();
        let moving: Vec<String> = running
            .filter(|(name, lane)| leases.held(&lane_lease(name)).as_ref() != Some(&lane.lease))
            .map(|(name, _)| name.clone())
            .collect();
        for name in moving {
            self.end(&name);
        }
    }

    /// Tells a lane to end, and waits for nothing: what it has under way may take minutes, in which others are to move.
    fn end(&mut self, name: &str) {
        if let Some(lane) = self.running.remove(name) {
            lane.stop.cancel();
            self.ending.insert(name.to_owned(), lane.ended);
        }
    }

    /// Forgets those that have ended.
    fn forget_ended(&mut self, context: &Context, wanted: &BTreeMap<String, Arc<CounterpartConfig>>) {
        self.ending.retain(|name, ended| {
            let is_ending = matches!(ended.try_recv(), Err(oneshot::error::TryRecvError::Empty));
            if !is_ending && !wanted.contains_key(name) {
                context.registry.remove(name);
            }
            is_ending
        });
    }

    /// Makes a counterpart known whose lane runs in another process: its calls and those who look at it are served here too.
    fn stand_by(&mut self, config: &Arc<CounterpartConfig>, context: &Context) {
        let name = &config.name;
        if self.elsewhere.get(name) == Some(&config.version) {
            return;
        }
        match (self.open_line)(config) {
            Ok(line) => {
                let admission =
                    Admission::new(Arc::clone(config), Arc::clone(&context.clock), QuotaUsed::default());
                let line: Arc<dyn Reachable> = line;
                let is_paused = self.followed.is_paused(name);
                context.registry.put(Arc::new(LaneHandle::new(name, admission, line, is_paused)));
                self.elsewhere.insert(name.clone(), config.version);
                self.closed.remove(name);
            }
            Err(error) => self.tell_closed(name, &error.to_string()),
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
