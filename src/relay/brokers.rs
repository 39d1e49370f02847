//! Relays and intakes from the configuration: the only file that tells one broker from another.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, join_all};

use super::failure::{Failure, FailureKind};
use super::health::HealthTeller;
use super::intake::Intake;
use super::nats::{NatsInlet, NatsOutlet};
use super::parties::{Inlet, Outlet};
use super::rabbitmq::{RabbitInlet, RabbitOutlet};
use super::runner::Relay;
use crate::clock::Clock;
use crate::config::{IntakeConfig, IntakesConfig, RelayLimits, RelaysConfig};
use crate::engine::Engine;
use crate::queue::EventLog;

/// The relays of a configuration.
pub fn relays_of(
    config: &RelaysConfig,
    log: &EventLog,
    engine: &Engine,
    clock: &Arc<dyn Clock>,
) -> Vec<Relay> {
    let relay = |name, consumer, outlet: Box<dyn Outlet>, limits: RelayLimits| Relay {
        name,
        consumer,
        outlet,
        limits,
        log: log.clone(),
        engine: engine.clone(),
        clock: Arc::clone(clock),
        health: HealthTeller::new(name, clock.now()),
    };
    // The colon keeps HTTP consumers from having the name.
    let nats = config.nats.clone().map(|nats| {
        let limits = nats.limits;
        relay("nats", "relay:nats", Box::new(NatsOutlet(nats)), limits)
    });
    let rabbitmq = config.rabbitmq.clone().map(|rabbit| {
        let limits = rabbit.limits;
        relay("rabbitmq", "relay:rabbitmq", Box::new(RabbitOutlet(rabbit)), limits)
    });
    nats.into_iter().chain(rabbitmq).collect()
}

/// What a broker said to a first connection.
#[derive(Debug)]
pub struct Probed {
    /// Its section in the configuration.
    pub section: &'static str,
    /// Its servers.
    pub servers: String,
    /// Why it cannot be used.
    pub outcome: Result<(), Failure>,
}

/// Connects to each broker once, all at the same time, as their relays and intakes do: streams, exchanges and queues are made or
/// checked as configured. No message is sent or taken.
pub async fn probe_brokers(
    relays: &RelaysConfig,
    intakes: &IntakesConfig,
    patience: Duration,
) -> Vec<Probed> {
    let mut probes: Vec<BoxFuture<'static, Probed>> = Vec::new();
    if let Some(nats) = relays.nats.clone() {
        probes.push(out("relay.nats", NatsOutlet(nats), patience).boxed());
    }
    if let Some(rabbit) = relays.rabbitmq.clone() {
        probes.push(out("relay.rabbitmq", RabbitOutlet(rabbit), patience).boxed());
    }
    if let Some(nats) = intakes.nats.clone() {
        probes.push(within("intake.nats", NatsInlet(nats), patience).boxed());
    }
    if let Some(rabbit) = intakes.rabbitmq.clone() {
        probes.push(within("intake.rabbitmq", RabbitInlet(rabbit), patience).boxed());
    }
    join_all(probes).await
}

async fn out(section: &'static str, outlet: impl Outlet, patience: Duration) -> Probed {
    let connected = tokio::time::timeout(patience, outlet.connect()).await;
    let outcome = connected.unwrap_or_else(|_| Err(unanswered())).map(drop);
    Probed { section, servers: outlet.servers(), outcome }
}

async fn within(section: &'static str, inlet: impl Inlet, patience: Duration) -> Probed {
    let connected = tokio::time::timeout(patience, inlet.connect()).await;
    let outcome = connected.unwrap_or_else(|_| Err(unanswered())).map(drop);
    Probed { section, servers: inlet.servers(), outcome }
}

fn unanswered() -> Failure {
    Failure::new(FailureKind::TimedOut, "the broker did not answer in time")
}

/// The intakes of a configuration; `source` is the CloudEvents source of the installation.
pub fn intakes_of(config: &IntakesConfig, source: &str, clock: &Arc<dyn Clock>) -> Vec<Intake> {
    let intake = |name, inlet: Box<dyn Inlet>, config: IntakeConfig| Intake {
        name,
        inlet,
        config,
        source: source.to_owned(),
        clock: Arc::clone(clock),
        health: HealthTeller::new(name, clock.now()),
    };
    let nats = config.nats.clone().map(|nats| {
        let common = nats.intake.clone();
        intake("nats", Box::new(NatsInlet(nats)), common)
    });
    let rabbitmq = config.rabbitmq.clone().map(|rabbit| {
        let common = rabbit.intake.clone();
        intake("rabbitmq", Box::new(RabbitInlet(rabbit)), common)
    });
    nats.into_iter().chain(rabbitmq).collect()
}
