//! The suite that every connector passes. What is run follows from the manifest; nothing is listed twice.
//!
//! | group | what it asks |
//! |---|---|
//! | [`manifest`] | the declaration is coherent; freezes come with the documents that the law asks for |
//! | [`settings`] | good settings build; each required one, missing, is named in a `SettingProblem` |
//! | [`answers`] | every declared act brings exactly one fitting reply per order, from the connector's own sandbox; strangers own nothing; a full batch is answered; sending twice executes once; writing is deterministic and shows no secret |
//! | [`postbox`] | samples can be expressed; over a declared postbox line every one is answered by the visiting sandbox, none is executed twice, strangers get nothing |
//! | [`faults`] | bad statuses, HTML, truncated, empty, random and damaged bytes end in a fault of the right kind; nothing panics, nothing loops |

pub mod answers;
pub mod faults;
pub mod manifest;
pub mod postbox;
pub mod settings;

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
    fn probe(&self) -> Result<&Order, String> {
        let query = self.samples.iter().find(|order| !order.instruction.kind().is_control());
        query.or(self.samples.first()).ok_or_else(|| "no sample order".to_owned())
    }
}

/// One check: what it asks, and how it is asked.
pub(crate) type Check = (&'static str, fn(&Subject) -> Result<(), String>);

/// Runs the whole suite.
///
/// # Panics
/// With every check that failed, each with its reason.
pub fn conformance(subject: &Subject) {
    let groups = [manifest::CHECKS, settings::CHECKS, answers::CHECKS, postbox::CHECKS, faults::CHECKS];
    let failed: Vec<String> = groups
        .iter()
        .flat_map(|checks| checks.iter())
        .filter_map(|(asks, check)| check(subject).err().map(|why| format!("* {asks}\n    {why}")))
        .collect();
    assert!(failed.is_empty(), "{} does not conform:\n{}", subject.plugin.manifest.id, failed.join("\n"));
}

/// `Ok` if a condition holds, else the reason.
pub(crate) fn holds(condition: bool, why: impl FnOnce() -> String) -> Result<(), String> {
    if condition { Ok(()) } else { Err(why()) }
}
