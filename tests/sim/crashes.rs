//! A store that dies between two commits, when it is told to.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use chakong::store::memory::Memory;
use chakong::store::{ReadJob, Signals, Store, StoreError, Stored, WriteJob};
use futures_util::future::BoxFuture;

/// The store of one life of the process.
#[derive(Debug)]
pub struct Mortal {
    memory: Arc<Memory>,
    /// Transactions until the end; 0 while no end is near.
    left: AtomicU32,
    /// Whether the last one is committed, though nobody is told so.
    keeps_last: AtomicBool,
    is_dead: AtomicBool,
}

impl Mortal {
    pub fn of(memory: Arc<Memory>) -> Arc<Self> {
        let (left, keeps_last, is_dead) = (AtomicU32::new(0), AtomicBool::new(false), AtomicBool::new(false));
        Arc::new(Self { memory, left, keeps_last, is_dead })
    }

    /// The `nth` transaction from now is the last; it is committed or not.
    pub fn die_at(&self, nth: u32, keeps_last: bool) {
        self.left.store(nth, Ordering::Relaxed);
        self.keeps_last.store(keeps_last, Ordering::Relaxed);
    }

    pub fn is_dead(&self) -> bool {
        self.is_dead.load(Ordering::Relaxed)
    }

    /// Has the next transaction that writes fail.
    pub fn fail_next(&self, error: StoreError) {
        self.memory.fail_next(error);
    }

    /// What is there after a crash.
    pub fn reopened(&self) -> Arc<Self> {
        Self::of(self.memory.reopened())
    }

    /// Whether this transaction is the last one.
    fn ends_here(&self) -> bool {
        let left = self.left.load(Ordering::Relaxed);
        self.left.store(left.saturating_sub(1), Ordering::Relaxed);
        left == 1
    }
}

impl Store for Mortal {
    fn queue_write(&self, job: Box<dyn WriteJob>) -> BoxFuture<'_, Stored<()>> {
        Box::pin(async move {
            if self.is_dead() {
                return Err(StoreError::Closed);
            }
            if !self.ends_here() {
                return self.memory.queue_write(job).await;
            }
            self.is_dead.store(true, Ordering::Relaxed);
            if self.keeps_last.load(Ordering::Relaxed) {
                self.memory.queue_write(job).await?;
            }
            Err(StoreError::Closed)
        })
    }

    fn queue_read(&self, job: Box<dyn ReadJob>) -> BoxFuture<'_, Stored<()>> {
        Box::pin(async move {
            if self.is_dead() { Err(StoreError::Closed) } else { self.memory.queue_read(job).await }
        })
    }

    fn epoch(&self) -> i64 {
        self.memory.epoch()
    }

    fn signals(&self) -> &Signals {
        self.memory.signals()
    }

    fn keyed_hash(&self, text: &[u8]) -> Vec<u8> {
        self.memory.keyed_hash(text)
    }

    fn free_bytes(&self) -> Option<u64> {
        None
    }
}
