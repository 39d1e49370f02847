//! Clusters: which reports are about the same company.

use std::collections::{BTreeMap, BTreeSet};

use chakong_contract::name::folded;

use super::Told;

/// Clusters of places, joined step by step.
struct Clusters(Vec<usize>);

impl Clusters {
    fn root(&self, mut at: usize) -> usize {
        while let Some(above) = self.0.get(at).copied().filter(|above| *above != at) {
            at = above;
        }
        at
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        if let Some(above) = self.0.get_mut(one.max(other)) {
            *above = one.min(other);
        }
    }

    fn join_all(&mut self, places: &[usize]) {
        for pair in places.windows(2) {
            self.join(pair[0], pair[1]);
        }
    }
}

/// Reports by company. The same code, LEI or organisation code is the same company. The same registration number is, unless
/// those that have it have several codes or several LEIs. A report with no number at all is of the only company that bears its name; where
/// several do, it stands apart.
pub(super) fn groups<'a>(told: &'a [Told<'a>]) -> Vec<Vec<&'a Told<'a>>> {
    let mut clusters = Clusters((0..told.len()).collect());
    for places in by_key(told, strong_keys).values() {
        clusters.join_all(places);
    }
    let numbers = by_key(told, registration_key);
    let codes = codes_of(told, &clusters);
    let of_one = |places: &&Vec<usize>| {
        let known = places.iter().filter_map(|at| codes.get(&clusters.root(*at)));
        let all: BTreeSet<_> = known.flatten().collect();
        [Identifier::Code, Identifier::Lei]
            .iter()
            .all(|kind| all.iter().filter(|(known, _)| known == kind).count() <= 1)
    };
    let joined: Vec<Vec<usize>> = numbers.values().filter(of_one).cloned().collect();
    joined.iter().for_each(|places| clusters.join_all(places));
    join_by_name(told, &mut clusters);
    let mut groups: BTreeMap<usize, Vec<&Told<'_>>> = BTreeMap::new();
    for (at, one) in told.iter().enumerate() {
        groups.entry(clusters.root(at)).or_default().push(one);
    }
    groups.into_values().collect()
}

fn by_key(told: &[Told<'_>], keys: impl Fn(&Told<'_>) -> Vec<String>) -> BTreeMap<String, Vec<usize>> {
    let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, one) in told.iter().enumerate() {
        for key in keys(one) {
            places.entry(key).or_default().push(at);
        }
    }
    places
}

fn strong_keys(told: &Told<'_>) -> Vec<String> {
    let company = &told.company;
    // A unified social credit code holds the organisation code.
    let inside = company.code.as_ref().and_then(|code| code.org_code().ok());
    let org = company.org_code.iter().chain(&inside).map(|code| format!("org {code}"));
    // One that fails its check is the register's own where two sources tell the same.
    let unverified = company.unverified_code.iter().map(|code| format!("unverified {code}"));
    org.chain(unverified).chain(company.lei.iter().map(|lei| format!("lei {lei}"))).collect()
}

fn registration_key(told: &Told<'_>) -> Vec<String> {
    told.company.register_key().into_iter().collect()
}

/// What a company has one of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Identifier {
    Code,
    Lei,
}

/// The codes and identifiers of each cluster.
fn codes_of<'a>(
    told: &'a [Told<'_>],
    clusters: &Clusters,
) -> BTreeMap<usize, BTreeSet<(Identifier, &'a str)>> {
    let mut codes: BTreeMap<usize, BTreeSet<(Identifier, &str)>> = BTreeMap::new();
    for (at, one) in told.iter().enumerate() {
        let known = codes.entry(clusters.root(at)).or_default();
        known.extend(one.company.code.as_ref().map(|code| (Identifier::Code, code.as_str())));
        known.extend(one.company.lei.as_ref().map(|lei| (Identifier::Lei, lei.as_str())));
    }
    codes
}

fn join_by_name(told: &[Told<'_>], clusters: &mut Clusters) {
    let numbered = |one: &Told<'_>| !strong_keys(one).is_empty() || !registration_key(one).is_empty();
    let name = |one: &Told<'_>| {
        let name = folded(&one.company.name);
        if name.is_empty() { Vec::new() } else { vec![name] }
    };
    for places in by_key(told, name).into_values() {
        let is_numbered = |at: &usize| told.get(*at).is_some_and(numbered);
        let (with, without): (Vec<usize>, Vec<usize>) = places.into_iter().partition(is_numbered);
        clusters.join_all(&without);
        let bearers: BTreeSet<usize> = with.iter().map(|at| clusters.root(*at)).collect();
        if let (1, Some(bearer), Some(one)) = (bearers.len(), bearers.first(), without.first()) {
            clusters.join(*bearer, *one);
        }
    }
}
