//! What is read of lanes beside their orders.

use jiff::Timestamp;

use super::view::View;
use crate::domain::{Pause, RawId, RawMessage};
use crate::store::{LaneReads, MessageLine, Stored};

impl LaneReads for View<'_> {
    fn messages_of(&mut self, lane: &str, before: Option<RawId>, limit: usize) -> Stored<Vec<MessageLine>> {
        let wanted = self
            .state
            .raw_messages
            .iter()
            .rev()
            .filter(|(id, message)| message.lane == lane && before.is_none_or(|before| **id < before));
        let line = |(id, message): (&RawId, &RawMessage)| MessageLine {
            id: *id,
            direction: message.direction,
            name: message.name.clone(),
            at: message.at,
            repeats: self.state.raw_repeats.get(id).copied().unwrap_or_default(),
            orders: self.state.raw_orders.get(id).cloned().unwrap_or_default(),
        };
        Ok(wanted.take(limit).map(line).collect())
    }

    fn paused(&mut self, lane: &str) -> Stored<Option<Pause>> {
        Ok(self.state.pauses.get(&lane.to_owned()).cloned())
    }

    fn pauses_over(&mut self, now: Timestamp) -> Stored<Vec<String>> {
        let all = self.state.pauses.iter().filter(|(_, pause)| pause.until.is_some_and(|until| until <= now));
        Ok(all.map(|(lane, _)| lane.clone()).collect())
    }
}
