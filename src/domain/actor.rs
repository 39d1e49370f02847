//! Actors: who does something, as the audit names them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", content = "name", rename_all = "snake_case")]
pub enum Actor {
    /// The holder of an API key, by the key's name.
    Key(String),
    /// A person, by 工号.
    Person(String),
    /// A counterpart, by its name.
    Counterpart(String),
    /// The gateway's clock.
    Clock,
}

impl Actor {
    /// The name in audit lines and notes.
    pub fn name(&self) -> &str {
        match self {
            Self::Key(name) | Self::Person(name) | Self::Counterpart(name) => name,
            Self::Clock => "clock",
        }
    }
}
