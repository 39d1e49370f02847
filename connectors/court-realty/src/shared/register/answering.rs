//! What is registered for somebody, as records of the wire.

use chakong_contract::{Date, Moment};
use chakong_toolkit::Scalar;

use super::book::Register;
use super::estate::Estate;
use super::query::RegisterQuery;
use super::queue::{Basis, Entry, Kind, Queue, written};
use super::records;
use super::script::Quirk;
use super::writer::{RowWriter, Style};
use crate::shared::wire::{Answered, Seizure, texts};

impl Register {
    /// Everything registered for somebody, with every limit on it.
    pub(crate) fn answer(&self, asked: &RegisterQuery<'_>, style: Style, now: Moment) -> Answered {
        let estates = self.estates_of(asked);
        let writer =
            RowWriter { style, quirks: &self.quirks, today: now.date(), dates: std::cell::Cell::default() };
        let titles = |kinds: &[&str]| {
            let of_kind = |estate: &&Estate| {
                kinds.contains(&estate.property.kind.as_str()) && self.basis(estate) == Basis::Title
            };
            texts(estates.iter().filter(of_kind).map(|estate| {
                records::right(&estate.property, (estate.name.as_str(), estate.number.as_str()), &writer)
            }))
        };
        Answered {
            buildings: titles(&["", "building"]),
            land_use: titles(&["land_use"]),
            land_ownership: titles(&["land_ownership"]),
            sea: titles(&["sea"]),
            structures: titles(&["structure"]),
            forest: titles(&["forest"]),
            farmland: titles(&["farmland"]),
            mortgages: texts(estates.iter().flat_map(|estate| {
                let one = |one| records::mortgage(one, &estate.property, &estate.name, &writer);
                estate.property.mortgages.iter().map(one)
            })),
            seizures: texts(estates.iter().flat_map(|estate| self.seizures(estate, &writer))),
            objections: texts(estates.iter().flat_map(|estate| {
                let one = |one| records::objection(one, &estate.property, &writer);
                estate.property.objections.iter().map(one)
            })),
            prenotices: texts(estates.iter().flat_map(|estate| {
                let one = |one| records::prenotice(one, &estate.property, &estate.name, &writer);
                estate.property.prenotices.iter().map(one)
            })),
            other_objections: None,
        }
    }

    /// A date of an outcome as this register writes it.
    pub(crate) fn as_written(&self, text: &str) -> String {
        let today = Date::default();
        let (style, dates) = (Style::default(), std::cell::Cell::default());
        RowWriter { style, quirks: &self.quirks, today, dates }.date(text).text()
    }

    fn seizures(&self, estate: &Estate, writer: &RowWriter<'_>) -> Vec<Seizure> {
        let untouched = || {
            let mut queue = Queue::of(&estate.property, self.basis(estate));
            if queue.lapse(writer.today) && !self.has(Quirk::KindsStay) {
                queue.promote(writer.today);
            }
            queue
        };
        let queue = self.queues.get(estate.key()).cloned().unwrap_or_else(untouched);
        let shown = |entry: &&Entry| entry.stands() || writer.has(Quirk::SendsHistory);
        queue.entries.iter().filter(shown).map(|entry| row(estate, entry, writer)).collect()
    }
}

fn row(estate: &Estate, entry: &Entry, writer: &RowWriter<'_>) -> Seizure {
    let code = match entry.kind {
        Some(Kind::Renewal) if writer.has(Quirk::RenewalAsWaiting) => Kind::Waiting.code(),
        Some(Kind::Seizure) if writer.has(Quirk::LocalCodes) => "11",
        Some(kind) if entry.written.is_empty() => kind.code(),
        _ => &entry.written,
    };
    let ended = entry.ended.map(written);
    Seizure {
        unit: writer.unit(&estate.property.unit),
        location: estate.property.location.as_str().into(),
        authority: entry.court.as_str().into(),
        kind: code.into(),
        document: entry.document.as_str().into(),
        from: writer.date(&entry.from),
        until: writer.date(&entry.until),
        registered: writer.date(&entry.registered),
        place: if writer.style.places { entry.place.to_string().as_str().into() } else { Scalar::Null },
        seizure_number: entry.id.as_str().into(),
        lifted: ended.as_ref().map_or(Scalar::Null, |day| writer.date(day)),
        state: if ended.is_some() { "2" } else { "1" }.into(),
        ..Seizure::default()
    }
}
