//! What is asked, from an order: the first search, and those that follow while nothing is found.

use chakong_contract::{IdentityDocument, Order};

use crate::wire::{Ask, Filter};

/// Searches for the party, in order. A legal entity identifier is final: no other record can be the party's.
pub(crate) fn searches(order: &Order) -> Vec<Ask> {
    let number = order.document.number();
    let search = |filter, value: String| Ask::Records { filter, value, page: 1 };
    let by_number = match &order.document {
        IdentityDocument::Lei(_) => return vec![search(Filter::Lei, number.to_owned())],
        // Registers write the code with and without its hyphen: a comma asks for either.
        IdentityDocument::OrgCode(_) => {
            let hyphened = number.split_at_checked(8).map(|(main, check)| format!("{main}-{check}"));
            Some(format!("{number},{}", hyphened.unwrap_or_default()))
        }
        _ if is_operator(number) => None,
        _ => Some(number.to_owned()),
    };
    let by_number = by_number.map(|value| search(Filter::RegisteredAs, value));
    by_number.into_iter().chain(by_name(order.name.as_str())).collect()
}

/// Searches for a name. In a filter `,` parts alternatives, `!` negates and `..` is a range: a name with any of them is searched as text
/// alone. The filter of names does not know the names in Latin letters that the register made itself: such a name is searched as text as
/// well.
fn by_name(name: &str) -> Vec<Ask> {
    let search = |filter, value| Ask::Records { filter, value, page: 1 };
    let plain = || {
        let plain = name.replace("..", " ").replace([',', '!', '<', '>', '='], " ");
        plain.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let names = (!is_operator(name)).then(|| search(Filter::Names, name.to_owned()));
    let is_latin = !name.chars().any(chakong_contract::script::is_han);
    let text = (is_latin || names.is_none()).then(|| search(Filter::FullText, plain()));
    names.into_iter().chain(text).collect()
}

fn is_operator(value: &str) -> bool {
    value.contains([',', '!', '<', '>', '=']) || value.contains("..")
}
