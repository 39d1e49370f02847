//! A counterpart without a network: a clerk carries the notice along and fills in what was answered on paper.
//!
//! The settings say what kinds of property it reports and which acts it takes. See `README.md` for the form of each order.

mod kinds;
mod manifest;
mod read;
mod sandbox;
mod sheet;
mod words;

use std::sync::Arc;

use chakong_contract::asset::AssetKind;
use chakong_contract::connector::FormPart;
use chakong_contract::form::{FieldProblem, Filled, Sheet};
use chakong_contract::manifest::{SettingProblem, Settings};
use chakong_contract::{ActionKind, Answer, Connector, Fault, FaultKind, Order, Plugin};

use manifest::Counter;

/// The connector as it is registered.
pub fn plugin() -> Plugin {
    Plugin { manifest: manifest::MANIFEST, build, sandbox: sandbox::build }
}

fn build(settings: &Settings) -> Result<Arc<dyn Connector>, Vec<SettingProblem>> {
    Ok(Arc::new(Desk { counter: Counter::configured(settings)? }))
}

/// The connector, configured.
#[derive(Debug)]
struct Desk {
    counter: Counter,
}

impl Connector for Desk {
    fn form(&self) -> Option<&dyn FormPart> {
        Some(self)
    }

    fn supports(&self, act: ActionKind) -> bool {
        self.counter.acts.contains(&act)
    }

    fn assets(&self) -> Option<&[AssetKind]> {
        Some(&self.counter.assets)
    }

    fn check(&self, order: &Order) -> Result<(), Fault> {
        let kind = order.instruction.target().map(|target| target.asset_kind());
        match kind.filter(|kind| !self.counter.assets.contains(kind)) {
            None => Ok(()),
            Some(_) => {
                let detail = "该单位不管理此类财产 this counterpart does not keep property of this kind";
                Err(Fault::new(FaultKind::Unsupported, "write the form", detail))
            }
        }
    }
}

impl FormPart for Desk {
    fn sheet(&self, order: &Order) -> Sheet {
        sheet::of(&self.counter, order)
    }

    fn read(&self, order: &Order, filled: &Filled) -> Result<Answer, Vec<FieldProblem>> {
        read::answer(&self.counter, order, filled)
    }
}
