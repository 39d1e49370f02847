use chakong_contract::asset::{CompanyStatus, MatchedBy};
use chakong_contract::date::has_surely_come;
use chakong_contract::name::same_name;
use chakong_contract::placeholder::is_placeholder;
use chakong_contract::{Company, Order};
use chakong_toolkit::Scalar;
use chakong_toolkit::gathered::Gathered;

use crate::wire::{Address, Profile, field};
use crate::write::company_number;

/// Most former names and activities kept.
const MOST_NAMES: usize = 50;

/// How a profile matches the party; `None` when it is another's. A number of another register cannot be compared.
pub(crate) fn matched(profile: &Profile, order: &Order) -> Option<MatchedBy> {
    let wanted = company_number(order.document.number());
    let same_number =
        wanted.zip(number(profile)).map(|(wanted, stated)| company_number(&stated) == Some(wanted));
    MatchedBy::of(same_number, same_name(&profile.company_name.text(), order.name.as_str()))
}

/// The number that a profile states.
pub(crate) fn number(profile: &Profile) -> Option<String> {
    Some(profile.company_number.text()).filter(|text| !text.is_empty() && !is_placeholder(text))
}

/// A profile as facts of a company, without its lists.
pub(crate) fn company(profile: &Profile, gathered: &mut Gathered) -> Company {
    let former = profile.previous_company_names.iter().flatten().map(|previous| previous.name.text());
    let activities = profile.sic_codes.iter().flatten().take(MOST_NAMES).map(Scalar::text);
    Company {
        name: profile.company_name.text(),
        former_names: former
            .filter(|name| !name.is_empty() && !is_placeholder(name))
            .take(MOST_NAMES)
            .collect(),
        registration_number: profile.company_number.text(),
        jurisdiction: profile.jurisdiction.text(),
        status: standing(profile, gathered),
        status_text: status_text(profile),
        company_type: profile.kind.text(),
        established: gathered.past_date(field::DATE_OF_CREATION, &profile.date_of_creation),
        authority: "Companies House".to_owned(),
        address: address(&profile.registered_office_address),
        scope: activities.collect::<Vec<_>>().join(", "),
        ..Company::default()
    }
}

/// The status in our vocabulary. A company that is active and has a day of cessation that has come is one of the two: its status is not
/// known, and what is said stands beside it.
fn standing(profile: &Profile, gathered: &mut Gathered) -> Option<CompanyStatus> {
    let word = profile.company_status.text();
    let ceased = profile.date_of_cessation.date().ok().flatten();
    let status = status(&word, gathered);
    if status == Some(CompanyStatus::Active) && ceased.is_some_and(|day| has_surely_come(day, gathered.day()))
    {
        gathered.strange(field::COMPANY_STATUS, format!("{word}；{}", profile.date_of_cessation.text()));
        return None;
    }
    status
}

/// The status in our vocabulary. Proceedings that are neither a liquidation nor an end are known words without a place in it.
fn status(word: &str, gathered: &mut Gathered) -> Option<CompanyStatus> {
    match word {
        "active" | "open" | "registered" => Some(CompanyStatus::Active),
        "dissolved" | "closed" | "removed" => Some(CompanyStatus::Deregistered),
        "liquidation" => Some(CompanyStatus::Liquidating),
        "receivership"
        | "administration"
        | "voluntary-arrangement"
        | "insolvency-proceedings"
        | "converted-closed"
        | "" => None,
        _ => {
            gathered.strange(field::COMPANY_STATUS, word);
            None
        }
    }
}

/// The register's words: the status and its detail, the day of the end, and the flags that warn.
fn status_text(profile: &Profile) -> String {
    let flags = [
        ("has_insolvency_history", &profile.has_insolvency_history),
        ("has_been_liquidated", &profile.has_been_liquidated),
        ("registered_office_is_in_dispute", &profile.registered_office_is_in_dispute),
        ("undeliverable_registered_office_address", &profile.undeliverable_registered_office_address),
        (field::HAS_PROTECTED_CONTROLLERS, &profile.has_protected_controllers),
    ];
    let flags = flags.iter().filter(|(_, flag)| flag.text() == "true").map(|(name, _)| (*name).to_owned());
    let words = [
        profile.company_status.text(),
        profile.company_status_detail.text(),
        profile.date_of_cessation.day_text(),
    ];
    words.into_iter().chain(flags).filter(|word| !word.is_empty()).collect::<Vec<_>>().join("；")
}

fn address(address: &Address) -> String {
    let parts = [
        &address.care_of,
        &address.po_box,
        &address.premises,
        &address.address_line_1,
        &address.address_line_2,
        &address.locality,
        &address.region,
        &address.postal_code,
        &address.country,
    ];
    parts.map(Scalar::text).into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_active_company_that_has_ceased_is_neither() {
        let read = |status: &str, ceased: &str| {
            let profile: Profile = serde_json::from_value(serde_json::json!({
                "company_name": "EXAMPLE QUARRIES LIMITED", "company_number": "04400318", "company_status": status,
                "date_of_cessation": ceased,
            }))
            .expect("a profile");
            let mut gathered = Gathered::on("2027-03-04".parse().expect("a day"));
            let company = company(&profile, &mut gathered);
            (company.status, gathered.unknown.len())
        };
        assert_eq!(read("active", "2019-10-08"), (None, 1));
        assert_eq!(read("active", "2027-03-05"), (Some(CompanyStatus::Active), 0), "still to come");
        assert_eq!(read("active", "9999-12-31"), (Some(CompanyStatus::Active), 0), "no end");
        assert_eq!(read("dissolved", "2019-10-08"), (Some(CompanyStatus::Deregistered), 0));
    }

    #[test]
    fn what_stands_in_place_of_a_value_is_none() {
        let profile: Profile = serde_json::from_value(serde_json::json!({
            "company_name": "EXAMPLE SHIPPING LIMITED", "company_number": "09900417", "company_status": "dissolved",
            "date_of_cessation": "0001-01-01", "sic_codes": "52290",
            "previous_company_names": [{"name": "--"}, {"name": "EXAMPLE BARGES LIMITED"}, {"name": "N/A"}],
        }))
        .expect("a profile");
        let company = company(&profile, &mut Gathered::default());
        assert_eq!(company.former_names, ["EXAMPLE BARGES LIMITED"]);
        assert_eq!((company.status_text.as_str(), company.scope.as_str()), ("dissolved", "52290"));
        for empty in [serde_json::json!({}), serde_json::json!(""), serde_json::Value::Null] {
            let profile = serde_json::json!({ "previous_company_names": empty, "sic_codes": empty });
            assert!(serde_json::from_value::<Profile>(profile).is_ok(), "{empty}");
        }
    }
}
