//! What can be read of lanes beside their orders: pauses, and what travelled.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{LaneCounts, MessageLine, Stored};
use crate::domain::{Pause, QuotaUsed, RawId};

/// Orders that wait, by lane, and the oldest of the first of each court in turn. The same for every database.
pub(super) const WAITING_OF_LANES: &str = "
SELECT c.lane, c.waiting, f.oldest FROM
  (SELECT lane, COUNT(*) AS waiting FROM orders WHERE state = 0 GROUP BY lane) c
  JOIN (SELECT o.lane AS lane, MIN(o.created) AS oldest FROM
      (SELECT lane, court, MIN(turn) AS turn FROM orders WHERE state = 0 GROUP BY lane, court) h
      JOIN orders o ON o.lane = h.lane AND o.court = h.court AND o.turn = h.turn AND o.state = 0
    GROUP BY o.lane) f ON f.lane = c.lane";

/// Orders that are under way, by lane and state. The same for every database.
pub(super) const UNDER_WAY_OF_LANES: &str = "
SELECT lane, state, COUNT(*), MIN(created) FROM orders WHERE state = 1 OR state = 2 OR state = 8 GROUP BY lane, state";

/// Counts of all lanes out of rows of [`WAITING_OF_LANES`] and of [`UNDER_WAY_OF_LANES`].
pub(super) fn counted(
    waiting: Vec<(String, u64, Timestamp)>,
    under_way: Vec<(String, i64, u64, Timestamp)>,
) -> HashMap<String, LaneCounts> {
    let mut lanes: HashMap<String, LaneCounts> = HashMap::new();
    for (lane, count, oldest) in waiting {
        lanes.insert(lane, LaneCounts { waiting: count, oldest: Some(oldest), ..LaneCounts::default() });
    }
    for (lane, state, count, oldest) in under_way {
        let counts = lanes.entry(lane).or_default();
        if state == 8 {
            counts.undetermined += count;
        } else {
            counts.awaiting += count;
            counts.oldest = counts.oldest.into_iter().chain([oldest]).min();
        }
    }
    lanes
}

/// Binary digits of a message's number within its span: a span has 4,096 numbers.
pub(super) const SPAN_BITS: u32 = 12;
/// Spans in which messages are looked for at once. No more of other lanes' messages are passed over for a page than these hold.
const MOST_SPANS: usize = 16;

/// What can be read of lanes beside their orders.
pub trait LaneReads {
    /// Messages of a lane without their bytes, the newest first, behind a row where one is named. No more are looked for than a
    /// bounded number of other lanes' messages allows: there may be fewer than `limit`, and more to come.
    fn messages_of(&mut self, lane: &str, before: Option<RawId>, limit: usize) -> Stored<MessagePage>;
    /// The pause of a lane, if it is paused.
    fn paused(&mut self, lane: &str) -> Stored<Option<Pause>>;
    /// Lanes whose pause ended by itself at a time.
    fn pauses_over(&mut self, now: Timestamp) -> Stored<Vec<String>>;
    /// Every lane that is paused.
    fn pauses(&mut self) -> Stored<HashMap<String, Pause>>;
    /// Counts of the orders of every lane that has any: as of each by itself, with few statements for all.
    fn counts_of_lanes(&mut self) -> Stored<HashMap<String, LaneCounts>>;
    /// What every lane charged on a day, where it did.
    fn charges_of_day(&mut self, day: &str) -> Stored<HashMap<String, u64>>;
    /// Requests sent to a counterpart on a day (Asia/Shanghai), and those of them that were counted to a court.
    fn quota_used(&mut self, lane: &str, day: Date) -> Stored<QuotaUsed>;
}

/// Messages of a lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessagePage {
    /// The newest first.
    pub messages: Vec<MessageLine>,
    /// Behind which row it is read on; `None` where there are no more.
    pub next: Option<RawId>,
}

impl MessagePage {
    /// A page of messages of which one more than `limit` was read, where there are so many.
    pub(super) fn cut(mut messages: Vec<MessageLine>, limit: usize) -> Self {
        let more = messages.len() > limit;
        messages.truncate(limit);
        let next = messages.last().filter(|_| more).map(|last| last.id);
        Self { messages, next }
    }
}

/// Messages by their number, and the spans of numbers in which a lane has some. It is noted of a span, not of each message, so that a
/// message costs nothing and a lane that is seldom used is found among all others.
pub(super) trait Spans {
    /// Spans of a lane from one downwards, the newest first.
    fn spans_of(&mut self, lane: &str, from: i64, limit: usize) -> Stored<Vec<i64>>;
    /// Messages of a lane from a number up to below another, the newest first.
    fn messages_within(
        &mut self,
        lane: &str,
        numbers: std::ops::Range<i64>,
        limit: usize,
    ) -> Stored<Vec<MessageLine>>;
}

/// Reads the spans of a lane one after the other, as many as a page needs.
pub(super) fn latest(
    rows: &mut impl Spans,
    lane: &str,
    before: Option<RawId>,
    limit: usize,
) -> Stored<MessagePage> {
    let below = before.map_or(i64::MAX, RawId::get);
    let spans = rows.spans_of(lane, below.saturating_sub(1) >> SPAN_BITS, MOST_SPANS + 1)?;
    let mut messages = Vec::new();
    for span in spans.iter().take(MOST_SPANS) {
        let first = span << SPAN_BITS;
        let end = first.saturating_add(1 << SPAN_BITS).min(below);
        messages.append(&mut rows.messages_within(lane, first..end, limit + 1 - messages.len())?);
        if messages.len() > limit {
            return Ok(MessagePage::cut(messages, limit));
        }
    }
    let looked = spans.get(MOST_SPANS - 1).filter(|_| spans.len() > MOST_SPANS);
    Ok(MessagePage { messages, next: looked.map(|span| RawId::new(span << SPAN_BITS)) })
}
