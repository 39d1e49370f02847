//! The composition root: configuration in, running gateway out. The only place that names a concrete store or connector.

use std::fs::File;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use chakong_contract::connector::Plugin;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::calendar::watch_deadlines;
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::counterparts::Counterparts;
use crate::gateway::Gateway;
use crate::lanes::{Board, Context, Desk, Submissions, supervise};
use crate::lifecycle::Tasks;
use crate::lines::postbox;
use crate::store::StoreError;
use crate::store::sqlite::{Sqlite, SqliteThreads};

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
    #[error("failed to lock the data directory: {0}")]
    Lock(#[source] std::io::Error),
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
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

/// A gateway that is built and not yet running.
#[derive(Debug)]
pub struct App {
    gateway: Arc<Gateway>,
    context: Context,
    threads: SqliteThreads,
    listener: TcpListener,
    postbox: Option<TcpListener>,
    folder: std::path::PathBuf,
    grace: Duration,
    lock: File,
}

impl App {
    /// Opens the store and the listener.
    ///
    /// # Errors
    /// See [`BuildError`].
    pub async fn build(config: Config, tasks: Tasks) -> Result<Self, BuildError> {
        let lock = lock(&config.store.directory)?;
        let (store, threads) = Sqlite::open(&config.store.directory)?;
        let listener = bind(config.server.listen).await?;
        let postbox = match config.postbox {
            Some(address) => Some(bind(address).await?),
            None => None,
        };
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let counterparts = Arc::new(Counterparts::new(config.counterparts));
        let context = Context {
            store: Arc::clone(&store),
            clock: Arc::clone(&clock),
            board: Arc::new(Board::default()),
            submissions: Arc::new(Submissions::default()),
            counterparts: Arc::clone(&counterparts),
            tasks: tasks.clone(),
        };
        let gateway = Gateway {
            instance: config.instance,
            store,
            clock,
            counterparts,
            board: Arc::clone(&context.board),
            submissions: Arc::clone(&context.submissions),
            plugins: plugins(),
            keys: config.keys,
            court_accounts: config.court_accounts,
            server: config.server.clone(),
            min_free: config.store.min_free,
            tasks,
        };
        Ok(Self {
            gateway: Arc::new(gateway),
            context,
            threads,
            listener,
            postbox,
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

    /// Runs until `stop` resolves or a task dies; then drains. Whether everything ended as it should.
    pub async fn run(self, stop: impl Future<Output = ()>) -> bool {
        let tasks = self.context.tasks.clone();
        let (is_ready, ready) = oneshot::channel();
        let counterparts = Arc::clone(&self.gateway.counterparts);
        let desk = Desk::new(self.context.clone(), Arc::clone(&counterparts));
        let has_postbox = self.postbox.is_some();
        let lanes =
            supervise(self.context.clone(), counterparts, self.folder, plugins(), has_postbox, is_ready);
        tasks.spawn_service("lanes", lanes);
        tasks.spawn_service("deadlines", watch_deadlines(self.context.clone()));
        // Requests are answered once the lanes have recovered what the last run left behind.
        let _ = ready.await;
        if let Some(listener) = self.postbox {
            tasks.spawn_service("postbox", postbox::serve(listener, desk, tasks.clone()));
        }
        let soft = tasks.soft().clone();
        let router = crate::api::router(Arc::clone(&self.gateway));
        let served = axum::serve(self.listener, router).with_graceful_shutdown(soft.cancelled_owned());
        tasks.spawn_service("api", async move {
            if let Err(error) = served.await {
                tracing::error!(%error, "the API is no longer served");
            }
        });
        tokio::select! {
            () = stop => tracing::info!("asked to stop; finishing what is under way"),
            () = tasks.soft().cancelled() => {}
        }
        let drained = tasks.drain(self.grace).await;
        drop((self.gateway, self.context));
        close(self.threads).await;
        drop(self.lock);
        drained && !tasks.has_failed()
    }
}

async fn bind(address: SocketAddr) -> Result<TcpListener, BuildError> {
    TcpListener::bind(address).await.map_err(|source| BuildError::Listen { address, source })
}

/// Waits for the store to commit what it was given. Bounded: a handle that is held somewhere must not hang the end.
async fn close(threads: SqliteThreads) {
    let joined = tokio::task::spawn_blocking(|| threads.join());
    if tokio::time::timeout(Duration::from_secs(10), joined).await.is_err() {
        tracing::warn!("the store was not closed in time; the next start recovers it");
    }
}

fn lock(directory: &std::path::Path) -> Result<File, BuildError> {
    std::fs::create_dir_all(directory).map_err(BuildError::Lock)?;
    let file = File::create(directory.join("chakong.lock")).map_err(BuildError::Lock)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(BuildError::Locked(directory.display().to_string())),
        Err(std::fs::TryLockError::Error(error)) => Err(BuildError::Lock(error)),
    }
}
