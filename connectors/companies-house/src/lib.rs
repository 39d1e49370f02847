//! Companies House: the register of companies of the United Kingdom.
//!
//! A read-only call connector. One order is a dialogue: the profile by number (or, for a number of another register, a
//! search by name), then persons with significant control, charges and the filing history, each page by page. See
//! `README.md` for settings, traps and the sandbox script.

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
    Ok(Arc::new(CompaniesHouse { settings: manifest::check(settings)? }))
}

/// The connector, configured.
#[derive(Debug)]
struct CompaniesHouse {
    settings: manifest::Checked,
}

impl Connector for CompaniesHouse {
    fn call(&self) -> Option<&dyn Call> {
        Some(self)
    }

    fn read(&self, message: &Message) -> Reading {
        Reading::alone(read::alone(&message.bytes))
    }
}
