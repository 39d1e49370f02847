//! NATS JetStream: connection, stream, and what both ways share.

mod inlet;
mod outlet;
mod stream;

use std::time::Duration;

use async_nats::connection::State;
use async_nats::jetstream::context::{PublishError, PublishErrorKind, RequestErrorKind};
use async_nats::jetstream::{self, Context, ErrorCode};
use async_nats::{Client, ConnectErrorKind, ConnectOptions, Event, HeaderMap, HeaderValue, ServerAddr};
use tokio::sync::watch;

use super::failure::{Done, Failure, FailureKind};
use super::parties::Absent;
use crate::config::{BrokerAccess, BrokerLogin, NatsConfig};
use crate::lines::tls::client_config;

pub(super) use inlet::NatsInlet;
pub(super) use outlet::NatsOutlet;

/// The server is asked so often whether it is still there.
const PING: Duration = Duration::from_secs(10);
/// Bytes of a message that headers may take.
const HEADERS: usize = 4 << 10;

/// A connection and what was learned of it.
struct Connection {
    client: Client,
    context: Context,
    /// Why it was lost, once it was.
    lost: watch::Receiver<Option<String>>,
    /// Largest body in bytes.
    largest: usize,
}

impl Connection {
    /// Connects, and makes or checks the stream with these subjects.
    async fn open(config: &NatsConfig, subjects: &[String], absent: Absent, timeout: Duration) -> Done<Self> {
        let (teller, lost) = watch::channel(None);
        let options = options(&config.access, teller)?;
        let addresses = addresses(&config.access)?;
        let connected = tokio::time::timeout(config.access.connect_timeout, options.connect(addresses));
        let client = match connected.await {
            Ok(Ok(client)) => client,
            Ok(Err(error)) => return Err(unconnected(&error, &config.access)),
            Err(_) => return Err(Failure::new(FailureKind::TimedOut, "NATS did not answer in time")),
        };
        let mut context = jetstream::new(client.clone());
        context.set_timeout(timeout);
        has_jetstream(&context).await?;
        let largest = stream::ensure(&context, &config.stream, subjects, absent).await?;
        let largest = largest.min(client.max_payload()).saturating_sub(HEADERS);
        Ok(Self { client, context, lost, largest })
    }

    /// Resolves when the connection is lost.
    async fn lost(&self) -> Failure {
        let mut lost = self.lost.clone();
        let why = match lost.wait_for(Option::is_some).await {
            Ok(why) => why.clone().unwrap_or_default(),
            Err(_) => "closed".to_owned(),
        };
        Failure::new(FailureKind::Unreachable, format!("the connection to NATS was lost: {why}"))
    }

    /// Publishes to the stream; done when it is stored there.
    async fn publish(&self, subject: String, headers: HeaderMap, body: Vec<u8>) -> Done<()> {
        if self.client.connection_state() != State::Connected {
            return Err(Failure::new(FailureKind::Unreachable, "the connection to NATS is down"));
        }
        let sent = self.context.publish_with_headers(subject.clone(), headers, body.into()).await;
        let acknowledged = match sent {
            Ok(sent) => sent.await,
            Err(error) => Err(error),
        };
        acknowledged.map(drop).map_err(|error| unpublished(&error, &subject))
    }
}

fn options(access: &BrokerAccess, teller: watch::Sender<Option<String>>) -> Done<ConnectOptions> {
    let unfit = |what: String| Failure::new(FailureKind::Unfit, what);
    let options = match &access.login {
        BrokerLogin::None => ConnectOptions::new(),
        BrokerLogin::Password(user, password) => {
            ConnectOptions::with_user_and_password(user.clone(), password.expose().to_owned())
        }
        BrokerLogin::Token(token) => ConnectOptions::with_token(token.expose().to_owned()),
        BrokerLogin::Nkey(seed) => ConnectOptions::with_nkey(seed.expose().to_owned()),
        BrokerLogin::Credentials(text) => {
            // The library wants the end of the last line, which secrets are read without.
            ConnectOptions::with_credentials(&format!("{}\n", text.expose()))
                .map_err(|_| unfit("the NATS credentials file holds no JWT and seed".to_owned()))?
        }
    };
    let teller = std::sync::Arc::new(teller);
    let options = options
        .name("chakong")
        .connection_timeout(access.connect_timeout)
        .ping_interval(PING)
        // Each server is tried once. A connection that is lost is given up: the relay makes another one and begins where the broker
        // acknowledged.
        .max_reconnects(access.servers.len())
        .event_callback(move |event| {
            let why = match event {
                Event::Connected => None,
                Event::ClientError(error) => Some(error.to_string()),
                Event::ServerError(error) => {
                    tracing::warn!(%error, "NATS said that something is wrong");
                    None
                }
                Event::SlowConsumer(_) => None,
                other => Some(other.to_string()),
            };
            if why.is_some() {
                teller.send_replace(why);
            }
            std::future::ready(())
        });
    if access.servers.iter().all(|server| !server.is_tls) {
        return Ok(options);
    }
    let tls =
        client_config(access.ca_file.as_deref(), access.client_certificate_file.as_deref()).map_err(unfit)?;
    Ok(options.require_tls(true).tls_client_config(tls))
}

