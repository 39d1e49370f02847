//! The store on a PostgreSQL server, where one machine is outgrown: the same change lists, written for a whole group of jobs
//! with one statement a table. Several processes may work on a database (`fleet.rs`).
//!
//! A job stays a synchronous function on the writer's thread. What it will read is loaded for the whole group beforehand
//! (`prefetch.rs`); what it writes waits (`pending.rs`) and is known at once (`overlay.rs`). A read that is not answered there
//! sends what waits and asks the server, so that reads always see what was written.

mod answers;
mod asked;
mod blocks;
mod cell;
mod columns;
mod commit;
pub mod copies;
mod desk;
mod errors;
mod events;
mod find;
mod fleet;
mod forgetting;
mod joining;
mod known;
mod known_commits;
mod lane_reads;
mod lane_states;
mod lanes;
mod last_commits;
mod link;
mod locks;
mod migrations;
mod moves;
mod numbers;
mod older_cases;
mod others;
mod overlay;
mod pending;
mod people;
mod prefetch;
mod query;
mod queue;
mod reads;
mod receipts;
mod reconnect;
mod reports;
mod rows;
mod server;
mod session;
mod shared;
pub mod side;
mod started;
mod tables;
mod threads;
mod watch;
mod writes;

use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use futures_util::future::BoxFuture;
use tokio::sync::mpsc;

use super::found_words;
use super::health::Health;
use super::leases::Leases;
use super::membership::Membership;
use super::{LogGaps, ReadJob, Signals, Store, StoreError, Stored, WriteJob};
use commit::{Writer, in_one_step};
use fleet::Fleet;
use last_commits::{Known, LastCommits};
use link::Link;
use others::Others;
pub use server::Server;
use session::Claim;
use shared::Shared;
use watch::Watch;

/// Jobs that may wait for the writer; more submitters wait at the door.
const WAITING_WRITES: usize = 4096;
/// Reads that may wait.
const WAITING_READS: usize = 1024;
/// Reader threads, each with a connection.
const READERS: usize = 3;
/// Those that read for lanes alone, so that nothing waits to be sent behind a list that somebody looks at.
const LANE_READERS: usize = 1;

/// The PostgreSQL store.
#[derive(Debug)]
pub struct Postgres {
    writer: mpsc::Sender<Box<dyn WriteJob>>,
    reader: mpsc::Sender<Box<dyn ReadJob>>,
    lane_reader: mpsc::Sender<Box<dyn ReadJob>>,
    signals: Arc<Signals>,
    key: Arc<[u8]>,
    epoch: i64,
    gaps: LogGaps,
    watch: Arc<Watch>,
}

/// The store's threads, to be waited for at the end.
#[derive(Debug)]
pub struct PostgresThreads(Vec<JoinHandle<()>>);

impl PostgresThreads {
    /// Waits until everything handed in was committed. Every handle to the store must be gone.
    pub fn join(self) {
        for thread in self.0 {
            if thread.join().is_err() {
                tracing::error!("a thread of the store ended in a panic");
            }
        }
    }
}

impl Postgres {
    /// Opens the store in a database, and brings its schema up to date; an empty database becomes a new store.
    ///
    /// Blocks until the server has answered; not for a thread that drives tasks.
    ///
    /// # Errors
    /// When no server can be reached and written, the database is used by another process, is too old, or was written by a newer
    /// version.
    pub fn open(server: &Server) -> Stored<(Arc<dyn Store>, PostgresThreads)> {
        Self::open_as(server, Membership::default())
    }

    /// The same, as one process of several that share the database.
    ///
    /// # Errors
    /// As for [`Postgres::open`].
    pub fn open_as(server: &Server, member: Membership) -> Stored<(Arc<dyn Store>, PostgresThreads)> {
        Self::open_apart(server, member, false, |link| {
            numbers::admit(link, false)?;
            numbers::epoch(link)
        })
    }

    /// Opens a store that was restored, in a new epoch: numbers may have been given that it does not know. `seen` are the epochs of
    /// numbers that were seen elsewhere; they are no news from now on.
    ///
    /// # Errors
    /// As for [`Postgres::open`]; also when all epochs are used up, or another process works on the database.
    pub fn open_restored(server: &Server, seen: &[i64]) -> Stored<(Arc<dyn Store>, PostgresThreads)> {
        Self::open_restored_as(server, Membership::default(), seen)
    }

    /// The same, as one process of several: the others start after it.
    ///
    /// # Errors
    /// As for [`Postgres::open_restored`].
    pub fn open_restored_as(
        server: &Server,
        member: Membership,
        seen: &[i64],
    ) -> Stored<(Arc<dyn Store>, PostgresThreads)> {
        Self::open_apart(server, member, true, |link| {
            numbers::admit(link, true)?;
            numbers::begin_next(link, seen)
        })
    }

