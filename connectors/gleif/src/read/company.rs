use chakong_contract::asset::{CompanyStatus, MatchedBy};
use chakong_contract::gathered::Gathered;
use chakong_contract::id::{OrgCode, Uscc};
use chakong_contract::name::same_name;
use chakong_contract::{Company, IdentityDocument, Order, Scalar};

use crate::wire::{Address, Entity, Subject, Topic};

/// Most former names kept.
const MOST_NAMES: usize = 50;

/// How a record matches the party; `None` when it is another's.
pub(crate) fn matched(subject: &Subject, order: &Order) -> Option<MatchedBy> {
    let entity = &subject.entity;
    let names = entity.other_names.iter().flatten().map(|other| other.name.text());
    let named = std::iter::once(entity.legal_name.name.text()).chain(names);
    let is_named = named.into_iter().any(|name| same_name(&name, order.name.as_str()));
    MatchedBy::of(same_number(subject, &order.document), is_named)
}

/// Whether the number is the same; null where the record states none of that kind. A Chinese company is registered here by
/// one number only: its credit code, or its older code or licence number.
fn same_number(subject: &Subject, document: &IdentityDocument) -> Option<bool> {
    let stated = subject.entity.registered_as.text();
    let code = stated.parse::<Uscc>().ok();
    let org_code = || code.as_ref().and_then(|code| code.org_code().ok());
    match document {
        IdentityDocument::Lei(lei) => Some(subject.lei.text() == lei.as_str()),
        IdentityDocument::Uscc(wanted) => code.map(|code| code == *wanted),
        IdentityDocument::OrgCode(wanted) => {
            stated.parse::<OrgCode>().ok().or_else(org_code).map(|code| code == *wanted)
        }
        other if stated.is_empty() || code.is_some() => {
            code.filter(|code| code.as_str() == other.number()).map(|_| true)
        }
        other => {
            let plain: String = stated.chars().filter(|c| !c.is_whitespace()).collect();
            Some(plain.eq_ignore_ascii_case(other.number()))
        }
    }
}

/// A record as facts of a company, without its parents.
pub(crate) fn company(subject: &Subject, gathered: &mut Gathered) -> Company {
    let entity = &subject.entity;
    let registered_as = entity.registered_as.text();
    let code = registered_as.parse::<Uscc>().ok();
    let (status, status_text) = status(subject, gathered);
    Company {
        name: entity.legal_name.name.text(),
        former_names: former_names(entity),
        org_code: code.as_ref().and_then(|code| code.org_code().ok()),
        registration_number: if code.is_some() { String::new() } else { registered_as },
        code,
        lei: gathered.checked("lei", &subject.lei),
        jurisdiction: entity.jurisdiction.text(),
        status,
        status_text,
        company_type: joined([entity.category.text(), either(&entity.legal_form)], " "),
        established: gathered.date("creationDate", &entity.creation_date),
        authority: either(&entity.registered_at),
        address: address(&entity.legal_address),
        ..Company::default()
    }
}

/// The status, and it in the register's words with that of the identifier: an entity that is inactive may have been
/// dissolved or merged, which its status does not say.
fn status(subject: &Subject, gathered: &mut Gathered) -> (Option<CompanyStatus>, String) {
    let word = subject.entity.status.text();
    let status = match word.as_str() {
        "ACTIVE" => Some(CompanyStatus::Active),
        "INACTIVE" | "NULL" | "" => None,
        _ => {
            gathered.strange("status", word.clone());
            None
        }
    };
    let ended = subject.entity.expiration.as_ref();
    let (date, reason) = ended.map(|end| (end.date.text(), end.reason.text())).unwrap_or_default();
    let registration = subject.registration.status.text();
    let registration = if registration.is_empty() { registration } else { format!("LEI {registration}") };
    (status, joined([word, date, reason, registration], "；"))
}

fn former_names(entity: &Entity) -> Vec<String> {
    let previous =
        entity.other_names.iter().flatten().filter(|other| other.kind.text().starts_with("PREVIOUS"));
    let names = previous.map(|other| other.name.text()).filter(|name| !name.is_empty());
    names.take(MOST_NAMES).collect()
}

fn address(address: &Address) -> String {
    let lines = address.address_lines.iter().flatten().map(Scalar::text);
    let rest = [&address.city, &address.region, &address.postal_code, &address.country];
    joined(lines.chain(rest.map(Scalar::text)), ", ")
}

fn either(topic: &Topic) -> String {
    joined([topic.id.text(), topic.other.text()], " ")
}

fn joined(parts: impl IntoIterator<Item = String>, between: &str) -> String {
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(between)
}
