//! The socket under a connection: TCP, or our own TLS over it, with the same trust as everywhere else. The client's library is told of
//! neither.

mod severable;

use std::future::Future;
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::os::fd::{AsFd, AsRawFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_compat::{Compat, CompatExt as _};
use async_rs::traits::{Executor, Reactor, RuntimeKit};
use async_rs::util::Task;
use async_rs::{Runtime, Tokio};
use futures_util::Stream;
use futures_util::io::{AsyncRead, AsyncWrite};
use lapin::uri::AMQPUri;
use lapin::{AsyncTcpStream, ConnectionProperties};
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_util::sync::CancellationToken;

use severable::Severable;

use super::failed;
use crate::config::{BrokerAccess, ServerAddress};
use crate::lines::tls::client_config;
use crate::relay::failure::{Done, Failure, FailureKind};

/// A socket, with or without TLS.
trait Socket: tokio::io::AsyncRead + tokio::io::AsyncWrite + Send + Unpin {}

impl<T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Send + Unpin> Socket for T {}

/// The runtime of the gateway, whose sockets may be TLS.
#[derive(Debug, Clone)]
struct Kit(Tokio);

impl RuntimeKit for Kit {}

impl Executor for Kit {
    type Task<T: Send + 'static> = <Tokio as Executor>::Task<T>;

    fn block_on<T, F: Future<Output = T>>(&self, future: F) -> T {
        self.0.block_on(future)
    }

    fn spawn<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
        &self,
        future: F,
    ) -> Task<Self::Task<T>> {
        Executor::spawn(&self.0, future)
    }

    fn spawn_blocking<T: Send + 'static, F: FnOnce() -> T + Send + 'static>(
        &self,
        work: F,
    ) -> Task<Self::Task<T>> {
        Executor::spawn_blocking(&self.0, work)
    }
}

impl Reactor for Kit {
    type TcpStream = Compat<Box<dyn Socket>>;
    type Sleep = <Tokio as Reactor>::Sleep;

    fn register<H: Read + Write + AsFd + AsRawFd + Send + 'static>(
        &self,
        socket: H,
    ) -> io::Result<impl AsyncRead + AsyncWrite + Send + Unpin + 'static> {
        self.0.register(socket)
    }

    fn sleep(&self, time: Duration) -> Self::Sleep {
        Reactor::sleep(&self.0, time)
    }

    fn interval(&self, time: Duration) -> impl Stream<Item = Instant> + Send + 'static {
        self.0.interval(time)
    }

    #[allow(clippy::manual_async_fn, reason = "the future may not borrow the kit")]
    fn tcp_connect_addr(
        &self,
        address: SocketAddr,
    ) -> impl Future<Output = io::Result<Self::TcpStream>> + Send + 'static {
        async move {
            let socket = TcpStream::connect(address).await?;
            socket.set_nodelay(true)?;
            let socket: Box<dyn Socket> = Box::new(socket);
            Ok(socket.compat())
        }
    }
}

/// Connects and says who we are. The token severs the socket.
pub(super) async fn connect(
    uri: AMQPUri,
    access: &BrokerAccess,
    server: &ServerAddress,
    properties: ConnectionProperties,
    severs: &CancellationToken,
) -> Done<lapin::Connection> {
    let unfit = |what: String| Failure::new(FailureKind::Unfit, what);
    let tls = match server.is_tls {
        true => {
            let (ca, own) = (access.ca_file.as_deref(), access.client_certificate_file.as_deref());
            Some(TlsConnector::from(Arc::new(client_config(ca, own).map_err(unfit)?)))
        }
        false => None,
    };
    // Connected here first: the library would hide what is wrong.
    let unreached = |error: io::Error| {
        Failure::new(FailureKind::Unreachable, format!("RabbitMQ at {server} cannot be reached: {error}"))
    };
    let socket = socket(server, tls.as_ref()).await.map_err(unreached)?;
    let socket: Box<dyn Socket> = Box::new(Severable::new(socket, severs.clone()));
    let first = Arc::new(tokio::sync::Mutex::new(Some(socket)));
    let open = async move |_: AMQPUri, _: Runtime<Kit>| match first.lock().await.take() {
        Some(socket) => Ok(AsyncTcpStream::Plain(socket.compat())),
        // A connection that is lost is given up: the relay makes another one.
        None => Err(io::Error::from(io::ErrorKind::NotConnected).into()),
    };
    let runtime = Runtime::new(Kit(Tokio::current()));
    lapin::Connection::connector(uri, runtime, open, properties).await.map_err(|error| {
        let failure = failed(&error);
        match failure.kind {
            FailureKind::Denied => Failure::new(
                FailureKind::Denied,
                format!("RabbitMQ at {server} does not accept the user and password, or the user may not use the vhost ({failure})"),
            ),
            _ => failure,
        }
    })
}

async fn socket(server: &ServerAddress, tls: Option<&TlsConnector>) -> io::Result<Box<dyn Socket>> {
    let host = server.host.trim_start_matches('[').trim_end_matches(']');
    let socket = TcpStream::connect((host, server.port)).await?;
    socket.set_nodelay(true)?;
    let Some(tls) = tls else { return Ok(Box::new(socket)) };
    let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
    Ok(Box::new(tls.connect(name, socket).await?))
}
