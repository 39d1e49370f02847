//! Values of rows: what can be read is read, what cannot is kept verbatim and noted.

use chakong_contract::reply::UnknownValue;
use chakong_contract::{Currency, Date, Moment, Money, date, money};
use rust_decimal::Decimal;

use crate::wire::code::{Field, field};

/// Most unknown values kept with one answer.
const MOST_UNKNOWN: usize = 100;
/// Most notes of what is missing kept with one answer.
const MOST_MISSING: usize = 50;
/// Most characters kept of a value.
const LONGEST: usize = 200;

/// What was noted while the rows of one answer were read.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// Values that are not known, verbatim.
    pub(super) unknown: Vec<UnknownValue>,
    /// What is missing from the answer, for court staff.
    pub(super) missing: Vec<String>,
    /// Where in the answer we are, for court staff.
    place: String,
}

impl Notes {
    /// Says where in the answer we are.
    pub(super) fn at(&mut self, place: String) {
        self.place = place;
    }

    /// An amount; blank is none. One that cannot be read is missing from the answer.
    pub(super) fn decimal(&mut self, field: Field, text: &str) -> Option<Decimal> {
        money::read_amount(text).unwrap_or_else(|_| {
            self.keep(field.name, text);
            self.miss(format!("{}{}无法读取", self.place, field.label));
            None
        })
    }

    /// An amount of money.
    pub(super) fn money(&mut self, field: Field, text: &str, currency: Option<Currency>) -> Option<Money> {
        self.decimal(field, text).map(|amount| Money { amount, currency })
    }

    /// A currency; blank and unknown are none, unknown is kept.
    pub(super) fn currency(&mut self, text: &str) -> Option<Currency> {
        let currency = Currency::from_wire(text);
        if currency.is_none() && !text.trim().is_empty() {
            self.keep(field::CURRENCY.name, text);
        }
        currency
    }

    /// A moment; blank, "no end" and unreadable are none, unreadable is kept.
    pub(super) fn moment(&mut self, field: Field, text: &str) -> Option<Moment> {
        date::read_moment(text).unwrap_or_else(|_| {
            self.keep(field.name, text);
            None
        })
    }

    /// A date, likewise.
    pub(super) fn date(&mut self, field: Field, text: &str) -> Option<Date> {
        self.moment(field, text).map(Moment::date)
    }

    /// Keeps the attributes and elements that are in no table.
    pub(super) fn keep_all(&mut self, unknown: &[(String, String)]) {
        for (name, value) in unknown {
            self.keep(name, value);
        }
    }

    /// Keeps a value verbatim.
    pub(super) fn keep(&mut self, name: &str, value: &str) {
        if self.unknown.len() < MOST_UNKNOWN {
            let value = value.chars().take(LONGEST).collect();
            self.unknown.push(UnknownValue { field: name.to_owned(), value });
        }
    }

    /// Notes that something is missing.
    pub(super) fn miss(&mut self, what: String) {
        if self.missing.len() < MOST_MISSING {
            self.missing.push(what);
        }
    }
}

/// A text without the blanks around it; control characters, which only a reference can bring, become blanks.
pub(super) fn text(value: &str) -> String {
    crate::wire::writable(value.trim()).into_owned()
}

/// Two texts of which either may be blank, as one.
pub(super) fn joined(first: &str, second: &str) -> String {
    match (first.trim(), second.trim()) {
        ("", second) => second.to_owned(),
        (first, "") => first.to_owned(),
        (first, second) => format!("{first}：{second}"),
    }
}
