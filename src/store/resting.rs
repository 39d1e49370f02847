//! A store on which nobody can work: it stands in while the real one is moved, so that everybody who calls hears to come again.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::health::{Ailment, Health};
use super::{ReadJob, Signals, Store, StoreError, Stored, WriteJob};

/// A store that refuses everything for now.
#[derive(Debug, Default)]
pub struct Resting(Signals);

impl Resting {
    /// One.
    pub fn store() -> Arc<dyn Store> {
        Arc::new(Self::default())
    }
}

fn refusal() -> StoreError {
    let source = std::io::Error::other(Ailment::Moving.words());
    StoreError::Failed { step: "take a request", ailment: Ailment::Moving, source: Arc::new(source) }
}

impl Store for Resting {
    fn queue_write(&self, job: Box<dyn WriteJob>) -> BoxFuture<'_, Stored<()>> {
        job.finish(Err(refusal()));
        Box::pin(async { Ok(()) })
    }

    fn queue_read(&self, job: Box<dyn ReadJob>) -> BoxFuture<'_, Stored<()>> {
        job.finish(Err(refusal()));
        Box::pin(async { Ok(()) })
    }

    fn epoch(&self) -> i64 {
        0
    }

    fn signals(&self) -> &Signals {
        &self.0
    }

    /// Nothing is looked up here.
    fn keyed_hash(&self, _: &[u8]) -> Vec<u8> {
        Vec::new()
    }

    fn free_bytes(&self) -> Option<u64> {
        None
    }

    fn health(&self) -> Health {
        Health { ailment: Some(Ailment::Moving), ..Health::default() }
    }
}
