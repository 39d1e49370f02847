//! Brokers at the start: what only they can say is learned before anything begins.

use std::sync::Arc;
use std::time::Duration;

use super::BuildError;
use crate::api::GatewayReception;
use crate::clock::Clock;
use crate::config::Config;
use crate::engine::{Engine, while_held};
use crate::gateway::Gateway;
use crate::lifecycle::Tasks;
use crate::queue::EventLog;
use crate::relay::{
    Intake, Probed, Reception, Relay, Relays, intakes_of, keep_failures, probe_brokers, relays_of,
    run_intake, run_relay,
};

/// A start waits so long for a broker; what is not known by then is found out later.
const START_WAITS: Duration = Duration::from_secs(3);

/// Connects to every broker of a configuration, as a start does.
pub async fn probed_brokers(config: &Config) -> Vec<Probed> {
    probe_brokers(&config.relays, &config.intakes, START_WAITS).await
}

/// One that is not there or full is waited for later; one that is not as configured ends the start.
pub(super) async fn fit(config: &Config) -> Result<(), BuildError> {
    for Probed { section, outcome, .. } in probed_brokers(config).await {
        match outcome {
            Err(failure) if failure.kind.is_a_persons() => {
                return Err(BuildError::Broker { section, failure });
            }
            Err(failure) => {
                tracing::warn!(section, %failure, "a broker cannot be used yet; the gateway starts all the same");
            }
            Ok(()) => {}
        }
    }
    Ok(())
}

/// Relays and intakes that do not run yet.
#[derive(Debug)]
pub(super) struct Brokers {
    relays: Vec<Relay>,
    intakes: Vec<Intake>,
}

impl Brokers {
    pub(super) fn new(config: &Config, log: &EventLog, engine: &Engine, clock: &Arc<dyn Clock>) -> Self {
        Self {
            relays: relays_of(&config.relays, log, engine, clock),
            intakes: intakes_of(&config.intakes, log.source(), clock),
        }
    }

    /// How they are, for others.
    pub(super) fn watches(&self) -> Relays {
        Relays {
            relays: self.relays.iter().map(Relay::watch).collect(),
            intakes: self.intakes.iter().map(Intake::watch).collect(),
        }
    }

    /// Runs them all.
    pub(super) fn spawn(self, gateway: &Arc<Gateway>, tasks: &Tasks) {
        let leases = gateway.store.leases();
        let own = leases.own().map(|own| own.name).unwrap_or_default();
        let watches = self.watches();
        for watch in watches.relays.iter().chain(watches.intakes.iter()) {
            let (engine, own) = (gateway.engine.free(), Arc::from(own.as_str()));
            tasks.spawn_job("relay-failures", keep_failures(watch.clone(), engine, own, tasks.clone()));
        }
        for relay in self.relays {
            let (name, relay) = (relay.lease(), Arc::new(relay));
            let work = move |lease, tasks| run_relay(Arc::clone(&relay), lease, tasks);
            tasks.spawn_service("relay", while_held(Arc::clone(leases), name, tasks.clone(), work));
        }
        for intake in self.intakes {
            let reception: Arc<dyn Reception> = Arc::new(GatewayReception(Arc::clone(gateway)));
            let (name, intake) = (intake.lease(), Arc::new(intake));
            let work = move |_, tasks| run_intake(Arc::clone(&intake), Arc::clone(&reception), tasks);
            tasks.spawn_service("intake", while_held(Arc::clone(leases), name, tasks.clone(), work));
        }
    }
}
