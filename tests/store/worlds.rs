//! The stores under test, and how each is opened again.

use std::path::Path;
use std::sync::Arc;

use chakong::store::Store;
use chakong::store::memory::Memory;
use chakong::store::sqlite::{Sqlite, SqliteThreads};
use tempfile::TempDir;

/// A store that can be opened again.
pub trait World {
    /// The store.
    fn store(&self) -> Arc<dyn Store>;
    /// Closes it and opens it again. Every other handle to it must be gone.
    fn reopen(&mut self);
    /// Closes it and opens it as one that was restored.
    fn restore(&mut self);
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
