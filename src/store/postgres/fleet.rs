//! This process among others on the same database: it renews its place, takes and gives back leases, and hears what others
//! committed. It does so on a thread and over a connection of its own, so that no other work delays it.

mod notices;
mod plan;
mod round;

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::{JoinHandle, spawn_blocking};

use super::errors::{failed, told};
use super::link::SETTINGS;
use super::others::Others;
use super::server::Server;
use super::started::start;
use crate::store::health::Ailment;
use crate::store::leases::Leases;
use crate::store::{Membership, Signals, StoreError, Stored};
pub(super) use notices::notice;
use notices::{CHANNEL, heard};
use round::Rounds;

/// How often the log and the lanes are looked at, where nothing was heard.
const LOOK: Duration = Duration::from_secs(2);

/// A connection that hears notices.
struct Hearing {
    client: tokio_postgres::Client,
    /// Whether this database tells anything.
    is_told: bool,
    notices: UnboundedReceiver<String>,
}

/// The thread's work.
pub(super) struct Fleet {
    server: Server,
    membership: Membership,
    leases: Arc<Leases>,
    signals: Arc<Signals>,
    others: Arc<Others>,
    runtime: Runtime,
    rounds: Rounds,
}

impl std::fmt::Debug for Fleet {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Fleet").field("id", &self.leases.id()).finish_non_exhaustive()
    }
}

impl Fleet {
    /// Takes a place among the processes of the database.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) fn join(
        server: &Server,
        membership: Membership,
        leases: Arc<Leases>,
        signals: Arc<Signals>,
        others: Arc<Others>,
    ) -> Stored<Self> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .or_else(|error| told("join the other replicas", Ailment::Failing, error.to_string()))?;
        let rounds = Rounds::new(leases.id().to_owned(), membership.clone(), Arc::clone(&others));
        let server = server.named(&format!("chakong-fleet-{}", leases.id()));
        let mut fleet = Self { server, membership, leases, signals, others, runtime, rounds };
        let hearing =
            fleet.runtime.block_on(connect(&fleet.server, fleet.membership.lease, &fleet.others))?;
        fleet.others.can_be_told(hearing.is_told);
        let answer = fleet.runtime.block_on(fleet.rounds.first(&hearing.client, &fleet.leases.wishes()))?;
        fleet.leases.answered(answer);
        Ok(fleet)
    }

    /// Starts the thread. It ends when the store is closed, and gives back what is held.
    ///
    /// # Errors
    /// When no thread can be started.
    pub(super) fn start(self) -> Stored<thread::JoinHandle<()>> {
        start("store-fleet", move || self.run())
    }

    fn run(self) {
        let Self { server, membership, leases, signals, others, runtime, mut rounds } = self;
        runtime.block_on(async {
            let (mut hearing, mut has_failed): (Option<Hearing>, bool) = (None, false);
            let mut syncing = None;
            let patience = membership.lease / 3;
            loop {
                let wishes = leases.wishes();
                let (is_closed, ended) = (wishes.is_closed, wishes.ended.clone());
                let round = async {
                    let was_heard = hearing.as_ref().is_some_and(|open| !open.client.is_closed());
                    let open = connected(&mut hearing, &server, membership.lease, &others).await?;
                    others.can_be_told(open.is_told);
                    if !was_heard {
                        // What was said before was not heard.
                        signals.wake_all();
                    }
                    if is_closed {
                        rounds.last(&open.client).await.map(|()| None)
                    } else {
                        rounds.round(&open.client, &wishes).await.map(Some)
                    }
                };
                match tokio::time::timeout(patience.max(Duration::from_secs(1)), round).await {
                    Ok(Ok(Some(answer))) => {
                        leases.answered(answer);
                        if std::mem::take(&mut has_failed) {
                            tracing::warn!("leases are renewed again");
                        }
                    }
                    Ok(Ok(None)) => return,
                    Ok(Err(error)) => {
                        if !std::mem::replace(&mut has_failed, true) {
                            tracing::warn!(%error, "leases could not be renewed; trying again");
                        }
                        leases.give_back_later(ended);
                        // One that can only be read is a standby by now, and one that lost commits is not the server that was; another
                        // one of the list may be.
                        let is_of_use = ![Ailment::Unreachable, Ailment::ReadOnly, Ailment::Behind]
                            .iter()
                            .any(|one| error.ails(*one));
                        hearing = hearing.filter(|_| is_of_use);
                    }
                    Err(_) => {
                        if !std::mem::replace(&mut has_failed, true) {
                            tracing::warn!("leases could not be renewed in time; trying again");
                        }
                        leases.give_back_later(ended);
                        hearing = None;
                    }
                }
                if is_closed {
                    return;
                }
                syncing = keep(&others, syncing);
                // What was committed while nobody listened is found by looking.
                look(&mut hearing, &signals).await;
                wait(&mut hearing, &others, &leases, &signals, patience.min(LOOK)).await;
            }
        });
    }
}

