//! RabbitMQ: connection, exchanges and queues, and what both ways share.

mod channels;
mod inlet;
mod outlet;
mod places;
mod transport;

use std::time::Duration;

use futures_util::StreamExt as _;
use lapin::protocol::{AMQPErrorKind, AMQPHardError};
use lapin::types::ShortString;
use lapin::uri::{AMQPAuthority, AMQPQueryString, AMQPScheme, AMQPUri, AMQPUserInfo, SASLMechanism};
use lapin::{BasicProperties, ConnectionProperties, ErrorKind, Event};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use super::failure::{Done, Failure, FailureKind};
use crate::config::{BrokerAccess, BrokerLogin, RabbitConfig, ServerAddress};

use channels::{Channels, Letter};
pub(super) use inlet::RabbitInlet;
pub(super) use outlet::RabbitOutlet;

/// Both sides say so often, in seconds, that they are there.
const HEARTBEAT: u16 = 10;
/// Longest time for a connection to be ended in good order.
const GOODBYE: Duration = Duration::from_secs(2);
/// Persistent: the message survives a restart of the broker.
const PERSISTENT: u8 = 2;

type Events = std::pin::Pin<Box<dyn futures_util::Stream<Item = Event> + Send>>;

/// A connection, and the channels over which messages go.
struct Connection {
    connection: lapin::Connection,
    channels: Channels,
    events: Mutex<Events>,
    /// Largest body in bytes.
    largest: usize,
    severs: CancellationToken,
}

impl Drop for Connection {
    /// The client's library says goodbye by itself. Where the broker takes nothing, it would wait with that, and with what was given to
    /// it, until the broker does.
    fn drop(&mut self) {
        let severs = self.severs.clone();
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) if !self.connection.status().blocked() => drop(runtime.spawn(async move {
                tokio::time::sleep(GOODBYE).await;
                severs.cancel();
            })),
            _ => severs.cancel(),
        }
    }
}

impl Connection {
    /// Connects to the first server that answers, in turn.
    async fn open(config: &RabbitConfig) -> Done<Self> {
        let mut last = Failure::new(FailureKind::Unreachable, "no server is named");
        for server in &config.access.servers {
            let opened = tokio::time::timeout(config.access.connect_timeout, Self::open_at(config, server));
            match opened.await {
                Ok(Ok(opened)) => return Ok(opened),
                Ok(Err(failure)) => last = failure,
                Err(_) => {
                    let detail = format!("RabbitMQ at {server} did not answer in time");
                    last = Failure::new(FailureKind::TimedOut, detail);
                }
            }
        }
        Err(last)
    }

    async fn open_at(config: &RabbitConfig, server: &ServerAddress) -> Done<Self> {
        let properties = ConnectionProperties::default().with_connection_name("chakong".into());
        let uri = uri(config, server);
        let severs = CancellationToken::new();
        let connection = transport::connect(uri, &config.access, server, properties, &severs).await?;
        let events: Events = Box::pin(connection.events_listener());
        let channels = Channels::of(&connection);
        Ok(Self { connection, channels, events: Mutex::new(events), largest: config.largest_message, severs })
    }

    /// Resolves when the connection is lost, or takes nothing for now.
    async fn lost(&self) -> Failure {
        let mut events = self.events.lock().await;
        loop {
            match events.next().await {
                // What is wrong on one channel is told to whoever uses it.
                Some(Event::Error(error)) if is_of_a_channel(&error) => {}
                Some(Event::Error(error)) => return failed(&error),
                Some(Event::ConnectionBlocked(reason)) => {
                    let detail = format!("RabbitMQ takes nothing for now: {reason}");
                    return Failure::new(FailureKind::Full, detail);
                }
                Some(_) => {}
                None => return Failure::new(FailureKind::Unreachable, "the connection to RabbitMQ was lost"),
            }
        }
    }

    /// Publishes; done when the broker has confirmed it. A mandatory message that no queue takes is refused.
    async fn publish(&self, letter: Letter<'_>) -> Done<()> {
        if !self.connection.status().connected() {
            return Err(Failure::new(FailureKind::Unreachable, "the connection to RabbitMQ is down"));
        }
        self.channels.publish(&self.connection, letter).await
    }
}

fn uri(config: &RabbitConfig, server: &ServerAddress) -> AMQPUri {
    let access = &config.access;
    let (userinfo, mechanism) = match &access.login {
        BrokerLogin::Password(user, password) => (
            AMQPUserInfo { username: user.clone(), password: password.expose().to_owned() },
            SASLMechanism::Plain,
        ),
        _ if access.client_certificate_file.is_some() => {
            (AMQPUserInfo { username: String::new(), password: String::new() }, SASLMechanism::External)
        }
        _ => (AMQPUserInfo { username: "guest".into(), password: "guest".into() }, SASLMechanism::Plain),
    };
    AMQPUri {
        // TLS is ours: see `transport`.
        scheme: AMQPScheme::AMQP,
        authority: AMQPAuthority { userinfo, host: server.host.clone(), port: server.port },
        vhost: config.vhost.clone(),
        query: AMQPQueryString {
            heartbeat: Some(HEARTBEAT),
            auth_mechanism: Some(mechanism),
            ..AMQPQueryString::default()
        },
    }
}

fn servers_of(access: &BrokerAccess) -> String {
    access.servers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn short(text: &str) -> Done<ShortString> {
    ShortString::try_new(text)
        .map_err(|_| Failure::new(FailureKind::Unfit, "a name or routing key has more than 255 bytes"))
}

/// Whether the broker has closed one channel, and the connection stands.
fn is_of_a_channel(error: &lapin::Error) -> bool {
    matches!(error.kind(), ErrorKind::ProtocolError(said) if matches!(said.kind(), AMQPErrorKind::Soft(_)))
}

/// What the client's library or the broker said, as a failure.
fn failed(error: &lapin::Error) -> Failure {
    let kind = match error.kind() {
        ErrorKind::ProtocolError(said) => match said.kind() {
            AMQPErrorKind::Soft(_) if said.get_message().as_str().contains("ACCESS_REFUSED") => {
                FailureKind::Denied
            }
            AMQPErrorKind::Hard(AMQPHardError::NOTALLOWED) => FailureKind::Denied,
            AMQPErrorKind::Soft(_) => FailureKind::Unfit,
            AMQPErrorKind::Hard(_) => FailureKind::Unreachable,
        },
        ErrorKind::InvalidProtocolVersion(_) => FailureKind::Unfit,
        _ => FailureKind::Unreachable,
    };
    let detail = match error.kind() {
        ErrorKind::ProtocolError(said) => format!("RabbitMQ said: {}", said.get_message()),
        _ => format!("the connection to RabbitMQ failed: {error}"),
    };
    Failure::new(kind, detail)
}

/// A persistent message.
fn persistent(media_type: &'static str, at: u64) -> BasicProperties {
    BasicProperties::default()
        .with_content_type(media_type.into())
        .with_delivery_mode(PERSISTENT)
        .with_timestamp(at)
        .with_app_id("chakong".into())
}
