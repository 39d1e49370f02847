//! The application of an order.

use chakong_contract::{ActionKind, Fault, FaultKind, Order};

use super::manifest::Platform;
use super::wire::{Application, BUSINESS, Person};
use crate::shared::wire::certificate_code;

impl Platform {
    /// The application of an order. Its number stands for the documents' as well: results are keyed by that.
    pub(super) fn application(&self, order: &Order) -> Result<Application, Fault> {
        let unsupported = |detail| Fault::new(FaultKind::Unsupported, "write the application", detail);
        if order.instruction.kind() != ActionKind::Query {
            return Err(unsupported("this line only queries"));
        }
        let kind = certificate_code(&order.document)
            .ok_or_else(|| unsupported("the registry does not know this kind of identity document"))?;
        let number = order.number.to_string();
        let person = Person {
            name: order.name.to_string(),
            document_number: order.document.number().to_owned(),
            document_kind: kind.to_owned(),
            document: number.clone(),
        };
        Ok(Application {
            number,
            asking_body: self.asking.clone(),
            business: BUSINESS.to_owned(),
            scope: "1".to_owned(),
            persons: vec![person],
        })
    }
}
