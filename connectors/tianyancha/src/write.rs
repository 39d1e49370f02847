//! What is asked, from an order.

use chakong_contract::{ActionKind, Batch, Fault, FaultKind, IdentityDocument, Order};

use crate::manifest::MANIFEST;

/// The one order of a batch, if this connector can ask about it.
pub(crate) fn only_query(batch: &Batch) -> Result<&Order, Fault> {
    let unsupported = |why: &str| Fault::new(FaultKind::Unsupported, "write a query", why);
    let [order] = batch.orders.as_slice() else {
        return Err(unsupported("a batch for this connector holds exactly one order"));
    };
    if order.instruction.kind() != ActionKind::Query {
        return Err(unsupported("this connector only queries"));
    }
    if !MANIFEST.identities.contains(&order.document.kind()) {
        return Err(unsupported("the vendor does not know this kind of identity document"));
    }
    Ok(order)
}

/// The number to search by. The vendor cannot be asked by organisation code: there the name is searched.
pub(crate) fn number_to_search(order: &Order) -> Option<&str> {
    match &order.document {
        IdentityDocument::OrgCode(_) => None,
        document => Some(document.number()),
    }
}
