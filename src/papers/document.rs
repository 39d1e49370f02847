//! A document: what a paper says, before it is written down in one form or another.

use chakong_contract::Money;
use rust_decimal::Decimal;

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Text, as it is.
    Text(String),
    /// An amount in yuan, or without a currency.
    Amount(Decimal),
    /// An amount that is no mere number, such as one in a foreign currency.
    Figure(String),
    /// A number.
    Number(f64),
    /// Nothing.
    Empty,
}

impl Cell {
    /// Text, or nothing.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    /// A count. Beyond 2⁵³ it is not exact.
    pub fn count(count: u64) -> Self {
        u32::try_from(count)
            .map_or_else(|_| Self::Text(count.to_string()), |count| Self::Number(count.into()))
    }

    /// An amount in its currency, or nothing.
    pub fn money(money: Option<Money>) -> Self {
        match money {
            None => Self::Empty,
            Some(money) if money.is_yuan() => Self::Amount(money.amount),
            some => Self::Figure(super::words::money(some)),
        }
    }

    /// A number, or nothing.
    pub fn number(number: Option<f64>) -> Self {
        number.map_or(Self::Empty, Self::Number)
    }

    /// As people read it.
    pub fn shown(&self) -> String {
        match self {
            Self::Text(text) | Self::Figure(text) => text.clone(),
            Self::Amount(amount) => super::words::grouped(*amount),
            Self::Number(number) => number.to_string(),
            Self::Empty => String::new(),
        }
    }

    /// Whether it stands at the right.
    pub const fn is_number(&self) -> bool {
        matches!(self, Self::Amount(_) | Self::Figure(_) | Self::Number(_))
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its head.
    pub head: &'static str,
    /// Its part of the width, in percent.
    pub width: u8,
}

/// A table, whose head is repeated on each page.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// What it shows.
    pub caption: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, each with a cell a column.
    pub rows: Vec<Vec<Cell>>,
    /// What stands in its place when it has no rows.
    pub when_empty: &'static str,
}

impl Table {
    /// A table without rows.
    pub fn new(caption: impl Into<String>, columns: &[(&'static str, u8)], when_empty: &'static str) -> Self {
        let columns = columns.iter().map(|(head, width)| Column { head, width: *width }).collect();
        Self { caption: caption.into(), columns, rows: Vec::new(), when_empty }
    }
}

/// What a paper says.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The court.
    pub court: String,
    /// Title.
    pub title: &'static str,
    /// Case number.
    pub case_number: String,
    /// Its own number.
    pub number: String,
    /// Whom it is addressed to; empty for what stays on file.
    pub addressee: String,
    /// What stands at its head: words and values.
    pub facts: Vec<(&'static str, String)>,
    /// What it says before the tables.
    pub opening: Vec<String>,
    /// Its tables.
    pub tables: Vec<Table>,
    /// What it says behind the tables.
    pub closing: Vec<String>,
    /// Who signs.
    pub signatures: Vec<&'static str>,
    /// Day beside the court's seal; empty for what is not sealed.
    pub sealed_on: String,
    /// When it was printed, Beijing time.
    pub printed_at: String,
    /// Who had it printed.
    pub printed_by: String,
}
