//! How the database is: what ails it is told once in the log, with what to do.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use super::asked::Counts;
use super::server::Server;
use crate::store::StoreError;
use crate::store::health::{Ailment, Health};

/// How the database is, as the last statements found it.
#[derive(Debug)]
pub(super) struct Watch {
    /// Where it is, for the log.
    place: String,
    /// 0 where nothing ails it, else the place in [`Ailment::ALL`] from 1.
    ailment: AtomicU8,
    unreadable: AtomicU64,
    counts: Arc<Counts>,
}

impl Watch {
    pub(super) fn over(server: &Server) -> Self {
        let (ailment, unreadable) = (AtomicU8::new(0), AtomicU64::new(0));
        Self { place: server.place(), ailment, unreadable, counts: Arc::clone(&server.counts) }
    }

    /// Notes an error. What newly ails the store is told once, with what to do.
    pub(super) fn note(&self, error: &StoreError) {
        let StoreError::Failed { ailment, .. } = error else { return };
        if self.ailment() == Some(*ailment) {
            return;
        }
        let place = Ailment::ALL.iter().position(|known| known == ailment).unwrap_or_default();
        self.ailment.store(u8::try_from(place).unwrap_or_default() + 1, Ordering::Relaxed);
        tracing::error!(
            store = %self.place,
            ailment = ailment.word(),
            %error,
            remedy = ailment.remedy(),
            "the store cannot be used; nothing is acknowledged"
        );
    }

    /// A commit of so many inputs worked.
    pub(super) fn worked(&self, inputs: usize) {
        self.counts.committed(inputs);
        if self.ailment.swap(0, Ordering::Relaxed) != 0 {
            tracing::warn!(store = %self.place, "the store can be written again");
        }
    }

    /// A row could not be read and was passed over, so that it blocks no other.
    pub(super) fn pass_over(&self, error: &StoreError) {
        self.unreadable.fetch_add(1, Ordering::Relaxed);
        self.note(error);
    }

    fn ailment(&self) -> Option<Ailment> {
        let place = usize::from(self.ailment.load(Ordering::Relaxed));
        place.checked_sub(1).and_then(|at| Ailment::ALL.get(at).copied())
    }

    pub(super) fn health(&self) -> Health {
        let unreadable = self.unreadable.load(Ordering::Relaxed);
        Health { ailment: self.ailment(), unreadable, asked: Some(self.counts.now()), ..Health::default() }
    }
}
