//! Inquiries from RabbitMQ: one at a time, from a durable queue.

use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, StreamExt as _};
use lapin::message::Delivery;
use lapin::options::{BasicAckOptions, BasicConsumeOptions, BasicQosOptions};
use lapin::types::{AMQPValue, FieldTable, ShortString};
use lapin::{Channel, Consumer, ExchangeKind};

use super::places::{self, Made};
use super::{Connection, Letter, failed, persistent, servers_of, short};
use crate::config::RabbitIntake;
use crate::relay::failure::{Done, Failure, FailureKind};
use crate::relay::message::{Incoming, STRUCTURED, Verdict, shown_key};
use crate::relay::parties::{Absent, Inlet, Receiver};

/// RabbitMQ as a broker that inquiries come from.
#[derive(Debug)]
pub(in crate::relay) struct RabbitInlet(pub(in crate::relay) RabbitIntake);

impl RabbitInlet {
    async fn open(&self, absent: Absent) -> Done<Connection> {
        let config = &self.0;
        let connection = Connection::open(&config.rabbit).await?;
        let (raw, dead) = (&connection.connection, config.dead_letters.as_str());
        places::exchange(raw, &config.exchange, ExchangeKind::Topic, absent).await?;
        places::exchange(raw, &config.answers, ExchangeKind::Topic, absent).await?;
        places::exchange(raw, dead, ExchangeKind::Fanout, absent).await?;
        places::queue(raw, &config.queue, absent, &[(config.exchange.as_str(), "#")], Made::Unlimited)
            .await?;
        places::queue(raw, dead, absent, &[(dead, "#")], Made::Unlimited).await?;
        Ok(connection)
    }
}

impl Inlet for RabbitInlet {
    fn look(&self) -> BoxFuture<'_, Done<()>> {
        async move { self.open(Absent::looked_at(self.0.rabbit.declare)).await.map(drop) }.boxed()
    }

    fn connect(&self) -> BoxFuture<'_, Done<Box<dyn Receiver>>> {
        async move {
            let connection = self.open(Absent::configured(self.0.rabbit.declare)).await?;
            let config = self.0.clone();
            Ok(Box::new(RabbitReceiver { connection, consumer: None, config, current: None })
                as Box<dyn Receiver>)
        }
        .boxed()
    }

    fn servers(&self) -> String {
        servers_of(&self.0.rabbit.access)
    }
}

struct RabbitReceiver {
    connection: Connection,
    /// Begun with the first message: who only looks takes none. Over a channel of its own.
    consumer: Option<(Channel, Consumer)>,
    config: RabbitIntake,
    current: Option<Delivery>,
}

/// A header by its name in any spelling.
fn header(delivery: &Delivery, wanted: &str) -> Option<String> {
    let headers = delivery.properties.headers().as_ref()?;
    let (_, value) = headers.inner().iter().find(|(name, _)| name.as_str().eq_ignore_ascii_case(wanted))?;
    match value {
        AMQPValue::LongString(text) => Some(String::from_utf8_lossy(text.as_bytes()).into_owned()),
        AMQPValue::ShortString(text) => Some(text.as_str().to_owned()),
        _ => None,
    }
}

fn key_of(delivery: &Delivery) -> Option<String> {
    let message_id = || delivery.properties.message_id().as_ref().map(|id| id.as_str().to_owned());
    header(delivery, "idempotency-key").or_else(message_id)
}

fn ended() -> Failure {
    Failure::new(FailureKind::Unreachable, "RabbitMQ ended the consumer: the queue may be gone")
}

impl RabbitReceiver {
    async fn consume(&self) -> Done<(Channel, Consumer)> {
        let channel = self.connection.connection.create_channel().await.map_err(|error| failed(&error))?;
        channel.basic_qos(1, BasicQosOptions::default()).await.map_err(|error| failed(&error))?;
        let options = BasicConsumeOptions::default();
        let consumer =
            channel.basic_consume(short(&self.config.queue)?, "".into(), options, FieldTable::default());
        let consumer = consumer.await.map_err(|error| failed(&error))?;
        Ok((channel, consumer))
    }

    /// Whether the user who published it, whom the broker has checked, is one of those that are taken.
    fn poison(&self, delivery: &Delivery) -> Option<String> {
        let user = delivery.properties.user_id().as_ref().map(ShortString::as_str);
        let is_taken = self.config.users.is_empty()
            || user.is_some_and(|user| self.config.users.iter().any(|known| known == user));
        (!is_taken).then(|| "the property user_id names no user whose messages are taken".to_owned())
    }
}

