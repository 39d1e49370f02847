use chakong_contract::Company;
use chakong_contract::placeholder::is_placeholder;
use chakong_toolkit::Scalar;
use chakong_toolkit::capital::read_capital;
use chakong_toolkit::company_status::read_company_status;
use chakong_toolkit::gathered::Gathered;

use crate::wire::{Record, field};

/// Most former names kept.
const MOST_NAMES: usize = 50;

/// A company without its lists.
pub(crate) fn company(record: &Record, gathered: &mut Gathered) -> Company {
    let established = gathered.past_date(field::ESTABLISHED, &record.established);
    let term_from = gathered.past_date(field::FROM_TIME, &record.from_time);
    let term_until = gathered.date(field::TO_TIME, &record.to_time);
    let status_text = record.reg_status.text();
    let status = read_company_status(&status_text);
    if status.is_none() && !status_text.is_empty() {
        gathered.strange(field::REG_STATUS, status_text.clone());
    }
    let (code, unverified_code) = gathered.credit_code(field::CREDIT_CODE, &record.credit_code);
    Company {
        name: record.name.plain(),
        former_names: former_names(record),
        code,
        unverified_code,
        org_code: record.org_number.text().parse().ok(),
        registration_number: record.reg_number.code().unwrap_or_default(),
        status,
        status_text,
        legal_representative: Some(record.legal_person_name.plain())
            .filter(|name| !is_placeholder(name))
            .unwrap_or_default(),
        company_type: record.company_org_type.text(),
        registered_capital: read_capital(&record.reg_capital.text()),
        registered_capital_text: record.reg_capital.text(),
        paid_capital: read_capital(&record.actual_capital.text()),
        established,
        term_from,
        term_until,
        authority: record.reg_institute.text(),
        address: record.reg_location.text(),
        scope: record.business_scope.text(),
        ..Company::default()
    }
}

/// Former names from the list and from the joined text, each once.
fn former_names(record: &Record) -> Vec<String> {
    let parted = |joined: &Scalar| -> Vec<String> {
        joined.plain().split([';', '；', '\t']).map(|name| name.trim().to_owned()).collect()
    };
    let joined = record.history_names.iter().flatten().flat_map(parted);
    let listed = record.history_name_list.iter().flatten().map(Scalar::plain);
    let mut names: Vec<String> = Vec::new();
    for name in listed.chain(joined) {
        if !name.is_empty() && !is_placeholder(&name) && !names.contains(&name) && names.len() < MOST_NAMES {
            names.push(name);
        }
    }
    names
}
