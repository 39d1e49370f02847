//! What a connector declares, as data. What it does not declare is refused at planning, never at sending.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use schemars::JsonSchema;
use serde::Serialize;

use crate::asset::AssetKind;
use crate::order::{ActionKind, DocumentKind};
use crate::party::IdentityKind;
use crate::secret::Secret;

/// How bytes travel to a counterpart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// We call, over HTTP.
    Call,
    /// Files both ways, in a shared directory.
    Parcel,
    /// They call us, at our postbox.
    Postbox,
    /// A person carries the order along and fills in what was answered.
    Desk,
}

/// Every line with its word. A further line is one variant and one entry more here, and one among the parts of a connector.
const LINES: &[(LineKind, &str)] = &[
    (LineKind::Call, "call"),
    (LineKind::Parcel, "parcel"),
    (LineKind::Postbox, "postbox"),
    (LineKind::Desk, "desk"),
];

impl LineKind {
    /// Every line.
    pub fn all() -> impl Iterator<Item = Self> {
        LINES.iter().map(|(kind, _)| *kind)
    }

    /// The word used in configuration.
    pub fn word(self) -> &'static str {
        LINES.iter().find(|(kind, _)| *kind == self).map_or("", |(_, word)| word)
    }
}

/// A connector's declaration.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Manifest {
    /// Identifier, used in configuration: lower case with hyphens.
    pub id: &'static str,
    /// Chinese name.
    pub name_zh: &'static str,
    /// English name.
    pub name_en: &'static str,
    /// Kinds of assets it reports.
    pub assets: &'static [AssetKind],
    /// What it can do, and the documents each act needs.
    pub capabilities: &'static [Capability],
    /// Identity documents by which it can look a party up; one query goes out per document of these kinds.
    pub identities: &'static [IdentityKind],
    /// Lines it speaks.
    pub lines: &'static [LineKind],
    /// Most orders in one message.
    pub largest_batch: u32,
    /// Whether a request number sent twice is acted on once. If not, a control whose outcome is unknown is held.
    pub idempotent: bool,
    /// Settings of a counterpart that uses this connector.
    pub settings: &'static [Setting],
}

/// One act with the documents it needs.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct Capability {
    /// The act.
    pub action: ActionKind,
    /// The legal documents that must accompany it.
    pub documents: &'static [DocumentKind],
}

impl Manifest {
    /// The capability for an act, if declared.
    pub fn capability(&self, action: ActionKind) -> Option<&Capability> {
        self.capabilities.iter().find(|capability| capability.action == action)
    }
}

/// The type of a setting's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SettingKind {
    /// Text.
    Text,
    /// Text that must never be shown; given by file or environment.
    Secret,
    /// Whole number.
    Integer,
    /// Yes or no.
    Boolean,
    /// One of these words.
    Choice(&'static [&'static str]),
}

/// A setting of a counterpart that uses the connector.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct Setting {
    /// Key below `[settings]`.
    pub key: &'static str,
    /// Type.
    pub kind: SettingKind,
    /// Whether it must be given.
    pub required: bool,
    /// What it is for, one sentence.
    pub help: &'static str,
    /// A value that can be used, as it would be written; invented.
    pub example: &'static str,
}

/// The value of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingValue {
    /// Text or choice.
    Text(String),
    /// Secret.
    Secret(Secret),
    /// Whole number.
    Integer(i64),
    /// Yes or no.
    Boolean(bool),
}

/// A problem with one setting.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {problem}")]
pub struct SettingProblem {
    /// The key.
    pub key: String,
    /// What is wrong and what to do.
    pub problem: String,
    /// Line in the setting's own text, from 1, where that is a long one such as a description.
    pub line: Option<usize>,
}

impl SettingProblem {
    /// A problem with a setting.
    pub fn new(key: &str, problem: impl Into<String>) -> Self {
        Self { key: key.to_owned(), problem: problem.into(), line: None }
    }

    /// At a line of the setting's own text, from 1.
    #[must_use]
    pub fn at_line(self, line: Option<usize>) -> Self {
        Self { line, ..self }
    }
}

/// Puts a setting that fits aside, and its problem to the others.
pub fn fitting<T>(checked: Result<T, SettingProblem>, problems: &mut Vec<SettingProblem>) -> Option<T> {
    checked.map_err(|problem| problems.push(problem)).ok()
}

/// The settings of one counterpart, already checked for type and presence against the manifest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings(BTreeMap<String, SettingValue>);

impl Settings {
    /// Adds or replaces a value.
    #[must_use]
    pub fn with(mut self, key: &str, value: SettingValue) -> Self {
        self.0.insert(key.to_owned(), value);
        self
    }

    /// The examples of every required setting: enough to read and write single messages without a counterpart.
    pub fn of_examples(declared: &[Setting]) -> Self {
        Self::of_some_examples(declared, |setting| setting.required)
    }

