//! Files on an SFTP server, over SSH. One connection, made when it is needed and again when it was lost; the server's key is
//! the one that the counterpart's file names, or nothing is said to it.
//!
//! The client of SFTP is our own, over the channel of `russh`: of version 3 of the protocol only what is needed here. The
//! crate `russh-sftp` (3.0.1) ends the session over answers that the protocol allows and servers send: a STATUS without
//! message or language, a handle that is no UTF-8, attributes with extended pairs.

mod answer;
mod error;
mod files;
mod host_keys;
mod login;
mod packet;
mod requests;
mod session;
mod wire;

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use chakong_contract::fault::{Fault, FaultKind};
use chakong_contract::{Date, Message};
use futures_util::future::BoxFuture;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::super::fault_log::FaultLog;
use super::{
    Depot, HAND_OVER, Listed, MayLeave, aside, folder_of, is_before, is_unfinished, kept_back, plain_name,
    too_large,
};
use crate::config::{ParcelConfig, SftpConfig};
use answer::{Attributes, Error, FileKind, code};
use files::Entry;
use session::Session;

/// Longest time for one file: a server that trickles does not hold the line for ever.
const LONGEST: Duration = Duration::from_secs(1800);

/// How long a server is left alone that did not let us in, or that showed a wrong key; twice as long after each further time.
const FIRST_WAIT: Duration = Duration::from_secs(15);
/// The longest of these waits.
const LONGEST_WAIT: Duration = Duration::from_secs(600);

/// A depot on a server.
#[derive(Debug)]
pub(super) struct Sftp {
    server: SftpConfig,
    outgoing: String,
    incoming: String,
    archive: Option<String>,
    largest_file: u64,
    connected: Mutex<Connected>,
    told: FaultLog,
    is_cut: AtomicBool,
    unnamed: AtomicUsize,
}

/// The connection, or why there is none.
#[derive(Debug, Default)]
struct Connected {
    session: Option<Arc<Session>>,
    refused: Option<Refused>,
}

/// The server refused us, or we it: a person must act, and knocking on its door meanwhile would get us locked out.
#[derive(Debug)]
struct Refused {
    fault: Fault,
    until: Instant,
    wait: Duration,
}

/// What an error of the server or of the connection means; of files only the folder is named.
fn fault(operation: &str, folder: &str, error: &Error) -> Fault {
    let (kind, what) = match error {
        Error::Status(status) => match status.code {
            code::NO_SUCH_FILE => {
                (FaultKind::Misconfigured, "the server has no such file or folder".to_owned())
            }
            code::PERMISSION_DENIED => (FaultKind::Misconfigured, "the server does not permit it".to_owned()),
            code => {
                let said = format!("the server could not do it (code {code}) {}", status.message);
                (FaultKind::Transient, said.trim_end().to_owned())
            }
        },
        Error::Late => (FaultKind::Transient, "the server did not answer in time".to_owned()),
        Error::Malformed(what) => (FaultKind::Transient, format!("the server sent {what}")),
        Error::Broken => (FaultKind::Transient, "the connection broke off".to_owned()),
    };
    Fault::new(kind, operation, format!("{folder}: {what}"))
}

fn below(folder: &str, name: &str) -> String {
    format!("{}/{name}", folder.trim_end_matches('/'))
}

impl Sftp {
    pub(super) fn new(config: &ParcelConfig, server: &SftpConfig) -> Self {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        Self {
            server: server.clone(),
            outgoing: text(&config.outgoing),
            incoming: text(&config.incoming),
            archive: config.archive.as_deref().map(text),
            largest_file: config.largest_file,
            connected: Mutex::default(),
            told: FaultLog::default(),
            is_cut: AtomicBool::new(false),
            unnamed: AtomicUsize::new(0),
        }
    }

    /// The session, connected if it is not, and whether it was connected now; those who come meanwhile wait for it. After a
    /// refusal the next attempt is made later, and later each time.
    async fn session(&self) -> Result<(Arc<Session>, bool), Fault> {
        let mut connected = self.connected.lock().await;
        if let Some(session) = connected.session.as_ref().filter(|session| session.is_alive()) {
            return Ok((Arc::clone(session), false));
        }
        connected.session = None;
        if let Some(refused) = connected.refused.as_ref().filter(|refused| Instant::now() < refused.until) {
            return Err(refused.fault.clone());
        }
        match Session::connect(&self.server).await {
            Ok(session) => {
                self.told.works();
                let session = Arc::new(session);
                *connected = Connected { session: Some(Arc::clone(&session)), refused: None };
                Ok((session, true))
            }
            Err(fault) => {
                self.told.fault(&fault);
                let before = connected.refused.take();
                if matches!(fault.kind, FaultKind::Unauthorised | FaultKind::Misconfigured) {
                    let wait = before.map_or(FIRST_WAIT, |refused| (refused.wait * 2).min(LONGEST_WAIT));
                    let until = Instant::now() + wait;
                    connected.refused = Some(Refused { fault: fault.clone(), until, wait });
                }
                Err(fault)
            }
        }
    }

