//! What is checked, and what a check is.

use std::sync::Arc;

use chakong_contract::sandbox::Sandbox;
use chakong_contract::{Connector, Order, Plugin, Settings};

/// What the suite needs to know of a connector.
#[derive(Debug)]
pub struct Subject {
    /// The connector.
    pub plugin: Plugin,
    /// Settings with which it builds; every required one must be given.
    pub settings: Settings,
    /// The script of its sandbox, without faults. It lists the parties and targets of the samples.
    pub script: serde_json::Value,
    /// One order per declared act, in an order in which they can be carried out: query, freeze, renew, release. The query
    /// finds something; every control can be done. Renewal and release name the freeze's request number.
    pub samples: Vec<Order>,
}

impl Subject {
    /// The connector, built.
    ///
    /// # Errors
    /// In words, when the settings do not fit.
    pub fn connector(&self) -> Result<Arc<dyn Connector>, String> {
        (self.plugin.build)(&self.settings)
            .map_err(|problems| format!("the settings do not build: {problems:?}"))
    }

    /// A fresh sandbox with the script, without the key `everyone`.
    ///
    /// # Errors
    /// In words, when the script does not fit.
    pub fn sandbox(&self) -> Result<Box<dyn Sandbox>, String> {
        let mut script = self.script.clone();
        if let Some(keys) = script.as_object_mut() {
            keys.remove("everyone");
        }
        (self.plugin.sandbox)(&script, &self.settings).map_err(|error| error.to_string())
    }

    /// The order that misbehaviour is tried on: a query where there is one.
    pub(crate) fn probe(&self) -> Result<&Order, String> {
        let query = self.samples.iter().find(|order| !order.instruction.kind().is_control());
        query.or(self.samples.first()).ok_or_else(|| "no sample order".to_owned())
    }
}

/// One check: what it asks, and how it is asked.
pub(crate) type Check = (&'static str, fn(&Subject) -> Result<(), String>);

/// `Ok` if a condition holds, else the reason.
pub(crate) fn holds(condition: bool, why: impl FnOnce() -> String) -> Result<(), String> {
    if condition { Ok(()) } else { Err(why()) }
}
