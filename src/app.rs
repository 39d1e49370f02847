//! The composition root: configuration in, running gateway out. The only place that names a concrete store or connector.

mod archives;
mod bound;
mod brokers;
mod build_error;
mod deliveries;
mod known;
mod live_move;
mod moving;
mod opening;
pub mod people;
mod place;
mod replica;
mod shown;
pub mod upkeep;

use std::fs::File;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use chakong_contract::connector::Plugin;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

use crate::clock::{Clock, SystemClock};
use crate::config::{Config, ListenerConfig};
use crate::counterparts::{Counterparts, OwnRules};
use crate::domain::retention::Retention;
use crate::engine::{Archives, Engine, run_clock, run_retention, while_held};
use crate::gateway::{Gateway, LastMove, PlannedMove};
use crate::lanes::{Context, Guesses, LaneRegistry, Marks, PostboxService, RecentTerms, supervise};
use crate::lifecycle::Tasks;
use crate::lines::{listener, postbox};
use crate::papers::Printer;
use crate::people::{People, Settings};
use crate::provider::Provider;
use crate::queue::EventLog;
use crate::store::{CLOCK, RETENTION, Store};
use archives::ParcelArchives;
use bound::{Bound, Ground};
use brokers::Brokers;
use known::known;
use live_move::{LiveMove, Rest, moves_of};
use opening::{STORE_CLOSES, StoreThreads, close, open_store};

pub use brokers::probed_brokers;
pub use build_error::BuildError;
pub use deliveries::{delivery_of, paper_form};

/// Folder beside the store for what is being read.
const READING: &str = "reading";
/// Folder beside the store for pages of which PDF is made.
const PRINTING: &str = "printing";

/// Every connector of this build.
pub fn plugins() -> Vec<Plugin> {
    vec![
        chakong_companies_house::plugin(),
        chakong_court_bank::plugin(),
        chakong_court_realty::plugin(),
        chakong_court_realty::county_plugin(),
        chakong_court_realty::form_plugin(),
        chakong_court_realty::platform_plugin(),
        chakong_court_realty::postbox_plugin(),
        chakong_declarative::plugin(),
        chakong_desk::plugin(),
        chakong_gleif::plugin(),
        chakong_market_regulator::plugin(),
        chakong_market_regulator::parameter_plugin(),
        chakong_qichacha::plugin(),
        chakong_tianyancha::plugin(),
    ]
}

/// What is known of the store that is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// It is the one that was used last. One that is older than the folders of its parcel lines show is refused.
    Used,
    /// It was restored from a backup, or lost and made anew: numbers were given that it does not know.
    Restored,
}

/// A gateway that is built and not yet running.
#[derive(Debug)]
pub struct App {
    gateway: Arc<Gateway>,
    context: Context,
    brokers: Brokers,
    threads: Option<StoreThreads>,
    listener: TcpListener,
    postbox: Option<(TcpListener, ListenerConfig)>,
    retention: Arc<Retention>,
    folder: std::path::PathBuf,
    grace: Duration,
    drain: Duration,
    ground: Ground,
    moves: mpsc::Receiver<PlannedMove>,
}

impl App {
    /// Opens the store and the listener.
    ///
    /// # Errors
    /// See [`BuildError`].
    pub async fn build(config: Config, opening: Opening, tasks: Tasks) -> Result<Self, BuildError> {
        if let Some((file, detail)) = crate::domain::rules::unreadable_files().into_iter().next() {
            return Err(BuildError::Rules { file, detail });
        }
        let lock = Arc::new(lock(&config.store.directory)?);
        // The store is last: what a start changes there stays, and a newer schema shuts the version before out.
        let ground = Ground { lock, bound: Arc::new(Bound::to(&config).await?) };
        brokers::fit(&config).await?;
        let (store, threads) = open_store(&config, opening, config.server.listen).await?;
        Self::on(config, store, threads, ground, tasks, None).await
    }

    /// On a store that is open and addresses that are bound.
    async fn on(
        config: Config,
        store: Arc<dyn Store>,
        threads: StoreThreads,
        ground: Ground,
        tasks: Tasks,
        last: Option<LastMove>,
    ) -> Result<Self, BuildError> {
        let reading = config.store.directory.join(READING);
        let marks = Arc::new(Marks::open(&reading, SystemClock.now()).map_err(BuildError::Marks)?);
        let mut app = Self::assemble(config, store, marks, ground, tasks, last)?;
        app.threads = Some(threads);
        if let Some(controls) = app.gateway.engine.after_restoration().await? {
            tracing::warn!(
                controls,
                "the store was restored; controls that were under way wait for an officer"
            );
        }
        Ok(app)
    }

