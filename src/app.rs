//! The composition root: configuration in, running gateway out. The only place that names a concrete store or connector.

mod archives;
mod brokers;
mod deliveries;
mod known;
mod opening;
mod shown;
pub mod upkeep;

use std::fs::File;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use chakong_contract::connector::Plugin;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::clock::{Clock, SystemClock};
use crate::config::{Config, ListenerConfig};
use crate::counterparts::Counterparts;
use crate::domain::retention::Retention;
use crate::engine::{CurrentRules, Engine, run_clock, run_retention};
use crate::gateway::Gateway;
use crate::lanes::{Context, LaneRegistry, Marks, PostboxService, RecentTerms, supervise};
use crate::lifecycle::Tasks;
use crate::lines::{listener, postbox};
use crate::queue::EventLog;
use crate::relay::Failure;
use crate::store::StoreError;
use archives::ParcelArchives;
use brokers::Brokers;
use known::Known;
use opening::{STORE_CLOSES, StoreThreads, close, open_store};

pub use brokers::probed_brokers;
pub use deliveries::delivery_of;

/// Folder beside the store for what is being read.
const READING: &str = "reading";

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
        chakong_gleif::plugin(),
        chakong_market_regulator::plugin(),
        chakong_market_regulator::parameter_plugin(),
        chakong_qichacha::plugin(),
        chakong_tianyancha::plugin(),
    ]
}

/// Why the gateway cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// Another process uses the same store.
    #[error("another chakong works with {0}; stop it first, or give this one its own [store] directory")]
    Locked(String),
    /// The lock file cannot be used.
    #[error(
        "the folder of the store, {directory}, cannot be used: {source}; make it a folder that chakong may write, or correct [store] \
         directory"
    )]
    Lock {
        /// The folder.
        directory: String,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// What is being read cannot be written down.
    #[error("failed to use the folder `reading` beside the store: {0}")]
    Marks(#[source] std::io::Error),
    /// The store cannot be opened.
    #[error("the store in {place} cannot be opened: {source}{remedy}")]
    Unopened {
        /// Its folder, or its server and database.
        place: String,
        /// The cause.
        #[source]
        source: StoreError,
        /// What operations do about it, behind the cause.
        remedy: String,
        /// Whether another start finds the same, until the configuration or what it names is corrected.
        by_configuration: bool,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file of rules that was built into the program cannot be read.
    #[error(
        "the rules in {file} cannot be read: {detail}; this program was built wrongly and must not be used"
    )]
    Rules {
        /// The file.
        file: &'static str,
        /// What is wrong.
        detail: String,
    },
    /// The store is older than the world.
    #[error(
        "the store in {store} has not given {what}, which {file} of {counterpart} shows: it was emptied, or restored from a backup, \
         or it is another installation's. Numbers must never repeat. If it is the wrong store, correct [store] directory; if it is \
         the right one, start once with `chakong serve --restored`: it goes on with new numbers, and every control that is under way \
         is put before an officer"
    )]
    Older {
        /// The store's folder.
        store: String,
        /// The number that it cannot have given.
        what: String,
        /// The file that shows it.
        file: String,
        /// Whose line it is.
        counterpart: String,
    },
    /// The store is older than what a counterpart handed in.
    #[error(
        "the store in {store} has not given the number {number}, which the counterpart showed while the gateway last ran: it was \
         emptied, or restored from a backup. Numbers must never repeat. Start once with `chakong serve --restored`: it goes on with \
         new numbers, and every control that is under way is put before an officer"
    )]
    OlderThanAnswers {
        /// The store's folder.
        store: String,
        /// The number, and who showed it.
        number: String,
    },
    /// A broker is not as configured, or does not accept us.
    #[error("[{section}]: {failure}")]
    Broker {
        /// Its section in the configuration.
        section: &'static str,
        /// What is wrong, and what to do.
        failure: Failure,
    },
    /// The address is taken or not ours.
    #[error("failed to listen on {address}: {source}")]
    Listen {
        /// Address.
        address: SocketAddr,
        /// Cause.
        #[source]
        source: std::io::Error,
    },
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
    threads: StoreThreads,
    listener: TcpListener,
    postbox: Option<(TcpListener, ListenerConfig)>,
    retention: Arc<Retention>,
    folder: std::path::PathBuf,
    grace: Duration,
    lock: File,
}

