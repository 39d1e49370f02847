//! A company as all sources together know it.

use std::cmp::Reverse;

use chakong_contract::asset::{Branch, CompanyStatus, Encumbrance, MatchedBy, Parent, Subsidiary};
use chakong_contract::id::{Lei, OrgCode, UnverifiedUscc, Uscc};
use chakong_contract::{Company, Date, Money, RequestNumber};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::changes::{KnownChange, changes};
use super::facts::{CapitalFact, Contradiction, Fact, Value, facts, fold, json, texts};
use super::freezes::{KnownFreeze, freezes};
use super::holders::{KnownHolder, holders};
use super::{Told, changes::is_of_name};

/// Who states something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FactSource {
    /// Request number of the order.
    pub order: RequestNumber,
    /// The counterpart.
    pub counterpart: String,
    /// The case system's reference of the party that was looked up.
    pub party: String,
    /// Revision of the answer.
    pub revision: u32,
    /// When the answer came in.
    pub at: Timestamp,
    /// How the counterpart matched the party.
    pub matched_by: MatchedBy,
}

impl FactSource {
    /// Newest first; nothing else of the order means anything, but it is always the same.
    fn key(&self) -> impl Ord + '_ {
        (Reverse(self.at), &self.counterpart, &self.order, self.revision, &self.party, self.matched_by)
    }
}

/// A status with the source's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StatusFact {
    /// In our vocabulary; null when the words are not known.
    pub status: Option<CompanyStatus>,
    /// In the source's words.
    pub words: String,
}

impl Value for StatusFact {
    fn key(&self) -> String {
        json(self)
    }

    /// One status has many words; words that are not known contradict nothing.
    fn contradicts(&self, other: &Self) -> bool {
        self.status.zip(other.status).is_some_and(|(one, other)| one != other)
    }

    fn shown(&self) -> String {
        self.words.clone()
    }
}

/// A company as all sources together know it. A field holds every value that is stated, newest source first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct KnownCompany {
    /// Who states something, newest first.
    pub sources: Vec<FactSource>,
    /// Where sources differ.
    pub contradictions: Vec<Contradiction>,
    /// Current names.
    pub names: Vec<Fact<String>>,
    /// Former names 曾用名, with the day of the change where a change record tells it.
    pub former_names: Vec<FormerName>,
    /// Unified social credit codes; the check characters are right.
    pub codes: Vec<Fact<Uscc>>,
    /// Unified social credit codes whose check fails, as the sources tell them: nobody else says that they are right.
    pub unverified_codes: Vec<Fact<UnverifiedUscc>>,
    /// Organisation codes; the check character is right.
    pub org_codes: Vec<Fact<OrgCode>>,
    /// Legal entity identifiers; the check digits are right.
    pub leis: Vec<Fact<Lei>>,
    /// Registration numbers, which have no check digit everywhere.
    pub registration_numbers: Vec<Fact<String>>,
    /// Under whose law it stands, in the sources' words.
    pub jurisdictions: Vec<Fact<String>>,
    /// Status.
    pub statuses: Vec<Fact<StatusFact>>,
    /// Legal representatives 法定代表人.
    pub legal_representatives: Vec<Fact<String>>,
    /// Company types in the sources' words.
    pub company_types: Vec<Fact<String>>,
    /// Registered capital 注册资本.
    pub registered_capital: Vec<Fact<CapitalFact>>,
    /// Paid-in capital 实收资本.
    pub paid_capital: Vec<Fact<Money>>,
    /// Established on.
    pub established: Vec<Fact<Date>>,
    /// Term from.
    pub term_from: Vec<Fact<Date>>,
    /// Term until; none stated is no end or not known.
    pub term_until: Vec<Fact<Date>>,
    /// Registration authorities.
    pub authorities: Vec<Fact<String>>,
    /// Registered addresses.
    pub addresses: Vec<Fact<String>>,
    /// Scopes of business.
    pub scopes: Vec<Fact<String>>,
    /// Shareholders, each once.
    pub shareholders: Vec<KnownHolder>,
    /// Change records, each once by date, item, before and after.
    pub changes: Vec<KnownChange>,
    /// Branches as each source lists them, each once.
    pub branches: Vec<Fact<Branch>>,
    /// Companies that consolidate this one, or why none is reported.
    pub parents: Vec<Fact<Parent>>,
    /// Companies that this one consolidates, as each source lists them.
    pub subsidiaries: Vec<Fact<Subsidiary>>,
    /// Equity freezes, each once by debtor, court, notice and publication.
    pub freezes: Vec<KnownFreeze>,
    /// What stands, as each source lists it.
    pub encumbrances: Vec<Fact<Encumbrance>>,
}

/// A former name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FormerName {
    /// The name, with who states it.
    #[serde(flatten)]
    pub name: Fact<String>,
    /// The day on which it was given up, where exactly one change record of the name tells it.
    pub until: Option<Date>,
}

