//! The form of an order: what may have been answered, and what is asked about it.

use schemars::JsonSchema;
use serde::Serialize;

/// Most characters of any field.
pub const LONGEST_FIELD: u16 = 500;

/// Words for court staff, in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Label {
    /// Chinese.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

impl Label {
    /// Words in both languages.
    pub const fn new(zh: &'static str, en: &'static str) -> Self {
        Self { zh, en }
    }
}

/// The form of one order: one of these outcomes is chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Sheet {
    /// What the counterpart may have said.
    pub outcomes: Vec<Outcome>,
}

/// What a counterpart may have said, and what is asked about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Outcome {
    /// Its word, such as `found`.
    pub outcome: &'static str,
    /// What it is called.
    pub label: Label,
    /// What is asked once.
    pub fields: Vec<Field>,
    /// What is asked of each thing that was found; empty where nothing is listed.
    pub rows: Vec<RowKind>,
    /// Most rows; zero where nothing is listed. Where rows are listed at least one is needed.
    pub most_rows: usize,
}

/// A kind of thing that is listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RowKind {
    /// Its word, such as `account`.
    pub kind: &'static str,
    /// What it is called.
    pub label: Label,
    /// What is asked.
    pub fields: Vec<Field>,
}

/// A field of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Field {
    /// Its word.
    pub key: &'static str,
    /// What it is called.
    pub label: Label,
    /// What it takes.
    #[serde(flatten)]
    pub kind: FieldKind,
    /// Whether it must be filled in.
    pub required: bool,
    /// What stands in it at first.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub initial: String,
}

impl Field {
    /// A field that may stay empty.
    pub const fn new(key: &'static str, kind: FieldKind, label: Label) -> Self {
        Self { key, label, kind, required: false, initial: String::new() }
    }

    /// The same field, which must be filled in.
    #[must_use]
    pub fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// The same field, in which something stands at first.
    #[must_use]
    pub fn with(self, initial: impl Into<String>) -> Self {
        Self { initial: initial.into(), ..self }
    }
}

/// What a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FieldKind {
    /// Text on one line, of at most so many characters.
    Text {
        /// Most characters.
        longest: u16,
    },
    /// Text on several lines, of at most so many characters.
    Words {
        /// Most characters.
        longest: u16,
    },
    /// An amount of money, not negative, with at most two decimals.
    Amount,
    /// A decimal number, not negative.
    Decimal,
    /// A whole number from 1.
    Count {
        /// The highest.
        most: u32,
    },
    /// A day, such as 2026-01-05.
    Day,
    /// One of these.
    Choice {
        /// What can be chosen.
        choices: &'static [Choice],
    },
}

/// Something that can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Choice {
    /// Its word.
    pub word: &'static str,
    /// What it is called.
    pub label: Label,
}

impl Choice {
    /// Something that can be chosen.
    pub const fn new(word: &'static str, zh: &'static str, en: &'static str) -> Self {
        Self { word, label: Label::new(zh, en) }
    }
}

impl Sheet {
    /// The outcome of a word.
    pub fn outcome(&self, word: &str) -> Option<&Outcome> {
        self.outcomes.iter().find(|outcome| outcome.outcome == word)
    }
}
