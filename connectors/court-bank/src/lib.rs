//! The court–bank line 总对总: queries, freezes, renewals and releases, as packages in a shared directory (protocol section
//! 1a) or over the web service that the bank calls (section 1b).
//!
//! * `wire`: every message type, both ways; `package`: zip archives
//! * `write`: orders to packages; `read`: packages and fed back documents to replies
//! * `postbox`: the web service: calls to parsed calls, results to responses
//! * `sandbox`: a bank that answers the packages or polls the postbox, and misbehaves by script

mod manifest;
mod package;
mod postbox;
mod read;
mod sandbox;
mod wire;
mod write;

use std::sync::Arc;

use chakong_contract::{
    Batch, Connector, Fault, Message, Order, Parcel, Plugin, Postbox, Reading, SettingProblem, Settings,
};

use crate::manifest::{Bank, MANIFEST};
use crate::wire::file_name;

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
    fn parcel(&self) -> Option<&dyn Parcel> {
        Some(self)
    }

    fn postbox(&self) -> Option<&dyn Postbox> {
        self.bank.web_service.as_ref().map(|_| &self.bank as &dyn Postbox)
    }

    /// An answer names no currency, so that only yuan can be read back.
    fn controls_foreign_currency(&self) -> bool {
        false
    }

    fn check(&self, order: &Order) -> Result<(), Fault> {
        postbox::check(&self.bank, order)
    }
}

impl Parcel for CourtBank {
    fn write(&self, batch: &Batch) -> Result<Vec<Message>, Fault> {
        write::write(&self.bank, batch)
    }

    fn read(&self, file: &Message) -> Reading {
        read::read(&self.bank, file)
    }

    fn is_whole(&self, file: &Message) -> bool {
        package::is_whole(&file.bytes)
    }

    fn renamed(&self, response: &Message, nth: u32) -> Message {
        Message { name: file_name::numbered(&response.name, nth), bytes: Arc::clone(&response.bytes) }
    }
}
