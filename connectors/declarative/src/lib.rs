//! A read-only HTTP query counterpart without code: one description in TOML says how to ask, how to tell nothing from error
//! and how an answer becomes assets. See `README.md` for the description and the sandbox script.

mod description;
mod dialogue;
mod manifest;
mod read;
mod sandbox;
mod write;
mod xml;

use std::sync::Arc;

use chakong_contract::asset::AssetKind;
use chakong_contract::manifest::{SettingProblem, Settings};
use chakong_contract::{Call, Connector, Message, Plugin, Reading, Secret};

/// The connector as it is registered.
pub fn plugin() -> Plugin {
    Plugin { manifest: manifest::MANIFEST, build, sandbox: sandbox::build }
}

fn build(settings: &Settings) -> Result<Arc<dyn Connector>, Vec<SettingProblem>> {
    let (description, authorization) = manifest::check(settings)?;
    Ok(Arc::new(Declarative { description: Arc::new(description), authorization }))
}

/// The connector, configured.
#[derive(Debug)]
struct Declarative {
    description: Arc<description::Description>,
    /// Header and its value, if any.
    authorization: Option<(String, Secret)>,
}

impl Connector for Declarative {
    fn call(&self) -> Option<&dyn Call> {
        Some(self)
    }

    fn assets(&self) -> Option<&[AssetKind]> {
        Some(std::slice::from_ref(&self.description.asset.kind))
    }

    fn read(&self, message: &Message) -> Reading {
        Reading::alone(read::alone(&self.description, &message.bytes))
    }
}
