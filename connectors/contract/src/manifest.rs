//! What a connector declares, as data. What it does not declare is refused at planning, never at sending.

use std::collections::BTreeMap;

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
}

impl LineKind {
    /// The word used in configuration.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Parcel => "parcel",
            Self::Postbox => "postbox",
        }
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
        let required = declared.iter().filter(|setting| setting.required);
        required.fold(Self::default(), |settings, setting| {
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
