//! A move of the store while the process lives: the gateway on the old store ends as it does at every shutdown, one on a store that
//! rests answers everybody to come again, the store is moved, and a new gateway begins as at every start, on the store that is in
//! charge then. Orders that are in flight are taken up as after any restart.

use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;

use super::bound::Ground;
use super::moving::{Report, move_held};
use super::opening::open_store;
use super::place::Place;
use super::{App, BuildError, Opening, brokers, plugins};
use crate::clock::{Clock as _, SystemClock};
use crate::config::{self, Config};
use crate::gateway::{LastMove, PlannedMove, StoreMoves};
use crate::lanes::PostboxService;
use crate::lifecycle::Tasks;
use crate::lines::postbox;
use crate::store::StoreError;
use crate::store::moving::may_be_filled;
use crate::store::resting::Resting;

/// Longest time for those who are told to come again to hear so.
const REST_ENDS: Duration = Duration::from_secs(2);

/// The store as the API shows it, and how a move of it is asked for.
pub(super) fn moves_of(
    config: &Config,
    last: Option<LastMove>,
    ask: mpsc::Sender<PlannedMove>,
) -> StoreMoves {
    StoreMoves {
        place: Place::of(config).shown(),
        on_server: config.store.database.is_some(),
        last,
        files: (config.file.clone(), config.store.directory.clone()),
        look,
        ask,
    }
}

/// Looks whether the store in a folder can be moved to where a configuration file has it now.
fn look(file: PathBuf, folder: PathBuf) -> Result<PlannedMove, String> {
    let config = config::load(&file, &plugins())
        .map_err(|problems| format!("the configuration file is not in order:\n{problems}"))?;
    if config.store.database.is_none() {
        return Err(format!(
            "{} has no [store] url: write there first where the store is to go",
            file.display()
        ));
    }
    if !is_same(&folder, &config.store.directory) {
        return Err(
            "[store] directory was changed too: it stays, for what is kept beside the store".to_owned()
        );
    }
    let (from, to) = (Place::Folder(config.store.directory.clone()), Place::of(&config));
    let look = |place: &Place| {
        let shown = place.shown();
        place
            .standing()
            .map(|standing| (shown.clone(), standing))
            .map_err(|error| format!("{shown}: {error}"))
    };
    let ((here, old), (there, new)) = (look(&from)?, look(&to)?);
    may_be_filled((&here, &old), (&there, &new)).map_err(|error| error.to_string())?;
    // Behind the move it would be too late to find out.
    let fit = brokers::fit(&config);
    tokio::runtime::Handle::current().block_on(fit).map_err(|error| error.to_string())?;
    Ok(PlannedMove { to: to.shown(), config })
}

fn is_same(one: &Path, other: &Path) -> bool {
    let canonical = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    canonical(one) == canonical(other)
}

/// A gateway at rest: it does nothing, and tells everybody who calls to come again.
#[derive(Debug)]
pub(super) struct Rest {
    planned: PlannedMove,
    tasks: Tasks,
}

impl Rest {
    /// Begins to answer. Nothing where that cannot be done, and no move either.
    pub(super) fn begin(planned: PlannedMove, ground: &Ground) -> Option<Self> {
        let tasks = Tasks::default();
        tracing::warn!(to = planned.to, "the store is moved; nothing is sent until that is over");
        let (config, tasks_of_rest) = (planned.config.clone(), tasks.clone());
        let assembled =
            App::assemble(config, Resting::store(), Arc::default(), ground.clone(), tasks_of_rest, None);
        let app = match assembled {
            Ok(app) => app,
            Err(error) => {
                tracing::error!(%error, "the store cannot be moved");
                return None;
            }
        };
        if let Some((listener, config)) = app.postbox {
            let counterparts = Arc::clone(&app.gateway.counterparts);
            let proxies = app.gateway.server.proxies.clone();
            let service = PostboxService::new(app.context, counterparts, proxies);
            tasks.spawn_service("postbox", postbox::serve(listener, config, service, tasks.clone()));
        }
        let pages = crate::console::router(Arc::clone(&app.gateway));
        tasks.spawn_service("api", crate::api::serve(app.listener, app.gateway, pages));
        Some(Self { planned, tasks })
    }
}

/// A move that is carried out now: the gateway on the old store has ended.
#[derive(Debug)]
pub(super) struct LiveMove {
    pub(super) rest: Rest,
    pub(super) ground: Ground,
    /// Whether the old store was closed.
    pub(super) is_closed: bool,
}

impl LiveMove {
    /// Moves the store, and gives the gateway on the one that is in charge then; where the process is told to stop meanwhile, or no
    /// gateway can be built, whether that is a clean end.
    pub(super) async fn carry_out(self, mut stop: Pin<&mut impl Future<Output = ()>>) -> Result<App, bool> {
        let Self { rest: Rest { planned, tasks }, ground, is_closed } = self;
        let mut config = planned.config;
        let (from, to) = (Place::Folder(config.store.directory.clone()), Place::of(&config));
        let is_stopped = Arc::new(AtomicBool::new(false));
        let failure = if is_closed {
            let mut moving = std::pin::pin!(moved(from.clone(), to, Arc::clone(&is_stopped)));
            tokio::select! {
                failure = &mut moving => failure,
                () = &mut stop => {
                    is_stopped.store(true, Ordering::Relaxed);
                    moving.await
                }
            }
        } else {
            Some("the store was not closed in time".to_owned())
        };
        // Whatever was said: the marks say which store is in charge.
        let is_moved = from.standing().map(|old| old.moved.is_some());
        if matches!(is_moved, Ok(false)) {
            config.store.database = None;
        }
        let failure = match failure {
            Some(why) if matches!(is_moved, Ok(true)) => {
                tracing::warn!(
                    to = planned.to,
                    why,
                    "the store was moved, and the move is finished by the start there"
                );
                None
            }
            Some(why) => {
                tracing::error!(to = planned.to, why, "the store was not moved");
                Some(why)
            }
            None => {
                tracing::warn!(to = planned.to, "the store was moved; work goes on there");
                None
            }
        };
        let last = LastMove { at: SystemClock.now(), to: planned.to, failure };
        let next = if is_stopped.load(Ordering::Relaxed) {
            Err(true)
        } else {
            again(config, ground, last).await.map_err(|error| {
                tracing::error!(%error, "the gateway cannot go on behind the move of its store");
                false
            })
        };
        tasks.drain(REST_ENDS).await;
        next
    }
}

/// Moves; why not, if it was not done.
async fn moved(from: Place, to: Place, is_stopped: Arc<AtomicBool>) -> Option<String> {
    let go_on = move || match is_stopped.load(Ordering::Relaxed) {
        true => Err(StoreError::Closed),
        false => Ok(()),
    };
    let moving = tokio::task::spawn_blocking(move || move_held(&from, &to, &go_on));
    match moving.await {
        Ok(Ok(Report { moved, .. })) => {
            tracing::info!(?moved, "every table was copied and compared");
            None
        }
        Ok(Err(error)) => Some(error.to_string()),
        Err(_) => Some("the move ended in a panic".to_owned()),
    }
}

/// A gateway as at every start.
async fn again(config: Config, ground: Ground, last: LastMove) -> Result<App, BuildError> {
    let (store, threads) = open_store(&config, Opening::Used, config.server.listen).await?;
    App::on(config, store, threads, ground, Tasks::default(), Some(last)).await
}
