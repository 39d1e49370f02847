//! What is asked, from an order.

use chakong_contract::{ActionKind, Batch, Fault, FaultKind, IdentityDocument, Order};

use crate::wire::{IN_FORCE, Query, certificate_code};

/// The one order of a batch and its queries: by the number, and by the old number where the registry does not match it itself.
pub(crate) fn queries(batch: &Batch, with_old_number: bool) -> Result<(&Order, Vec<Query>), Fault> {
    let unsupported = |why: &str| Fault::new(FaultKind::Unsupported, "write a query", why);
    let [order] = batch.orders.as_slice() else {
        return Err(unsupported("a batch for this connector holds exactly one order"));
    };
    if order.instruction.kind() != ActionKind::Query {
        return Err(unsupported("this line only queries"));
    }
    let kind = certificate_code(&order.document)
        .ok_or_else(|| unsupported("the registry does not know this kind of identity document"))?;
    let query = |number: &str| Query {
        qlrmc: order.name.as_str().to_owned(),
        zjh: number.to_owned(),
        zjzl: kind.to_owned(),
        qszt: IN_FORCE.to_owned(),
    };
    let mut queries = vec![query(order.document.number())];
    if with_old_number && let Some(old) = old_number(&order.document) {
        queries.push(query(&old));
    }
    Ok((order, queries))
}

/// The 15-digit number of a person born in the 1900s, under which old titles may still stand.
pub(crate) fn old_number(document: &IdentityDocument) -> Option<String> {
    match document {
        IdentityDocument::ResidentId(id) => id.old_form(),
        _ => None,
    }
}
