//! Where the database is, and how it is reached.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::poll_fn;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_postgres::config::{SslMode, TargetSessionAttrs};
use tokio_postgres::{AsyncMessage, Client, Config, Connection, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::asked::Counts;
use super::errors::failed;
use crate::store::Stored;

/// How long one address is tried.
const CONNECT: Duration = Duration::from_secs(5);
/// After this long without a word from the server the connection counts as lost.
const SILENCE: Duration = Duration::from_secs(20);

/// A server, or several of which one can be written.
#[derive(Debug, Clone)]
pub struct Server {
    config: Config,
    tls: Option<Arc<rustls::ClientConfig>>,
    /// What is asked of it over every connection.
    pub(super) counts: Arc<Counts>,
}

/// What drives a connection; it ends with it.
pub(super) type Driver = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Server {
    /// A server as configured; `tls` says whom to trust where its connection is encrypted.
    pub fn new(mut config: Config, tls: Option<Arc<rustls::ClientConfig>>) -> Self {
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT);
        }
        config.keepalives(true).keepalives_idle(SILENCE / 2).tcp_user_timeout(SILENCE);
        // A server that cannot be written is of no use: the next of the list is tried.
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        Self { config, tls, counts: Arc::default() }
    }

    /// The name under which this process appears among the server's sessions.
    pub(super) fn named(&self, name: &str) -> Self {
        let mut named = self.clone();
        named.config.application_name(name);
        named
    }

    /// Longest time for trying every address.
    pub(super) fn patience(&self) -> Duration {
        let addresses = self.config.get_hosts().len().max(self.config.get_hostaddrs().len()).max(1);
        CONNECT * u32::try_from(addresses).unwrap_or(1).saturating_add(1)
    }

    /// Its address and database, without user or password.
    pub fn place(&self) -> String {
        let hosts = self.config.get_hosts().iter().map(|host| match host {
            tokio_postgres::config::Host::Tcp(name) => name.clone(),
            #[cfg(unix)]
            tokio_postgres::config::Host::Unix(folder) => folder.display().to_string(),
        });
        let ports = self.config.get_ports();
        let with_port = hosts.enumerate().map(|(at, host)| {
            let port = ports.get(at).or(ports.first()).copied().unwrap_or(5432);
            format!("{host}:{port}")
        });
        let all: Vec<String> = with_port.collect();
        format!("{}/{}", all.join(","), self.config.get_dbname().unwrap_or_default())
    }

    /// Connects to the first server that can be written.
    pub(super) async fn connect(&self) -> Stored<(Client, Driver)> {
        self.connect_with(None).await
    }

    /// The same, to hear what other sessions say. The connection is driven by the runtime of the caller.
    pub(super) async fn connect_hearing(&self) -> Stored<(Client, UnboundedReceiver<String>)> {
        let (tell, heard) = unbounded_channel();
        let (client, driver) = self.connect_with(Some(tell)).await?;
        tokio::runtime::Handle::current().spawn(driver);
        Ok((client, heard))
    }

    async fn connect_with(&self, tell: Option<UnboundedSender<String>>) -> Stored<(Client, Driver)> {
        let step = "connect to the database";
        match (&self.tls, self.config.get_ssl_mode()) {
            (Some(tls), mode) if mode != SslMode::Disable => {
                let tls = MakeRustlsConnect::new(rustls::ClientConfig::clone(tls));
                let (client, connection) = self.config.connect(tls).await.map_err(failed(step))?;
                Ok((client, driver(connection, tell)))
            }
            _ => {
                let (client, connection) = self.config.connect(NoTls).await.map_err(failed(step))?;
                Ok((client, driver(connection, tell)))
            }
        }
    }
}

/// Drives a connection until it ends, and passes on what others say.
fn driver<S, T>(mut connection: Connection<S, T>, tell: Option<UnboundedSender<String>>) -> Driver
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let Some(tell) = tell else { return Box::pin(async move { drop(connection.await) }) };
    Box::pin(async move {
        while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
            if let AsyncMessage::Notification(notice) = message {
                // Who hears no more has closed the connection.
                let _ = tell.send(notice.payload().to_owned());
            }
        }
    })
}
