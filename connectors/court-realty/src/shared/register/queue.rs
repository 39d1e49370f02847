//! The seizures of one unit: which kind each becomes, their order, and who becomes effective when an earlier one ends.

use chakong_contract::{Date, date};
use jiff::ToSpan as _;

use super::holdings::Property;

/// Kinds of seizures, by the registry's table (protocol section 10.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// 查封
    Seizure,
    /// 轮候查封
    Waiting,
    /// 预查封
    Preliminary,
    /// 轮候预查封
    WaitingPreliminary,
    /// 续封, as a record of its own
    Renewal,
}

impl Kind {
    /// The code, section 11.2.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Seizure => "1",
            Self::Waiting => "2",
            Self::Preliminary => "3",
            Self::WaitingPreliminary => "4",
            Self::Renewal => "5",
        }
    }

    /// The kind of a code or a text.
    fn of(text: &str) -> Option<Self> {
        match text {
            "1" | "11" | "查封" | "按证查封" => Some(Self::Seizure),
            "2" | "轮候查封" => Some(Self::Waiting),
            "3" | "预查封" => Some(Self::Preliminary),
            "4" | "轮候预查封" => Some(Self::WaitingPreliminary),
            "5" | "续封" | "续查封" => Some(Self::Renewal),
            _ => None,
        }
    }

    /// Whether it stands behind another.
    pub(crate) const fn waits(self) -> bool {
        matches!(self, Self::Waiting | Self::WaitingPreliminary)
    }
}

/// What a case about a unit stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Basis {
    /// A registered title.
    #[default]
    Title,
    /// No title: a prenotice, or nothing yet.
    NoTitle,
}

/// A seizure in the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The registry's number; writer-written ones may have none.
    pub(crate) id: String,
    pub(crate) court: String,
    pub(crate) document: String,
    /// None for a kind that is writer-written and not known.
    pub(crate) kind: Option<Kind>,
    /// The kind as writer-written.
    pub(crate) written: String,
    pub(crate) from: String,
    pub(crate) until: String,
    pub(crate) registered: String,
    /// 查封顺序 CFSX: an order of registration, not a place in the queue.
    pub(crate) place: u32,
    /// Request number, where it was asked over this line.
    pub(crate) request: String,
    /// Which one it renews, by the place in the list.
    renews: Option<usize>,
    /// The day on which it was lifted or lapsed.
    pub(crate) ended: Option<Date>,
}

impl Entry {
    pub(crate) fn stands(&self) -> bool {
        self.ended.is_none()
    }

    fn waits(&self) -> bool {
        self.kind.is_some_and(Kind::waits)
    }

    /// Whether it holds the unit itself: neither behind another nor the renewal of one.
    pub(super) fn is_effective(&self) -> bool {
        self.stands() && !self.waits() && self.kind != Some(Kind::Renewal)
    }
}

/// Which term a waiting seizure has, and gets when it becomes effective: offices differ (section 10.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WaitingTerms {
    /// None; three years from the day on which it becomes effective.
    #[default]
    FromEffect,
    /// The term that was asked, from the beginning and for good.
    AsAsked,
}

/// What is to be entered.
#[derive(Debug, Clone, Default)]
pub(crate) struct New {
    pub(crate) id: String,
    pub(crate) court: String,
    pub(crate) document: String,
    pub(crate) from: String,
    pub(crate) until: String,
    pub(crate) request: String,
    /// Number of the seizure that the case stands on; empty for none.
    pub(crate) origin: String,
}

/// The seizures of one unit, in the order of their registration; those that have ended stay in it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Queue {
    pub(crate) unit: String,
    pub(crate) certificate: String,
    basis: Basis,
    pub(crate) entries: Vec<Entry>,
}

pub(crate) fn written(day: Date) -> String {
    day.strftime("%Y/%m/%d").to_string()
}

/// Three years, the last day included.
fn end_of_term(from: Date) -> Date {
    from.checked_add(3.years()).and_then(|end| end.checked_sub(1.days())).unwrap_or(from)
}

