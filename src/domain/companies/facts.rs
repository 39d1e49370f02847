//! Facts: a value with everybody who states it, and when two values are the same.

use std::collections::{BTreeMap, BTreeSet};

use chakong_contract::id::{Lei, OrgCode, UnverifiedUscc, Uscc};
use chakong_contract::{Date, Money};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

/// A value with everybody who states it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Fact_{T}")]
pub struct Fact<T> {
    /// The value, as its newest source writes it.
    pub value: T,
    /// Who states it: places in the company's `sources`, from 0.
    pub sources: Vec<u32>,
}

/// A value that sources can agree or differ about.
pub(super) trait Value: Clone + Serialize {
    /// What makes two values the same but for spelling.
    fn key(&self) -> String;

    /// Whether a value that is not the same contradicts it.
    fn contradicts(&self, other: &Self) -> bool {
        self.key() != other.key()
    }

    /// The value in words, for a list of contradictions.
    fn shown(&self) -> String;
}

/// A text without blanks, with narrow letters and brackets, in lower case: for comparison only.
pub(super) fn fold(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c).wrapping_sub(0xFEE0)).unwrap_or(c),
        other => other,
    };
    text.chars().filter(|c| !c.is_whitespace()).map(narrow).flat_map(char::to_lowercase).collect()
}

/// The value as JSON, to have an order among values that have none of their own.
pub(super) fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// The facts of one field while they are gathered.
#[derive(Debug)]
pub(super) struct Facts<T>(BTreeMap<String, Gathered<T>>);

#[derive(Debug)]
struct Gathered<T> {
    sources: BTreeSet<u32>,
    newest: (u32, String, T),
}

impl<T> Default for Facts<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T: Value> Facts<T> {
    /// A source states a value.
    pub(super) fn state(&mut self, source: u32, value: T) {
        let spelling = (source, json(&value), value);
        let known = self.0.entry(spelling.2.key());
        let known =
            known.or_insert_with(|| Gathered { sources: BTreeSet::from([source]), newest: spelling.clone() });
        known.sources.insert(source);
        if (spelling.0, &spelling.1) < (known.newest.0, &known.newest.1) {
            known.newest = spelling;
        }
    }

    /// Every value once, newest source first.
    pub(super) fn list(self) -> Vec<Fact<T>> {
        let mut gathered: Vec<Gathered<T>> = self.0.into_values().collect();
        gathered.sort_by(|one, other| (one.newest.0, &one.newest.1).cmp(&(other.newest.0, &other.newest.1)));
        let fact =
            |one: Gathered<T>| Fact { value: one.newest.2, sources: one.sources.into_iter().collect() };
        gathered.into_iter().map(fact).collect()
    }
}

/// What sources state: each with its place.
pub(super) fn facts<T: Value>(stated: impl IntoIterator<Item = (u32, T)>) -> Vec<Fact<T>> {
    let mut facts = Facts::default();
    for (source, value) in stated {
        facts.state(source, value);
    }
    facts.list()
}

/// Texts that are not blank.
pub(super) fn texts<'a>(stated: impl IntoIterator<Item = (u32, &'a str)>) -> Vec<Fact<String>> {
    let stated = stated.into_iter().filter(|(_, text)| !text.trim().is_empty());
    facts(stated.map(|(source, text)| (source, text.to_owned())))
}

/// A share in percent as one text, whatever its zeros.
pub(super) fn percent_key(text: &str) -> String {
    text.trim().parse::<Decimal>().map_or_else(|_| fold(text), |percent| percent.normalize().to_string())
}

impl Value for String {
    fn key(&self) -> String {
        // Decimal texts such as percents differ in their zeros only; no other text of ours is a bare number with a point.
        if self.contains('.') { percent_key(self) } else { fold(self) }
    }

    fn shown(&self) -> String {
        self.clone()
    }
}

impl Value for bool {
    fn key(&self) -> String {
        self.to_string()
    }

    fn shown(&self) -> String {
        self.to_string()
    }
}

macro_rules! exact {
    ($($type:ty),*) => {$(
        impl Value for $type {
            fn key(&self) -> String {
                self.to_string()
            }

            fn shown(&self) -> String {
                self.to_string()
            }
        }
    )*};
}
exact!(Uscc, UnverifiedUscc, OrgCode, Lei, Date);

impl Value for Money {
    fn key(&self) -> String {
        let currency = self.currency.map(|currency| currency.to_string()).unwrap_or_default();
        format!("{} {currency}", self.amount.normalize())
    }

    /// An unknown currency may be any.
    fn contradicts(&self, other: &Self) -> bool {
        let differ = |(one, other)| one != other;
        self.amount != other.amount || self.currency.zip(other.currency).is_some_and(differ)
    }

    fn shown(&self) -> String {
        self.to_string()
    }
}

/// A field about which sources differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Contradiction {
    /// Where: `statuses`, `shareholders/乙某/percent` …
    pub field: String,
    /// What is stated.
    pub values: Vec<Fact<String>>,
}

/// Capital with the source's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CapitalFact {
    /// In the main unit of its currency; null when the words state no amount.
    pub amount: Option<Money>,
    /// In the source's words; empty where it has none.
    pub words: String,
}

impl Value for CapitalFact {
    fn key(&self) -> String {
        self.amount.as_ref().map_or_else(|| fold(&self.words), Value::key)
    }

    fn contradicts(&self, other: &Self) -> bool {
        self.amount.as_ref().zip(other.amount.as_ref()).is_some_and(|(one, other)| one.contradicts(other))
    }

    fn shown(&self) -> String {
        self.amount.as_ref().map_or_else(|| self.words.clone(), ToString::to_string)
    }
}
