//! Values of rows: what can be read is read, what cannot is kept verbatim and noted.

use chakong_contract::asset::{Doubt, DoubtAbout, DoubtKind};
use chakong_contract::encoding::{is_foreign, is_garbled};
use chakong_contract::placeholder::{is_masked_number, is_null, is_placeholder, stated_code};
use chakong_contract::{Currency, Date, Moment, Money, date, money};
use chakong_toolkit::gathered::Gathered;
use rust_decimal::Decimal;

use crate::wire::code::{Field, field};

/// Most doubts kept about one account.
const MOST_DOUBTS: usize = 50;
/// Most characters kept of a value in doubt.
const LONGEST: usize = 200;

/// Reads the values of one answer's rows. Beside what is not known and what is missing ([`Gathered`]) it knows where in the answer a
/// value stands, and what of the account or measure is in doubt.
#[derive(Debug, Default)]
pub(super) struct ValueReader {
    /// What is not known, verbatim, and what is missing, for court staff.
    pub(super) gathered: Gathered,
    /// What was not understood of the account or measure that is being read.
    doubts: Vec<Doubt>,
    /// Where in the answer we are, for court staff.
    place: String,
}

impl ValueReader {
    /// Says where in the answer we are.
    pub(super) fn at(&mut self, place: String) {
        self.place = place;
        self.doubts.clear();
    }

    /// What was not understood since the last call.
    pub(super) fn take_doubts(&mut self) -> Vec<Doubt> {
        std::mem::take(&mut self.doubts)
    }

    /// Notes that nothing may be concluded from a value.
    pub(super) fn doubt(&mut self, field: Field, kind: DoubtKind, value: &str) {
        if self.doubts.len() < MOST_DOUBTS {
            let value = value.chars().take(LONGEST).collect();
            self.doubts.push(Doubt { about: field.about, kind, field: field.name.to_owned(), value });
        }
    }

    /// Whether something of what is being read is in doubt already.
    pub(super) fn doubts(&self, about: DoubtAbout) -> bool {
        self.doubts.iter().any(|doubt| doubt.about == about)
    }

    /// A text of the bank's; one that was decoded wrongly on its way is kept as it came, and noted. So is a class in another alphabet: whether
    /// it is exempt cannot be told.
    pub(super) fn text(&mut self, field: Field, value: &str) -> String {
        let is_free = [field::REMARK.name, field::PRODUCT_NAME.name].contains(&field.name);
        let is_class = field.about == DoubtAbout::Class && !is_free;
        let kind = match is_garbled(value) {
            true => Some(DoubtKind::Garbled),
            false => (is_class && is_foreign(value)).then_some(DoubtKind::Unreadable),
        };
        if let Some(kind) = kind {
            self.gathered.strange(field.name, value);
            self.doubt(field, kind, value);
        }
        text(value)
    }

    /// A code or number of the bank's; none where a placeholder stands in its place. One that is partly hidden names nothing, and is noted.
    pub(super) fn number(&mut self, field: Field, value: &str) -> String {
        if is_masked_number(value) {
            self.gathered.strange(field.name, value);
            self.doubt(field, DoubtKind::Unreadable, value);
            return text(value);
        }
        if is_placeholder(value) { String::new() } else { self.text(field, value) }
    }

    /// A number; blank is none. One that cannot be read, or that nobody can mean, is missing from the answer.
    pub(super) fn decimal(&mut self, field: Field, text: &str) -> Option<Decimal> {
        let read = money::read_amount(text).map_err(|_| (DoubtKind::Unreadable, "无法读取"));
        let plausible =
            read.and_then(|read| match read.filter(|amount| !Money::yuan(*amount).is_plausible()) {
                Some(_) => Err((DoubtKind::Implausible, "超出合理范围")),
                None => Ok(read),
            });
        plausible.unwrap_or_else(|(kind, words)| {
            self.gathered.strange(field.name, text);
            self.doubt(field, kind, text);
            self.gathered.misses(format!("{}{}{words}", self.place, field.label));
            None
        })
    }

    /// An amount of money; one that was rounded of what binary fractions leave over is kept as it came.
    pub(super) fn money(&mut self, field: Field, text: &str, currency: Option<Currency>) -> Option<Money> {
        self.decimal(field, text)
            .map(|amount| self.gathered.rounded(field.name, text, Money { amount, currency }))
    }

    /// A currency; blank and unknown are none, unknown is kept.
    pub(super) fn currency(&mut self, text: &str) -> Option<Currency> {
        let currency = Currency::from_wire(text);
        if currency.is_none() && !text.trim().is_empty() && !is_placeholder(text) {
            self.gathered.strange(field::CURRENCY.name, text);
            self.doubt(field::CURRENCY, DoubtKind::Unreadable, text);
        }
        currency
    }

    /// A moment; blank, "no end" and unreadable are none, unreadable is kept.
    pub(super) fn moment(&mut self, field: Field, text: &str) -> Option<Moment> {
        date::read_moment(text).unwrap_or_else(|_| {
            self.gathered.strange(field.name, text);
            self.doubt(field, DoubtKind::Unreadable, text);
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
            self.gathered.strange(name, value);
        }
    }
}

/// A text without the blanks around it; control characters, which only a reference can bring, become blanks. What a program
/// writes for a value that it does not have, such as `null`, is none.
pub(super) fn text(value: &str) -> String {
    if is_null(value) { String::new() } else { crate::wire::writable(value.trim()).into_owned() }
}

/// A code that decides nothing; none where a placeholder stands in its place.
pub(super) fn code(value: &str) -> String {
    text(stated_code(value).unwrap_or_default())
}

/// Two texts of which either may be blank, as one.
pub(super) fn joined(first: &str, second: &str) -> String {
    match (first.trim(), second.trim()) {
        ("", second) => second.to_owned(),
        (first, "") => first.to_owned(),
        (first, second) => format!("{first}：{second}"),
    }
}
