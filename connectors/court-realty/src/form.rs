//! The form dialect of the point-to-point line (protocol section 5, E): we post one query with its papers, the registry answers
//! at once. Queries only. The page does not show the answer; it is read in every form that the sister dialects have.

mod dialogue;
mod manifest;
mod read;
mod sandbox;
mod wire;
mod write;

use std::sync::Arc;

use chakong_contract::connector::{Read, ReadContent};
use chakong_contract::manifest::{SettingProblem, Settings};
use chakong_contract::{Call, Connector, Fault, Message, Order, Plugin, Reading, RequestNumber};

use self::manifest::FormRegistry;
use self::read::{malformed, said};
use crate::shared::wire::point_to_point::results::QueryResult;

/// The connector as it is registered.
pub fn plugin() -> Plugin {
    Plugin { manifest: manifest::MANIFEST, build, sandbox: sandbox::build }
}

fn build(settings: &Settings) -> Result<Arc<dyn Connector>, Vec<SettingProblem>> {
    Ok(Arc::new(manifest::check(settings)?))
}

impl Connector for FormRegistry {
    fn call(&self) -> Option<&dyn Call> {
        Some(self)
    }

    /// Each result of a body by itself; who was asked about is not known, so a match is not stated.
    fn read(&self, message: &Message) -> Reading {
        let results = match said(&message.bytes) {
            Ok(Ok(results)) => results,
            Ok(Err(refused)) => return Reading::alone(Ok(refused)),
            Err(fault) => return Reading::alone(Err(fault)),
        };
        if results.is_empty() {
            return Reading::alone(Err(malformed("it holds no result")));
        }
        let read = |result: QueryResult| {
            let number = result.number.parse::<RequestNumber>().ok();
            let content = match self.answer(result, None, None) {
                Ok(answer) => ReadContent::Answer(Box::new(answer)),
                Err(fault) => ReadContent::Fault(fault),
            };
            Read { number, content }
        };
        Reading { reads: results.into_iter().map(read).collect(), ..Reading::default() }
    }

    fn check(&self, order: &Order) -> Result<(), Fault> {
        self.request(order).map(drop)
    }
}