impl Queue {
    /// What is writer-written, as it is writer-written. A renewal renews the first of its court.
    pub(crate) fn of(property: &Property, basis: Basis) -> Self {
        let (unit, certificate) = (property.unit.clone(), property.certificate.clone());
        let mut queue = Self { unit, certificate, basis, entries: Vec::new() };
        for one in &property.seizures {
            let kind = Kind::of(&one.kind);
            let of_the_court = |entry: &Entry| entry.court == one.authority;
            let renews = queue.entries.iter().position(of_the_court).filter(|_| kind == Some(Kind::Renewal));
            let place = queue.next_place();
            queue.entries.push(Entry {
                id: one.id.clone(),
                court: one.authority.clone(),
                document: one.document.clone(),
                kind,
                written: one.kind.clone(),
                from: one.from.clone(),
                until: one.until.clone(),
                registered: one.registered.clone(),
                place,
                request: String::new(),
                renews,
                ended: None,
            });
        }
        queue
    }

    fn standing(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.stands())
    }

    /// One more than the largest of those that stand, so that the highest number is given out again when it was lifted.
    fn next_place(&self) -> u32 {
        self.standing().map(|entry| entry.place).max().unwrap_or(0).saturating_add(1)
    }

    /// The table of section 10.2; `on_seizure` says that the case stands on a seizure of the unit that stands.
    fn kind_of_new(&self, on_seizure: bool) -> Kind {
        match (self.standing().next().is_some(), self.basis) {
            (false, Basis::Title) => Kind::Seizure,
            (false, Basis::NoTitle) => Kind::Preliminary,
            (true, Basis::NoTitle) => Kind::WaitingPreliminary,
            (true, Basis::Title) if on_seizure => Kind::Renewal,
            (true, Basis::Title) => Kind::Waiting,
        }
    }

    /// Where one stands: 1 is effective; a renewal has the place of what it renews. None for one that has ended.
    pub(crate) fn position(&self, id: &str) -> Option<u32> {
        let at = self.at(id)?;
        let of = self.entries.get(at)?.renews.unwrap_or(at);
        let own = |(_, entry): &(usize, &Entry)| entry.stands() && entry.renews.is_none();
        let mut queue: Vec<(usize, &Entry)> = self.entries.iter().enumerate().filter(own).collect();
        queue.sort_by_key(|(_, entry)| (entry.waits(), entry.place));
        (1..).zip(queue).find(|(_, (here, _))| *here == of).map(|(place, _)| place)
    }

    /// The one of a number that stands.
    pub(crate) fn find(&self, id: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.stands() && entry.id == id)
    }

    fn at(&self, id: &str) -> Option<usize> {
        self.entries.iter().position(|entry| entry.stands() && entry.id == id && !id.is_empty())
    }

    /// Enters a seizure. The term of one that waits is as the registry's rule has it.
    pub(crate) fn enter(&mut self, new: New, terms: WaitingTerms, today: Date) -> &Entry {
        let origin = self.at(&new.origin);
        let kind = self.kind_of_new(origin.is_some());
        let renews = origin.filter(|_| kind == Kind::Renewal);
        let termless = kind.waits() && terms == WaitingTerms::FromEffect;
        let from = if new.from.is_empty() { written(today) } else { new.from };
        let until = match (new.until.is_empty(), date::read_date(&from)) {
            (true, Ok(Some(from))) => written(end_of_term(from)),
            _ => new.until,
        };
        let (from, until) = if termless { (String::new(), String::new()) } else { (from, until) };
        let entry = Entry {
            id: new.id,
            court: new.court,
            document: new.document,
            kind: Some(kind),
            written: String::new(),
            from,
            until,
            registered: written(today),
            place: self.next_place(),
            request: new.request,
            renews,
            ended: None,
        };
        let at = self.entries.len();
        self.entries.push(entry);
        &self.entries[at]
    }

    /// Renews one that stands by a new end, and by a record of its own where the registry keeps them so.
    pub(crate) fn renew(&mut self, id: &str, new: New, as_record: bool, today: Date) -> Option<&Entry> {
        let at = self.at(id)?;
        if as_record {
            let place = self.next_place();
            let original = &self.entries[at];
            let record = Entry {
                id: new.id,
                kind: Some(Kind::Renewal),
                document: new.document,
                from: new.from,
                until: new.until,
                registered: written(today),
                place,
                renews: Some(original.renews.unwrap_or(at)),
                ..original.clone()
            };
            self.entries.push(record);
            return self.entries.last();
        }
        let entry = self.entries.get_mut(at)?;
        (entry.id, entry.until) = (new.id, new.until);
        Some(entry)
    }

    /// Ends one that stands, and its renewals; by the number of a renewal what it renews. Gives it as it was.
    pub(crate) fn lift(&mut self, id: &str, today: Date) -> Option<Entry> {
        let at = self.at(id)?;
        let at = self.entries.get(at)?.renews.unwrap_or(at);
        let was = self.entries.get(at).cloned();
        self.end(at, today);
        was
    }

    /// Ends the first of a document that stands, or without one that which holds the unit; whether there was one.
    pub(crate) fn lift_of(&mut self, document: &str, today: Date) -> bool {
        let is_it = |entry: &Entry| match document.is_empty() {
            true => entry.is_effective(),
            false => entry.stands() && entry.document == document && entry.renews.is_none(),
        };
        let found = self.entries.iter().position(is_it);
        if let Some(at) = found {
            self.end(at, today);
        }
        found.is_some()
    }

    fn end(&mut self, at: usize, today: Date) {
        for (here, entry) in self.entries.iter_mut().enumerate() {
            if entry.stands() && (here == at || entry.renews == Some(at)) {
                entry.ended = Some(today);
            }
        }
    }

    /// Ends those whose last day is past, renewals counted. Whether there were any.
    pub(crate) fn lapse(&mut self, today: Date) -> bool {
        let day = |entry: &Entry| date::read_date(&entry.until).ok().flatten();
        let last = |at: usize| {
            let of_it =
                |(here, entry): &(usize, &Entry)| entry.stands() && (*here == at || entry.renews == Some(at));
            let days = self.entries.iter().enumerate().filter(of_it).map(|(_, entry)| day(entry));
            // One without an end does not end by itself.
            days.collect::<Option<Vec<Date>>>().and_then(|days| days.into_iter().max())
        };
        let past = |at: &usize| {
            let entry = &self.entries[*at];
            entry.stands() && entry.renews.is_none() && last(*at).is_some_and(|last| last < today)
        };
        let over: Vec<usize> = (0..self.entries.len()).filter(past).collect();
        over.iter().for_each(|at| self.end(*at, today));
        !over.is_empty()
    }

    /// After an end: the first that waits becomes effective where nobody is (查扣冻规定 art. 26). Gives it.
    pub(crate) fn promote(&mut self, today: Date) -> Option<&Entry> {
        if self.entries.iter().any(Entry::is_effective) {
            return None;
        }
        let waiting = self.entries.iter().enumerate().filter(|(_, entry)| entry.stands() && entry.waits());
        let (at, _) = waiting.min_by_key(|(_, entry)| entry.place)?;
        let kind = if self.basis == Basis::Title { Kind::Seizure } else { Kind::Preliminary };
        let entry = self.entries.get_mut(at)?;
        entry.kind = Some(kind);
        entry.written.clear();
        if entry.until.is_empty() {
            (entry.from, entry.until) = (written(today), written(end_of_term(today)));
        }
        Some(entry)
    }

    /// A title was registered: preliminary seizures turn over by themselves.
    pub(crate) fn turn_over(&mut self) {
        self.basis = Basis::Title;
        for entry in self.entries.iter_mut().filter(|entry| entry.stands()) {
            let turned = match entry.kind {
                Some(Kind::Preliminary) => Kind::Seizure,
                Some(Kind::WaitingPreliminary) => Kind::Waiting,
                _ => continue,
            };
            entry.kind = Some(turned);
            entry.written.clear();
        }
    }
}
