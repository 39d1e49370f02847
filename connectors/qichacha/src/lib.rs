//! Qichacha 企查查: facts of a company's registration, its shareholders, changes, branches and equity freezes.
//!
//! A read-only call connector. One order is a dialogue: base data by number (then by name), which bring shareholders, changes
//! and branches along where changes are wanted, else their lists page by page; then judicial assistance 司法协助. See
//! `README.md` for settings, traps and the sandbox script.

mod dialogue;
mod manifest;
mod read;
mod sandbox;
mod wire;

use std::sync::Arc;

use chakong_contract::manifest::{SettingProblem, Settings};
use chakong_contract::{Call, Connector, Message, Plugin, Reading};

/// The connector as it is registered.
pub fn plugin() -> Plugin {
    Plugin { manifest: manifest::MANIFEST, build, sandbox: sandbox::build }
}

fn build(settings: &Settings) -> Result<Arc<dyn Connector>, Vec<SettingProblem>> {
    Ok(Arc::new(Qichacha { settings: manifest::check(settings)? }))
}

/// The connector, configured.
#[derive(Debug)]
struct Qichacha {
    settings: manifest::Checked,
}

impl Connector for Qichacha {
    fn call(&self) -> Option<&dyn Call> {
        Some(self)
    }

    fn read(&self, message: &Message) -> Reading {
        Reading::alone(read::alone(&message.bytes))
    }
}
