//! GLEIF: the public register of legal entity identifiers, its entities and their parents.
//!
//! A read-only call connector without a key. One order is a dialogue: records by identifier, or by registration number and
//! then by name; for each of them its direct and ultimate parent, or why none is reported. See `README.md` for settings,
//! traps and the sandbox script.

mod dialogue;
mod manifest;
mod read;
mod sandbox;
mod wire;
mod write;

use std::sync::Arc;

use chakong_contract::manifest::{SettingProblem, Settings};
use chakong_contract::{Call, Connector, Message, Plugin, Reading};

/// The connector as it is registered.
pub fn plugin() -> Plugin {
    Plugin { manifest: manifest::MANIFEST, build, sandbox: sandbox::build }
}

fn build(settings: &Settings) -> Result<Arc<dyn Connector>, Vec<SettingProblem>> {
    Ok(Arc::new(Gleif { settings: manifest::check(settings)? }))
}

/// The connector, configured.
#[derive(Debug)]
struct Gleif {
    settings: manifest::Checked,
}

impl Connector for Gleif {
    fn call(&self) -> Option<&dyn Call> {
        Some(self)
    }

    fn read(&self, message: &Message) -> Reading {
        Reading::alone(read::alone(&message.bytes))
    }
}
