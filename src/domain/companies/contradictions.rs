//! Contradictions: where the sources of a company differ.

use std::collections::{BTreeMap, BTreeSet};

use chakong_contract::Company;

use super::KnownCompany;
use super::facts::{Contradiction, Fact, Value, fold};

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
        let field = |what: &str| format!("shareholders/{}/{what}", holder.name);
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

/// Sources that list other shareholders than others do.
fn holders_listed(listing: &[(u32, &Company)]) -> Option<Contradiction> {
    let mut lists: BTreeMap<u32, BTreeMap<String, &str>> = BTreeMap::new();
    for (source, company) in listing {
        let names = company.shareholders.iter().map(|holder| (fold(&holder.name), holder.name.as_str()));
        for (key, name) in names {
            let known = lists.entry(*source).or_default().entry(key).or_insert(name);
            *known = name.min(known);
        }
    }
    let mut by_list: BTreeMap<Vec<String>, (BTreeSet<u32>, String)> = BTreeMap::new();
    for (source, names) in lists {
        let words = names.values().copied().collect::<Vec<_>>().join("、");
        let keys = names.into_keys().collect();
        by_list.entry(keys).or_insert_with(|| (BTreeSet::new(), words)).0.insert(source);
    }
    let fact =
        |(sources, value): (BTreeSet<u32>, String)| Fact { value, sources: sources.into_iter().collect() };
    let mut values: Vec<Fact<String>> = by_list.into_values().map(fact).collect();
    values.sort_by(|one, other| one.sources.cmp(&other.sources));
    (values.len() > 1).then(|| Contradiction { field: "shareholders".into(), values })
}
