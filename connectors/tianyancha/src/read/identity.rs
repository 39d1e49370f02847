use chakong_contract::asset::MatchedBy;
use chakong_contract::id::Uscc;
use chakong_contract::name::same_name;
use chakong_contract::{IdentityDocument, Order};

use crate::wire::Record;

/// How the record matches the party that was asked about; `None` when it is another's.
pub(crate) fn matched(record: &Record, order: &Order) -> Option<MatchedBy> {
    let stated = match &order.document {
        IdentityDocument::Uscc(_) => record.credit_code.text(),
        IdentityDocument::OrgCode(_) => org_number(record),
        _ => record.reg_number.text(),
    };
    let stated: String = stated.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let same_number = (!stated.is_empty()).then(|| stated.eq_ignore_ascii_case(order.document.number()));
    MatchedBy::of(same_number, same_name(&record.name.plain(), order.name.as_str()))
}

/// The organisation code: stated, or the one inside the credit code.
fn org_number(record: &Record) -> String {
    let stated = record.org_number.text();
    if !stated.is_empty() {
        return stated;
    }
    let inside = record.credit_code.text().parse::<Uscc>().ok().and_then(|code| code.org_code().ok());
    inside.map_or_else(String::new, |code| code.as_str().to_owned())
}
