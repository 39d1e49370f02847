use chakong_contract::asset::MatchedBy;
use chakong_contract::capital::read_capital;
use chakong_contract::company_status::read_company_status;
use chakong_contract::gathered::Gathered;
use chakong_contract::id::{OrgCode, Uscc};
use chakong_contract::name::same_name;
use chakong_contract::{Company, IdentityDocument, Order};

use crate::wire::Record;

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
    let same_number = match &order.document {
        IdentityDocument::Uscc(wanted) => {
            let stated = record.credit_code.text();
            (!stated.is_empty()).then(|| stated.eq_ignore_ascii_case(wanted.as_str()))
        }
        IdentityDocument::OrgCode(wanted) => {
            let stated = record.org_no.text().parse::<OrgCode>().ok();
            stated.or_else(|| code()?.org_code().ok()).map(|stated| stated == *wanted)
        }
        other => {
            let stated = record.no.text();
            (!stated.is_empty()).then(|| stated.eq_ignore_ascii_case(other.number()))
        }
    };
    MatchedBy::of(same_number, same_name(&record.name.plain(), order.name.as_str()))
}

/// Base data as facts of a company, without lists.
pub(crate) fn company(record: &Record, gathered: &mut Gathered) -> Company {
    let status_text = record.status.text();
    let status = read_company_status(&status_text);
    if status.is_none() && !status_text.is_empty() {
        gathered.strange("Status", status_text.clone());
    }
    let former = record.original_name.iter().flatten().map(|original| original.name.plain());
    let term_until =
        gathered.date("TermEnd", &record.term_end).or_else(|| gathered.date("TeamEnd", &record.team_end));
    Company {
        name: record.name.plain(),
        former_names: former.filter(|name| !name.is_empty()).take(MOST_NAMES).collect(),
        code: gathered.checked("CreditCode", &record.credit_code),
        org_code: record.org_no.text().parse().ok(),
        registration_number: record.no.text(),
        status,
        status_text,
        legal_representative: record.oper_name.plain(),
        company_type: record.econ_kind.text(),
        registered_capital: read_capital(&record.regist_capi.text()),
        registered_capital_text: record.regist_capi.text(),
        paid_capital: read_capital(&record.rec_cap.text()),
        established: gathered.date("StartDate", &record.start_date),
        term_from: gathered.date("TermStart", &record.term_start),
        term_until,
        authority: record.belong_org.text(),
        address: record.address.text(),
        scope: record.scope.text(),
        ..Company::default()
    }
}
