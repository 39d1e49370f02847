//! Where the database is, and how it is reached.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::poll_fn;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc::UnboundedSender;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};
use tokio_postgres::{AsyncMessage, Client, Config, Connection, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::asked::Counts;
use super::errors::{failed, told};
use crate::store::Stored;
use crate::store::health::Ailment;

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
type Driver = Pin<Box<dyn Future<Output = ()> + Send>>;

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
    fn patience(&self) -> Duration {
        let addresses = self.config.get_hosts().len().max(self.config.get_hostaddrs().len()).max(1);
        CONNECT * u32::try_from(addresses).unwrap_or(1).saturating_add(1)
    }

    /// Its address and database, without user or password.
    pub fn place(&self) -> String {
        let hosts = self.config.get_hosts().iter().map(|host| match host {
            Host::Tcp(name) => name.clone(),
            #[cfg(unix)]
            Host::Unix(folder) => folder.display().to_string(),
        });
        let ports = self.config.get_ports();
        let with_port = hosts.enumerate().map(|(at, host)| {
            let port = ports.get(at).or(ports.first()).copied().unwrap_or(5432);
            format!("{host}:{port}")
        });
        let all: Vec<String> = with_port.collect();
        format!("{}/{}", all.join(","), self.config.get_dbname().unwrap_or_default())
    }

    /// Connects to the first server that can be written, and looks whether it is fit. Where that one has lost commits, the others of the
    /// list are tried one by one: it may stand before the one that has them. The connection is driven by the runtime of the caller; what
    /// other sessions say is passed on to `tell`.
    ///
    /// # Errors
    /// What `is_fit` says of the first; [`Ailment::Behind`] only where none of the list has the commits.
    pub(super) async fn connect(
        &self,
        tell: Option<UnboundedSender<String>>,
        is_fit: impl AsyncFn(&Client) -> Stored<()>,
    ) -> Stored<Client> {
        let lacking = match self.connect_once(tell.clone(), &is_fit).await {
            Err(error) if error.ails(Ailment::Behind) => error,
            other => return other,
        };
        for one in self.one_by_one() {
            if let Ok(client) = one.connect_once(tell.clone(), &is_fit).await {
                return Ok(client);
            }
        }
        Err(lacking)
    }

    async fn connect_once(
        &self,
        tell: Option<UnboundedSender<String>>,
        is_fit: &impl AsyncFn(&Client) -> Stored<()>,
    ) -> Stored<Client> {
        let opened = async {
            let (client, driver) = self.reach(tell).await?;
            tokio::runtime::Handle::current().spawn(driver);
            is_fit(&client).await.map(|()| client)
        };
        let opened = tokio::time::timeout(self.patience(), opened).await;
        opened.unwrap_or_else(|_| {
            told("connect to the database", Ailment::Unreachable, "no server answered in time")
        })
    }

    /// Each server of the list alone; none where there is but one.
    fn one_by_one(&self) -> Vec<Self> {
        let (hosts, addresses) = (self.config.get_hosts(), self.config.get_hostaddrs());
        let (count, ports) = (hosts.len().max(addresses.len()), self.config.get_ports());
        let alone = |at: usize| {
            let mut config = without_hosts(&self.config);
            match hosts.get(at) {
                Some(Host::Tcp(name)) => {
                    config.host(name);
                }
                #[cfg(unix)]
                Some(Host::Unix(folder)) => {
                    config.host_path(folder);
                }
                None => {}
            }
            if let Some(address) = addresses.get(at) {
                config.hostaddr(*address);
            }
            if let Some(port) = ports.get(at).or(ports.first()) {
                config.port(*port);
            }
            Self { config, ..self.clone() }
        };
        if count < 2 { Vec::new() } else { (0..count).map(alone).collect() }
    }

    async fn reach(&self, tell: Option<UnboundedSender<String>>) -> Stored<(Client, Driver)> {
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

/// Everything of a configuration but where its servers are.
fn without_hosts(config: &Config) -> Config {
    let mut other = Config::new();
    if let Some(user) = config.get_user() {
        other.user(user);
    }
    if let Some(password) = config.get_password() {
        other.password(password);
    }
    if let Some(name) = config.get_dbname() {
        other.dbname(name);
    }
    if let Some(options) = config.get_options() {
        other.options(options);
    }
    if let Some(name) = config.get_application_name() {
        other.application_name(name);
    }
    if let Some(time) = config.get_connect_timeout() {
        other.connect_timeout(*time);
    }
    if let Some(time) = config.get_tcp_user_timeout() {
        other.tcp_user_timeout(*time);
    }
    if let Some(time) = config.get_keepalives_interval() {
        other.keepalives_interval(time);
    }
    if let Some(count) = config.get_keepalives_retries() {
        other.keepalives_retries(count);
    }
    other
        .ssl_mode(config.get_ssl_mode())
        .ssl_negotiation(config.get_ssl_negotiation())
        .keepalives(config.get_keepalives())
        .keepalives_idle(config.get_keepalives_idle())
        .target_session_attrs(config.get_target_session_attrs())
        .channel_binding(config.get_channel_binding());
    other
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