    /// Does something on the server and names what failed. A session that did not answer as it should is not used again. One
    /// that stood idle may have been dropped by the server: what breaks off on it is done once more on a new one.
    async fn ask<'a, T>(
        &self,
        operation: &str,
        folder: &str,
        work: impl Fn(Arc<Session>) -> BoxFuture<'a, Result<T, Error>>,
    ) -> Result<T, Fault> {
        let mut is_again = false;
        loop {
            let (session, is_new) = self.session().await?;
            let error = match bounded(&session, work(Arc::clone(&session))).await {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            if !matches!(error, Error::Status(_)) {
                let mut connected = self.connected.lock().await;
                if connected.session.as_ref().is_some_and(|current| Arc::ptr_eq(current, &session)) {
                    connected.session = None;
                }
            }
            if error != Error::Broken || is_new || is_again {
                return Err(fault(operation, folder, &error));
            }
            is_again = true;
        }
    }
}

/// Writes a file aside and gives it its name, where it may still leave then; whether it did.
async fn place(
    session: &Session,
    outgoing: &str,
    file: &Message,
    may_leave: &MayLeave,
) -> Result<bool, Error> {
    let aside = below(outgoing, &aside(&file.name));
    session.write(&aside, &file.bytes).await?;
    if !may_leave.now() {
        return Ok(false);
    }
    session.replace(&aside, &below(outgoing, &file.name)).await.map(|()| true)
}

/// Work has an end: its own, that of the connection, or that of the time for it.
async fn bounded<T>(session: &Session, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    tokio::select! {
        done = tokio::time::timeout(LONGEST, work) => done.unwrap_or(Err(Error::Late)),
        () = session.ended() => Err(Error::Broken),
    }
}

/// Puts a file away. One that is not there was put away before, and the answer did not arrive.
async fn put_away(
    session: &Session,
    incoming: &str,
    file: &Listed,
    to: Option<(&str, &str)>,
) -> Result<(), Error> {
    let attributes = Attributes {
        size: Some(file.size),
        changed: u32::try_from(file.changed).ok(),
        kind: Some(FileKind::File),
    };
    let entry = Entry { name: file.name.clone(), attributes };
    if session.is_another(incoming, &entry).await? {
        return Ok(());
    }
    let path = below(incoming, &file.name);
    let moved = match to {
        Some((archive, folder)) => match session.move_into(&path, folder, &file.name).await {
            // The first one of a day finds no folder.
            Err(Error::Status(_)) if !session.is_gone(&path).await? => {
                session.make_folder(archive, folder).await?;
                session.move_into(&path, folder, &file.name).await
            }
            moved => moved,
        },
        None => session.remove(&path).await,
    };
    match moved {
        Err(Error::Status(_)) if session.is_gone(&path).await? => Ok(()),
        moved => moved,
    }
}

/// Deletes the archive's folders of days before `first`.
async fn tidy(session: &Session, archive: &str, first: Date) -> Result<usize, Error> {
    let mut removed = 0;
    let days = match session.list(archive, |name| is_before(name, first)).await {
        // Nothing was archived yet.
        Err(Error::Status(_)) if session.is_gone(archive).await? => return Ok(removed),
        days => days?,
    };
    // Where the server states no type, the name of a day says that it is the folder that was made for it.
    let is_folder = |day: &&Entry| day.attributes.kind.is_none_or(|kind| kind == FileKind::Folder);
    let mut stuck = None;
    for day in days.iter().filter(is_folder) {
        match tidy_day(session, &below(archive, &day.name)).await {
            Ok(count) => removed += count,
            // One day that stays keeps no other.
            Err(Error::Status(status)) => stuck = stuck.or(Some(Error::Status(status))),
            Err(broken) => return Err(broken),
        }
    }
    stuck.map_or(Ok(removed), Err)
}

