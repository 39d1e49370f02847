//! The point-to-point service that registries call (protocol section 2): query and control done online.
//!
//! * `feedback`: what a registry hands in, as replies
//! * `service`: what it calls, and what it is answered
//! * `sandbox`: a registry that calls, keeps a register, and misbehaves by script

mod feedback;
mod manifest;
mod sandbox;
mod service;
mod wire;

use std::sync::Arc;

use chakong_contract::manifest::{SettingProblem, Settings};
use chakong_contract::{Connector, Fault, Message, Order, Plugin, Postbox, Reading};

use self::manifest::PollingRegistry;
use crate::shared::request;

/// The connector as it is registered.
pub fn plugin() -> Plugin {
    Plugin { manifest: manifest::MANIFEST, build, sandbox: sandbox::build }
}

fn build(settings: &Settings) -> Result<Arc<dyn Connector>, Vec<SettingProblem>> {
    Ok(Arc::new(manifest::check(settings)?))
}

impl Connector for PollingRegistry {
    fn read(&self, message: &Message) -> Reading {
        feedback::message(self, &message.bytes)
    }

    fn postbox(&self) -> Option<&dyn Postbox> {
        Some(self)
    }

    fn check(&self, order: &Order) -> Result<(), Fault> {
        request::request(order).map(drop)
    }
}
