//! Inquiries from NATS: one at a time, from a durable consumer.

use std::time::Duration;

use async_nats::client::PublishErrorKind;
use async_nats::jetstream::consumer::pull::{Config, Stream};
use async_nats::jetstream::consumer::{AckPolicy, Config as ConsumerConfig, Consumer, DeliverPolicy};
use async_nats::jetstream::context::ConsumerInfoErrorKind;
use async_nats::jetstream::stream::Stream as JetStream;
use async_nats::jetstream::{AckKind, Message};
use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, StreamExt as _};

use super::{Connection, headers_of, servers_of};
use crate::config::NatsIntake;
use crate::relay::failure::{Done, Failure, FailureKind};
use crate::relay::message::{Incoming, STRUCTURED, Verdict, shown_key};
use crate::relay::parties::{Absent, Inlet, Receiver};

/// Longest time for one acknowledgement.
const ACKNOWLEDGED_WITHIN: Duration = Duration::from_secs(10);
/// A message that is neither acknowledged nor held for so long is given again.
const GIVEN_AGAIN: Duration = Duration::from_secs(30);
/// The server says so often that it is still there.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// A request for a message stands so long.
const STANDS: Duration = Duration::from_secs(30);

/// NATS as a broker that inquiries come from.
#[derive(Debug)]
pub(in crate::relay) struct NatsInlet(pub(in crate::relay) NatsIntake);

impl NatsInlet {
    async fn open(&self, absent: Absent) -> Done<Connection> {
        let config = &self.0;
        let subjects = [config.subject.clone(), format!("{}.>", config.answers), config.dead_letters.clone()];
        Connection::open(&config.nats, &subjects, absent, ACKNOWLEDGED_WITHIN).await
    }
}

impl Inlet for NatsInlet {
    fn look(&self) -> BoxFuture<'_, Done<()>> {
        async move {
            let absent = Absent::looked_at(self.0.nats.stream.declare);
            let connection = self.open(absent).await?;
            match stream_of(&connection, &self.0).await {
                Ok(stream) => check(&stream, &self.0, absent).await,
                // It is made later, and its consumer with it.
                Err(_) if absent == Absent::Leave => Ok(()),
                Err(failure) => Err(failure),
            }
        }
        .boxed()
    }

    fn connect(&self) -> BoxFuture<'_, Done<Box<dyn Receiver>>> {
        async move {
            let absent = Absent::configured(self.0.nats.stream.declare);
            let connection = self.open(absent).await?;
            let consumer = consumer(&connection, &self.0, absent).await?;
            let config = self.0.clone();
            Ok(Box::new(NatsReceiver { connection, consumer, messages: None, config, current: None })
                as Box<dyn Receiver>)
        }
        .boxed()
    }

    fn servers(&self) -> String {
        servers_of(&self.0.nats.access)
    }
}

async fn stream_of(connection: &Connection, config: &NatsIntake) -> Done<JetStream> {
    let stream = connection.context.get_stream(&config.nats.stream.name).await;
    stream.map_err(|error| Failure::new(FailureKind::Unreachable, error.to_string()))
}

/// Whether the durable consumer, if it is there, is fit.
async fn check(stream: &JetStream, config: &NatsIntake, absent: Absent) -> Done<()> {
    match stream.consumer_info(&config.consumer).await {
        Ok(info) => fit(config, &info.config),
        Err(error) if error.kind() == ConsumerInfoErrorKind::NotFound => match absent {
            Absent::Fault => Err(unfit(config, "is not there; make it, or write declare = true")),
            Absent::Make | Absent::Leave => Ok(()),
        },
        Err(error) => Err(Failure::new(FailureKind::Unreachable, error.to_string())),
    }
}

/// The durable consumer: made where it is not there, or only looked at, and read back.
async fn consumer(connection: &Connection, config: &NatsIntake, absent: Absent) -> Done<Consumer<Config>> {
    let stream = stream_of(connection, config).await?;
    check(&stream, config, absent).await?;
    let made: Consumer<Config> = stream
        .get_or_create_consumer(&config.consumer, wanted(config))
        .await
        .map_err(|error| unfit(config, &format!("cannot be used: {error}")))?;
    fit(config, &made.cached_info().config)?;
    Ok(made)
}

fn unfit(config: &NatsIntake, what: &str) -> Failure {
    Failure::new(FailureKind::Unfit, format!("the consumer {} of the stream {what}", config.consumer))
}

fn fit(config: &NatsIntake, is: &ConsumerConfig) -> Done<()> {
    let differences = differences(&config.subject, is);
    if differences.is_empty() {
        return Ok(());
    }
    let differences = differences.join("; ");
    let what = format!(
        "would lose inquiries or is another's: {differences}; correct or remove it, or name another `consumer`"
    );
    Err(unfit(config, &what))
}