impl Receiver for RabbitReceiver {
    fn next(&mut self) -> BoxFuture<'_, Done<Incoming>> {
        async move {
            if self.consumer.is_none() {
                self.consumer = Some(self.consume().await?);
            }
            let Some((_, consumer)) = &mut self.consumer else { return Err(ended()) };
            let next = tokio::select! {
                next = consumer.next() => next,
                failure = self.connection.lost() => return Err(failure),
            };
            let delivery = match next {
                Some(Ok(delivery)) => delivery,
                Some(Err(error)) => return Err(failed(&error)),
                None => return Err(ended()),
            };
            let incoming = Incoming {
                body: delivery.data.clone(),
                key: key_of(&delivery),
                submitter: header(&delivery, "submitter"),
                poison: self.poison(&delivery),
                redelivered: delivery.redelivered,
            };
            self.current = Some(delivery);
            Ok(incoming)
        }
        .boxed()
    }

    fn hold(&mut self) -> BoxFuture<'_, Done<()>> {
        let is_there = self.connection.connection.status().connected();
        let lost = || Failure::new(FailureKind::Unreachable, "the connection to RabbitMQ was lost");
        std::future::ready(is_there.then_some(()).ok_or_else(lost)).boxed()
    }

    fn settle(&mut self, verdict: Verdict) -> BoxFuture<'_, Done<()>> {
        async move {
            let Some(delivery) = self.current.take() else { return Ok(()) };
            tokio::select! {
                settled = self.settle_all(&delivery, &verdict) => settled,
                failure = self.connection.lost() => Err(failure),
            }
        }
        .boxed()
    }
}

impl RabbitReceiver {
    async fn settle_all(&self, delivery: &Delivery, verdict: &Verdict) -> Done<()> {
        self.reply(delivery, verdict).await?;
        let event = verdict.event_within(self.connection.largest);
        // Nobody need follow the answers: it is not mandatory that a queue takes them.
        let letter = Letter {
            exchange: &self.config.answers,
            key: verdict.outcome,
            is_mandatory: false,
            body: &event,
            properties: persistent(STRUCTURED, 0).with_message_id(short(&verdict.dedupe)?),
        };
        self.connection.publish(letter).await?;
        if verdict.is_refused() {
            self.bury(delivery, verdict).await?;
        }
        let acknowledged = delivery.acker.ack(BasicAckOptions::default()).await;
        acknowledged.map(drop).map_err(|error| failed(&error))
    }

    /// Says it to the queue that the message names, if it may be written to. One that is gone, that is full, or that the gateway's user
    /// of the broker may not write to is passed over: nobody's reply address keeps inquiries from coming in.
    async fn reply(&self, delivery: &Delivery, verdict: &Verdict) -> Done<()> {
        let Some(address) = delivery.properties.reply_to().as_ref().map(ShortString::as_str) else {
            return Ok(());
        };
        if !self.config.intake.reply_prefixes.iter().any(|prefix| address.starts_with(prefix.as_str())) {
            tracing::warn!(
                "a reply address of a message is not among `reply_prefixes`; it is not answered there"
            );
            return Ok(());
        }
        let mut properties = persistent(verdict.answer.media_type, 0).with_type(verdict.outcome.into());
        if let Some(id) = delivery.properties.correlation_id() {
            properties = properties.with_correlation_id(id.clone());
        }
        let body = verdict.answer.body_within(self.connection.largest);
        let letter = Letter { exchange: "", key: address, is_mandatory: false, body: &body, properties };
        match self.connection.publish(letter).await {
            Err(failure) if failure.kind.is_a_persons() || failure.kind == FailureKind::Full => {
                tracing::warn!(%failure, "a message could not be answered at its reply address");
                Ok(())
            }
            other => other,
        }
    }

    /// Puts it among the dead letters, with the reason. One that the broker finds too large goes without key and body.
    async fn bury(&self, delivery: &Delivery, verdict: &Verdict) -> Done<()> {
        let key = key_of(delivery).map(|key| shown_key(&key));
        match self.bury_with(verdict, key, &delivery.data).await {
            Err(failure) if failure.kind == FailureKind::Unfit => self.bury_with(verdict, None, &[]).await,
            buried => buried,
        }
    }

    async fn bury_with(&self, verdict: &Verdict, key: Option<String>, body: &[u8]) -> Done<()> {
        let mut headers = FieldTable::default();
        headers.insert("dead-letter-reason".into(), AMQPValue::LongString(verdict.reason().into()));
        headers.insert("dead-letter-status".into(), AMQPValue::LongInt(i32::from(verdict.answer.status)));
        if let Some(key) = key {
            headers.insert("idempotency-key".into(), AMQPValue::LongString(key.into()));
        }
        let properties = persistent("application/json", 0).with_headers(headers);
        let letter = Letter {
            exchange: &self.config.dead_letters,
            key: &self.config.queue,
            is_mandatory: true,
            body,
            properties,
        };
        self.connection.publish(letter).await
    }
}
