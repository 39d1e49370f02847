//! What a look at a store finds, whatever kind it is.

use super::StoreError;
use super::marks::Standing;

/// What is unreadable where the schema is another than this version's.
pub(super) const SCHEMA: &str = "schema";

impl StoreError {
    /// Whether the schema is another than this version's, which lasts until another version or another store is configured.
    pub fn is_about_the_schema(&self) -> bool {
        matches!(self, Self::Unreadable { what: SCHEMA, .. })
    }
}

/// How far a store's schema is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schema {
    /// Migrations that were applied to it.
    pub applied: usize,
    /// Migrations that this version knows.
    pub known: usize,
}

impl Schema {
    /// Whether it is a store that this version can work on, perhaps after migrations.
    pub const fn is_known(self) -> bool {
        self.applied > 0 && self.applied <= self.known
    }

    /// Why a store is not worked on whose schema is not that of this version.
    pub fn refusal(self) -> String {
        let Self { applied, known } = self;
        match applied {
            0 => "there is no store of chakong".to_owned(),
            _ if applied > known => "a newer version of chakong wrote it; install that version".to_owned(),
            _ => format!(
                "it has {applied} of {known} migrations; bring it up to date with `chakong store migrate` first"
            ),
        }
    }
}

/// What a look at a store found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// Migrations that were applied, and migrations that this version knows.
    pub schema: Schema,
    /// Bytes that it takes.
    pub bytes: u64,
    /// Rows by table.
    pub rows: Vec<(String, u64)>,
    /// Whether it is the one in charge, or a copy, or moved away.
    pub standing: Standing,
    /// What is damaged; nothing where all is whole.
    pub findings: Vec<String>,
}

/// Tables whose rows are counted for operations.
pub const COUNTED: [&str; 7] =
    ["chains", "cases", "inquiries", "orders", "measures", "events", "raw_messages"];
