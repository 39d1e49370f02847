//! The counterparts as configured now; replaced as a whole when a file changes.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use chakong_contract::ActionKind;
use chakong_contract::asset::AssetKind;

use crate::config::{Config, CounterpartConfig};
use crate::domain::abilities::{Abilities, Rules};
use crate::domain::rules::working_days::HolidayCalendar;
use crate::domain::{Routes, TwoApprovers, Way};
use crate::engine::CurrentRules;

/// A snapshot of the counterparts by name.
pub type Snapshot = Arc<BTreeMap<String, Arc<CounterpartConfig>>>;

/// Rules of the gateway's own file.
#[derive(Debug, Clone)]
pub struct OwnRules {
    /// Holidays and moved working days.
    pub holidays: Arc<HolidayCalendar>,
    /// A property that is worth more than so many percent of what is still wanted is for an officer.
    pub officer_above: u32,
    /// Which freezes two persons approve.
    pub two_approvers: Arc<TwoApprovers>,
}

impl OwnRules {
    /// As it is configured.
    pub fn of(config: &Config) -> Self {
        let (holidays, two_approvers) = (Arc::clone(&config.holidays), Arc::clone(&config.two_approvers));
        Self { holidays, officer_above: config.officer_above, two_approvers }
    }
}

/// The counterparts as configured now.
#[derive(Debug, Default)]
pub struct Counterparts(RwLock<(Snapshot, Arc<Rules>)>, RwLock<Option<String>>);

impl Counterparts {
    /// From a configuration, with the holidays that are built in.
    pub fn new(configs: Vec<CounterpartConfig>) -> Self {
        Self(RwLock::new(taken_up(configs, &Rules::default())), RwLock::default())
    }

    /// The same with the rules of the gateway's own file, which stay when the counterparts are replaced.
    #[must_use]
    pub fn with(self, own: OwnRules) -> Self {
        let (snapshot, rules) = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        let OwnRules { holidays, officer_above, two_approvers } = own;
        let rules = Rules { holidays: Some(holidays), officer_above, two_approvers, ..Rules::clone(&rules) };
        Self(RwLock::new((snapshot, Arc::new(rules))), self.1)
    }

    /// What is wrong with the files as they are now, line by line; `None` where these counterparts are what the files say.
    pub fn problems(&self) -> Option<String> {
        self.1.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The files as they are now cannot be taken up, or they are what is known.
    pub fn tell_problems(&self, problems: Option<String>) {
        *self.1.write().unwrap_or_else(PoisonError::into_inner) = problems;
    }

    /// The counterparts now.
    pub fn now(&self) -> Snapshot {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner).0)
    }

    /// Whether a counterpart's queries can go to another now.
    pub fn lead_on_from(&self, counterpart: &str) -> bool {
        self.rules().routes.lead_on_from(counterpart)
    }

    /// Replaces them all.
    pub fn replace(&self, configs: Vec<CounterpartConfig>) {
        let taken_up = taken_up(configs, &self.rules());
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = taken_up;
    }
}

impl CurrentRules for Counterparts {
    fn rules(&self) -> Arc<Rules> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner).1)
    }
}

/// Counterparts as configured, with the other rules as they were before.
fn taken_up(configs: Vec<CounterpartConfig>, before: &Rules) -> (Snapshot, Arc<Rules>) {
    let snapshot: Snapshot =
        Arc::new(configs.into_iter().map(|config| (config.name.clone(), Arc::new(config))).collect());
    let abilities = snapshot.values().map(|config| (config.name.clone(), config.ability()));
    let (abilities, routes) = (abilities.collect::<Abilities>(), routes_of(&snapshot));
    let rules = Rules { abilities, routes, ..before.clone() };
    (snapshot, Arc::new(rules))
}

fn routes_of(snapshot: &Snapshot) -> Routes {
    let way = |config: &CounterpartConfig| Way {
        counterpart: config.name.clone(),
        identities: config.plugin.manifest.identities,
        divisions: config.routing.divisions.clone(),
    };
    let ways = |config: &CounterpartConfig| -> Vec<Way> {
        let known = config.routing.stand_ins.iter().filter_map(|name| snapshot.get(name));
        known.map(|config| way(config)).collect()
    };
    let leading = snapshot.values().filter(|config| !config.routing.stand_ins.is_empty());
    let takes_equity = |config: &&Arc<CounterpartConfig>| {
        let manifest = &config.plugin.manifest;
        manifest.assets.contains(&AssetKind::Equity) && manifest.capability(ActionKind::Freeze).is_some()
    };
    Routes {
        stand_ins: leading.map(|config| (config.name.clone(), ways(config))).collect(),
        equity: snapshot.values().filter(takes_equity).map(|config| way(config)).collect(),
    }
}
