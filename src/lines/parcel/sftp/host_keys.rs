//! Whether a server is the one that it should be, and what is said where a connection does not come about.

use chakong_contract::fault::{Fault, FaultKind};
use russh::client;
use russh::keys::{HashAlg, PublicKey, PublicKeyOrCertificate};
use tokio_util::sync::DropGuard;

/// Compares the server's key with those that were configured.
pub(super) struct HostKeys {
    expected: Vec<PublicKey>,
    /// The library drops this together with the connection.
    _ends: DropGuard,
}

impl HostKeys {
    /// Expects one of some keys; `ends` is dropped with the connection.
    pub(super) const fn expecting(expected: Vec<PublicKey>, ends: DropGuard) -> Self {
        Self { expected, _ends: ends }
    }
}

#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
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

pub(super) const CONNECT: &str = "connect to the SFTP server";

pub(super) fn lost(detail: impl Into<String>) -> Fault {
    Fault::new(FaultKind::Transient, CONNECT, detail)
}

pub(super) fn fault_of(error: Broken) -> Fault {
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
