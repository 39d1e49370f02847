//! What a county is asked.

use chakong_contract::{ActionKind, Fault, FaultKind, Order, PartyKind};

use super::manifest::County;
use super::wire::CountyQuery;
use crate::shared::read::old_number;
use crate::shared::wire::certificate_code;

impl County {
    /// What is asked of an order: by the number, and by the old number where the county does not match it itself.
    pub(super) fn asked(&self, order: &Order) -> Result<Vec<CountyQuery>, Fault> {
        let unsupported = |detail| Fault::new(FaultKind::Unsupported, "write a query", detail);
        if order.instruction.kind() != ActionKind::Query {
            return Err(unsupported("this line only queries"));
        }
        let kind = certificate_code(&order.document)
            .ok_or_else(|| unsupported("the registry does not know this kind of identity document"))?;
        let number = order.number.to_string();
        let one = |document: &str, key: String| CountyQuery {
            application: number.clone(),
            nature: if order.party_kind == PartyKind::Person { "1" } else { "2" }.to_owned(),
            name: order.name.to_string(),
            document_kind: kind.to_owned(),
            document_number: document.to_owned(),
            division: self.division.clone(),
            scope: "1".to_owned(),
            document: key,
            ..CountyQuery::default()
        };
        let mut asked = vec![one(order.document.number(), number.clone())];
        if let Some(old) = old_number(&order.document).filter(|_| !self.matches_old_numbers) {
            // Results are keyed by this within the request: two entries under one key collide.
            asked.push(one(&old, format!("{number}-15")));
        }
        Ok(asked)
    }
}
