//! Shutdown in stages, and the only place that spawns tasks.
//!
//! The leaving token says: go on, and send callers elsewhere. The soft token says: take nothing new, finish what is under way. The hard token says: stop now. A task that ends
//! before its time, or panics, takes the process down with a failing exit code: nothing dies unseen.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Spawns tasks and knows whether they are to stop.
#[derive(Debug, Clone, Default)]
pub struct Tasks {
    leaving: CancellationToken,
    soft: CancellationToken,
    hard: CancellationToken,
    tracker: TaskTracker,
    failed: Arc<AtomicBool>,
}

impl Tasks {
    /// Cancelled when nothing new may be taken.
    pub const fn soft(&self) -> &CancellationToken {
        &self.soft
    }

    /// Cancelled when callers are to go elsewhere, although everything is still taken.
    pub const fn leaving(&self) -> &CancellationToken {
        &self.leaving
    }

    /// Tasks that can be told to take nothing new by themselves, and are when these are.
    pub fn under(&self) -> Self {
        Self { soft: self.soft.child_token(), ..self.clone() }
    }

    /// Cancelled when everything must stop now.
    pub const fn hard(&self) -> &CancellationToken {
        &self.hard
    }

    /// Whether a task ended before its time.
    pub fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }

    /// Spawns a task that must live until the soft token is cancelled.
    pub fn spawn_service(&self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        let tasks = self.clone();
        self.start(async move {
            let outcome = AssertUnwindSafe(task).catch_unwind().await;
            if outcome.is_err() || !tasks.soft.is_cancelled() {
                tasks.fail(name, if outcome.is_err() { "panicked" } else { "ended before its time" });
            }
        });
    }

    /// Spawns a task that ends by itself; only a panic is a failure.
    pub fn spawn_job(&self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        let tasks = self.clone();
        // Boxed first: each wrapper around it would move the whole of a large task once more.
        let task = Box::pin(task);
        self.start(async move {
            if AssertUnwindSafe(task).catch_unwind().await.is_err() {
                tasks.fail(name, "panicked");
            }
        });
    }

    #[allow(clippy::disallowed_methods, reason = "the one place that spawns")]
    fn start(&self, task: impl Future<Output = ()> + Send + 'static) {
        drop(tokio::spawn(self.tracker.track_future(task)));
    }

    fn fail(&self, name: &'static str, how: &'static str) {
        tracing::error!(task = name, how, "a background task is gone; shutting down");
        self.failed.store(true, Ordering::Relaxed);
        self.soft.cancel();
    }

    /// Everything is still taken for a while, and callers are sent elsewhere.
    pub async fn linger(&self, time: Duration) {
        self.leaving.cancel();
        tokio::select! {
            () = tokio::time::sleep(time) => {}
            () = self.soft.cancelled() => {}
        }
    }

    /// Waits for the end of every task: first softly for `grace`, then hard. Whether all ended softly.
    pub async fn drain(&self, grace: Duration) -> bool {
        self.soft.cancel();
        self.tracker.close();
        if tokio::time::timeout(grace, self.tracker.wait()).await.is_ok() {
            return true;
        }
        tracing::warn!(?grace, "tasks are still under way after the grace; stopping them");
        self.hard.cancel();
        tokio::time::timeout(Duration::from_secs(5), self.tracker.wait()).await.is_ok()
    }
}

/// SIGINT and SIGTERM, heard from [`StopSignals::install`] on: before anybody can know that the process is there.
#[derive(Debug)]
pub struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    /// Hears signals from now on.
    ///
    /// # Errors
    /// When signal handlers cannot be installed.
    pub fn install() -> std::io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Resolves at the first one; a second one ends the process at once.
    pub async fn first(mut self) {
        self.next().await;
        Tasks::default().spawn_job("second-signal", async move {
            self.next().await;
            std::process::exit(130);
        });
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_dead_service_takes_everything_down() {
        let tasks = Tasks::default();
        tasks.spawn_service("short-lived", async {});
        tasks.soft().cancelled().await;
        assert!(tasks.has_failed());
        let panicking = Tasks::default();
        panicking.spawn_job("panics", async { panic!("on purpose") });
        panicking.soft().cancelled().await;
        assert!(panicking.has_failed());
    }

    #[tokio::test]
    async fn drain_is_soft_first_and_hard_then() {
        let tasks = Tasks::default();
        let watched = tasks.clone();
        tasks.spawn_service("polite", async move { watched.soft().cancelled().await });
        assert!(tasks.drain(Duration::from_secs(5)).await);
        assert!(!tasks.has_failed());
        let stubborn = Tasks::default();
        let watched = stubborn.clone();
        stubborn.spawn_service("stubborn", async move { watched.hard().cancelled().await });
        assert!(stubborn.drain(Duration::from_millis(20)).await, "the hard token ends it");
    }
}
