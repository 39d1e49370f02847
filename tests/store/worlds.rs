//! The stores under test, and how each is opened again.

use std::path::Path;
use std::sync::Arc;

use chakong::store::Store;
use chakong::store::memory::Memory;
use chakong::store::postgres::{Postgres, PostgresThreads, Server};
use chakong::store::sqlite::{Sqlite, SqliteThreads};
use tempfile::TempDir;
use tokio_postgres::{Config, NoTls};

/// A store that can be opened again.
pub trait World {
    /// The store.
    fn store(&self) -> Arc<dyn Store>;
    /// Closes it and opens it again. Every other handle to it must be gone.
    fn reopen(&mut self);
    /// Closes it and opens it as one that was restored.
    fn restore(&mut self);
    /// Whether a write is refused when a group ends, and not where it is made.
    fn refuses_late(&self) -> bool {
        false
    }
}

/// The store in memory.
pub struct InMemory(Arc<Memory>);

impl InMemory {
    pub fn begin() -> Self {
        Self(Memory::new(4711))
    }
}

impl World for InMemory {
    fn store(&self) -> Arc<dyn Store> {
        Arc::<Memory>::clone(&self.0)
    }

    fn reopen(&mut self) {
        self.0 = self.0.reopened();
    }

    fn restore(&mut self) {
        self.0 = self.0.restored();
    }
}

/// The store in a folder of its own.
pub struct OnDisk {
    open: Option<(Arc<dyn Store>, SqliteThreads)>,
    folder: TempDir,
}

impl OnDisk {
    pub fn begin() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let open = Some(Sqlite::open(folder.path()).expect("a store"));
        Self { open, folder }
    }

    /// The store's folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Closes it: everything handed in is in the file then.
    pub fn close(&mut self) {
        if let Some((store, threads)) = self.open.take() {
            drop(store);
            threads.join();
        }
    }
}

impl World for OnDisk {
    fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.open.as_ref().expect("an open store").0)
    }

    fn reopen(&mut self) {
        self.close();
        self.open = Some(Sqlite::open(self.folder.path()).expect("the store again"));
    }

    fn restore(&mut self) {
        self.close();
        self.open = Some(Sqlite::open_restored(self.folder.path(), &[]).expect("the store again"));
    }
}

/// The test server, or what to do for one.
pub fn test_server() -> Config {
    let url = std::env::var("CHAKONG_TEST_POSTGRES")
        .expect("a server for the tests: run them as `tests/postgres cargo test`, which starts one");
    url.parse().expect("the address of the test server")
}

/// Runs a statement on the test server, outside of any store.
pub fn administer(config: Config, sql: String) {
    let run = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let (client, connection) = config.connect(NoTls).await.expect("the test server");
            let driven = runtime.spawn(connection);
            client.batch_execute(&sql).await.expect("a statement");
            drop(client);
            driven.await.expect("the connection").expect("its end");
        });
    };
    std::thread::spawn(run).join().expect("a statement on the test server");
}

/// The store in a database of its own.
pub struct OnServer {
    open: Option<(Arc<dyn Store>, PostgresThreads)>,
    config: Config,
    name: String,
}

impl OnServer {
    pub fn begin() -> Self {
        let name = format!("chakong_{}", uuid::Uuid::new_v4().simple());
        administer(test_server(), format!("CREATE DATABASE {name}"));
        let mut config = test_server();
        config.dbname(&name);
        let open = Some(Postgres::open(&Server::new(config.clone(), None)).expect("a store"));
        Self { open, config, name }
    }

    /// How its database is reached.
    pub fn config(&self) -> Config {
        self.config.clone()
    }

    /// Closes it: everything handed in is in the database then.
    pub fn close(&mut self) {
        if let Some((store, threads)) = self.open.take() {
            drop(store);
            threads.join();
        }
    }
}

impl Drop for OnServer {
    fn drop(&mut self) {
        administer(test_server(), format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}

impl World for OnServer {
    fn refuses_late(&self) -> bool {
        true
    }

    fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.open.as_ref().expect("an open store").0)
    }

    fn reopen(&mut self) {
        self.close();
        self.open = Some(Postgres::open(&Server::new(self.config(), None)).expect("the store again"));
    }

    fn restore(&mut self) {
        self.close();
        self.open =
            Some(Postgres::open_restored(&Server::new(self.config(), None), &[]).expect("the store again"));
    }
}
