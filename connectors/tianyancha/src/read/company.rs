use chakong_contract::capital::read_capital;
use chakong_contract::company_status::read_company_status;
use chakong_contract::gathered::Gathered;
use chakong_contract::{Company, Scalar};

use crate::wire::Record;

/// Most former names kept.
const MOST_NAMES: usize = 50;

/// A company without its lists.
pub(crate) fn company(record: &Record, gathered: &mut Gathered) -> Company {
    let established = gathered.date("estiblishTime", &record.estiblish_time);
    let term_from = gathered.date("fromTime", &record.from_time);
    let term_until = gathered.date("toTime", &record.to_time);
    let status_text = record.reg_status.text();
    let status = read_company_status(&status_text);
    if status.is_none() && !status_text.is_empty() {
        gathered.strange("regStatus", status_text.clone());
    }
    Company {
        name: record.name.plain(),
        former_names: former_names(record),
        code: gathered.checked("creditCode", &record.credit_code),
        org_code: record.org_number.text().parse().ok(),
        registration_number: record.reg_number.text(),
        status,
        status_text,
        legal_representative: record.legal_person_name.text(),
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
    let joined = record.history_names.text();
    let listed = record.history_name_list.iter().flatten().map(Scalar::plain);
    let mut names: Vec<String> = Vec::new();
    for name in listed.chain(joined.split([';', '；', '\t']).map(|name| name.trim().to_owned())) {
        if !name.is_empty() && !names.contains(&name) && names.len() < MOST_NAMES {
            names.push(name);
        }
    }
    names
}