/// Deletes a folder of the archive with the files in it. A file that cannot be deleted keeps no other.
async fn tidy_day(session: &Session, folder: &str) -> Result<usize, Error> {
    let (mut removed, mut tried, mut stuck) = (0, HashSet::new(), None);
    loop {
        let files = session.list(folder, |name| !tried.contains(name)).await?;
        let files: Vec<_> = files.into_iter().filter(|file| !file.is(FileKind::Folder)).collect();
        if files.is_empty() {
            break;
        }
        for file in files {
            match session.remove(&below(folder, &file.name)).await {
                Ok(()) => removed += 1,
                Err(Error::Status(status)) => stuck = stuck.or(Some(Error::Status(status))),
                Err(broken) => return Err(broken),
            }
            tried.insert(file.name);
        }
    }
    match stuck {
        Some(stuck) => Err(stuck),
        None => session.remove_folder(folder).await.map(|()| removed),
    }
}

impl Depot for Sftp {
    fn prepare(&self) -> BoxFuture<'_, Result<(), Fault>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn hand_over<'a>(
        &'a self,
        files: &'a [Message],
        may_leave: &'a MayLeave,
    ) -> BoxFuture<'a, Result<(), Fault>> {
        Box::pin(async move {
            for file in files {
                plain_name(&file.name)?;
            }
            for file in files {
                let placing = |session: Arc<Session>| -> BoxFuture<'_, _> {
                    Box::pin(async move { place(&session, &self.outgoing, file, may_leave).await })
                };
                if !self.ask(HAND_OVER, &self.outgoing, placing).await? {
                    return Err(kept_back());
                }
            }
            Ok(())
        })
    }

    fn list(&self) -> BoxFuture<'_, Result<Vec<Listed>, Fault>> {
        Box::pin(async move {
            let listing = |session: Arc<Session>| -> BoxFuture<'_, _> {
                Box::pin(async move {
                    let entries = session.list(&self.incoming, |name| !is_unfinished(name)).await;
                    self.is_cut.store(session.is_cut.load(Ordering::Relaxed), Ordering::Relaxed);
                    self.unnamed.store(session.unnamed.load(Ordering::Relaxed), Ordering::Relaxed);
                    entries
                })
            };
            let entries = self.ask("look for files", &self.incoming, listing).await?;
            let files = entries.into_iter().filter(|entry| entry.is(FileKind::File));
            let seen = |entry: Entry| {
                let (size, changed) = entry.state();
                Listed { name: entry.name, size, changed }
            };
            Ok(files.map(seen).collect())
        })
    }

    fn is_cut(&self) -> bool {
        self.is_cut.load(Ordering::Relaxed)
    }

    fn unnamed(&self) -> usize {
        self.unnamed.load(Ordering::Relaxed)
    }

    fn fetch<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Vec<u8>, Fault>> {
        Box::pin(async move {
            let path = below(&self.incoming, name);
            let reading = |session: Arc<Session>| -> BoxFuture<'_, _> {
                let path = &path;
                Box::pin(async move { session.read(path, self.largest_file).await })
            };
            let read = self.ask("read a file", &self.incoming, reading).await?;
            read.ok_or_else(|| too_large(self.largest_file))
        })
    }

    fn put_away<'a>(&'a self, file: &'a Listed, day: Date) -> BoxFuture<'a, Result<(), Fault>> {
        Box::pin(async move {
            let folder = self.archive.as_ref().map(|archive| below(archive, &folder_of(day)));
            let to = self.archive.as_deref().zip(folder.as_deref());
            let moving = |session: Arc<Session>| -> BoxFuture<'_, _> {
                Box::pin(async move { put_away(&session, &self.incoming, file, to).await })
            };
            self.ask("put a file away", &self.incoming, moving).await
        })
    }

    fn tidy(&self, first: Date) -> BoxFuture<'_, Result<usize, Fault>> {
        Box::pin(async move {
            let Some(archive) = &self.archive else { return Ok(0) };
            let tidying = |session: Arc<Session>| -> BoxFuture<'_, _> {
                Box::pin(async move { tidy(&session, archive, first).await })
            };
            self.ask("tidy the archive", archive, tidying).await
        })
    }

    fn probe(&self) -> BoxFuture<'_, Result<(), Fault>> {
        Box::pin(async move {
            let path = below(&self.outgoing, &aside("chakong-probe"));
            let probing = |session: Arc<Session>| -> BoxFuture<'_, _> {
                let path = &path;
                Box::pin(async move {
                    session.write(path, b"probe").await?;
                    session.remove(path).await
                })
            };
            self.ask("probe the line", &self.outgoing, probing).await?;
            let listing = |session: Arc<Session>| -> BoxFuture<'_, _> {
                Box::pin(async move { session.list(&self.incoming, |_| false).await })
            };
            self.ask("probe the line", &self.incoming, listing).await.map(drop)
        })
    }
}
