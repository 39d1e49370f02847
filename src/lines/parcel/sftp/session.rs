use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chakong_contract::fault::{Fault, FaultKind};
use russh::Preferred;
use russh::client::{self, AuthResult, Handle};
use russh::keys::{HashAlg, PrivateKeyWithHashAlg, PublicKey, PublicKeyOrCertificate};
use russh_sftp::client::RawSftpSession;
use russh_sftp::client::error::Error;
use tokio::net::TcpStream;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::files::RENAME;
use crate::config::{SftpConfig, SftpLogin};

/// A server that is silent for this long is asked whether it is there.
const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// Questions without an answer after which the connection counts as lost.
const MOST_UNANSWERED: usize = 3;
/// Largest packet of SFTP that is taken, in bytes.
const LARGEST_PACKET: u32 = 256 << 10;

/// A connection to a server that showed the right key, logged in, with SFTP running.
pub(super) struct Session {
    /// SSH.
    connection: Handle<HostKeys>,
    /// Cancelled when the connection is no more.
    ended: CancellationToken,
    /// SFTP.
    pub(super) sftp: RawSftpSession,
    /// Whether the server renames over a file that is there.
    pub(super) renames_over: bool,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("renames_over", &self.renames_over).finish_non_exhaustive()
    }
}

/// Compares the server's key with those that were configured.
struct HostKeys {
    expected: Vec<PublicKey>,
    /// The library drops this together with the connection.
    _ends: DropGuard,
}

#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error("the server showed a key of {algorithm} with the fingerprint {fingerprint}")]
    HostKey { algorithm: String, fingerprint: String },
    #[error(transparent)]
    Ssh(#[from] russh::Error),
}

impl client::Handler for HostKeys {
    type Error = Broken;

    async fn check_server_key(&mut self, shown: &PublicKeyOrCertificate) -> Result<bool, Broken> {
        let shown = shown.public_key();
        if self.expected.iter().any(|expected| expected.key_data() == shown.key_data()) {
            return Ok(true);
        }
        let fingerprint = shown.fingerprint(HashAlg::Sha256).to_string();
        Err(Broken::HostKey { algorithm: shown.algorithm().to_string(), fingerprint })
    }
}

const CONNECT: &str = "connect to the SFTP server";

fn lost(detail: impl Into<String>) -> Fault {
    Fault::new(FaultKind::Transient, CONNECT, detail)
}

fn fault_of(error: Broken) -> Fault {
    match error {
        shown @ Broken::HostKey { .. } => Fault::new(
            FaultKind::Misconfigured,
            CONNECT,
            format!(
                "{shown}, which is none of `host_keys`; nothing was sent to it. Ask its operator, by another way, whether the key \
                 was changed"
            ),
        ),
        Broken::Ssh(russh::Error::NoCommonAlgo { kind, .. }) => Fault::new(
            FaultKind::Misconfigured,
            CONNECT,
            format!(
                "the server offers no algorithm in common ({kind:?}); for a key it must be of a kind in `host_keys`"
            ),
        ),
        Broken::Ssh(_) => lost("the connection broke off"),
    }
}

impl Session {
    pub(super) async fn connect(config: &SftpConfig) -> Result<Self, Fault> {
        let late = |_| lost("no connection within the time limit");
        tokio::time::timeout(config.connect_timeout, Self::log_in(config)).await.map_err(late)?
    }

    async fn log_in(config: &SftpConfig) -> Result<Self, Fault> {
        let stream = TcpStream::connect((config.host.as_str(), config.port)).await;
        let stream = stream.map_err(|error| lost(format!("the server cannot be reached: {error}")))?;
        let ended = CancellationToken::new();
        let handler = HostKeys { expected: config.host_keys.clone(), _ends: ended.clone().drop_guard() };
        let mut connection =
            client::connect_stream(Arc::new(ssh_of(config)), stream, handler).await.map_err(fault_of)?;
        let logged_in = match &config.login {
            SftpLogin::Password(password) => {
                connection.authenticate_password(&config.user, password.expose()).await
            }
            SftpLogin::Key(key) => {
                let key = PrivateKeyWithHashAlg::new(Arc::clone(key), None);
                connection.authenticate_publickey(&config.user, key).await
            }
        };
        if let AuthResult::Failure { remaining_methods, .. } =
            logged_in.map_err(|error| fault_of(error.into()))?
        {
            let methods: Vec<&str> = remaining_methods.iter().map(Into::into).collect();
            let what = match config.login {
                SftpLogin::Password(_) => "the password",
                SftpLogin::Key(_) => "the key",
            };
            let detail = format!("the server does not accept {what}; it takes {}", methods.join(", "));
            return Err(Fault::new(FaultKind::Unauthorised, CONNECT, detail));
        }
        let (sftp, renames_over) = start_sftp(&connection, config).await?;
        Ok(Self { connection, ended, sftp, renames_over })
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

async fn start_sftp(
    connection: &Handle<HostKeys>,
    config: &SftpConfig,
) -> Result<(RawSftpSession, bool), Fault> {
    let refused = |_| Fault::new(FaultKind::Misconfigured, CONNECT, "the server does not offer SFTP");
    let channel = connection.channel_open_session().await.map_err(refused)?;
    channel.request_subsystem(true, "sftp").await.map_err(refused)?;
    let limits = russh_sftp::client::Config {
        max_packet_len: LARGEST_PACKET,
        request_timeout_secs: config.timeout.as_secs(),
        ..russh_sftp::client::Config::default()
    };
    let sftp = RawSftpSession::new_with_config(channel.into_stream(), limits);
    let version = sftp.init().await.map_err(|error| match error {
        Error::Timeout => lost("the server did not answer in time"),
        _ => Fault::new(FaultKind::Misconfigured, CONNECT, "the server does not offer SFTP"),
    })?;
    Ok((sftp, version.extensions.contains_key(RENAME)))
}