    /// On a thread of its own: the connection is driven by a runtime that must not be within another.
    fn open_apart(
        server: &Server,
        member: Membership,
        is_alone: bool,
        epoch: impl FnOnce(&mut Link) -> Stored<i64> + Send,
    ) -> Stored<(Arc<dyn Store>, PostgresThreads)> {
        let open = || Self::open_with(server, member, is_alone, epoch);
        let opened = std::thread::scope(|scope| scope.spawn(open).join());
        opened.unwrap_or_else(|_| Err(StoreError::panicked()))
    }

    fn open_with(
        server: &Server,
        member: Membership,
        is_alone: bool,
        epoch: impl FnOnce(&mut Link) -> Stored<i64>,
    ) -> Stored<(Arc<dyn Store>, PostgresThreads)> {
        let leases =
            Leases::shared(format!("{}-{:08x}", member.name, rand::Rng::random::<u32>(&mut rand::rng())));
        let others = Arc::new(Others::of(leases.id()));
        let mut claim = Claim::on(server, leases.id(), member.lease, &others);
        // One that was said to be restored has not what was known, and need not.
        let folder = member.folder.clone();
        let before = folder.as_deref().filter(|_| !is_alone).map_or(Ok(None), Known::read)?;
        let mut link = claim.connect_first(is_alone, before.as_ref())?;
        let changes = !is_alone
            && migrations::is_older(&mut link)?
            && Claim::be_alone(&mut link, migrations::is_older)?;
        link.unhurried(migrations::migrate)?;
        let (epoch, key, ids, (last, gaps), known) = in_one_step(&mut link, |link| {
            if is_alone {
                Claim::shut_out_all(link)?;
            }
            claim.begin_here(link)?;
            let (epoch, key) = (epoch(link)?, numbers::lookup_key(link)?);
            let known =
                folder.is_some().then(|| known_commits::begin(link, before, epoch, &key)).transpose()?;
            Ok((epoch, key, numbers::open(link, epoch)?, numbers::log(link)?, known))
        })?;
        if let (Some(folder), Some(known)) = (&folder, known) {
            let writers = known.writers.clone();
            others.keep_in(LastCommits::begin(folder, known)?, writers);
        }
        if is_alone || changes {
            claim.share(&mut link)?;
        }
        let signals = Arc::new(Signals::with(Arc::clone(&leases)));
        let fleet = Fleet::join(server, member, leases, Arc::clone(&signals), Arc::clone(&others))?;
        let shared = Shared {
            signals,
            ids: Arc::new(ids),
            key: key.into(),
            watch: Arc::new(Watch::over(server)),
            connects: Arc::default(),
            others,
        };
        shared.signals.events_grew(last);
        let (signals, key, watch) =
            (Arc::clone(&shared.signals), Arc::clone(&shared.key), Arc::clone(&shared.watch));
        let (writer, jobs) = mpsc::channel(WAITING_WRITES);
        let mut threads = vec![threads::writer(Writer::new(claim, link, shared.clone()), jobs)?];
        threads.push(fleet.start()?);
        let server = server.named("chakong-reader");
        let mut readers = |count: usize| {
            let (reader, jobs) = mpsc::channel(WAITING_READS);
            let jobs = Arc::new(Mutex::new(jobs));
            for _ in 0..count {
                let link = Link::open_beside(&server, &shared.others)?;
                threads.push(threads::reader(server.clone(), link, Arc::clone(&jobs), shared.clone())?);
            }
            Stored::Ok(reader)
        };
        let (reader, lane_reader) = (readers(READERS)?, readers(LANE_READERS)?);
        let store = Self { writer, reader, lane_reader, signals, key, epoch, gaps, watch };
        Ok((Arc::new(store), PostgresThreads(threads)))
    }
}

impl Store for Postgres {
    fn queue_write(&self, job: Box<dyn WriteJob>) -> BoxFuture<'_, Stored<()>> {
        Box::pin(async move { self.writer.send(job).await.map_err(|_| StoreError::Closed) })
    }

    fn queue_read(&self, job: Box<dyn ReadJob>) -> BoxFuture<'_, Stored<()>> {
        Box::pin(async move { self.reader.send(job).await.map_err(|_| StoreError::Closed) })
    }

    /// On a reader: what a lane waits for was committed before it asks, and the writer is not held up.
    fn queue_lane_read(&self, job: Box<dyn ReadJob>) -> BoxFuture<'_, Stored<()>> {
        Box::pin(async move { self.lane_reader.send(job).await.map_err(|_| StoreError::Closed) })
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
        keyed(&self.key, text)
    }

    fn free_bytes(&self) -> Option<u64> {
        None
    }

    fn health(&self) -> Health {
        self.watch.health()
    }
}

/// A word by which cases are found, as it is kept.
fn word(key: &[u8], word: &str) -> Vec<u8> {
    found_words::of_hash(keyed(key, word.as_bytes()))
}

/// HMAC-SHA-256 of personal data that is looked up.
fn keyed(key: &[u8], text: &[u8]) -> Vec<u8> {
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, key);
    aws_lc_rs::hmac::sign(&key, text).as_ref().to_vec()
}
