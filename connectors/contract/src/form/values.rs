//! Fields as they are read.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::date::{Date, read_date};
use crate::money::{Currency, Money, read_amount};

/// The fields of a form or of a row of it, to be read. What does not fit is absent; [`Sheet::problems`](super::sheet::Sheet::problems) tells it
/// before.
#[derive(Debug, Clone, Copy)]
pub struct Values<'f>(&'f BTreeMap<String, String>);

impl<'f> Values<'f> {
    /// These fields.
    pub const fn of(fields: &'f BTreeMap<String, String>) -> Self {
        Self(fields)
    }

    /// Text without blanks around it; empty where nothing is filled in.
    pub fn text(&self, key: &str) -> &'f str {
        self.0.get(key).map_or("", |text| text.trim())
    }

    /// Text as [`Self::text`], of its own.
    pub fn owned(&self, key: &str) -> String {
        self.text(key).to_owned()
    }

    /// A decimal number, also with commas between thousands.
    pub fn decimal(&self, key: &str) -> Option<Decimal> {
        read_amount(self.text(key)).ok().flatten()
    }

    /// A decimal number as plain text.
    pub fn decimal_text(&self, key: &str) -> Option<String> {
        self.decimal(key).map(|number| number.normalize().to_string())
    }

    /// An amount in a currency.
    pub fn money(&self, key: &str, currency: Option<Currency>) -> Option<Money> {
        self.decimal(key).map(|amount| Money { amount, currency })
    }

    /// A whole number.
    pub fn count(&self, key: &str) -> Option<u32> {
        self.text(key).parse().ok()
    }

    /// A day, with its year, month and day of the month.
    pub fn day(&self, key: &str) -> Option<Date> {
        let text = self.text(key);
        let parts = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).count();
        let is_whole = parts == 3 || text.len() == 8 && parts == 1;
        read_date(text).ok().flatten().filter(|_| is_whole)
    }
}
