//! Court line to real-estate registries 不动产登记: what a party holds now, with every burden on it.
//!
//! A read-only call connector for the city registries that answer 查询权利人全部现势登记 over REST (protocol section 4).
//! One order is one query, and a second one with the old 15-digit number where there is one. See `README.md` for settings,
//! traps and the sandbox script.

mod dialogue;
mod form;
mod manifest;
mod platform;
mod postbox;
mod read;
mod sandbox;
mod wire;
mod write;

use std::sync::Arc;

use chakong_contract::manifest::{SettingProblem, Settings};
use chakong_contract::{Connector, Message, Plugin, Reading, Speaks};

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
}

impl Connector for Registry {
    fn speaks(&self) -> Speaks<'_> {
        Speaks::Call(self)
    }

    fn read(&self, message: &Message) -> Reading {
        read::alone(&message.bytes, self.amounts)
    }
}
