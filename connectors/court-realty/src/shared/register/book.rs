//! Who owns what, and the seizures on it.

use std::collections::{BTreeSet, HashMap, HashSet};

use chakong_contract::Moment;
use chakong_contract::sandbox::BookedHolding;

use super::act::{Case, RegisterAct};
use super::estate::Estate;
use super::holdings::{Everyone, OLD_NUMBER};
use super::population::{Population, Resident};
use super::query::RegisterQuery;
use super::queue::{Basis, Entry, Kind, Queue, WaitingTerms};
use super::script::{OfficeHours, Quirk, Review, Script, Scripted};

/// The register.
#[derive(Debug, Default)]
pub(crate) struct Register {
    pub(super) estates: Vec<Estate>,
    /// Where units, owners and co-owners are in `estates`.
    pub(super) by_key: HashMap<String, usize>,
    pub(super) by_number: HashMap<String, Vec<usize>>,
    pub(super) by_name: HashMap<String, Vec<usize>>,
    pub(super) everyone: Option<Everyone>,
    pub(super) seed: u64,
    pub(super) population: Option<Population>,
    /// Seizures by unit, once something was done to one of it.
    pub(super) queues: HashMap<String, Queue>,
    /// The queue of the last act as it was before, to be taken back.
    pub(super) last: Option<(String, String, Queue)>,
    /// Units whose title was registered since.
    pub(super) titled: HashSet<String>,
    pub(super) cases: Vec<Case>,
    pub(super) numbers: u32,
    pub(super) polls: u32,
    pub(super) declined: u32,
    pub(super) review: Option<Review>,
    pub(super) hours: Option<OfficeHours>,
    pub(super) lifts: Vec<(Scripted, u32)>,
    pub(super) titles: Vec<(Scripted, u32)>,
    pub(super) terms: WaitingTerms,
    pub(super) renewals_as_records: bool,
    pub(crate) tells_what_follows: bool,
    pub(super) quirks: Vec<Quirk>,
}

impl Register {
    /// The register of a script.
    pub(crate) fn of(script: Script) -> Self {
        let listed = script.holders.into_iter().flat_map(|holder| {
            let (name, number) = (holder.name, holder.number);
            holder.properties.into_iter().map(move |property| Estate::new(property, &name, &number))
        });
        let mut estates: Vec<Estate> = listed.collect();
        estates.extend(script.population.iter().flat_map(|population| population.estates(script.seed)));
        let mut register = Self {
            everyone: script.everyone,
            seed: script.seed,
            population: script.population,
            review: script.manual_review,
            hours: script.office_hours,
            lifts: script.lifted.into_iter().map(|one| (one, 0)).collect(),
            titles: script.titled.into_iter().map(|one| (one, 0)).collect(),
            terms: script.waiting_terms,
            renewals_as_records: script.renewals_as_records,
            tells_what_follows: script.tells_what_follows,
            quirks: script.quirks,
            ..Self::default()
        };
        for (at, estate) in estates.iter().enumerate() {
            register.by_key.entry(estate.key().to_owned()).or_insert(at);
            let own = std::iter::once((&estate.name, &estate.number));
            let others = estate.property.co_holders.iter().map(|one| (&one.name, &one.number));
            for (name, number) in own.chain(others) {
                register.by_name.entry(name.clone()).or_default().push(at);
                let number = number.to_uppercase();
                register.by_number.entry(number).or_default().push(at);
            }
        }
        register.estates = estates;
        register
    }

    pub(super) fn has(&self, trap: Quirk) -> bool {
        self.quirks.contains(&trap)
    }

    /// Whether of several properties in one request only the last is entered.
    pub(crate) fn books_only_last(&self) -> bool {
        self.has(Quirk::BooksOnlyLast)
    }

    /// Whether people work now.
    pub(crate) fn is_open(&self, now: Moment) -> bool {
        self.hours.is_none_or(|hours| hours.are_now(now))
    }