/// Connects. What this process has begun there and does not go on with ends after the time of a lease.
async fn connect(server: &Server, lease: Duration, others: &Others) -> Stored<Hearing> {
    let (tell, notices) = unbounded_channel();
    let client = server.connect(Some(tell), async |client| others.look(client).await).await?;
    let idle = format!("{SETTINGS}; SET idle_in_transaction_session_timeout = '{}ms'", lease.as_millis());
    client.batch_execute(&idle).await.map_err(failed("connect to the database"))?;
    // Servers that speak the protocol may know neither.
    let listening = client.batch_execute(&format!("LISTEN {CHANNEL}; NOTIFY {CHANNEL}")).await;
    let is_told = listening.is_ok();
    if let Err(error) = listening {
        tracing::warn!(%error, "this database tells no notices; what other replicas commit is found by looking");
    }
    Ok(Hearing { client, is_told, notices })
}

async fn connected<'h>(
    hearing: &'h mut Option<Hearing>,
    server: &Server,
    lease: Duration,
    others: &Others,
) -> Stored<&'h Hearing> {
    if hearing.as_ref().is_none_or(|open| open.client.is_closed()) {
        *hearing = None;
        *hearing = Some(connect(server, lease, others).await?);
    }
    hearing.as_ref().ok_or(StoreError::Closed)
}

/// Keeps what is known of commits, and has it brought to the disk, which may take its time: nothing waits for it.
fn keep(others: &Others, syncing: Option<JoinHandle<()>>) -> Option<JoinHandle<()>> {
    let kept = others.keep()?;
    let is_busy = syncing.as_ref().is_some_and(|task| !task.is_finished());
    if is_busy { syncing } else { Some(spawn_blocking(move || kept.sync())) }
}

/// Looks how far the log is.
async fn look(hearing: &mut Option<Hearing>, signals: &Signals) {
    let Some(open) = hearing else { return };
    if !open.is_told {
        signals.wake_all();
    }
    let asked = open.client.query_one("SELECT seq FROM event_head", &[]);
    match tokio::time::timeout(LOOK, asked).await {
        Ok(Ok(row)) => signals.events_grew(row.try_get(0).unwrap_or_default()),
        Ok(Err(_)) => {}
        Err(_) => *hearing = None,
    }
}

/// Until the next round is due. What is heard meanwhile is passed on at once.
async fn wait(
    hearing: &mut Option<Hearing>,
    others: &Others,
    leases: &Leases,
    signals: &Signals,
    longest: Duration,
) {
    let due = tokio::time::sleep(longest);
    tokio::pin!(due);
    loop {
        let notice = async {
            match hearing.as_mut() {
                Some(open) => open.notices.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = &mut due => return,
            () = leases.poke.notified() => return,
            said = notice => match said {
                Some(said) if heard(&said, leases.id(), signals, others) => return,
                Some(_) => {}
                None => {
                    *hearing = None;
                    // What is said from now on is not heard.
                    tokio::time::sleep(Duration::from_millis(200)).await;
                    return;
                }
            },
        }
    }
}