fn wanted(config: &NatsIntake) -> Config {
    Config {
        durable_name: Some(config.consumer.clone()),
        ack_policy: AckPolicy::Explicit,
        ack_wait: GIVEN_AGAIN,
        max_ack_pending: 1,
        filter_subject: config.subject.clone(),
        ..Config::default()
    }
}

/// What keeps a consumer, whoever made it, from giving each inquiry until it is acknowledged, one at a time.
fn differences(subject: &str, is: &ConsumerConfig) -> Vec<String> {
    let mut told = Vec::new();
    let mut should = |is_so: bool, what: &str, is: String, wanted: &str| {
        if !is_so {
            told.push(format!("{what} is {is}, and should be {wanted}"));
        }
    };
    should(is.filter_subject == subject, "filter_subject", format!("`{}`", is.filter_subject), subject);
    let filters = &is.filter_subjects;
    should(filters.is_empty(), "filter_subjects", format!("{filters:?}"), "empty");
    should(is.ack_policy == AckPolicy::Explicit, "ack_policy", format!("{:?}", is.ack_policy), "explicit");
    should(is.max_ack_pending == 1, "max_ack_pending", is.max_ack_pending.to_string(), "1");
    // One that was given so often is given up.
    should(is.max_deliver <= 0, "max_deliver", is.max_deliver.to_string(), "-1");
    should(
        is.deliver_policy == DeliverPolicy::All,
        "deliver_policy",
        format!("{:?}", is.deliver_policy),
        "all",
    );
    let least = format!("{} seconds or more", GIVEN_AGAIN.as_secs());
    should(is.ack_wait >= GIVEN_AGAIN, "ack_wait", format!("{:?}", is.ack_wait), &least);
    should(is.backoff.is_empty(), "backoff", format!("{:?}", is.backoff), "empty");
    let idle = is.inactive_threshold;
    should(idle.is_zero(), "inactive_threshold", format!("{idle:?}"), "0");
    should(!is.memory_storage, "mem_storage", is.memory_storage.to_string(), "false");
    should(!is.headers_only, "headers_only", is.headers_only.to_string(), "false");
    told
}

struct NatsReceiver {
    connection: Connection,
    consumer: Consumer<Config>,
    /// Asked for with the first message: who only looks takes none.
    messages: Option<Stream>,
    config: NatsIntake,
    current: Option<Message>,
}

/// A header by its name in any spelling.
fn header(message: &Message, wanted: &str) -> Option<String> {
    let headers = message.headers.as_ref()?;
    let found = headers.iter().find(|(name, _)| {
        let name: &str = name.as_ref();
        name.eq_ignore_ascii_case(wanted)
    });
    found.and_then(|(_, values)| values.first()).map(|value| value.as_str().to_owned())
}

impl Receiver for NatsReceiver {
    fn next(&mut self) -> BoxFuture<'_, Done<Incoming>> {
        async move {
            let messages = match &mut self.messages {
                Some(messages) => messages,
                None => {
                    let stream = self.consumer.stream().max_messages_per_batch(1).heartbeat(HEARTBEAT);
                    let asked = stream.expires(STANDS).messages().await;
                    let unasked = |error: async_nats::jetstream::consumer::StreamError| {
                        Failure::new(FailureKind::Unreachable, error.to_string())
                    };
                    self.messages.insert(asked.map_err(unasked)?)
                }
            };
            let next = tokio::select! {
                next = messages.next() => next,
                failure = self.connection.lost() => return Err(failure),
            };
            let message = match next {
                Some(Ok(message)) => message,
                Some(Err(error)) => return Err(Failure::new(FailureKind::Unreachable, error.to_string())),
                None => return Err(Failure::new(FailureKind::Unreachable, "NATS gives no more messages")),
            };
            let incoming = Incoming {
                body: message.payload.to_vec(),
                key: header(&message, "Idempotency-Key"),
                submitter: header(&message, "Submitter"),
                poison: None,
                redelivered: message.info().is_ok_and(|info| info.delivered > 1),
            };
            self.current = Some(message);
            Ok(incoming)
        }
        .boxed()
    }

    fn hold(&mut self) -> BoxFuture<'_, Done<()>> {
        async move {
            let Some(message) = &self.current else { return Ok(()) };
            message.ack_with(AckKind::Progress).await.map_err(unacknowledged)
        }
        .boxed()
    }

    fn settle(&mut self, verdict: Verdict) -> BoxFuture<'_, Done<()>> {
        async move {
            let Some(message) = self.current.take() else { return Ok(()) };
            self.reply(&message, &verdict).await?;
            let headers =
                headers_of([("Content-Type", STRUCTURED), ("Nats-Msg-Id", verdict.dedupe.as_str())]);
            let subject = format!("{}.{}", self.config.answers, verdict.outcome);
            let event = verdict.event_within(self.connection.largest);
            self.connection.publish(subject, headers, event).await?;
            if verdict.is_refused() {
                self.bury(&message, &verdict).await?;
            }
            message.double_ack().await.map_err(unacknowledged)
        }
        .boxed()
    }
}