    fn assemble(
        mut config: Config,
        store: Arc<dyn Store>,
        marks: Arc<Marks>,
        ground: Ground,
        tasks: Tasks,
        last: Option<LastMove>,
    ) -> Result<Self, BuildError> {
        spare_descriptors(&mut config);
        let (listener, postbox) = ground.bound.listeners(&config)?;
        let (ask, moves) = mpsc::channel(1);
        let store_moves = moves_of(&config, last, ask);
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let counterparts = Counterparts::new(std::mem::take(&mut config.counterparts));
        let counterparts = Arc::new(counterparts.with(OwnRules::of(&config)));
        let registry = Arc::new(LaneRegistry::default());
        let engine =
            Engine::new(Arc::clone(&store), Arc::clone(&clock), known(&store, &counterparts, &registry));
        let context = Context {
            store: Arc::clone(&store),
            engine: engine.clone(),
            clock: Arc::clone(&clock),
            registry,
            terms: Arc::new(RecentTerms::default()),
            counterparts: Arc::clone(&counterparts),
            marks,
            tasks: tasks.clone(),
        };
        let log = EventLog::new(Arc::clone(&store), &config.instance);
        let brokers = Brokers::new(&config, &log, &engine, &clock);
        let gateway = Gateway {
            people: People::new(engine.clone(), Arc::clone(&clock), settings_of_people(&config)),
            provider: config.provider.map(Provider::new),
            certificate: config.certificate,
            log,
            store,
            engine,
            clock,
            counterparts,
            registry: Arc::clone(&context.registry),
            terms: Arc::clone(&context.terms),
            open_line: delivery_of,
            paper_form,
            plugins: plugins(),
            relays: brokers.watches(),
            keys: config.keys,
            wrong_keys: Guesses::default(),
            court_accounts: config.court_accounts,
            progress: config.progress,
            printer: Printer::new(config.papers, config.store.directory.join(PRINTING)),
            server: config.server.clone(),
            min_free: config.store.min_free,
            moves: store_moves,
            tasks,
        };
        Ok(Self {
            gateway: Arc::new(gateway),
            context,
            brokers,
            threads: None,
            listener,
            postbox,
            retention: Arc::new(config.retention),
            folder: config.counterparts_directory,
            grace: config.server.grace,
            drain: config.server.drain,
            ground,
            moves,
        })
    }

    /// The address that the API listens on.
    ///
    /// # Errors
    /// When the socket is gone.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// The address of the postbox, if there is one.
    ///
    /// # Errors
    /// When the socket is gone.
    pub fn postbox_address(&self) -> std::io::Result<Option<SocketAddr>> {
        self.postbox.as_ref().map(|(listener, _)| listener.local_addr()).transpose()
    }

    /// Runs until `stop` resolves or a task dies; then drains. Whether everything ended as it should. A move of the store that is asked
    /// for meanwhile is carried out, and the gateway goes on behind it.
    pub async fn run(self, stop: impl Future<Output = ()>) -> bool {
        let mut stop = pin!(stop);
        let mut app = self;
        loop {
            let live = match Box::pin(app.run_once(stop.as_mut())).await {
                Ended::Stopped(is_clean) => return is_clean,
                Ended::ToMove(live) => live,
            };
            app = match Box::pin(live.carry_out(stop.as_mut())).await {
                Ok(next) => next,
                Err(is_clean) => return is_clean,
            };
        }
    }

    async fn run_once(mut self, mut stop: Pin<&mut impl Future<Output = ()>>) -> Ended {
        let tasks = self.context.tasks.clone();
        let (is_ready, ready) = oneshot::channel();
        let counterparts = Arc::clone(&self.gateway.counterparts);
        // Where nobody calls there is none: it would hold the store open until the end.
        let postbox = self.postbox.map(|(listener, config)| {
            let proxies = self.gateway.server.proxies.clone();
            let service = PostboxService::new(self.context.clone(), Arc::clone(&counterparts), proxies);
            postbox::serve(listener, config, service, tasks.clone())
        });
        let archives = Arc::new(ParcelArchives(Arc::clone(&counterparts)));
        let has_postbox = postbox.is_some();
        let lanes =
            supervise(self.context.clone(), delivery_of, self.folder, plugins(), has_postbox, is_ready);
        tasks.spawn_service("lanes", lanes);
        let (leases, engine) = (Arc::clone(self.context.store.leases()), self.context.engine.clone());
        let clock = move |lease, tasks| run_clock(engine.under(lease), tasks);
        tasks.spawn_service("clock", while_held(Arc::clone(&leases), CLOCK.to_owned(), tasks.clone(), clock));
        let (engine, terms) = (self.context.engine.clone(), self.retention);
        let retention = move |lease, tasks| {
            let archives: Arc<dyn Archives> = Arc::<ParcelArchives>::clone(&archives);
            run_retention(engine.under(lease), Arc::clone(&terms), archives, tasks)
        };
        let retention = while_held(Arc::clone(&leases), RETENTION.to_owned(), tasks.clone(), retention);
        tasks.spawn_service("retention", retention);
        // Requests are answered once the lanes have recovered what the last run left behind.
        let _ = ready.await;
        if let Some(postbox) = postbox {
            tasks.spawn_service("postbox", postbox);
        }
        self.brokers.spawn(&self.gateway, &tasks);
        let pages = crate::console::router(Arc::clone(&self.gateway));
        tasks.spawn_service("api", crate::api::serve(self.listener, Arc::clone(&self.gateway), pages));
        let rest = loop {
            tokio::select! {
                () = &mut stop => {
                    tracing::info!("asked to stop; finishing what is under way");
                    break None;
                }
                // Those who call while this one drains hear to come again.
                Some(planned) = self.moves.recv() => if let Some(rest) = Rest::begin(planned, &self.ground) {
                    break Some(rest);
                },
                () = tasks.soft().cancelled() => break None,
            }
        };
        // Others take the lanes over while whoever asks learns that this process is not ready.
        leases.drain();
        if rest.is_none() && !self.drain.is_zero() {
            tasks.linger(self.drain).await;
        }
        drop(leases);
        let Ground { lock, bound } = self.ground;
        // Nobody accepts any more: a socket that still listened would take callers in and leave them alone.
        let bound = rest.is_some().then_some(bound);
        let drained = tasks.drain(self.grace).await;
        drop((self.gateway, self.context));
        let closed = match self.threads {
            Some(threads) => close(threads, STORE_CLOSES).await,
            None => true,
        };
        match (rest, bound) {
            (Some(rest), Some(bound)) if !tasks.has_failed() => {
                let ground = Ground { lock, bound };
                Ended::ToMove(Box::new(LiveMove { rest, ground, is_closed: closed }))
            }
            _ => Ended::Stopped(drained && closed && !tasks.has_failed()),
        }
    }
}

