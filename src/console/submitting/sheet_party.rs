//! A party as a sheet of parties has it.

use serde_json::Value;

/// A party of a sheet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SheetParty {
    /// Its row, from 1 as spreadsheets count.
    pub row: u32,
    /// Its name.
    pub name: String,
    /// Up to how much it is liable, in yuan as decimal text; empty for the whole claim.
    pub liable_up_to: String,
    /// As the request takes it.
    pub body: Value,
}
