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

use super::{Depot, Listed, MOST_FILES, aside, folder_of, is_before, is_unfinished, plain_name, too_large};
use crate::config::{ParcelConfig, SftpConfig};
use session::Session;

/// Longest time for one file: a server that trickles does not hold the line for ever.
const LONGEST: Duration = Duration::from_secs(1800);

/// A depot on a server.
#[derive(Debug)]
pub(super) struct Sftp {
    server: SftpConfig,
    outgoing: String,
    incoming: String,
    archive: Option<String>,
    largest_file: u64,
    connected: Mutex<Option<Arc<Session>>>,
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
            connected: Mutex::new(None),
        }
    }

    /// The session, connected if it is not; those who come meanwhile wait for it.
    async fn session(&self) -> Result<Arc<Session>, Fault> {
        let mut connected = self.connected.lock().await;
        if let Some(session) = connected.as_ref().filter(|session| session.is_alive()) {
            return Ok(Arc::clone(session));
        }
        *connected = None;
        let session = Arc::new(Session::connect(&self.server).await?);
        *connected = Some(Arc::clone(&session));
        Ok(session)
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
            if connected.as_ref().is_some_and(|current| Arc::ptr_eq(current, session)) {
                *connected = None;
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
async fn put_away(session: &Session, path: &str, to: Option<(&str, &str, &str)>) -> Result<(), Error> {
    let moved = match to {
        Some((archive, folder, name)) => {
            session.make_folder(archive, folder).await?;
            session.replace(path, &below(folder, name)).await
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

    fn put_away<'a>(&'a self, name: &'a str, day: Date) -> BoxFuture<'a, Result<(), Fault>> {
        Box::pin(async move {
            let session = self.session().await?;
            let folder = self.archive.as_ref().map(|archive| below(archive, &folder_of(day)));
            let to = self
                .archive
                .as_deref()
                .zip(folder.as_deref())
                .map(|(archive, folder)| (archive, folder, name));
            let path = below(&self.incoming, name);
            let moving = put_away(&session, &path, to);
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
