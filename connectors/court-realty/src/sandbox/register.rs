//! One register for every simulated registry of this crate, whatever line it plays: who owns what, with every burden, and
//! what becomes of a seizure (protocol sections 10 and 13). Pure: the same script, acts and times give the same.
//!
//! * [`Register::answer`]: everything that is registered for somebody
//! * [`Register::seize`], [`Register::renew`], [`Register::release`]: an act, done at once or taken as a case
//! * [`Register::tick`]: a round of the registry's work, and what came of it

mod answering;
mod cases;
mod draw;
mod population;
mod queue;
mod script;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap, HashSet};

use chakong_contract::Moment;
use chakong_contract::sandbox::BookedHolding;

pub(super) use self::answering::Hand;
pub(crate) use self::answering::{Asked, Style};
use self::cases::Case;
use self::population::{Population, Resident};
pub(crate) use self::queue::Kind;
use self::queue::{Basis, Entry, New, Queue, WaitingTerms};
use self::script::{OfficeHours, Review, Scripted};
pub(crate) use self::script::{Script, Trap};
use super::script::{Everyone, OLD_NUMBER, Property};

/// A property and its first owner.
#[derive(Debug, Clone)]
struct Estate {
    property: Property,
    name: String,
    number: String,
}

impl Estate {
    fn new(property: Property, name: &str, number: &str) -> Self {
        Self { property, name: name.to_owned(), number: number.to_owned() }
    }

    /// What its unit is known by here; those without a number by their certificate.
    fn key(&self) -> &str {
        let property = &self.property;
        let known = [&property.unit, &property.certificate, &property.location];
        known.into_iter().find(|text| !text.is_empty()).map_or("", String::as_str)
    }

    /// Whether it is the property of a unit number or, without one, of a certificate.
    fn is(&self, unit: &str, certificate: &str) -> bool {
        if unit.is_empty() {
            return !certificate.is_empty() && self.property.certificate.contains(certificate);
        }
        self.property.unit == unit
    }
}

/// An act that is asked of the register.
#[derive(Debug, Clone, Default)]
pub(crate) struct Act {
    /// Request number, by which it is told of later.
    pub(crate) request: String,
    pub(crate) name: String,
    pub(crate) number: String,
    pub(crate) unit: String,
    pub(crate) certificate: String,
    pub(crate) court: String,
    /// Number of the ruling.
    pub(crate) document: String,
    pub(crate) from: String,
    pub(crate) until: String,
    /// Number of the right that it is about, or of the seizure that a new one stands on.
    pub(crate) business: String,
    /// The registry's number of the seizure to be renewed or released.
    pub(crate) seizure: String,
    /// The number under which it is to be entered; the register's next one where empty.
    pub(crate) id: String,
}

/// What became of an act.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) request: String,
    pub(crate) unit: String,
    pub(crate) certificate: String,
    /// The registry's number of the seizure, or of the case that is not decided.
    pub(crate) id: String,
    /// None while the case is not decided, and for a release.
    pub(crate) kind: Option<Kind>,
    pub(crate) from: String,
    pub(crate) until: String,
    /// 查封顺序 CFSX.
    pub(crate) place: u32,
    /// Place in the queue; 1 is effective, 0 where there is none.
    pub(crate) position: u32,
}

impl Outcome {
    /// What the registry says beside it: only words can say that a seizure waits (section 2.9).
    pub(crate) fn words(&self) -> String {
        let behind = self.position.saturating_sub(1);
        match self.kind {
            Some(Kind::Waiting) => format!("轮候查封，查封顺序{}，轮候第{behind}位", self.place),
            Some(Kind::WaitingPreliminary) => {
                format!("轮候预查封，查封顺序{}，轮候第{behind}位", self.place)
            }
            Some(Kind::Preliminary) => "预查封".to_owned(),
            _ => String::new(),
        }
    }
}

/// What happened in a round, about requests that came over this line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Happened {
    /// A case was entered.
    Entered(Outcome),
    /// A case was declined, and why.
    Declined(Outcome, &'static str),
    /// A waiting seizure became effective.
    Effective(Outcome),
}