impl App {
    /// Opens the store and the listener.
    ///
    /// # Errors
    /// See [`BuildError`].
    pub async fn build(mut config: Config, opening: Opening, tasks: Tasks) -> Result<Self, BuildError> {
        if let Some((file, detail)) = crate::domain::rules::unreadable_files().into_iter().next() {
            return Err(BuildError::Rules { file, detail });
        }
        let lock = lock(&config.store.directory)?;
        let (store, threads) = open_store(&config, opening).await?;
        let listener = bind(config.server.listen).await?;
        brokers::fit(&config).await?;
        spare_descriptors(&mut config);
        let postbox = bind_postbox(&config).await?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let reading = config.store.directory.join(READING);
        let marks = Arc::new(Marks::open(&reading, clock.now()).map_err(BuildError::Marks)?);
        let counterparts = Counterparts::new(std::mem::take(&mut config.counterparts));
        let counterparts = Arc::new(counterparts.with(Arc::clone(&config.holidays), config.officer_above));
        let registry = Arc::new(LaneRegistry::default());
        let rules: Arc<dyn CurrentRules> =
            Arc::new(Known { counterparts: Arc::clone(&counterparts), registry: Arc::clone(&registry) });
        let engine = Engine::new(Arc::clone(&store), Arc::clone(&clock), rules);
        if let Some(controls) = engine.after_restoration().await? {
            tracing::warn!(
                controls,
                "the store was restored; controls that were under way wait for an officer"
            );
        }
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
            log,
            store,
            engine,
            clock,
            counterparts,
            registry: Arc::clone(&context.registry),
            terms: Arc::clone(&context.terms),
            open_line: delivery_of,
            plugins: plugins(),
            relays: brokers.watches(),
            keys: config.keys,
            court_accounts: config.court_accounts,
            server: config.server.clone(),
            min_free: config.store.min_free,
            tasks,
        };
        Ok(Self {
            gateway: Arc::new(gateway),
            context,
            brokers,
            threads,
            listener,
            postbox,
            retention: Arc::new(config.retention),
            folder: config.counterparts_directory,
            grace: config.server.grace,
            lock,
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

    /// Runs until `stop` resolves or a task dies; then drains. Whether everything ended as it should.
    pub async fn run(self, stop: impl Future<Output = ()>) -> bool {
        let tasks = self.context.tasks.clone();
        let (is_ready, ready) = oneshot::channel();
        let counterparts = Arc::clone(&self.gateway.counterparts);
        // Where nobody calls there is none: it would hold the store open until the end.
        let postbox = self.postbox.map(|(listener, config)| {
            let service = PostboxService::new(self.context.clone(), Arc::clone(&counterparts));
            postbox::serve(listener, config, service, tasks.clone())
        });
        let archives = Arc::new(ParcelArchives(Arc::clone(&counterparts)));
        let has_postbox = postbox.is_some();
        let lanes =
            supervise(self.context.clone(), delivery_of, self.folder, plugins(), has_postbox, is_ready);
        tasks.spawn_service("lanes", lanes);
        tasks.spawn_service("clock", run_clock(self.context.engine.clone(), tasks.clone()));
        let engine = self.context.engine.clone();
        let retention = run_retention(engine, self.retention, archives, tasks.clone());
        tasks.spawn_service("retention", retention);
        // Requests are answered once the lanes have recovered what the last run left behind.
        let _ = ready.await;
        if let Some(postbox) = postbox {
            tasks.spawn_service("postbox", postbox);
        }
        self.brokers.spawn(&self.gateway, &tasks);
        tasks.spawn_service("api", crate::api::serve(self.listener, Arc::clone(&self.gateway)));
        tokio::select! {
            () = stop => tracing::info!("asked to stop; finishing what is under way"),
            () = tasks.soft().cancelled() => {}
        }
        let drained = tasks.drain(self.grace).await;
        drop((self.gateway, self.context));
        let closed = close(self.threads, STORE_CLOSES).await;
        drop(self.lock);
        drained && closed && !tasks.has_failed()
    }
}

/// Leaves descriptors for the store, for parcels and for what we call, however many connect to us.
fn spare_descriptors(config: &mut Config) {
    let postbox = config.postbox.as_mut().map(|postbox| &mut postbox.listener);
    let mut listeners: Vec<_> = std::iter::once(&mut config.server.listener).chain(postbox).collect();
    listener::limited(&mut listeners, config.counterparts.len(), listener::open_files());
}

async fn bind(address: SocketAddr) -> Result<TcpListener, BuildError> {
    TcpListener::bind(address).await.map_err(|source| BuildError::Listen { address, source })
}

async fn bind_postbox(config: &Config) -> Result<Option<(TcpListener, ListenerConfig)>, BuildError> {
    let Some(postbox) = &config.postbox else { return Ok(None) };
    Ok(Some((bind(postbox.listen).await?, postbox.listener.clone())))
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
