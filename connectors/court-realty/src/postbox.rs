//! The point-to-point service that registries call (protocol section 2): query and control done online.
//!
//! * `offers`: orders to requests, papers and certificates; `fed`: results to replies
//! * `service`: calls to visits, what was found to answers
//! * `visitor`: a registry that visits, keeps a register, and misbehaves by script

mod fed;
mod manifest;
pub(crate) mod offers;
mod service;
mod visitor;

use std::sync::Arc;

use chakong_contract::manifest::{SettingProblem, Settings};
use chakong_contract::{Connector, Fault, Message, Order, Plugin, Postbox, Reading, Speaks};

pub(crate) use self::fed::{rank_in, reason};
pub(crate) use self::visitor::{Misdeed, Misdeeds, Script};
use crate::wire::AmountUnit;
use crate::wire::tree::Leaves;

/// The connector as it is registered.
pub fn plugin() -> Plugin {
    Plugin { manifest: manifest::MANIFEST, build, sandbox: visitor::build }
}

fn build(settings: &Settings) -> Result<Arc<dyn Connector>, Vec<SettingProblem>> {
    Ok(Arc::new(manifest::check(settings)?))
}

/// The connector, configured for one registry.
#[derive(Debug, Clone)]
struct VisitingRegistry {
    /// What a bare amount counts in.
    amounts: AmountUnit,
    /// How leaves travel.
    leaves: Leaves,
    /// Address of the service as the registry reaches it; may be empty.
    public_url: String,
}

impl Connector for VisitingRegistry {
    fn speaks(&self) -> Speaks<'_> {
        Speaks::Postbox(self)
    }

    fn read(&self, message: &Message) -> Reading {
        fed::message(self, &message.bytes)
    }

    fn postbox(&self) -> Option<&dyn Postbox> {
        Some(self)
    }

    fn can_express(&self, order: &Order) -> Result<(), Fault> {
        offers::request(order).map(drop)
    }
}
