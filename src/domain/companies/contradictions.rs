//! Contradictions: where the sources of a company differ.

use std::collections::{BTreeMap, BTreeSet};

use chakong_contract::Company;

use super::facts::{Contradiction, Fact, Value, fold};
use super::holders::number_key;
use super::{KnownCompany, KnownHolder};

struct Found(Vec<Contradiction>);

impl Found {
    fn check<T: Value>(&mut self, field: impl Into<String>, facts: &[Fact<T>]) {
        let contradicted = |(at, one): (usize, &Fact<T>)| {
            facts.iter().skip(at + 1).any(|other| one.value.contradicts(&other.value))
        };
        if facts.iter().enumerate().any(contradicted) {
            let shown = |fact: &Fact<T>| Fact { value: fact.value.shown(), sources: fact.sources.clone() };
            let values = facts.iter().map(shown).collect();
            self.0.push(Contradiction { field: field.into(), values });
        }
    }
}

/// Where the sources of a company differ. `listing` are those that list its shareholders.
pub(super) fn of_company(company: &KnownCompany, listing: &[(u32, &Company)]) -> Vec<Contradiction> {
    let mut found = Found(Vec::new());
    found.check("names", &company.names);
    found.check("codes", &company.codes);
    found.check("org_codes", &company.org_codes);
    found.0.extend(codes_and_org_codes(company));
    found.check("leis", &company.leis);
    found.check("registration_numbers", &company.registration_numbers);
    found.check("statuses", &company.statuses);
    found.check("legal_representatives", &company.legal_representatives);
    found.check("company_types", &company.company_types);
    found.check("registered_capital", &company.registered_capital);
    found.check("paid_capital", &company.paid_capital);
    found.check("established", &company.established);
    found.check("term_from", &company.term_from);
    found.check("term_until", &company.term_until);
    found.check("authorities", &company.authorities);
    found.check("addresses", &company.addresses);
    found.check("scopes", &company.scopes);
    found.0.extend(holders_listed(listing));
    for holder in &company.shareholders {
        let shown = shown_holder(company, holder);
        let field = |what: &str| format!("shareholders/{shown}/{what}");
        found.check(field("is_company"), &holder.is_company);
        found.check(field("percent"), &holder.percent);
        found.check(field("subscribed"), &holder.subscribed);
        found.check(field("paid"), &holder.paid);
    }
    for freeze in &company.freezes {
        let notice = freeze.notices.first().map(|notice| notice.value.as_str()).unwrap_or_default();
        let field = |what: &str| format!("freezes/{notice}/{what}");
        found.check(field("states"), &freeze.states);
        found.check(field("amounts"), &freeze.amounts);
        found.check(field("from"), &freeze.from);
        found.check(field("until"), &freeze.until);
    }
    found.0
}

/// An organisation code that is not the one inside the unified social credit code.
fn codes_and_org_codes(company: &KnownCompany) -> Option<Contradiction> {
    let differs = company.codes.iter().any(|code| {
        let inside = code.value.org_code().ok();
        company.org_codes.iter().any(|org| inside.as_ref().is_some_and(|inside| *inside != org.value))
    });
    let shown = |value: String, sources: &[u32]| Fact { value, sources: sources.to_vec() };
    let codes = company.codes.iter().map(|code| shown(code.value.to_string(), &code.sources));
    let org_codes = company.org_codes.iter().map(|code| shown(code.value.to_string(), &code.sources));
    differs
        .then(|| Contradiction { field: "codes/org_codes".into(), values: codes.chain(org_codes).collect() })
}

/// A holder's name, with its number where another holder bears the same name.
fn shown_holder(company: &KnownCompany, holder: &KnownHolder) -> String {
    let is_alone =
        company.shareholders.iter().filter(|other| fold(&other.name) == fold(&holder.name)).count() < 2;
    match holder.registration_numbers.first() {
        Some(number) if !is_alone => format!("{}（{}）", holder.name, number.value),
        _ => holder.name.clone(),
    }
}

/// Sources that list other shareholders than others do. They are told apart by names and, where every source states a number for a name,
/// by the numbers too.
fn holders_listed(listing: &[(u32, &Company)]) -> Option<Contradiction> {
    let each = || {
        listing.iter().flat_map(|(source, company)| company.shareholders.iter().map(move |one| (source, one)))
    };
    let unnumbered: BTreeSet<String> = each()
        .filter(|(_, holder)| number_key(&holder.registration_number).is_empty())
        .map(|(_, holder)| fold(&holder.name))
        .collect();
    let mut lists: BTreeMap<u32, BTreeMap<String, String>> = BTreeMap::new();
    for (source, holder) in each() {
        let name = fold(&holder.name);
        let (key, shown) = match unnumbered.contains(&name) {
            true => (name, holder.name.clone()),
            false => {
                let number = number_key(&holder.registration_number);
                (format!("{name}#{number}"), format!("{}（{}）", holder.name, holder.registration_number))
            }
        };
        let known = lists.entry(*source).or_default().entry(key).or_insert_with(|| shown.clone());
        *known = shown.min(known.clone());
    }
    let mut by_list: BTreeMap<Vec<String>, (BTreeSet<u32>, String)> = BTreeMap::new();
    for (source, names) in lists {
        let words = names.values().map(String::as_str).collect::<Vec<_>>().join("、");
        let keys = names.into_keys().collect();
        by_list.entry(keys).or_insert_with(|| (BTreeSet::new(), words)).0.insert(source);
    }
    let fact =
        |(sources, value): (BTreeSet<u32>, String)| Fact { value, sources: sources.into_iter().collect() };
    let mut values: Vec<Fact<String>> = by_list.into_values().map(fact).collect();
    values.sort_by(|one, other| one.sources.cmp(&other.sources));
    (values.len() > 1).then(|| Contradiction { field: "shareholders".into(), values })
}
