//! What is registered for somebody, as records of the wire.

use chakong_contract::{Date, Moment, Scalar};

use super::queue::{Basis, Entry, Kind, Queue};
use super::{Estate, Register, Trap};
use crate::sandbox::records;
use crate::wire::ckw::texts;
use crate::wire::{AmountUnit, Answered, Seizure};

/// Who is asked about, and by which rule of section 6.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) name: &'a str,
    pub(crate) number: &'a str,
    /// By name or number; else by both.
    pub(crate) is_either: bool,
}

impl<'a> Asked<'a> {
    /// By name and number.
    pub(crate) const fn exactly(name: &'a str, number: &'a str) -> Self {
        Self { name, number, is_either: false }
    }
}

/// How a line writes.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Style {
    pub(crate) amounts: AmountUnit,
    /// With rows of holders.
    pub(crate) holder_rows: bool,
    /// With the number of each seizure in the order of registration.
    pub(crate) places: bool,
}

/// How one answer is written: the line's style and the register's traps.
pub(in crate::sandbox) struct Hand<'a> {
    pub(crate) style: Style,
    traps: &'a [Trap],
    today: Date,
    /// Dates written so far, for forms by turns.
    dates: std::cell::Cell<usize>,
}

impl Hand<'_> {
    pub(crate) fn has(&self, trap: Trap) -> bool {
        self.traps.contains(&trap)
    }

    /// A date as this register writes it.
    pub(crate) fn date(&self, text: &str) -> Scalar {
        let day = chakong_contract::date::read_date(text).ok().flatten();
        let at = self.dates.get();
        self.dates.set(at.wrapping_add(1));
        match day {
            Some(_) if self.has(Trap::WrongDates) => "2024/02/30".into(),
            Some(day) if self.has(Trap::MixedDates) => {
                let form = ["%Y-%m-%d 00:00:00", "%Y%m%d", "%Y年%-m月%-d日"][at % 3];
                day.strftime(form).to_string().into()
            }
            _ => text.into(),
        }
    }

    /// A unit number as this register writes it.
    pub(crate) fn unit(&self, unit: &str) -> Scalar {
        if self.has(Trap::UnitNotFound) { "notFound1".into() } else { unit.into() }
    }

    /// An amount in yuan as this register writes it.
    pub(crate) fn amount(&self, yuan: u64) -> Scalar {
        let unit = match (self.style.amounts, self.has(Trap::OtherUnit)) {
            (AmountUnit::Yuan, true) => AmountUnit::TenThousandYuan,
            (AmountUnit::TenThousandYuan, true) => AmountUnit::Yuan,
            (agreed, false) => agreed,
        };
        let amount = rust_decimal::Decimal::from(yuan).checked_div(unit.factor().into());
        let words = if self.has(Trap::AmountsInWords) { unit.chinese() } else { "" };
        amount.map_or(Scalar::Null, |amount| format!("{}{words}", amount.normalize()).into())
    }
}

impl Register {
    /// Everything registered for somebody, with every limit on it.
    pub(crate) fn answer(&self, asked: &Asked<'_>, style: Style, now: Moment) -> Answered {
        let estates = self.estates_of(asked);
        let hand = Hand { style, traps: &self.traps, today: now.date(), dates: std::cell::Cell::default() };
        let titles = |kinds: &[&str]| {
            let of_kind = |estate: &&Estate| {
                kinds.contains(&estate.property.kind.as_str()) && self.basis(estate) == Basis::Title
            };
            texts(estates.iter().filter(of_kind).map(|estate| {
                records::right(&estate.property, (estate.name.as_str(), estate.number.as_str()), &hand)
            }))
        };
        Answered {
            fdcq_list: titles(&["", "building"]),
            jsydsyq_list: titles(&["land_use"]),
            tdsyq_list: titles(&["land_ownership"]),
            hysyq_list: titles(&["sea"]),
            gjzwsyq_list: titles(&["structure"]),
            lq_list: titles(&["forest"]),
            nydsyq_list: titles(&["farmland"]),
            dyaq_list: texts(estates.iter().flat_map(|estate| {
                let one = |one| records::mortgage(one, &estate.property, &estate.name, &hand);
                estate.property.mortgages.iter().map(one)
            })),
            cfdj_list: texts(estates.iter().flat_map(|estate| self.seizures(estate, &hand))),
            yyxx_list: texts(estates.iter().flat_map(|estate| {
                let one = |one| records::objection(one, &estate.property, &hand);
                estate.property.objections.iter().map(one)
            })),
            ygdj_list: texts(estates.iter().flat_map(|estate| {
                let one = |one| records::prenotice(one, &estate.property, &estate.name, &hand);
                estate.property.prenotices.iter().map(one)
            })),
            yydj_list: None,
        }
    }

    /// A date of an outcome as this register writes it.
    pub(crate) fn as_written(&self, text: &str) -> String {
        let today = Date::default();
        let (style, dates) = (Style::default(), std::cell::Cell::default());
        Hand { style, traps: &self.traps, today, dates }.date(text).text()
    }

    fn seizures(&self, estate: &Estate, hand: &Hand<'_>) -> Vec<Seizure> {
        let untouched = || {
            let mut queue = Queue::of(&estate.property, self.basis(estate));
            if queue.lapse(hand.today) && !self.has(Trap::KindsStay) {
                queue.promote(hand.today);
            }
            queue
        };
        let queue = self.queues.get(estate.key()).cloned().unwrap_or_else(untouched);
        let shown = |entry: &&Entry| entry.stands() || hand.has(Trap::SendsHistory);
        queue.entries.iter().filter(shown).map(|entry| row(estate, entry, hand)).collect()
    }
}

fn row(estate: &Estate, entry: &Entry, hand: &Hand<'_>) -> Seizure {
    let code = match entry.kind {
        Some(Kind::Renewal) if hand.has(Trap::RenewalAsWaiting) => Kind::Waiting.code(),
        Some(Kind::Seizure) if hand.has(Trap::LocalCodes) => "11",
        Some(kind) if entry.written.is_empty() => kind.code(),
        _ => &entry.written,
    };
    let ended = entry.ended.map(super::queue::written);
    Seizure {
        bdcdyh: hand.unit(&estate.property.unit),
        zl: estate.property.location.as_str().into(),
        cfjg: entry.court.as_str().into(),
        cflx: code.into(),
        cfwh: entry.document.as_str().into(),
        cfqssj: hand.date(&entry.from),
        cfjssj: hand.date(&entry.until),
        djsj: hand.date(&entry.registered),
        xh: if hand.style.places { entry.place.to_string().as_str().into() } else { Scalar::Null },
        cfywh: entry.id.as_str().into(),
        jfdjsj: ended.as_ref().map_or(Scalar::Null, |day| hand.date(day)),
        qszt: if ended.is_some() { "2" } else { "1" }.into(),
        ..Seizure::default()
    }
}