    /// What a case about a property stands on.
    pub(super) fn basis(&self, estate: &Estate) -> Basis {
        let titled = !estate.property.untitled || self.titled.contains(estate.key());
        if titled { Basis::Title } else { Basis::NoTitle }
    }

    /// What is registered for somebody: by name and number, or by either; else what is drawn for anybody.
    pub(super) fn estates_of(&self, asked: &RegisterQuery<'_>) -> Vec<Estate> {
        let number = asked.number.to_uppercase();
        let places = |index: &HashMap<String, Vec<usize>>, key: &str| -> BTreeSet<usize> {
            index.get(key).into_iter().flatten().copied().collect()
        };
        let (named, numbered) = (places(&self.by_name, asked.name), places(&self.by_number, &number));
        let found = if asked.is_either { &named | &numbered } else { &named & &numbered };
        if !found.is_empty() {
            return found.into_iter().filter_map(|at| self.estates.get(at).cloned()).collect();
        }
        let derived = self.everyone.as_ref().and_then(|everyone| everyone.properties_of(asked.number));
        if let Some(properties) = derived {
            let estate = |property| Estate::new(property, asked.name, asked.number);
            return properties.into_iter().map(estate).collect();
        }
        let resident = Resident { name: asked.name.to_owned(), number: asked.number.to_owned() };
        let anybody =
            self.population.as_ref().filter(|population| population.anybody && !is_old(asked.number));
        anybody.map(|population| population.drawn(self.seed, &resident, &[])).unwrap_or_default()
    }

    /// The property that an act is about, of the party that it names.
    pub(super) fn estate_of(&self, act: &RegisterAct) -> Result<Estate, &'static str> {
        let owned = self.estates_of(&RegisterQuery::exactly(&act.name, &act.number));
        if owned.is_empty() {
            return Err("未查到权利人信息");
        }
        owned.into_iter().find(|one| one.is(&act.unit, &act.certificate)).ok_or("未查到该证书信息")
    }

    pub(super) fn queue_of(&mut self, estate: &Estate) -> &mut Queue {
        let basis = self.basis(estate);
        let queue = self.queues.entry(estate.key().to_owned());
        queue.or_insert_with(|| Queue::of(&estate.property, basis))
    }

    pub(super) fn next_number(&mut self) -> String {
        self.numbers = self.numbers.saturating_add(1);
        let number = if self.has(Quirk::EqualSeizureNumbers) { 1 } else { self.numbers };
        format!("CF{number:08}")
    }

    /// Whether somebody has the property that an act is about.
    ///
    /// # Errors
    /// The registry's words for what is not there.
    pub(crate) fn holds(&self, act: &RegisterAct) -> Result<(), &'static str> {
        self.estate_of(act).map(drop)
    }

    /// Whether a seizure of a number stands.
    pub(crate) fn stands(&self, id: &str) -> bool {
        !id.is_empty() && self.queues.values().any(|queue| queue.find(id).is_some())
    }

    /// Whether people look at cases before they are entered.
    pub(crate) fn is_reviewed(&self) -> bool {
        self.review.is_some()
    }

    /// What stands for requests over this line.
    pub(crate) fn holdings(&self) -> Vec<BookedHolding> {
        let mut holdings: Vec<BookedHolding> = Vec::new();
        for (unit, queue) in &self.queues {
            let ours = |entry: &&Entry| entry.stands() && !entry.request.is_empty();
            holdings.extend(queue.entries.iter().filter(ours).map(|entry| BookedHolding {
                number: entry.request.clone(),
                target: unit.clone(),
                part: entry.kind.map_or("", Kind::code).to_owned(),
                amount: "0".to_owned(),
                limit: "0".to_owned(),
                until: entry.until.clone(),
            }));
        }
        holdings.sort_by(|one, other| (&one.number, &one.part).cmp(&(&other.number, &other.part)));
        holdings
    }
}

fn is_old(number: &str) -> bool {
    number.len() == OLD_NUMBER
}
