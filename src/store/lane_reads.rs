//! What can be read of lanes beside their orders: pauses, and what travelled.

use jiff::Timestamp;

use super::{MessageLine, Stored};
use crate::domain::{Pause, RawId};

/// What can be read of lanes beside their orders.
pub trait LaneReads {
    /// Messages of a lane without their bytes, the newest first, behind a row where one is named.
    fn messages_of(&mut self, lane: &str, before: Option<RawId>, limit: usize) -> Stored<Vec<MessageLine>>;
    /// The pause of a lane, if it is paused.
    fn paused(&mut self, lane: &str) -> Stored<Option<Pause>>;
    /// Lanes whose pause ended by itself at a time.
    fn pauses_over(&mut self, now: Timestamp) -> Stored<Vec<String>>;
}
