//! Tianyancha 天眼查: facts of a company's registration, its shareholders, changes, branches, history, equity
//! freezes, and its stakes in others.
//!
//! A read-only call connector. One order is a dialogue: search by number (then by name), base info, then the lists that the
//! setting `lists` names, page by page, and the detail of each freeze that stands. See `README.md` for settings, traps and the sandbox script.

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
    Ok(Arc::new(Tianyancha { settings: manifest::check(settings)? }))
}

/// The connector, configured.
#[derive(Debug)]
struct Tianyancha {
    settings: manifest::Checked,
}

impl Connector for Tianyancha {
    fn call(&self) -> Option<&dyn Call> {
        Some(self)
    }

    fn read(&self, message: &Message) -> Reading {
        Reading::alone(read::alone(&message.bytes))
    }
}