/// The register.
#[derive(Debug, Default)]
pub(crate) struct Register {
    estates: Vec<Estate>,
    /// Where units, owners and co-owners are in `estates`.
    by_key: HashMap<String, usize>,
    by_number: HashMap<String, Vec<usize>>,
    by_name: HashMap<String, Vec<usize>>,
    everyone: Option<Everyone>,
    seed: u64,
    population: Option<Population>,
    /// Seizures by unit, once something was done to one of it.
    queues: HashMap<String, Queue>,
    /// The queue of the last act as it was before, to be taken back.
    last: Option<(String, String, Queue)>,
    /// Units whose title was registered since.
    titled: HashSet<String>,
    cases: Vec<Case>,
    numbers: u32,
    polls: u32,
    declined: u32,
    review: Option<Review>,
    hours: Option<OfficeHours>,
    lifts: Vec<(Scripted, u32)>,
    titles: Vec<(Scripted, u32)>,
    terms: WaitingTerms,
    renewals_as_records: bool,
    pub(crate) tells_what_follows: bool,
    traps: Vec<Trap>,
}

/// The registrar's words for a case that he declines.
pub(crate) const DECLINED: &str = "登记员审核后不予受理";
/// Said of a waiting seizure that is effective now.
pub(crate) const EFFECTIVE: &str = "轮候查封已转为查封";
/// Says that a unit or a seizure is not there, as registries do (section 10.5).
const NO_SUCH_SEIZURE: &str = "未找到查封登记";

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
            traps: script.traps,
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

    fn has(&self, trap: Trap) -> bool {
        self.traps.contains(&trap)
    }

    /// Whether of several properties in one request only the last is entered.
    pub(crate) fn books_only_last(&self) -> bool {
        self.has(Trap::BooksOnlyLast)
    }

    /// Whether people work now.
    pub(crate) fn is_open(&self, now: Moment) -> bool {
        self.hours.is_none_or(|hours| hours.are_now(now))
    }

    /// What a case about a property stands on.
    fn basis(&self, estate: &Estate) -> Basis {
        let titled = !estate.property.untitled || self.titled.contains(estate.key());
        if titled { Basis::Title } else { Basis::NoTitle }
    }

    /// What is registered for somebody: by name and number, or by either; else what is drawn for anybody.
    fn estates_of(&self, asked: &Asked<'_>) -> Vec<Estate> {
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
    fn estate_of(&self, act: &Act) -> Result<Estate, &'static str> {
        let owned = self.estates_of(&Asked::exactly(&act.name, &act.number));
        if owned.is_empty() {
            return Err("未查到权利人信息");
        }
        owned.into_iter().find(|one| one.is(&act.unit, &act.certificate)).ok_or("未查到该证书信息")
    }

    fn queue_of(&mut self, estate: &Estate) -> &mut Queue {
        let basis = self.basis(estate);
        let queue = self.queues.entry(estate.key().to_owned());
        queue.or_insert_with(|| Queue::of(&estate.property, basis))
    }

    fn next_number(&mut self) -> String {
        self.numbers = self.numbers.saturating_add(1);
        let number = if self.has(Trap::EqualSeizureNumbers) { 1 } else { self.numbers };
        format!("CF{number:08}")
    }

    /// Whether somebody has the property that an act is about.
    ///
    /// # Errors
    /// The registry's words for what is not there.
    pub(crate) fn holds(&self, act: &Act) -> Result<(), &'static str> {
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

/// An outcome of an entry of a unit, told about a request.
fn outcome(request: &str, queue: &Queue, entry: &Entry) -> Outcome {
    Outcome {
        request: request.to_owned(),
        unit: queue.unit.clone(),
        certificate: queue.certificate.clone(),
        id: entry.id.clone(),
        kind: entry.kind,
        from: entry.from.clone(),
        until: entry.until.clone(),
        place: entry.place,
        position: queue.position(&entry.id).unwrap_or(0),
    }
}
