//! Results to RabbitMQ: persistent, confirmed, mandatory, by court and type.

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use lapin::ExchangeKind;

use super::places::{self, Made};
use super::{Connection, Letter, persistent, servers_of, short};
use crate::config::RabbitRelay;
use crate::relay::failure::{Done, Failure};
use crate::relay::message::{Outgoing, STRUCTURED};
use crate::relay::parties::{Absent, Outlet, Publisher};

/// RabbitMQ as a broker that results go to.
#[derive(Debug)]
pub(in crate::relay) struct RabbitOutlet(pub(in crate::relay) RabbitRelay);

impl RabbitOutlet {
    async fn open(&self, absent: Absent) -> Done<Connection> {
        let (config, exchange) = (&self.0, self.0.exchange.as_str());
        let connection = Connection::open(&config.rabbit).await?;
        let raw = &connection.connection;
        places::exchange(raw, exchange, ExchangeKind::Topic, absent).await?;
        for queue in &config.queues {
            let bindings: Vec<_> = queue.keys.iter().map(|key| (exchange, key.as_str())).collect();
            places::queue(raw, &queue.name, absent, &bindings, Made::Plain).await?;
        }
        Ok(connection)
    }
}

impl Outlet for RabbitOutlet {
    fn look(&self) -> BoxFuture<'_, Done<()>> {
        async move { self.open(Absent::looked_at(self.0.rabbit.declare)).await.map(drop) }.boxed()
    }

    fn connect(&self) -> BoxFuture<'_, Done<Box<dyn Publisher>>> {
        async move {
            let connection = self.open(Absent::configured(self.0.rabbit.declare)).await?;
            let publisher = RabbitPublisher { connection, exchange: self.0.exchange.clone() };
            Ok(Box::new(publisher) as Box<dyn Publisher>)
        }
        .boxed()
    }

    fn servers(&self) -> String {
        servers_of(&self.0.rabbit.access)
    }
}

struct RabbitPublisher {
    connection: Connection,
    exchange: String,
}

impl Publisher for RabbitPublisher {
    fn largest(&self) -> usize {
        self.connection.largest
    }

    fn publish(&self, message: Outgoing) -> BoxFuture<'_, Done<()>> {
        async move {
            let kind = message.attributes.iter().find(|(name, _)| *name == "ce-type");
            let properties = persistent(STRUCTURED, message.at)
                .with_message_id(short(&message.dedupe)?)
                .with_type(short(kind.map_or("", |(_, kind)| kind))?);
            let letter = Letter {
                exchange: &self.exchange,
                key: &message.route,
                is_mandatory: true,
                body: &message.body,
                properties,
            };
            self.connection.publish(letter).await
        }
        .boxed()
    }

    fn lost(&self) -> BoxFuture<'_, Failure> {
        self.connection.lost().boxed()
    }
}