impl NatsReceiver {
    /// Says it to the address that the message names, if it may be written to.
    async fn reply(&self, message: &Message, verdict: &Verdict) -> Done<()> {
        let Some(address) = header(message, "Reply-To") else { return Ok(()) };
        let is_plain = address.bytes().all(|byte| byte.is_ascii_graphic() && !b"*>".contains(&byte));
        let prefixes = &self.config.intake.reply_prefixes;
        if !is_plain || address.len() > 255 || !prefixes.iter().any(|prefix| address.starts_with(prefix)) {
            tracing::warn!(
                "a reply address of a message is not among `reply_prefixes`; it is not answered there"
            );
            return Ok(());
        }
        let status = verdict.answer.status.to_string();
        let headers = headers_of([("Content-Type", verdict.answer.media_type), ("Status", status.as_str())]);
        let body = verdict.answer.body_within(self.connection.largest);
        let sent = self.connection.client.publish_with_headers(address, headers, body.into());
        match sent.await {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == PublishErrorKind::Send => {
                Err(Failure::new(FailureKind::Unreachable, error.to_string()))
            }
            // Nobody's reply address keeps inquiries from coming in.
            Err(error) => {
                tracing::warn!(%error, "a message could not be answered at its reply address");
                Ok(())
            }
        }
    }

    /// Puts it among the dead letters, with the reason. One that is too large goes without key and body: it stands in the stream itself.
    async fn bury(&self, message: &Message, verdict: &Verdict) -> Done<()> {
        let key = shown_key(&header(message, "Idempotency-Key").unwrap_or_default());
        let body = message.payload.to_vec();
        let is_small = body.len() <= self.connection.largest;
        match self.bury_with(message, verdict, &key, if is_small { body } else { Vec::new() }).await {
            Err(failure) if failure.kind == FailureKind::Unfit => {
                self.bury_with(message, verdict, "", Vec::new()).await
            }
            buried => buried,
        }
    }

    async fn bury_with(&self, message: &Message, verdict: &Verdict, key: &str, body: Vec<u8>) -> Done<()> {
        let status = verdict.answer.status.to_string();
        let (dedupe, reason) = (format!("{}:dead", verdict.dedupe), verdict.reason());
        let place = message.info().map(|info| info.stream_sequence.to_string()).unwrap_or_default();
        let named = [
            ("Nats-Msg-Id", dedupe.as_str()),
            ("Dead-Letter-Status", status.as_str()),
            ("Dead-Letter-Reason", reason.as_str()),
            ("Dead-Letter-Sequence", place.as_str()),
            ("Idempotency-Key", key),
        ];
        let headers = headers_of(named.into_iter().filter(|(_, value)| !value.is_empty()));
        self.connection.publish(self.config.dead_letters.clone(), headers, body).await
    }
}

fn unacknowledged(error: async_nats::Error) -> Failure {
    Failure::new(FailureKind::Unreachable, format!("a message could not be acknowledged: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_consumer_that_would_lose_an_inquiry_is_told() {
        type Alter = fn(&mut ConsumerConfig);
        let fit = || ConsumerConfig {
            ack_policy: AckPolicy::Explicit,
            ack_wait: GIVEN_AGAIN,
            max_ack_pending: 1,
            max_deliver: -1,
            filter_subject: "inquiries".to_owned(),
            ..ConsumerConfig::default()
        };
        assert_eq!(differences("inquiries", &fit()), Vec::<String>::new());
        let cases: [(&str, Alter); 11] = [
            ("filter_subject", |is| is.filter_subject = "other".into()),
            ("filter_subjects", |is| is.filter_subjects = vec!["other".into()]),
            ("ack_policy", |is| is.ack_policy = AckPolicy::All),
            ("max_ack_pending", |is| is.max_ack_pending = 2),
            ("max_deliver", |is| is.max_deliver = 5),
            ("deliver_policy", |is| is.deliver_policy = DeliverPolicy::New),
            ("ack_wait", |is| is.ack_wait = Duration::from_secs(1)),
            ("backoff", |is| is.backoff = vec![Duration::from_secs(1)]),
            ("inactive_threshold", |is| is.inactive_threshold = Duration::from_secs(60)),
            ("mem_storage", |is| is.memory_storage = true),
            ("headers_only", |is| is.headers_only = true),
        ];
        for (field, change) in cases {
            let mut is = fit();
            change(&mut is);
            let told = differences("inquiries", &is).join("; ");
            assert!(told.contains(field), "{field}: {told}");
        }
    }
}
