//! Equity freezes through the market-supervision authority 市场监督管理部门: query, freeze, renewal, release, forced transfer.
//!
//! Two call connectors over the national field vocabulary (protocol section 4 of the business registries): a JSON line of
//! our own design, since the national message between courts and regulators is not public, and the parameter string with GBK
//! values that one province's systems speak. `README.md` documents both, settings, traps and the sandbox script.

mod dialogue;
mod manifest;
mod read;
mod sandbox;
mod wire;
mod write;

use std::sync::Arc;

use chakong_contract::manifest::{SettingProblem, Settings};
use chakong_contract::{Call, Connector, Fault, Message, Order, Plugin, Reading};

use self::manifest::{JsonLine, ParameterLine};

/// The JSON line.
pub fn plugin() -> Plugin {
    Plugin { manifest: manifest::JSON, build: build_json, sandbox: sandbox::build_json }
}

/// The parameter string.
pub fn parameter_plugin() -> Plugin {
    Plugin { manifest: manifest::PARAMETERS, build: build_parameters, sandbox: sandbox::build_parameters }
}

fn build_json(settings: &Settings) -> Result<Arc<dyn Connector>, Vec<SettingProblem>> {
    manifest::check_json(settings).map(|line| Arc::new(line) as Arc<dyn Connector>)
}

fn build_parameters(settings: &Settings) -> Result<Arc<dyn Connector>, Vec<SettingProblem>> {
    manifest::check_parameters(settings).map(|line| Arc::new(line) as Arc<dyn Connector>)
}

impl Connector for JsonLine {
    fn call(&self) -> Option<&dyn Call> {
        Some(self)
    }

    fn read(&self, message: &Message) -> Reading {
        Reading::alone(read::alone(&message.bytes))
    }

    fn check(&self, order: &Order) -> Result<(), Fault> {
        write::request(order).map(drop)
    }
}

impl Connector for ParameterLine {
    fn call(&self) -> Option<&dyn Call> {
        Some(self)
    }

    fn read(&self, message: &Message) -> Reading {
        Reading::alone(read::alone_parameters(&message.bytes))
    }

    fn check(&self, order: &Order) -> Result<(), Fault> {
        write::parameters(order, order.created.date()).map(drop)
    }
}
