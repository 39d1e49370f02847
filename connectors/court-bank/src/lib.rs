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
    Connector, Fault, Message, Order, Plugin, Postbox, Reading, SettingProblem, Settings, Speaks,
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
    fn speaks(&self) -> Speaks<'_> {
        Speaks::Parcel(&self.bank)
    }

    fn read(&self, message: &Message) -> Reading {
        read::read(&self.bank, message)
    }

    fn is_whole(&self, message: &Message) -> bool {
        package::is_whole(&message.bytes)
    }

    fn renamed(&self, response: &Message, nth: u32) -> Message {
        Message { name: file_name::numbered(&response.name, nth), bytes: Arc::clone(&response.bytes) }
    }

    fn postbox(&self) -> Option<&dyn Postbox> {
        self.bank.web_service.as_ref().map(|_| &self.bank as &dyn Postbox)
    }

    fn check(&self, order: &Order) -> Result<(), Fault> {
        postbox::check(&self.bank, order)
    }
}
