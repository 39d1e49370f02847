use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::time::Duration;

use chakong_contract::fault::{Fault, FaultKind};
use russh::Preferred;
use russh::client::{self, Handle};
use russh::keys::PublicKey;
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use super::super::super::unreached::{at, name_of};
use super::answer::Error;
use super::host_keys::{CONNECT, HostKeys, fault_of, lost};
use super::login::log_in;
use super::wire::Wire;
use crate::config::SftpConfig;

/// A server that is silent for this long is asked whether it is there.
const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// Questions without an answer after which the connection counts as lost.
const MOST_UNANSWERED: usize = 3;
/// The extension of OpenSSH that renames over a file that is there.
pub(super) const RENAMES_OVER: &[u8] = b"posix-rename@openssh.com";
/// The extension of OpenSSH that makes a file durable.
pub(super) const SYNCS: &[u8] = b"fsync@openssh.com";

/// A connection to a server that showed the right key, logged in, with SFTP running.
pub(super) struct Session {
    /// SSH.
    connection: Handle<HostKeys>,
    /// Cancelled when the connection is no more.
    ended: CancellationToken,
    /// SFTP.
    pub(super) wire: Wire,
    /// Whether the server renames over a file that is there.
    pub(super) renames_over: bool,
    /// Whether the server makes files durable.
    pub(super) syncs: bool,
    /// Whether the last folder that was listed has more entries than are looked at.
    pub(super) is_cut: AtomicBool,
    /// Files of that folder whose names cannot be used.
    pub(super) unnamed: AtomicUsize,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("renames_over", &self.renames_over).finish_non_exhaustive()
    }
}

impl Session {
    pub(super) async fn connect(config: &SftpConfig) -> Result<Self, Fault> {
        let late =
            |_| lost(format!("{}: no connection within the time limit", at(&config.host, config.port)));
        tokio::time::timeout(config.connect_timeout, Self::establish(config)).await.map_err(late)?
    }

    async fn establish(config: &SftpConfig) -> Result<Self, Fault> {
        let stream = reach(&config.host, config.port).await?;
        let ended = CancellationToken::new();
        let handler = HostKeys::expecting(config.host_keys.clone(), ended.clone().drop_guard());
        let mut connection =
            client::connect_stream(Arc::new(ssh_of(config)), stream, handler).await.map_err(fault_of)?;
        log_in(&mut connection, &config.user, &config.login).await?;
        let (wire, extensions) = start_sftp(&connection, config).await?;
        let has = |name: &[u8]| extensions.iter().any(|extension| extension == name);
        let (renames_over, syncs) = (has(RENAMES_OVER), has(SYNCS));
        let (is_cut, unnamed) = (AtomicBool::new(false), AtomicUsize::new(0));
        Ok(Self { connection, ended, wire, renames_over, syncs, is_cut, unnamed })
    }

    /// Whether the connection is there, as far as is known.
    pub(super) fn is_alive(&self) -> bool {
        !self.connection.is_closed() && !self.ended.is_cancelled()
    }

    /// Waits until the connection is no more.
    pub(super) async fn ended(&self) {
        self.ended.cancelled().await;
    }
}

fn ssh_of(config: &SftpConfig) -> client::Config {
    // Only keys of the kinds that are known are asked for, so that a server with several shows one of these.
    let mut kinds: Vec<_> = config.host_keys.iter().map(PublicKey::algorithm).collect();
    kinds.dedup();
    client::Config {
        preferred: Preferred { key: Cow::Owned(kinds), ..Preferred::DEFAULT },
        keepalive_interval: Some(KEEP_ALIVE),
        keepalive_max: MOST_UNANSWERED,
        nodelay: true,
        ..client::Config::default()
    }
}

/// Connects to the server; each of its addresses is tried.
async fn reach(host: &str, port: u16) -> Result<TcpStream, Fault> {
    let address = at(host, port);
    let addresses = tokio::net::lookup_host((host, port)).await;
    let addresses: Vec<_> =
        addresses.map_err(|_| lost(format!("{address}: the name is not found")))?.collect();
    let stream = TcpStream::connect(addresses.as_slice()).await;
    stream.map_err(|error| lost(format!("{address}: {}", name_of(&error))))
}

async fn start_sftp(
    connection: &Handle<HostKeys>,
    config: &SftpConfig,
) -> Result<(Wire, Vec<Vec<u8>>), Fault> {
    let misconfigured = |detail: String| Fault::new(FaultKind::Misconfigured, CONNECT, detail);
    let refused = |_| misconfigured("the server does not offer SFTP".to_owned());
    let channel = connection.channel_open_session().await.map_err(refused)?;
    channel.request_subsystem(true, "sftp").await.map_err(refused)?;
    Wire::start(channel.into_stream(), config.timeout).await.map_err(|error| match error {
        Error::Late => lost("the server did not answer in time"),
        Error::Malformed(what) => {
            misconfigured(format!("the server does not offer SFTP of version 3: it sent {what}"))
        }
        Error::Status(_) | Error::Broken => misconfigured("the server does not offer SFTP".to_owned()),
    })
}
