//! The counterparts as configured now; replaced as a whole when a file changes.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use crate::config::CounterpartConfig;

/// A snapshot of the counterparts by name.
pub type Snapshot = Arc<BTreeMap<String, Arc<CounterpartConfig>>>;

/// The counterparts as configured now.
#[derive(Debug, Default)]
pub struct Counterparts(RwLock<Snapshot>);

impl Counterparts {
    /// From a configuration.
    pub fn new(configs: Vec<CounterpartConfig>) -> Self {
        Self(RwLock::new(snapshot(configs)))
    }

    /// The counterparts now.
    pub fn now(&self) -> Snapshot {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces them all.
    pub fn replace(&self, configs: Vec<CounterpartConfig>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = snapshot(configs);
    }
}

fn snapshot(configs: Vec<CounterpartConfig>) -> Snapshot {
    Arc::new(configs.into_iter().map(|config| (config.name.clone(), Arc::new(config))).collect())
}
