//! Relays and intakes from the configuration: the only file that tells one broker from another.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;

use super::failure::{Done, Failure, FailureKind};
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

/// A broker before the start.
enum Probe {
    Out(Box<dyn Outlet>),
    In(Box<dyn Inlet>),
}

impl Probe {
    fn servers(&self) -> String {
        match self {
            Self::Out(outlet) => outlet.servers(),
            Self::In(inlet) => inlet.servers(),
        }
    }

    /// Connects as its relay or intake does; where it `only_looks`, nothing is made.
    async fn connect(&self, only_looks: bool) -> Done<()> {
        match (self, only_looks) {
            (Self::Out(outlet), true) => outlet.look().await,
            (Self::Out(outlet), false) => outlet.connect().await.map(drop),
            (Self::In(inlet), true) => inlet.look().await,
            (Self::In(inlet), false) => inlet.connect().await.map(drop),
        }
    }
}

/// Connects to each broker, all at the same time, as their relays and intakes do: streams, exchanges and queues are made or checked as
/// configured. No message is sent or taken. Nothing is made at any of them before everything that is there was looked at everywhere: where
/// something is unfit, nothing is made.
pub async fn probe_brokers(
    relays: &RelaysConfig,
    intakes: &IntakesConfig,
    patience: Duration,
) -> Vec<Probed> {
    let mut probes: Vec<(&'static str, Probe)> = Vec::new();
    if let Some(nats) = relays.nats.clone() {
        probes.push(("relay.nats", Probe::Out(Box::new(NatsOutlet(nats)))));
    }
    if let Some(rabbit) = relays.rabbitmq.clone() {
        probes.push(("relay.rabbitmq", Probe::Out(Box::new(RabbitOutlet(rabbit)))));
    }
    if let Some(nats) = intakes.nats.clone() {
        probes.push(("intake.nats", Probe::In(Box::new(NatsInlet(nats)))));
    }
    if let Some(rabbit) = intakes.rabbitmq.clone() {
        probes.push(("intake.rabbitmq", Probe::In(Box::new(RabbitInlet(rabbit)))));
    }
    let looked = connect_all(&probes, true, patience).await;
    let is_unfit = |probed: &Probed| matches!(&probed.outcome, Err(failure) if failure.kind.is_a_persons());
    match looked.iter().any(is_unfit) {
        true => looked,
        false => connect_all(&probes, false, patience).await,
    }
}

async fn connect_all(probes: &[(&'static str, Probe)], only_looks: bool, patience: Duration) -> Vec<Probed> {
    let connect = async |section, probe: &Probe| {
        let connected = tokio::time::timeout(patience, probe.connect(only_looks)).await;
        let outcome = connected.unwrap_or_else(|_| Err(unanswered()));
        Probed { section, servers: probe.servers(), outcome }
    };
    join_all(probes.iter().map(|(section, probe)| connect(*section, probe))).await
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
