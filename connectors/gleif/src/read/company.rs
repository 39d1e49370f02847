use chakong_contract::asset::{MatchedBy, Subsidiary};
use chakong_contract::id::{OrgCode, Uscc, folded_number};
use chakong_contract::name::same_name;
use chakong_contract::placeholder::is_placeholder;
use chakong_contract::{Company, IdentityDocument, Order};
use chakong_toolkit::Scalar;
use chakong_toolkit::gathered::Gathered;

use super::day::day;
use super::status::{joined, status};
use crate::wire::{Address, Entity, Subject, Topic, field};

/// Most former names kept.
const MOST_NAMES: usize = 50;

/// How a record matches the party; `None` when it is another's.
pub(crate) fn matched(subject: &Subject, order: &Order) -> Option<MatchedBy> {
    let entity = &subject.entity;
    let other = entity.other_names.iter().chain(&entity.transliterated_other_names).flatten();
    let names = other.map(|other| other.name.text());
    let named = std::iter::once(entity.legal_name.name.text()).chain(names);
    let is_named = named.into_iter().any(|name| same_name(&name, order.name.as_str()));
    MatchedBy::of(same_number(subject, &order.document), is_named)
}

/// Whether the number is the same; null where the record states none of that kind. A Chinese company is registered here by
/// one number only: its credit code, or its older code or licence number.
fn same_number(subject: &Subject, document: &IdentityDocument) -> Option<bool> {
    let stated = subject.entity.registered_as.code().unwrap_or_default();
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
        other => Some(plain(&stated) == plain(other.number())),
    }
}

/// A number without its punctuation: registers and people write `HRB 1234`, `HRB-1234` and `HRB1234`.
fn plain(number: &str) -> String {
    folded_number(number).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// A record as a subsidiary.
pub(crate) fn subsidiary(subject: &Subject) -> Subsidiary {
    let entity = &subject.entity;
    Subsidiary {
        name: entity.legal_name.name.text(),
        lei: subject.lei.text().parse().ok(),
        jurisdiction: entity.jurisdiction.text(),
        registration_number: entity.registered_as.code().unwrap_or_default(),
    }
}

/// A record as facts of a company, without its parents.
pub(crate) fn company(subject: &Subject, gathered: &mut Gathered) -> Company {
    let entity = &subject.entity;
    let registered_as = entity.registered_as.code().unwrap_or_default();
    let code = registered_as.parse::<Uscc>().ok();
    let is_chinese = entity.jurisdiction.text().starts_with("CN");
    let (status, status_text) = status(subject, gathered);
    let created = day(field::CREATION_DATE, &entity.creation_date, &entity.jurisdiction.text(), gathered);
    Company {
        name: entity.legal_name.name.text(),
        former_names: former_names(entity),
        org_code: code.as_ref().and_then(|code| code.org_code().ok()),
        unverified_code: registered_as.parse().ok().filter(|_| is_chinese),
        registration_number: if code.is_some() { String::new() } else { registered_as },
        code,
        lei: gathered.checked(field::LEI, &subject.lei),
        jurisdiction: entity.jurisdiction.text(),
        status,
        status_text,
        company_type: joined([entity.category.text(), either(&entity.legal_form)], " "),
        established: gathered.past(field::CREATION_DATE, &entity.creation_date, created),
        authority: either(&entity.registered_at),
        address: address(&entity.legal_address),
        ..Company::default()
    }
}

fn former_names(entity: &Entity) -> Vec<String> {
    let previous =
        entity.other_names.iter().flatten().filter(|other| other.kind.text().starts_with("PREVIOUS"));
    let names =
        previous.map(|other| other.name.text()).filter(|name| !name.is_empty() && !is_placeholder(name));
    names.take(MOST_NAMES).collect()
}

fn address(address: &Address) -> String {
    let lines = address.address_lines.iter().flatten().map(Scalar::text).collect::<Vec<_>>();
    // The numbers are parts of the lines in most records.
    let numbers = [&address.address_number_within_building, &address.address_number].map(Scalar::text);
    let numbers =
        numbers.into_iter().filter(|number| !lines.iter().any(|line| line.contains(number.as_str())));
    let numbers: Vec<String> = numbers.collect();
    let rest = [&address.city, &address.region, &address.postal_code, &address.country];
    let routed = std::iter::once(address.mail_routing.text());
    joined(routed.chain(numbers).chain(lines).chain(rest.map(Scalar::text)), ", ")
}

fn either(topic: &Topic) -> String {
    joined([topic.id.text(), topic.other.text()], " ")
}
