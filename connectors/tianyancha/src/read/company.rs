use chakong_contract::asset::CompanyStatus;
use chakong_contract::reply::UnknownValue;
use chakong_contract::{Company, Date, Scalar};

use super::unknown;
use crate::wire::{Record, plain, read_capital};

/// Most former names kept.
const MOST_NAMES: usize = 50;

/// A company without its lists, and the values of it that are not known.
pub(crate) fn company(record: &Record) -> (Company, Vec<UnknownValue>) {
    let mut strange = Vec::new();
    let mut date = |field: &str, value: &Scalar| -> Option<Date> {
        value.date().unwrap_or_else(|_| {
            strange.push(unknown(field, value.text()));
            None
        })
    };
    let established = date("estiblishTime", &record.estiblish_time);
    let term_from = date("fromTime", &record.from_time);
    let term_until = date("toTime", &record.to_time);
    let status_text = record.reg_status.text();
    let status = status(&status_text);
    if status.is_none() && !status_text.is_empty() {
        strange.push(unknown("regStatus", status_text.clone()));
    }
    let code = record.credit_code.text();
    let valid_code = code.parse().ok();
    if valid_code.is_none() && !code.is_empty() {
        strange.push(unknown("creditCode", code));
    }
    let company = Company {
        name: plain(&record.name),
        former_names: former_names(record),
        code: valid_code,
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
        shareholders: Vec::new(),
        changes: Vec::new(),
        encumbrances: Vec::new(),
    };
    (company, strange)
}

/// Former names from the list and from the joined text, each once.
fn former_names(record: &Record) -> Vec<String> {
    let joined = record.history_names.text();
    let listed = record.history_name_list.iter().flatten().map(plain);
    let mut names: Vec<String> = Vec::new();
    for name in listed.chain(joined.split([';', '；', '\t']).map(|name| name.trim().to_owned())) {
        if !name.is_empty() && !names.contains(&name) && names.len() < MOST_NAMES {
            names.push(name);
        }
    }
    names
}

/// The status in our words. A text that holds a dead and an alive word is dead (protocol section 3.4).
pub(crate) fn status(text: &str) -> Option<CompanyStatus> {
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&["吊销"]) {
        let deregistered = text.replace("未注销", "").contains("注销");
        return Some(if deregistered {
            CompanyStatus::RevokedAndDeregistered
        } else {
            CompanyStatus::Revoked
        });
    }
    let words: [(&[&str], CompanyStatus); 6] = [
        (&["注销"], CompanyStatus::Deregistered),
        (&["撤销"], CompanyStatus::Cancelled),
        (&["迁出", "迁往"], CompanyStatus::MovedOut),
        (&["清算"], CompanyStatus::Liquidating),
        (&["停业", "歇业"], CompanyStatus::Suspended),
        (&["存续", "在业", "开业", "在营", "在册", "正常", "仍注册"], CompanyStatus::Active),
    ];
    words.iter().find(|(words, _)| has(words)).map(|(_, status)| *status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_of_every_source_are_one_vocabulary() {
        for (text, want) in [
            ("存续（在营、开业、在册）", Some(CompanyStatus::Active)),
            ("仍注册", Some(CompanyStatus::Active)),
            ("吊销，未注销", Some(CompanyStatus::Revoked)),
            ("吊销未注销", Some(CompanyStatus::Revoked)),
            ("吊销", Some(CompanyStatus::Revoked)),
            ("吊销,已注销", Some(CompanyStatus::RevokedAndDeregistered)),
            ("注销企业", Some(CompanyStatus::Deregistered)),
            ("撤销登记", Some(CompanyStatus::Cancelled)),
            ("迁往外省市", Some(CompanyStatus::MovedOut)),
            ("存续，清算中", Some(CompanyStatus::Liquidating)),
            ("设立中", None),
            ("", None),
        ] {
            assert_eq!(status(text), want, "{text}");
        }
    }
}
