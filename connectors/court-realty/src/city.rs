//! The city registries' REST interface (protocol section 4), over a call line. A query is one call, and a second one with the
//! old 15-digit number where there is one. A control is a lock and a case; the registry calls back when the case is entered in
//! its register.

mod callbacks;
mod control;
mod dialogue;
mod manifest;
mod read;
mod sandbox;
mod wire;
mod write;

use std::sync::Arc;

use chakong_contract::manifest::{SettingProblem, Settings};
use chakong_contract::{ActionKind, Call, Connector, Fault, Message, Order, Plugin, Postbox, Reading};

use self::manifest::Registry;

/// The connector as it is registered.
pub fn plugin() -> Plugin {
    Plugin { manifest: manifest::MANIFEST, build, sandbox: sandbox::build }
}

fn build(settings: &Settings) -> Result<Arc<dyn Connector>, Vec<SettingProblem>> {
    Ok(Arc::new(manifest::check(settings)?))
}

impl Connector for Registry {
    fn call(&self) -> Option<&dyn Call> {
        Some(self)
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

    fn supports(&self, act: ActionKind) -> bool {
        !act.is_control() || self.workflows.is_some()
    }

    fn check(&self, order: &Order) -> Result<(), Fault> {
        match order.instruction.kind() {
            ActionKind::Query => write::queries(order, false).map(drop),
            _ => control::write::write(order, self.workflows()?, order.created).map(drop),
        }
    }
}
