use chakong_contract::asset::{ChangeRecord, EncumbranceKind, Shareholder};
use chakong_contract::date::has_surely_come;
use chakong_contract::{Company, Date, Encumbrance};
use chakong_toolkit::gathered::Gathered;
use chakong_toolkit::{Scalar, list};
use serde_json::Value;

use crate::wire::{Charge, Control, Filing, List, Particulars, field};

/// Values of one filing that are kept.
const MOST_VALUES: usize = 20;
/// Persons entitled to one charge that are kept.
const MOST_PERSONS: usize = 50;

/// Puts the entries of a page into the company.
/// `spoken` is the day on which the register answered, where it is known.
pub(crate) fn add(
    company: &mut Company,
    list: List,
    items: Vec<Value>,
    spoken: Option<Date>,
    gathered: &mut Gathered,
) {
    match list {
        List::Control => {
            let read = gathered.entries(list.what(), items);
            company.shareholders.extend(controls(read, spoken, gathered));
        }
        List::Charges => {
            let read: Vec<Charge> = gathered.entries(list.what(), items);
            company.encumbrances.extend(read.into_iter().filter_map(|charge| burden(charge, gathered)));
        }
        List::Filings => {
            let read: Vec<Filing> = gathered.entries(list.what(), items);
            company.changes.extend(read.into_iter().map(|filing| change(filing, gathered)));
        }
    }
}

/// Those who control now. The register states bands, never a share: they are kept in its words. A day of the end that cannot be read
/// or lies ahead is no end.
fn controls(controls: Vec<Control>, spoken: Option<Date>, gathered: &mut Gathered) -> Vec<Shareholder> {
    let mut read = |control: Control| {
        let has_ceased = gathered
            .date(field::CEASED_ON, &control.ceased_on)
            .is_some_and(|end| has_surely_come(end, spoken));
        if has_ceased || control.ceased.text() == "true" {
            return None;
        }
        let kind = control.kind.text();
        let is_company = match kind.as_str() {
            kind if kind.starts_with("individual") => Some(false),
            kind if kind.starts_with("corporate-entity") || kind.starts_with("legal-person") => Some(true),
            kind if kind.starts_with("super-secure") => None,
            _ => {
                gathered.strange(field::KIND, kind.clone());
                None
            }
        };
        let named = [control.name.text(), control.description.text()].into_iter();
        Some(Shareholder {
            name: named.into_iter().find(|name| !name.is_empty()).unwrap_or_default(),
            is_company,
            registration_number: control
                .identification
                .and_then(|identification| identification.registration_number.code())
                .unwrap_or_default(),
            control: control.natures_of_control.iter().flatten().map(Scalar::text).collect(),
            ..Shareholder::default()
        })
    };
    controls.into_iter().filter_map(&mut read).collect()
}

/// A charge that is not wholly satisfied.
fn burden(charge: Charge, gathered: &mut Gathered) -> Option<Encumbrance> {
    let status = charge.status.text();
    let kind = match status.as_str() {
        "satisfied" | "fully-satisfied" => return None,
        "outstanding" | "part-satisfied" => EncumbranceKind::Mortgage,
        _ => {
            gathered.strange(field::STATUS, status.clone());
            EncumbranceKind::OtherRight
        }
    };
    let persons = charge.persons_entitled.iter().flatten().take(MOST_PERSONS);
    let created = gathered.past_date(field::CREATED_ON, &charge.created_on);
    let delivered = gathered.past_date(field::DELIVERED_ON, &charge.delivered_on);
    let document = [charge.charge_code.code(), charge.charge_number.code()];
    let words = [
        status,
        charge.classification.map(|one| one.description.text()).unwrap_or_default(),
        charge.particulars.map(covers).unwrap_or_default(),
    ];
    let words = words.into_iter().filter(|word| !word.is_empty());
    Some(Encumbrance {
        kind,
        holder: persons.map(|person| person.name.text()).collect::<Vec<_>>().join("、"),
        document: document.into_iter().flatten().next().unwrap_or_default(),
        amount: None,
        from: created.or(delivered),
        until: None,
        rank: None,
        reference: String::new(),
        words: words.collect::<Vec<_>>().join("；"),
    })
}

/// What a charge covers: its description, and what the register says of its kind.
fn covers(particulars: Particulars) -> String {
    let kinds = [
        ("contains_fixed_charge", &particulars.contains_fixed_charge),
        ("contains_floating_charge", &particulars.contains_floating_charge),
        ("floating_charge_covers_all", &particulars.floating_charge_covers_all),
        ("contains_negative_pledge", &particulars.contains_negative_pledge),
        ("chargor_acting_as_bare_trustee", &particulars.chargor_acting_as_bare_trustee),
    ];
    let kinds = kinds.iter().filter(|(_, is)| is.text() == "true").map(|(name, _)| (*name).to_owned());
    let words = std::iter::once(particulars.description.text()).chain(kinds);
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("；")
}

/// A filing: its code, and the values that the code speaks of.
fn change(filing: Filing, gathered: &mut Gathered) -> ChangeRecord {
    let values = filing.description_values.into_iter().flatten().take(MOST_VALUES);
    let written = |(name, value): (String, Value)| format!("{name}={}", written(value));
    let item = [filing.category.text(), filing.description.text()];
    ChangeRecord {
        date: gathered.past_date(field::DATE, &filing.date),
        item: item.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" "),
        before: String::new(),
        after: values.map(written).collect::<Vec<_>>().join("；"),
    }
}

/// A value as court staff read it, whatever its form: entries of a list one after the other, members by their names.
fn written(value: Value) -> String {
    let all = |parts: Vec<String>| parts.join("、");
    match value {
        Value::String(text) => text,
        Value::Array(entries) => all(entries.into_iter().map(written).collect()),
        Value::Object(members) => match list::entries(Value::Object(members)).as_slice() {
            [Value::Object(members)] => all(members
                .iter()
                .map(|(name, value)| format!("{name} {}", written(value.clone())))
                .collect()),
            entries => all(entries.iter().cloned().map(written).collect()),
        },
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn controllers(ceased: &str, spoken: Option<&str>) -> usize {
        let item = serde_json::json!({
            "name": "EXAMPLE HOLDINGS LIMITED", "kind": "corporate-entity-person-with-significant-control", "ceased_on": ceased,
        });
        let spoken = spoken.map(|day| day.parse().expect(day));
        let mut company = Company::default();
        add(&mut company, List::Control, vec![item], spoken, &mut Gathered::default());
        company.shareholders.len()
    }

    #[test]
    fn control_that_ends_later_still_stands() {
        assert_eq!(controllers("2027-04-02", Some("2027-04-01")), 1);
        assert_eq!(controllers("2027-04-01", Some("2027-04-01")), 0);
        assert_eq!(controllers("2061-10-30", None), 1, "no day of speaking is known");
        assert_eq!(controllers("2017-10-30", None), 0);
    }
}
