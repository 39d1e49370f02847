//! Tianyancha 天眼查: facts of a company's registration, its shareholders, changes and equity freezes.
//!
//! A read-only call connector. One order is a dialogue: search by number (then by name), base info, shareholders, changes,
//! judicial assistance 司法协助, each list page by page. See `README.md` for settings, traps and the sandbox script.

mod dialogue;
mod manifest;
mod read;
mod sandbox;
mod wire;
mod write;

use std::sync::Arc;

use chakong_contract::manifest::{SettingProblem, Settings};
use chakong_contract::{Connector, Message, Plugin, Reading, Secret, Speaks};

/// The connector as it is registered.
pub fn plugin() -> Plugin {
    Plugin { manifest: manifest::MANIFEST, build, sandbox: sandbox::build }
}

fn build(settings: &Settings) -> Result<Arc<dyn Connector>, Vec<SettingProblem>> {
    let settings = manifest::check(settings)?;
    Ok(Arc::new(Tianyancha { token: settings.token, max_pages: settings.max_pages }))
}

/// The connector, configured.
#[derive(Debug)]
struct Tianyancha {
    token: Secret,
    max_pages: u32,
}

impl Connector for Tianyancha {
    fn speaks(&self) -> Speaks<'_> {
        Speaks::Call(self)
    }

    fn read(&self, message: &Message) -> Reading {
        read::alone(&message.bytes)
    }
}
