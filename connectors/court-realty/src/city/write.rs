//! What is asked, from an order.

use chakong_contract::{Batch, Fault, FaultKind, Order};

use super::wire::query::{IN_FORCE, Query};
use crate::shared::read::old_number;
use crate::shared::wire::certificate_code;

fn unsupported(why: &str) -> Fault {
    Fault::new(FaultKind::Unsupported, "write a query", why)
}

/// The one order of a batch.
pub(crate) fn only(batch: &Batch) -> Result<&Order, Fault> {
    match batch.orders.as_slice() {
        [order] => Ok(order),
        _ => Err(unsupported("a batch for this connector holds exactly one order")),
    }
}

/// The queries of an order: by the number, and by the old number where the registry does not match it itself.
pub(crate) fn queries(order: &Order, with_old_number: bool) -> Result<Vec<Query>, Fault> {
    let kind = certificate_code(&order.document)
        .ok_or_else(|| unsupported("the registry does not know this kind of identity document"))?;
    let query = |number: &str| Query {
        name: order.name.as_str().to_owned(),
        number: number.to_owned(),
        document_kind: kind.to_owned(),
        states: IN_FORCE.to_owned(),
    };
    let mut queries = vec![query(order.document.number())];
    if with_old_number && let Some(old) = old_number(&order.document) {
        queries.push(query(&old));
    }
    Ok(queries)
}