macro_rules! whole {
    ($($type:ty),*) => {$(
        impl Value for $type {
            fn key(&self) -> String {
                json(self)
            }

            fn shown(&self) -> String {
                json(self)
            }
        }
    )*};
}
whole!(Branch, Parent, Subsidiary, Encumbrance);

impl KnownCompany {
    /// One company from what is told of it. `contradictions` finds where its sources differ, given those that list its shareholders.
    pub(super) fn of(
        group: &[&Told<'_>],
        contradictions: impl Fn(&Self, &[(u32, &Company)]) -> Vec<Contradiction>,
    ) -> Self {
        let mut sources: Vec<FactSource> = group.iter().map(|told| told.source.clone()).collect();
        sources.sort_by(|one, other| one.key().cmp(&other.key()));
        sources.dedup();
        let place = |told: &Told<'_>| {
            let found = sources.iter().position(|source| source == told.source);
            u32::try_from(found.unwrap_or(0)).unwrap_or(u32::MAX)
        };
        let stated: Vec<(u32, &Company, bool)> =
            group.iter().map(|told| (place(told), &*told.company, told.lists_holders)).collect();
        let each = || stated.iter().map(|(source, company, _)| (*source, *company));
        let text = |of: fn(&Company) -> &str| texts(each().map(|(source, company)| (source, of(company))));
        let date = |of: fn(&Company) -> Option<Date>| {
            facts(each().filter_map(|(source, company)| Some((source, of(company)?))))
        };
        let changes = changes(each());
        let former = texts(each().flat_map(|(source, company)| {
            company.former_names.iter().map(move |name| (source, name.as_str()))
        }));
        let mut known = Self {
            contradictions: Vec::new(),
            names: text(|company| &company.name),
            former_names: former.into_iter().map(|name| former_name(name, &changes)).collect(),
            codes: facts(each().filter_map(|(source, company)| Some((source, company.code.clone()?)))),
            unverified_codes: facts(
                each().filter_map(|(source, company)| Some((source, company.unverified_code.clone()?))),
            ),
            org_codes: facts(
                each().filter_map(|(source, company)| Some((source, company.org_code.clone()?))),
            ),
            leis: facts(each().filter_map(|(source, company)| Some((source, company.lei.clone()?)))),
            registration_numbers: text(|company| &company.registration_number),
            jurisdictions: text(|company| &company.jurisdiction),
            statuses: facts(each().filter_map(|(source, company)| Some((source, status(company)?)))),
            legal_representatives: text(|company| &company.legal_representative),
            company_types: text(|company| &company.company_type),
            registered_capital: facts(
                each().filter_map(|(source, company)| Some((source, capital(company)?))),
            ),
            paid_capital: facts(each().filter_map(|(source, company)| Some((source, company.paid_capital?)))),
            established: date(|company| company.established),
            term_from: date(|company| company.term_from),
            term_until: date(|company| company.term_until),
            authorities: text(|company| &company.authority),
            addresses: text(|company| &company.address),
            scopes: text(|company| &company.scope),
            shareholders: holders(each()),
            branches: facts(each().flat_map(|(source, company)| {
                company.branches.iter().map(move |branch| (source, branch.clone()))
            })),
            parents: facts(each().flat_map(|(source, company)| {
                company.parents.iter().map(move |parent| (source, parent.clone()))
            })),
            subsidiaries: facts(each().flat_map(|(source, company)| {
                company.subsidiaries.iter().map(move |below| (source, below.clone()))
            })),
            freezes: freezes(each()),
            encumbrances: facts(each().flat_map(|(source, company)| {
                company.encumbrances.iter().map(move |burden| (source, burden.clone()))
            })),
            changes,
            sources,
        };
        known.contradictions = contradictions(&known, &listing(&stated));
        known
    }
}

/// Those of the sources that list shareholders.
fn listing<'c>(stated: &[(u32, &'c Company, bool)]) -> Vec<(u32, &'c Company)> {
    stated.iter().filter(|(.., lists)| *lists).map(|(source, company, _)| (*source, *company)).collect()
}

fn former_name(name: Fact<String>, changes: &[KnownChange]) -> FormerName {
    let given_up =
        |change: &&KnownChange| is_of_name(change) && fold(&change.before).contains(&fold(&name.value));
    let days: std::collections::BTreeSet<Date> =
        changes.iter().filter(given_up).filter_map(|change| change.date).collect();
    let until = days.first().copied().filter(|_| days.len() == 1);
    FormerName { name, until }
}

fn status(company: &Company) -> Option<StatusFact> {
    let stated = company.status.is_some() || !company.status_text.trim().is_empty();
    stated.then(|| StatusFact { status: company.status, words: company.status_text.clone() })
}

fn capital(company: &Company) -> Option<CapitalFact> {
    let words = company.registered_capital_text.trim();
    // Sources write a dash where they know nothing.
    let stated = company.registered_capital.is_some() || !matches!(words, "" | "-");
    stated.then(|| CapitalFact { amount: company.registered_capital, words: words.to_owned() })
}
