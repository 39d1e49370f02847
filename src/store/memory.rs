//! The store in memory, for simulations and tests: the same contract over plain maps, without input or output. It does
//! the same whenever it is told the same, and a copy can be taken as it stood after any commit.

mod cases;
mod controls;
mod desk;
mod forgetting;
mod joining;
mod lane_reads;
mod lanes;
mod log;
mod orders;
mod people;
mod reads;
mod reports;
mod state;
mod table;
mod view;
mod writes;

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;

use super::ids::Ids;
use super::{LogGaps, ReadJob, Signals, Store, StoreError, Stored, WriteJob};
use crate::domain::ROWS_PER_EPOCH;
use state::State;
use view::{Touched, View};

/// A store in memory. Each job is run at once and is a commit of its own.
#[derive(Debug)]
pub struct Memory {
    inner: Mutex<Inner>,
    signals: Signals,
    ids: Ids,
    epoch: i64,
    gaps: LogGaps,
}

/// What is behind the lock.
#[derive(Debug, Default)]
struct Inner {
    state: State,
    failures: VecDeque<StoreError>,
}

impl Memory {
    /// An empty store of an epoch, from 1.
    pub fn new(epoch: i64) -> Arc<Self> {
        Arc::new(Self::of(State::default(), epoch))
    }

    /// What a store finds that is opened after this one was killed: everything committed and nothing else. This one goes on by itself.
    pub fn reopened(&self) -> Arc<Self> {
        Arc::new(Self::of(self.lock().state.clone(), self.epoch))
    }

    /// What was committed, opened as a store that was restored: in a later epoch.
    pub fn restored(&self) -> Arc<Self> {
        let (mut state, epoch, mut gaps) = (self.lock().state.clone(), self.epoch + 1, self.gaps.clone());
        gaps.begin(state.last_event(), epoch);
        state.log_gaps.put((), gaps);
        Arc::new(Self::of(state, epoch))
    }

    /// Has the next job that writes fail at its commit, as a full disk does; nothing of it is kept. Several may be asked for: each
    /// fails one job.
    pub fn fail_next(&self, error: StoreError) {
        self.lock().failures.push_back(error);
    }

    fn of(mut state: State, epoch: i64) -> Self {
        state.epochs.put(epoch, ());
        state.commit();
        let first = epoch.saturating_mul(ROWS_PER_EPOCH);
        let ids = Ids::after(|kind| state.last_row_in(kind, epoch).unwrap_or(first));
        let signals = Signals::default();
        signals.events_grew(state.last_event());
        let gaps = state.log_gaps.get(&()).cloned().unwrap_or_default();
        Self { inner: Mutex::new(Inner { state, failures: VecDeque::new() }), signals, ids, epoch, gaps }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A job that panics is caught before the lock is given back, so that what is inside is whole.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs a job; what it wrote is kept whole or not at all.
    fn write(&self, job: &mut dyn WriteJob) -> Stored<Touched> {
        let mut inner = self.lock();
        let mut view = View::of(&mut inner.state, &self.ids);
        let ran = catch_unwind(AssertUnwindSafe(|| job.run(&mut view)))
            .unwrap_or_else(|_| Err(StoreError::panicked()));
        let (outcome, touched, has_written) = view.end(ran);
        let refused = if has_written && outcome.is_ok() { inner.failures.pop_front() } else { None };
        match outcome.and_then(|()| refused.map_or(Ok(()), Err)) {
            Ok(()) => {
                inner.state.commit();
                Ok(touched)
            }
            Err(error) => {
                inner.state.roll_back();
                Err(error)
            }
        }
    }

    fn read(&self, job: &mut dyn ReadJob) -> Stored<()> {
        let mut inner = self.lock();
        let mut view = View::of(&mut inner.state, &self.ids);
        catch_unwind(AssertUnwindSafe(|| job.run(&mut view))).unwrap_or_else(|_| Err(StoreError::panicked()))
    }
}

impl Store for Memory {
    fn queue_write(&self, mut job: Box<dyn WriteJob>) -> BoxFuture<'_, Stored<()>> {
        Box::pin(async move {
            let outcome = self.write(&mut *job);
            if let Ok(touched) = &outcome {
                touched.tell(&self.signals);
            }
            job.finish(outcome.map(drop));
            Ok(())
        })
    }

    fn queue_read(&self, mut job: Box<dyn ReadJob>) -> BoxFuture<'_, Stored<()>> {
        Box::pin(async move {
            let outcome = self.read(&mut *job);
            job.finish(outcome);
            Ok(())
        })
    }

    fn epoch(&self) -> i64 {
        self.epoch
    }

    fn log_gaps(&self) -> &LogGaps {
        &self.gaps
    }

    fn signals(&self) -> &Signals {
        &self.signals
    }

    fn keyed_hash(&self, text: &[u8]) -> Vec<u8> {
        let key =
            aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, b"a store in memory keeps no secret");
        aws_lc_rs::hmac::sign(&key, text).as_ref().to_vec()
    }

    fn free_bytes(&self) -> Option<u64> {
        None
    }
}
