//! What a transaction has touched.

use std::collections::HashMap;

/// What a transaction has touched, to be told after its commit.
#[derive(Debug, Default)]
pub(super) struct Touched {
    /// Lanes, and whether something urgent was added.
    pub(super) lanes: HashMap<String, bool>,
    /// Newest sequence number of the log.
    pub(super) event: i64,
    /// Whether rows were deleted, so that space can be given back.
    pub(super) has_deleted: bool,
}

impl Touched {
    pub(super) fn lane(&mut self, name: &str, urgent: bool) {
        match self.lanes.get_mut(name) {
            Some(known) => *known |= urgent,
            None => drop(self.lanes.insert(name.to_owned(), urgent)),
        }
    }
}