fn addresses(access: &BrokerAccess) -> Done<Vec<ServerAddr>> {
    let address = |server: &crate::config::ServerAddress| {
        let scheme = if server.is_tls { "tls" } else { "nats" };
        let parsed = format!("{scheme}://{server}").parse();
        parsed.map_err(|_| Failure::new(FailureKind::Unfit, format!("{server} is no address of a server")))
    };
    access.servers.iter().map(address).collect()
}

fn unconnected(error: &async_nats::ConnectError, access: &BrokerAccess) -> Failure {
    let servers = servers_of(access);
    match error.kind() {
        ConnectErrorKind::Authentication | ConnectErrorKind::AuthorizationViolation => Failure::new(
            FailureKind::Denied,
            format!("NATS at {servers} does not accept the user, password, token, nkey or credentials"),
        ),
        ConnectErrorKind::TimedOut => {
            Failure::new(FailureKind::TimedOut, format!("NATS at {servers} did not answer in time"))
        }
        ConnectErrorKind::MaxReconnects => {
            Failure::new(FailureKind::Unreachable, format!("NATS at {servers} cannot be reached"))
        }
        ConnectErrorKind::ServerParse => Failure::new(FailureKind::Unfit, error.to_string()),
        _ => Failure::new(FailureKind::Unreachable, format!("NATS at {servers} cannot be reached: {error}")),
    }
}

/// The servers as they are shown.
fn servers_of(access: &BrokerAccess) -> String {
    access.servers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Asked as plain JSON: the library's type of the answer has fields that NATS 2.9 does not send.
async fn has_jetstream(context: &Context) -> Done<()> {
    let said: serde_json::Value = match context.request("INFO", b"").await {
        Ok(said) => said,
        Err(error) => {
            return Err(match error.kind() {
                RequestErrorKind::NoResponders => without_jetstream(),
                RequestErrorKind::TimedOut => {
                    Failure::new(FailureKind::TimedOut, "JetStream did not answer in time")
                }
                _ => Failure::new(FailureKind::Unreachable, format!("JetStream did not answer: {error}")),
            });
        }
    };
    match said.pointer("/error/description") {
        None => Ok(()),
        Some(why) => {
            Err(Failure::new(FailureKind::Unfit, format!("this NATS account cannot use JetStream: {why}")))
        }
    }
}

fn without_jetstream() -> Failure {
    let detail = "this NATS server has no JetStream, or this user may not ask it ($JS.API.>): start it with `jetstream {}` in its \
                  configuration, or allow it";
    Failure::new(FailureKind::Unfit, detail)
}

fn unpublished(error: &PublishError, subject: &str) -> Failure {
    let said = error.to_string();
    let (kind, detail) = match error.kind() {
        PublishErrorKind::TimedOut => {
            (FailureKind::TimedOut, "NATS has not acknowledged a message in time".to_owned())
        }
        PublishErrorKind::BrokenPipe => {
            (FailureKind::Unreachable, "the connection to NATS was lost".to_owned())
        }
        PublishErrorKind::StreamNotFound => {
            (FailureKind::Full, format!("no stream of JetStream takes the subject {subject} now"))
        }
        PublishErrorKind::MaxPayloadExceeded => (FailureKind::Unfit, said),
        _ if is_too_large(error) => {
            (FailureKind::Unfit, format!("the stream takes no message so large: {said}"))
        }
        // Full by its limits, or the server's disk is.
        _ => (FailureKind::Full, format!("JetStream does not take a message: {said}")),
    };
    Failure::new(kind, detail)
}

/// Whether the stream takes no message, or no headers, of this size.
fn is_too_large(error: &PublishError) -> bool {
    let source = std::error::Error::source(error);
    let said = source.and_then(|source| source.downcast_ref::<jetstream::Error>());
    let too_large = [ErrorCode::STREAM_MESSAGE_EXCEEDS_MAXIMUM, ErrorCode::STREAM_HEADER_EXCEEDS_MAXIMUM];
    said.is_some_and(|said| too_large.contains(&said.error_code()))
}

/// Headers; what a header cannot hold is left out.
fn headers_of<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        if let Ok(value) = value.parse::<HeaderValue>() {
            headers.insert(name, value);
        }
    }
    headers
}
