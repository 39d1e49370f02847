use chakong_contract::asset::MatchedBy;
use chakong_contract::id::Uscc;
use chakong_contract::name::same_name;
use chakong_contract::{IdentityDocument, Order};

use crate::wire::Record;

/// Whether a record is the party that was asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Match {
    /// It is, as far as this says.
    Ours(MatchedBy),
    /// It bears another number, or another name and no number.
    Not,
}

/// Compares what the record says of itself with the order. A record with another number is another company, whatever its name.
pub(crate) fn matched(record: &Record, order: &Order) -> Match {
    let stated = match &order.document {
        IdentityDocument::Uscc(_) => record.credit_code.text(),
        IdentityDocument::OrgCode(_) => org_number(record),
        _ => record.reg_number.text(),
    };
    let stated: String = stated.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let same_name = same_name(&record.name.plain(), order.name.as_str());
    match (stated.eq_ignore_ascii_case(order.document.number()), stated.is_empty(), same_name) {
        (true, _, true) => Match::Ours(MatchedBy::NameAndNumber),
        (true, _, false) => Match::Ours(MatchedBy::Number),
        (false, true, true) => Match::Ours(MatchedBy::NameOnly),
        _ => Match::Not,
    }
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
