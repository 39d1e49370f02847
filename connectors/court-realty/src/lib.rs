//! Court line to real-estate registries 不动产登记: what a party holds now, with every burden on it.
//!
//! A call connector for the city registries' REST interface (protocol section 4). A query is one call, and a second one with the
//! old 15-digit number where there is one. A control is a lock and a case; the registry calls back when the case is entered in
//! its register. See `README.md` for settings, traps and the sandbox script.

mod callbacks;
mod control;
mod county;
mod dialogue;
mod form;
mod manifest;
mod platform;
mod postbox;
mod read;
mod receipt;
mod sandbox;
mod seizure;
mod wire;
mod write;

use std::sync::Arc;

use chakong_contract::manifest::{SettingProblem, Settings};
use chakong_contract::{ActionKind, Connector, Fault, Message, Order, Plugin, Postbox, Reading, Speaks};

pub use county::plugin as county_plugin;
pub use form::plugin as form_plugin;
pub use platform::plugin as platform_plugin;
pub use postbox::plugin as postbox_plugin;

/// The connector as it is registered.
pub fn plugin() -> Plugin {
    Plugin { manifest: manifest::MANIFEST, build, sandbox: sandbox::build }
}

fn build(settings: &Settings) -> Result<Arc<dyn Connector>, Vec<SettingProblem>> {
    Ok(Arc::new(manifest::check(settings)?))
}

/// The connector, configured for one registry.
#[derive(Debug, Clone)]
pub(crate) struct Registry {
    /// What a bare amount counts in.
    pub(crate) amounts: wire::AmountUnit,
    /// The registry itself matches the old 15-digit number.
    pub(crate) matches_old_numbers: bool,
    /// How it is told of controls, if it takes them.
    pub(crate) workflows: Option<control::Workflows>,
    /// Whether it is given what it needs to call back.
    pub(crate) calls_back: bool,
}

impl Connector for Registry {
    fn speaks(&self) -> Speaks<'_> {
        Speaks::Call(self)
    }

    fn read(&self, message: &Message) -> Reading {
        match callbacks::lone(&message.bytes) {
            Some(reading) => reading,
            None => read::alone(&message.bytes, self.amounts),
        }
    }

    fn postbox(&self) -> Option<&dyn Postbox> {
        self.calls_back.then_some(self as &dyn Postbox)
    }

    fn can(&self, act: ActionKind) -> bool {
        !act.is_control() || self.workflows.is_some()
    }

    fn can_express(&self, order: &Order) -> Result<(), Fault> {
        match order.instruction.kind() {
            ActionKind::Query => write::queries(order, false).map(drop),
            _ => control::write(order, self.workflows()?, order.created).map(drop),
        }
    }
}
