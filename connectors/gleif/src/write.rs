//! What is asked, from an order: the first search, and the one that follows when it brings nothing.

use chakong_contract::{IdentityDocument, Order};

use crate::wire::{Ask, Filter};

/// Searches for the party, in order. A legal entity identifier is final: no other record can be the party's.
pub(crate) fn searches(order: &Order) -> Vec<Ask> {
    let number = order.document.number();
    let by_name = || name_search(order.name.as_str());
    let search = |filter, value: String| Ask::Records { filter, value, page: 1 };
    match &order.document {
        IdentityDocument::Lei(_) => vec![search(Filter::Lei, number.to_owned())],
        // Registers write the code with and without its hyphen: a comma asks for either.
        IdentityDocument::OrgCode(_) => {
            let hyphened = number.split_at_checked(8).map(|(main, check)| format!("{main}-{check}"));
            let value = format!("{number},{}", hyphened.unwrap_or_default());
            vec![search(Filter::RegisteredAs, value), by_name()]
        }
        _ if is_operator(number) => vec![by_name()],
        _ => vec![search(Filter::RegisteredAs, number.to_owned()), by_name()],
    }
}

/// In a filter `,` parts alternatives, `!` negates and `..` is a range: a name with any of them is searched as text.
fn name_search(name: &str) -> Ask {
    if !is_operator(name) {
        return Ask::Records { filter: Filter::LegalName, value: name.to_owned(), page: 1 };
    }
    let plain = name.replace("..", " ").replace([',', '!', '<', '>', '='], " ");
    let value = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    Ask::Records { filter: Filter::FullText, value, page: 1 }
}

fn is_operator(value: &str) -> bool {
    value.contains([',', '!', '<', '>', '=']) || value.contains("..")
}
