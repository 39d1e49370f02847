//! The provincial platform's line (protocol section 3): we are the platform's side that hands applications out and takes
//! results. Queries only.

mod feedback;
mod manifest;
mod sandbox;
mod service;
mod token;
mod wire;
mod write;

use std::sync::Arc;

use chakong_contract::manifest::{SettingProblem, Settings};
use chakong_contract::{Connector, Fault, Message, Order, Plugin, Postbox, Reading};

use self::manifest::Platform;

/// The connector as it is registered.
pub fn plugin() -> Plugin {
    Plugin { manifest: manifest::MANIFEST, build, sandbox: sandbox::build }
}

fn build(settings: &Settings) -> Result<Arc<dyn Connector>, Vec<SettingProblem>> {
    Ok(Arc::new(manifest::check(settings)?))
}

impl Connector for Platform {
    fn read(&self, message: &Message) -> Reading {
        feedback::message(self, &message.bytes)
    }

    fn postbox(&self) -> Option<&dyn Postbox> {
        Some(self)
    }

    fn check(&self, order: &Order) -> Result<(), Fault> {
        self.application(order).map(drop)
    }
}