/// How a run ended.
#[derive(Debug)]
enum Ended {
    /// For good; whether everything ended as it should.
    Stopped(bool),
    /// For a move of the store.
    ToMove(Box<LiveMove>),
}

fn settings_of_people(config: &Config) -> Settings {
    Settings {
        instance: config.instance.clone(),
        sign_in: config.sign_in.clone(),
        looks: config.looks.clone(),
    }
}

/// Leaves descriptors for the store, for parcels and for what we call, however many connect to us.
fn spare_descriptors(config: &mut Config) {
    let postbox = config.postbox.as_mut().map(|postbox| &mut postbox.listener);
    let mut listeners: Vec<_> = std::iter::once(&mut config.server.listener).chain(postbox).collect();
    listener::limited(&mut listeners, config.counterparts.len(), listener::open_files());
}

fn lock(directory: &std::path::Path) -> Result<File, BuildError> {
    let unusable = |source| BuildError::Lock { directory: directory.display().to_string(), source };
    std::fs::create_dir_all(directory).map_err(unusable)?;
    let file = File::create(directory.join("chakong.lock")).map_err(unusable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(BuildError::Locked(directory.display().to_string())),
        Err(std::fs::TryLockError::Error(error)) => Err(unusable(error)),
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpStream;

    use super::*;

    /// An application in a folder of its own, on free ports.
    async fn built(folder: &std::path::Path, more: &str) -> App {
        let digest = hex::encode(crate::config::digest_of("a key of this test"));
        let key = format!("[[keys]]\nname = \"test\"\nroles = [\"operations\"]\nsha256 = \"{digest}\"\n");
        let text = format!(
            "[server]\nlisten = \"127.0.0.1:0\"\ngrace = \"2s\"\n[store]\ndirectory = \"data\"\n{more}{key}"
        );
        std::fs::create_dir(folder.join("counterparts")).expect("the counterparts' folder");
        std::fs::write(
            folder.join("counterparts/bank.toml"),
            "connector = \"court-bank\"\n[line]\nkind = \"parcel\"\noutgoing = \"out\"\nincoming = \"in\"\n\
             [settings]\nbank_code = \"E999H110000000003\"\n",
        )
        .expect("a counterpart");
        std::fs::write(folder.join("chakong.toml"), text).expect("the configuration");
        let config = crate::config::load(&folder.join("chakong.toml"), &plugins());
        let config = config.unwrap_or_else(|problems| panic!("{problems}"));
        App::build(config, Opening::Used, Tasks::default()).await.expect("an application")
    }

    /// The end is whole only where the store was closed, which no handle to it must outlive.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn an_application_at_rest_ends_whole_with_and_without_a_postbox() {
        for more in ["", "[postbox]\nlisten = \"127.0.0.1:0\"\n"] {
            let folder = tempfile::tempdir().expect("a folder");
            let app = built(folder.path(), more).await;
            let address = app.address().expect("an address");
            let (stop, stopped) = oneshot::channel::<()>();
            let running = async move { app.run(async move { drop(stopped.await) }).await };
            let polling = async move {
                // Someone who connects and says nothing is nothing under way.
                let silent = TcpStream::connect(address).await.expect("a connection");
                let _ = stop.send(());
                silent
            };
            let (ended, _silent) = tokio::join!(running, polling);
            assert!(ended, "{more:?}");
        }
    }
}
