//! RabbitMQ: connection, exchanges and queues, and what both ways share.

mod inlet;
mod outlet;
mod places;
mod transport;

use futures_util::StreamExt as _;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::protocol::{AMQPErrorKind, AMQPHardError};
use lapin::types::ShortString;
use lapin::uri::{AMQPAuthority, AMQPQueryString, AMQPScheme, AMQPUri, AMQPUserInfo, SASLMechanism};
use lapin::{BasicProperties, Channel, Confirmation, ConnectionProperties, ErrorKind, Event};
use tokio::sync::Mutex;

use super::failure::{Done, Failure, FailureKind};
use crate::config::{BrokerAccess, BrokerLogin, RabbitConfig, ServerAddress};

pub(super) use inlet::RabbitInlet;
pub(super) use outlet::RabbitOutlet;

/// Both sides say so often, in seconds, that they are there.
const HEARTBEAT: u16 = 10;
/// Persistent: the message survives a restart of the broker.
const PERSISTENT: u8 = 2;

type Events = std::pin::Pin<Box<dyn futures_util::Stream<Item = Event> + Send>>;

/// A connection with one channel that confirms what it is given.
struct Connection {
    connection: lapin::Connection,
    channel: Channel,
    events: Mutex<Events>,
    /// Largest body in bytes.
    largest: usize,
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
        let connection = transport::connect(uri, &config.access, server, properties).await?;
        let events: Events = Box::pin(connection.events_listener());
        let channel = confirming(&connection).await?;
        Ok(Self { connection, channel, events: Mutex::new(events), largest: config.largest_message })
    }

    /// Resolves when the connection is lost, or takes nothing for now.
    async fn lost(&self) -> Failure {
        let mut events = self.events.lock().await;
        loop {
            match events.next().await {
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

    /// Publishes; done when the broker has confirmed it. A mandatory message that no queue takes comes back.
    async fn publish(
        &self,
        exchange: &str,
        key: &str,
        is_mandatory: bool,
        body: &[u8],
        properties: BasicProperties,
    ) -> Done<()> {
        if !self.connection.status().connected() {
            return Err(Failure::new(FailureKind::Unreachable, "the connection to RabbitMQ is down"));
        }
        publish_over(&self.channel, exchange, key, is_mandatory, body, properties).await
    }

    /// Publishes a mandatory message over a channel of its own.
    async fn publish_apart(
        &self,
        exchange: &str,
        key: &str,
        body: &[u8],
        properties: BasicProperties,
    ) -> Done<()> {
        let channel = confirming(&self.connection).await?;
        publish_over(&channel, exchange, key, true, body, properties).await?;
        let _ = channel.close(200, "".into()).await;
        Ok(())
    }
}

/// A channel that confirms what it is given.
async fn confirming(connection: &lapin::Connection) -> Done<Channel> {
    let channel = connection.create_channel().await.map_err(|error| failed(&error))?;
    channel.confirm_select(ConfirmSelectOptions::default()).await.map_err(|error| failed(&error))?;
    Ok(channel)
}

async fn publish_over(
    channel: &Channel,
    exchange: &str,
    key: &str,
    is_mandatory: bool,
    body: &[u8],
    properties: BasicProperties,
) -> Done<()> {
    let options = BasicPublishOptions { mandatory: is_mandatory, immediate: false };
    let published = channel.basic_publish(short(exchange)?, short(key)?, options, body, properties);
    let confirmed = published.await.map_err(|error| failed(&error))?.await.map_err(|error| failed(&error))?;
    match confirmed {
        Confirmation::Ack(None) => Ok(()),
        Confirmation::Ack(Some(_)) | Confirmation::Nack(Some(_)) => {
            let detail = format!(
                "no queue takes messages of the exchange {exchange} with the routing key {key}; bind one, for example by `#`"
            );
            Err(Failure::new(FailureKind::Full, detail))
        }
        Confirmation::Nack(None) => {
            let detail = format!(
                "RabbitMQ refused a message to the exchange {exchange}: a queue is full or cannot store it"
            );
            Err(Failure::new(FailureKind::Full, detail))
        }
        Confirmation::NotRequested => {
            Err(Failure::new(FailureKind::Unfit, "RabbitMQ confirms nothing on this channel"))
        }
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
