//! The court–bank line 总对总: query, freeze and release packages in a shared directory (protocol section 1a).
//!
//! * `wire`: every message type, both ways; `package`: zip archives
//! * `write`: orders to packages; `read`: packages to replies
//! * `sandbox`: a bank that answers the packages, and misbehaves by script

mod manifest;
mod package;
mod read;
mod sandbox;
mod wire;
mod write;

use std::sync::Arc;

use chakong_contract::{Connector, Message, Plugin, Reading, SettingProblem, Settings, Speaks};

use crate::manifest::{Bank, MANIFEST};

/// The connector as it is registered.
pub fn plugin() -> Plugin {
    Plugin { manifest: MANIFEST, build, sandbox: sandbox::build }
}

fn build(settings: &Settings) -> Result<Arc<dyn Connector>, Vec<SettingProblem>> {
    Ok(Arc::new(CourtBank { bank: Bank::configured(settings)? }))
}

/// The connector for one bank.
#[derive(Debug)]
struct CourtBank {
    bank: Bank,
}

impl Connector for CourtBank {
    fn speaks(&self) -> Speaks<'_> {
        Speaks::Parcel(&self.bank)
    }

    fn read(&self, message: &Message) -> Reading {
        read::read(&self.bank, message)
    }
}
