//! Actors: who does something, as the audit names them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The gateway's clock.
pub const CLOCK: &str = "clock";
/// The gateway itself.
pub const GATEWAY: &str = "gateway";
/// Whoever has the command line.
pub const COMMAND_LINE: &str = "command line";
/// Whoever restored a store.
pub const OPERATOR: &str = "operator";
/// Somebody of whom nobody knows who it is.
pub const NOBODY: &str = "nobody";
/// The door of the API, of who guesses keys.
pub const API: &str = "api";
/// The door of the postbox, of who guesses passwords.
pub const POSTBOX: &str = "postbox";
/// Names in audit lines that no person and no key may have.
pub const RESERVED: [&str; 7] = [CLOCK, GATEWAY, COMMAND_LINE, OPERATOR, NOBODY, API, POSTBOX];

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
            Self::Clock => CLOCK,
        }
    }
}
