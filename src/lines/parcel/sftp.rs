//! Files on an SFTP server, over SSH. One connection, made when it is needed and again when it was lost; the server's key is
//! the one that the counterpart's file names, or nothing is said to it.

mod files;
mod session;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chakong_contract::fault::{Fault, FaultKind};
use chakong_contract::{Date, Message};
use futures_util::future::BoxFuture;
use russh_sftp::client::error::Error;
use russh_sftp::protocol::StatusCode;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::{Depot, Listed, MOST_FILES, aside, folder_of, is_before, is_unfinished, plain_name, too_large};
use crate::config::{ParcelConfig, SftpConfig};
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

/// What an error of the server or of the connection means; only the folder is named.
fn fault(operation: &str, folder: &str, error: &Error) -> Fault {
    let (kind, what) = match error {
        Error::Status(status) if status.status_code == StatusCode::NoSuchFile => {
            (FaultKind::Misconfigured, "the server has no such file or folder")
        }
        Error::Status(status) if status.status_code == StatusCode::PermissionDenied => {
            (FaultKind::Misconfigured, "the server does not permit it")
        }
        Error::Status(_) => (FaultKind::Transient, "the server could not do it"),
        Error::Timeout => (FaultKind::Transient, "the server did not answer in time"),
        _ => (FaultKind::Transient, "the connection broke off"),
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
        }
    }

    /// The session, connected if it is not; those who come meanwhile wait for it. After a refusal the next attempt is made
    /// later, and later each time.
    async fn session(&self) -> Result<Arc<Session>, Fault> {
        let mut connected = self.connected.lock().await;
        if let Some(session) = connected.session.as_ref().filter(|session| session.is_alive()) {
            return Ok(Arc::clone(session));
        }
        connected.session = None;
        if let Some(refused) = connected.refused.as_ref().filter(|refused| Instant::now() < refused.until) {
            return Err(refused.fault.clone());
        }
        match Session::connect(&self.server).await {
            Ok(session) => {
                let session = Arc::new(session);
                *connected = Connected { session: Some(Arc::clone(&session)), refused: None };
                Ok(session)
            }
            Err(fault) => {
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

    /// Does something on the server and names what failed. A session that did not answer as it should is not used again.
    async fn ask<T>(
        &self,
        session: &Arc<Session>,
        operation: &str,
        folder: &str,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Fault> {
        let error = match bounded(session, work).await {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        if !matches!(error, Error::Status(_)) {
            let mut connected = self.connected.lock().await;
            if connected.session.as_ref().is_some_and(|current| Arc::ptr_eq(current, session)) {
                connected.session = None;
            }
        }
        Err(fault(operation, folder, &error))
    }

    async fn place(&self, session: &Arc<Session>, file: &Message) -> Result<(), Error> {
        let path = below(&self.outgoing, &file.name);
        let aside = below(&self.outgoing, &aside(&file.name));
        session.write(&aside, &file.bytes).await?;
        session.replace(&aside, &path).await
    }
}

/// Work has an end: its own, that of the connection, or that of the time for it.
async fn bounded<T>(session: &Session, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    tokio::select! {
        done = tokio::time::timeout(LONGEST, work) => done.unwrap_or(Err(Error::Timeout)),
        // What was asked when it broke off is not always told so by the library.
        () = session.ended() => Err(Error::IO("the connection broke off".to_owned())),
    }
}

/// Puts a file away. One that is not there was put away before, and the answer did not arrive.
async fn put_away(
    session: &Session,
    path: &str,
    file: &Listed,
    to: Option<(&str, &str)>,
) -> Result<(), Error> {
    if session.state(path).await.is_some_and(|now| now != (file.size, file.changed)) {
        return Ok(());
    }
    let moved = match to {
        Some((archive, folder)) => {
            session.make_folder(archive, folder).await?;
            session.replace(path, &below(folder, &file.name)).await
        }
        None => session.remove(path).await,
    };
    match moved {
        Err(Error::Status(status))
            if status.status_code == StatusCode::NoSuchFile && !session.exists(path).await =>
        {
            Ok(())
        }
        moved => moved,
    }
}

/// Deletes the archive's folders of days before `first`.
async fn tidy(session: &Session, archive: &str, first: Date) -> Result<(), Error> {
    let old = |entry: &files::Entry| entry.is_folder && is_before(&entry.name, first);
    let days = match session.list(archive, MOST_FILES, old).await {
        // Nothing was archived yet.
        Err(Error::Status(status)) if status.status_code == StatusCode::NoSuchFile => return Ok(()),
        days => days?,
    };
    for day in days {
        let folder = below(archive, &day.name);
        loop {
            let files = session.list(&folder, MOST_FILES, |entry| !entry.is_folder).await?;
            if files.is_empty() {
                break;
            }
            for file in files {
                session.remove(&below(&folder, &file.name)).await?;
            }
        }
        session.remove_folder(&folder).await?;
    }
    Ok(())
}

impl Depot for Sftp {
    fn prepare(&self) -> BoxFuture<'_, Result<(), Fault>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn hand_over<'a>(&'a self, files: &'a [Message]) -> BoxFuture<'a, Result<(), Fault>> {
        Box::pin(async move {
            for file in files {
                plain_name(&file.name)?;
            }
            let session = self.session().await?;
            for file in files {
                let placing = self.place(&session, file);
                self.ask(&session, "hand files over", &self.outgoing, placing).await?;
            }
            Ok(())
        })
    }

    fn list(&self) -> BoxFuture<'_, Result<Vec<Listed>, Fault>> {
        Box::pin(async move {
            let session = self.session().await?;
            let wanted = |entry: &files::Entry| entry.is_file && !is_unfinished(&entry.name);
            let listing = session.list(&self.incoming, MOST_FILES, wanted);
            let listed = self.ask(&session, "look for files", &self.incoming, listing).await?;
            let seen = |entry: files::Entry| Listed {
                name: entry.name,
                size: entry.size,
                changed: u64::from(entry.changed),
            };
            Ok(listed.into_iter().map(seen).collect())
        })
    }

    fn fetch<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Vec<u8>, Fault>> {
        Box::pin(async move {
            let session = self.session().await?;
            let path = below(&self.incoming, name);
            let reading = session.read(&path, self.largest_file);
            match self.ask(&session, "read a file", &self.incoming, reading).await? {
                Ok(bytes) => Ok(bytes),
                Err(size) => Err(too_large(size, self.largest_file)),
            }
        })
    }

    fn put_away<'a>(&'a self, file: &'a Listed, day: Date) -> BoxFuture<'a, Result<(), Fault>> {
        Box::pin(async move {
            let session = self.session().await?;
            let folder = self.archive.as_ref().map(|archive| below(archive, &folder_of(day)));
            let to = self.archive.as_deref().zip(folder.as_deref());
            let path = below(&self.incoming, &file.name);
            let moving = put_away(&session, &path, file, to);
            self.ask(&session, "put a file away", &self.incoming, moving).await
        })
    }

    fn tidy(&self, first: Date) -> BoxFuture<'_, Result<(), Fault>> {
        Box::pin(async move {
            let Some(archive) = &self.archive else { return Ok(()) };
            let session = self.session().await?;
            self.ask(&session, "tidy the archive", archive, tidy(&session, archive, first)).await
        })
    }

    fn probe(&self) -> BoxFuture<'_, Result<(), Fault>> {
        Box::pin(async move {
            let session = self.session().await?;
            let path = below(&self.outgoing, &aside("chakong-probe"));
            let probing = async {
                session.write(&path, b"probe").await?;
                session.remove(&path).await
            };
            self.ask(&session, "probe the line", &self.outgoing, probing).await?;
            let listing = session.list(&self.incoming, 1, |_| true);
            self.ask(&session, "probe the line", &self.incoming, listing).await.map(drop)
        })
    }
}