    /// The examples of every setting, those that are not required too: for what needs them, such as a postbox.
    pub fn of_all_examples(declared: &[Setting]) -> Self {
        Self::of_some_examples(declared, |_| true)
    }

    fn of_some_examples(declared: &[Setting], wanted: fn(&Setting) -> bool) -> Self {
        declared.iter().filter(|setting| wanted(setting)).fold(Self::default(), |settings, setting| {
            let value = match setting.kind {
                SettingKind::Text | SettingKind::Choice(_) => SettingValue::Text(setting.example.to_owned()),
                SettingKind::Secret => SettingValue::Secret(Secret::new(setting.example)),
                SettingKind::Integer => SettingValue::Integer(setting.example.parse().unwrap_or_default()),
                SettingKind::Boolean => SettingValue::Boolean(setting.example == "true"),
            };
            settings.with(setting.key, value)
        })
    }

    /// A text setting, or the empty text.
    pub fn text(&self, key: &str) -> &str {
        match self.0.get(key) {
            Some(SettingValue::Text(text)) => text,
            _ => "",
        }
    }

    /// A secret setting.
    pub fn secret(&self, key: &str) -> Option<&Secret> {
        match self.0.get(key) {
            Some(SettingValue::Secret(secret)) => Some(secret),
            _ => None,
        }
    }

    /// A secret setting that must be there.
    ///
    /// # Errors
    /// The problem with it, when it is absent or blank.
    pub fn needed_secret(&self, key: &str) -> Result<Secret, SettingProblem> {
        let given = self.secret(key).filter(|secret| !secret.expose().trim().is_empty()).cloned();
        given.ok_or_else(|| SettingProblem::new(key, "the secret is missing; give it by file or environment"))
    }

    /// A whole number within bounds, or what stands for it when it is absent.
    ///
    /// # Errors
    /// The problem with it, when it is out of bounds.
    pub fn bounded(
        &self,
        key: &str,
        absent: u32,
        bounds: RangeInclusive<u32>,
    ) -> Result<u32, SettingProblem> {
        let given = self.integer(key).map_or(Ok(absent), u32::try_from);
        given.ok().filter(|number| bounds.contains(number)).ok_or_else(|| {
            let (from, to) = bounds.into_inner();
            SettingProblem::new(key, format!("give a number from {from} to {to}"))
        })
    }

    /// Comma-separated words of a text setting, or what stands for them when it is absent. `none` means no word.
    ///
    /// # Errors
    /// The problem with it, when a word is not known.
    pub fn words<T: Copy>(
        &self,
        key: &str,
        absent: &str,
        known: &[(&str, T)],
    ) -> Result<Vec<T>, SettingProblem> {
        let text = Some(self.text(key)).filter(|text| !text.trim().is_empty()).unwrap_or(absent);
        let given: Vec<&str> = text.split(',').map(str::trim).filter(|word| !word.is_empty()).collect();
        if given == ["none"] {
            return Ok(Vec::new());
        }
        let strange = given.iter().find(|word| !known.iter().any(|(name, _)| name == *word));
        if strange.is_some() {
            let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            return Err(SettingProblem::new(key, format!("give words out of {}, or none", names.join(", "))));
        }
        Ok(known.iter().filter(|(name, _)| given.contains(name)).map(|(_, value)| *value).collect())
    }

    /// A whole number.
    pub fn integer(&self, key: &str) -> Option<i64> {
        match self.0.get(key) {
            Some(SettingValue::Integer(number)) => Some(*number),
            _ => None,
        }
    }

    /// A yes-or-no setting, no by default.
    pub fn boolean(&self, key: &str) -> bool {
        matches!(self.0.get(key), Some(SettingValue::Boolean(true)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_checked_and_absent_ones_have_a_stand_in() {
        let known = [("holders", 1), ("changes", 2)];
        let with = |value| Settings::default().with("key", value);
        let text = |text: &str| with(SettingValue::Text(text.to_owned()));
        assert_eq!(Settings::default().bounded("key", 10, 1..=50), Ok(10));
        assert!(with(SettingValue::Integer(51)).bounded("key", 10, 1..=50).is_err());
        assert!(with(SettingValue::Integer(-1)).bounded("key", 10, 1..=50).is_err());
        assert_eq!(text(" changes, holders").words("key", "", &known), Ok(vec![1, 2]));
        assert_eq!(text("none").words("key", "holders", &known), Ok(Vec::new()));
        assert_eq!(Settings::default().words("key", "holders", &known), Ok(vec![1]));
        assert!(text("holders,staff").words("key", "", &known).is_err());
        assert!(with(SettingValue::Secret(Secret::new(" "))).needed_secret("key").is_err());
    }
}
