//! What is read of lanes beside their orders.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::view::View;
use crate::domain::{Pause, QuotaUsed, RawId, RawMessage};
use crate::store::{LaneCounts, LaneReads, MessageLine, MessagePage, Stored};

impl LaneReads for View<'_> {
    fn messages_of(&mut self, lane: &str, before: Option<RawId>, limit: usize) -> Stored<MessagePage> {
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
        Ok(MessagePage::cut(wanted.take(limit + 1).map(line).collect(), limit))
    }

    fn paused(&mut self, lane: &str) -> Stored<Option<Pause>> {
        Ok(self.state.pauses.get(&lane.to_owned()).cloned())
    }

    fn pauses_over(&mut self, now: Timestamp) -> Stored<Vec<String>> {
        let all = self.state.pauses.iter().filter(|(_, pause)| pause.until.is_some_and(|until| until <= now));
        Ok(all.map(|(lane, _)| lane.clone()).collect())
    }

    fn pauses(&mut self) -> Stored<HashMap<String, Pause>> {
        Ok(self.state.pauses.iter().map(|(lane, pause)| (lane.clone(), pause.clone())).collect())
    }

    fn counts_of_lanes(&mut self) -> Stored<HashMap<String, LaneCounts>> {
        let lanes = self.state.open_lanes().into_iter();
        Ok(lanes.map(|lane| (lane.clone(), self.state.lane_counts(&lane))).collect())
    }

    fn charges_of_day(&mut self, day: &str) -> Stored<HashMap<String, u64>> {
        let of_day = self.state.charges.iter().filter(|((_, of), _)| of.to_string() == day);
        Ok(of_day.map(|((lane, _), requests)| (lane.clone(), *requests)).collect())
    }

    fn quota_used(&mut self, lane: &str, day: Date) -> Stored<QuotaUsed> {
        let own = self.state.quota_shares.iter().filter(|((of, on, _), _)| of == lane && *on == day);
        Ok(QuotaUsed {
            requests: self.state.quotas.get(&(lane.to_owned(), day)).copied().unwrap_or_default(),
            courts: own.map(|((.., court), requests)| (court.clone(), *requests)).collect(),
        })
    }
}
