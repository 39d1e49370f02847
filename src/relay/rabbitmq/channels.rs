//! Channels that confirm what they are given. Each carries one message at a time: what comes back over it is that message and no other.
//! Over a channel that carries several, the client's library gives a message that came back to whichever is confirmed first. A channel
//! that the broker closes, because it refuses something, takes nothing else with it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::{BasicProperties, Channel, Confirmation};
use tokio::sync::Semaphore;

use super::{failed, short};
use crate::relay::failure::{Done, Failure, FailureKind};

/// Channels that are left for other things than messages.
const SPARE: u16 = 8;
/// Most channels of a connection that carry messages.
const MOST: u16 = 1024;

/// A message on its way to an exchange.
#[derive(Debug)]
pub(super) struct Letter<'l> {
    pub(super) exchange: &'l str,
    pub(super) key: &'l str,
    /// Whether it comes back where no queue takes it.
    pub(super) is_mandatory: bool,
    pub(super) body: &'l [u8],
    pub(super) properties: BasicProperties,
}

/// The channels of a connection.
pub(super) struct Channels {
    idle: Mutex<Vec<Channel>>,
    /// One for each channel that may be open.
    places: Semaphore,
}

impl Channels {
    /// As many as the broker lets a connection have, up to a limit.
    pub(super) fn of(connection: &lapin::Connection) -> Self {
        let most = connection.configuration().channel_max().saturating_sub(SPARE).clamp(1, MOST);
        Self { idle: Mutex::default(), places: Semaphore::new(most.into()) }
    }

    /// Publishes; done when the broker has confirmed it. A mandatory message that no queue takes is refused.
    pub(super) async fn publish(&self, connection: &lapin::Connection, letter: Letter<'_>) -> Done<()> {
        let closed = |_| Failure::new(FailureKind::Unreachable, "the connection to RabbitMQ is closed");
        let _place = self.places.acquire().await.map_err(closed)?;
        let idle = self.idle().pop();
        let channel = match idle.filter(|channel| channel.status().connected()) {
            Some(channel) => channel,
            None => confirming(connection).await?,
        };
        let (exchange, key) = (letter.exchange, letter.key);
        // A channel whose message is not confirmed is not used again: who waits no longer drops it.
        let confirmed = confirmed(&channel, letter).await?;
        self.idle().push(channel);
        judged(confirmed, exchange, key)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Channel>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A channel that confirms what it is given.
async fn confirming(connection: &lapin::Connection) -> Done<Channel> {
    let channel = connection.create_channel().await.map_err(|error| failed(&error))?;
    channel.confirm_select(ConfirmSelectOptions::default()).await.map_err(|error| failed(&error))?;
    Ok(channel)
}

async fn confirmed(channel: &Channel, letter: Letter<'_>) -> Done<Confirmation> {
    let options = BasicPublishOptions { mandatory: letter.is_mandatory, immediate: false };
    let (exchange, key) = (short(letter.exchange)?, short(letter.key)?);
    let published = channel.basic_publish(exchange, key, options, letter.body, letter.properties);
    published.await.map_err(|error| failed(&error))?.await.map_err(|error| failed(&error))
}

fn judged(confirmed: Confirmation, exchange: &str, key: &str) -> Done<()> {
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
