use chakong_contract::asset::MatchedBy;
use chakong_contract::id::{OrgCode, Uscc, folded_number};
use chakong_contract::name::same_name;
use chakong_contract::placeholder::is_placeholder;
use chakong_contract::{Company, IdentityDocument, Order};
use chakong_toolkit::capital::read_capital;
use chakong_toolkit::company_status::read_company_status;
use chakong_toolkit::gathered::Gathered;

use crate::wire::{Record, field};

/// Most former names kept.
const MOST_NAMES: usize = 50;

/// The number to ask by. The vendor cannot be asked by organisation code: there the name is asked.
pub(crate) fn number_to_ask(order: &Order) -> Option<&str> {
    match &order.document {
        IdentityDocument::OrgCode(_) => None,
        document => Some(document.number()),
    }
}

/// How base data match the party that was asked about; `None` when they are another's.
pub(crate) fn matched(record: &Record, order: &Order) -> Option<MatchedBy> {
    let code = || record.credit_code.text().parse::<Uscc>().ok();
    let is_ours = |stated: String| folded_number(&stated) == folded_number(order.document.number());
    let same_number = match &order.document {
        IdentityDocument::Uscc(_) | IdentityDocument::UnverifiedUscc(_) => {
            record.credit_code.code_of(18).map(is_ours)
        }
        IdentityDocument::OrgCode(wanted) => {
            let stated = record.org_no.text().parse::<OrgCode>().ok();
            stated.or_else(|| code()?.org_code().ok()).map(|stated| stated == *wanted)
        }
        _ => record.no.code().map(is_ours),
    };
    MatchedBy::of(same_number, same_name(&record.name.plain(), order.name.as_str()))
}

/// Base data as facts of a company, without lists.
pub(crate) fn company(record: &Record, gathered: &mut Gathered) -> Company {
    let status_text = record.status.text();
    let status = read_company_status(&status_text);
    if status.is_none() && !status_text.is_empty() {
        gathered.strange(field::STATUS, status_text.clone());
    }
    let former = record.original_name.iter().flatten().map(|original| original.name.plain());
    let term_until = gathered
        .date(field::TERM_END, &record.term_end)
        .or_else(|| gathered.date(field::MISSPELT_TERM_END, &record.misspelt_term_end));
    let (code, unverified_code) = gathered.credit_code(field::CREDIT_CODE, &record.credit_code);
    Company {
        name: record.name.plain(),
        former_names: former
            .filter(|name| !name.is_empty() && !is_placeholder(name))
            .take(MOST_NAMES)
            .collect(),
        code,
        unverified_code,
        org_code: record.org_no.text().parse().ok(),
        registration_number: record.no.code().unwrap_or_default(),
        status,
        status_text,
        legal_representative: Some(record.responsible.plain())
            .filter(|name| !is_placeholder(name))
            .unwrap_or_default(),
        company_type: record.kind.text(),
        registered_capital: read_capital(&record.registered_capital.text()),
        registered_capital_text: record.registered_capital.text(),
        paid_capital: read_capital(&record.paid_capital.text()),
        established: gathered.past_date(field::START_DATE, &record.start_date),
        term_from: gathered.past_date(field::TERM_START, &record.term_start),
        term_until,
        authority: record.registry.text(),
        address: record.address.text(),
        scope: record.scope.text(),
        ..Company::default()
    }
}

#[cfg(test)]
mod tests {
    use chakong_testkit::sample;

    use super::*;

    #[test]
    fn what_cannot_be_a_code_states_none_and_names_are_compared_folded() {
        let name = "示例甲（集团）供应链·管理有限公司";
        let documents = [
            IdentityDocument::Uscc("91000000MADEM00112".parse().expect("a code")),
            IdentityDocument::OrgCode("MADEM0011".parse().expect("a code")),
            IdentityDocument::BusinessLicence("000000000000017".parse().expect("a number")),
        ];
        for document in documents {
            let order = sample::query(&crate::plugin().manifest, name, document);
            for stated in ["暂无", "/", "——", "NULL"] {
                let record: Record = serde_json::from_value(serde_json::json!({
                    "Name": "示例甲〔集团〕供应链&middot;管理有限公司", "CreditCode": stated, "OrgNo": stated, "No": stated,
                }))
                .expect("a record");
                assert_eq!(matched(&record, &order), Some(MatchedBy::NameOnly), "{stated}");
                let company = company(&record, &mut Gathered::default());
                assert_eq!((company.code, company.registration_number.as_str()), (None, ""));
            }
        }
    }
}
