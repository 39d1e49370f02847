//! The county's real-time query (protocol section 3.5): we are the platform's side that calls a county, and the county calls back
//! to ask whether the call is really ours. Queries only.
//!
//! The call carries the one-time token of its conversation, which the gateway drew: it confirms it once, and only while the
//! conversation is under way.

mod confirmation;
mod dialogue;
mod manifest;
mod read;
mod sandbox;
mod wire;
mod write;

use std::sync::Arc;

use chakong_contract::connector::{Read, ReadContent};
use chakong_contract::manifest::{SettingProblem, Settings};
use chakong_contract::{Call, Connector, Fault, HttpResponse, Message, Order, Plugin, Postbox, Reading};

use self::manifest::County;
use crate::shared::read::{Extract, answer};

/// The connector as it is registered.
pub fn plugin() -> Plugin {
    Plugin { manifest: manifest::MANIFEST, build, sandbox: sandbox::build }
}

fn build(settings: &Settings) -> Result<Arc<dyn Connector>, Vec<SettingProblem>> {
    Ok(Arc::new(manifest::check(settings)?))
}

impl Connector for County {
    fn call(&self) -> Option<&dyn Call> {
        Some(self)
    }

    fn read(&self, message: &Message) -> Reading {
        match self.results(&HttpResponse::json(200, &*message.bytes)) {
            Ok(Some(results)) => Reading { reads: self.lone(results), ..Reading::default() },
            Ok(None) => {
                let nothing = answer(Extract::default(), None, self.amounts, Vec::new());
                let content = ReadContent::Answer(Box::new(nothing));
                Reading { reads: vec![Read { number: None, content }], ..Reading::default() }
            }
            Err(fault) => Reading { problems: vec![fault], ..Reading::default() },
        }
    }

    fn postbox(&self) -> Option<&dyn Postbox> {
        Some(self)
    }

    fn check(&self, order: &Order) -> Result<(), Fault> {
        self.asked(order).map(drop)
    }
}
