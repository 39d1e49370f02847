//! What is asked, from an order.

use chakong_contract::{IdentityDocument, Order};

/// The number to search by. The vendor cannot be asked by organisation code: there the name is searched.
pub(crate) fn number_to_search(order: &Order) -> Option<&str> {
    match &order.document {
        IdentityDocument::OrgCode(_) => None,
        document => Some(document.number()),
    }
}
