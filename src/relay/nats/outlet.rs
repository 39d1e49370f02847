//! Results to NATS: structured CloudEvents, by court and type.

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::{Connection, headers_of, servers_of};
use crate::config::NatsRelay;
use crate::relay::failure::{Done, Failure};
use crate::relay::message::{Outgoing, STRUCTURED};
use crate::relay::parties::{Absent, Outlet, Publisher};

/// NATS as a broker that results go to.
#[derive(Debug)]
pub(in crate::relay) struct NatsOutlet(pub(in crate::relay) NatsRelay);

impl NatsOutlet {
    async fn open(&self, absent: Absent) -> Done<Connection> {
        let subjects = [format!("{}.>", self.0.subject)];
        Connection::open(&self.0.nats, &subjects, absent, self.0.limits.ack_timeout).await
    }
}

impl Outlet for NatsOutlet {
    fn look(&self) -> BoxFuture<'_, Done<()>> {
        async move { self.open(Absent::looked_at(self.0.nats.stream.declare)).await.map(drop) }.boxed()
    }

    fn connect(&self) -> BoxFuture<'_, Done<Box<dyn Publisher>>> {
        async move {
            let connection = self.open(Absent::configured(self.0.nats.stream.declare)).await?;
            let (prefix, stream) = (self.0.subject.clone(), self.0.nats.stream.name.clone());
            Ok(Box::new(NatsPublisher { connection, prefix, stream }) as Box<dyn Publisher>)
        }
        .boxed()
    }

    fn servers(&self) -> String {
        servers_of(&self.0.nats.access)
    }
}

struct NatsPublisher {
    connection: Connection,
    prefix: String,
    stream: String,
}

impl Publisher for NatsPublisher {
    fn largest(&self) -> usize {
        self.connection.largest
    }

    fn publish(&self, message: Outgoing) -> BoxFuture<'_, Done<()>> {
        let subject = format!("{}.{}", self.prefix, message.route);
        let named = [
            ("Content-Type", STRUCTURED),
            ("Nats-Msg-Id", message.dedupe.as_str()),
            ("Nats-Expected-Stream", self.stream.as_str()),
        ];
        let attributes = message.attributes.iter().map(|(name, value)| (*name, value.as_str()));
        let headers = headers_of(named.into_iter().chain(attributes));
        self.connection.publish(subject, headers, message.body).boxed()
    }

    fn lost(&self) -> BoxFuture<'_, Failure> {
        self.connection.lost().boxed()
    }
}
