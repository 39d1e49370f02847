use chakong_contract::asset::MatchedBy;
use chakong_contract::id::{Uscc, folded_number};
use chakong_contract::name::same_name;
use chakong_contract::{IdentityDocument, Order};

use crate::wire::Record;

/// How the record matches the party that was asked about; `None` when it is another's.
pub(crate) fn matched(record: &Record, order: &Order) -> Option<MatchedBy> {
    let stated = match &order.document {
        IdentityDocument::Uscc(_) | IdentityDocument::UnverifiedUscc(_) => record.credit_code.code_of(18),
        IdentityDocument::OrgCode(_) => org_number(record),
        _ => record.reg_number.code(),
    };
    let ours = folded_number(order.document.number());
    let same_number = stated.map(|stated| folded_number(&stated) == ours);
    MatchedBy::of(same_number, same_name(&record.name.plain(), order.name.as_str()))
}

/// The organisation code: stated, or the one inside the credit code.
fn org_number(record: &Record) -> Option<String> {
    record.org_number.code_of(9).or_else(|| {
        let code = folded_number(&record.credit_code.code_of(18)?).parse::<Uscc>().ok()?;
        Some(code.org_code().ok()?.as_str().to_owned())
    })
}

#[cfg(test)]
mod tests {
    use chakong_testkit::sample;

    use super::*;

    fn order(document: IdentityDocument) -> Order {
        sample::query(&crate::plugin().manifest, "示例甲供应链管理有限公司", document)
    }

    fn record(json: serde_json::Value) -> Record {
        serde_json::from_value(json).expect("a record")
    }

    #[test]
    fn what_cannot_be_a_code_states_none() {
        let uscc = order(IdentityDocument::Uscc("91000000MADEM00112".parse().expect("a code")));
        let org = order(IdentityDocument::OrgCode("MADEM0011".parse().expect("a code")));
        for stated in ["未公开", "-", "null", "0", "9100********0112", ""] {
            let record = record(serde_json::json!({
                "name": "示例甲供应链管理有限公司", "creditCode": stated, "orgNumber": stated, "regNumber": stated,
            }));
            assert_eq!(matched(&record, &uscc), Some(MatchedBy::NameOnly), "{stated}");
            assert_eq!(matched(&record, &org), Some(MatchedBy::NameOnly), "{stated}");
        }
        let other = record(
            serde_json::json!({ "name": "示例甲供应链管理有限公司", "creditCode": "91000000MADEM002XR" }),
        );
        assert_eq!(matched(&other, &uscc), None, "another code is another company");
    }

    #[test]
    fn spellings_of_code_and_name_are_ours() {
        let order = order(IdentityDocument::OrgCode("MADEM0011".parse().expect("a code")));
        for (name, number) in [
            ("示例甲供应链管理有限公司", "MADEM001–1"),
            ("示例甲供应链管理 有限公司", "ＭＡＤＥＭ００１－１"),
        ] {
            let record = record(serde_json::json!({ "name": name, "orgNumber": number }));
            assert_eq!(matched(&record, &order), Some(MatchedBy::NameAndNumber), "{name} {number}");
        }
    }

    #[test]
    fn a_code_that_fails_its_check_is_found_on_an_officers_word() {
        let order = order(IdentityDocument::UnverifiedUscc("91000000MADEM00114".parse().expect("a code")));
        let record = record(serde_json::json!({ "name": "示例乙公司", "creditCode": "91000000MADEM00114" }));
        assert_eq!(matched(&record, &order), Some(MatchedBy::Number));
        let company = super::super::company(&record, &mut chakong_toolkit::gathered::Gathered::default());
        assert_eq!(
            company.unverified_code.map(|code| code.to_string()).as_deref(),
            Some("91000000MADEM00114")
        );
    }
}
