//! What a gateway stands on for as long as the process lives, whatever becomes of its store: the lock of its folder, and the addresses
//! that it listens on.

use std::fs::File;
use std::net::{SocketAddr, TcpListener as Socket};
use std::sync::Arc;

use tokio::net::TcpListener;

use super::BuildError;
use crate::config::{Config, ListenerConfig};

/// Lock and addresses.
#[derive(Debug, Clone)]
pub(super) struct Ground {
    /// Held, and let go with the last of these.
    pub(super) lock: Arc<File>,
    pub(super) bound: Arc<Bound>,
}

/// Addresses that are bound: whoever connects while nobody accepts waits.
#[derive(Debug)]
pub(super) struct Bound {
    api: (SocketAddr, Socket),
    postbox: Option<(SocketAddr, Socket)>,
}

impl Bound {
    /// Binds the addresses of a configuration.
    ///
    /// # Errors
    /// [`BuildError::Listen`].
    pub(super) async fn to(config: &Config) -> Result<Self, BuildError> {
        let api = bind(config.server.listen).await?;
        let postbox = match &config.postbox {
            Some(postbox) => Some(bind(postbox.listen).await?),
            None => None,
        };
        Ok(Self { api, postbox })
    }

    /// Further handles to them: for the API, and for the postbox if there is one.
    ///
    /// # Errors
    /// [`BuildError::Listen`].
    pub(super) fn listeners(
        &self,
        config: &Config,
    ) -> Result<(TcpListener, Option<(TcpListener, ListenerConfig)>), BuildError> {
        let postbox = match (&self.postbox, &config.postbox) {
            (Some(bound), Some(postbox)) => Some((again(bound)?, postbox.listener.clone())),
            _ => None,
        };
        Ok((again(&self.api)?, postbox))
    }
}

async fn bind(address: SocketAddr) -> Result<(SocketAddr, Socket), BuildError> {
    let unbound = |source| BuildError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(unbound)?;
    Ok((address, listener.into_std().map_err(unbound)?))
}

fn again((address, socket): &(SocketAddr, Socket)) -> Result<TcpListener, BuildError> {
    let another = socket.try_clone().and_then(TcpListener::from_std);
    another.map_err(|source| BuildError::Listen { address: *address, source })
}
