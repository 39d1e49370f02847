//! What is read of lanes beside their orders.

use std::collections::HashMap;
use std::ops::Range;

use jiff::Timestamp;
use jiff::civil::Date;
use tokio_postgres::Row;

use super::query::{View, limit_of, params};
use super::rows::{get, instant, micros, optional_instant};
use crate::domain::{Pause, QuotaUsed, RawDirection, RawId, RelayFailure};
use crate::store::lane_reads::{Spans, UNDER_WAY_OF_LANES, WAITING_OF_LANES, counted, latest};
use crate::store::{LaneCounts, LaneReads, MessageLine, MessagePage, Stored, order_list};

/// Columns: id, direction, name, at, repeats, orders.
fn message_line(row: &Row) -> Stored<MessageLine> {
    let direction = if get::<i64>(row, 1)? == 0 { RawDirection::Out } else { RawDirection::In };
    let orders: Option<Vec<u8>> = get(row, 5)?;
    let orders = orders.and_then(|packed| order_list::unpack(&packed)).unwrap_or_default();
    Ok(MessageLine {
        id: RawId::new(get(row, 0)?),
        direction,
        name: get(row, 2)?,
        at: instant(row, 3)?,
        repeats: get::<i64>(row, 4)?.unsigned_abs(),
        orders,
    })
}

/// Columns: name, kind, detail, at, replica.
pub(super) fn relay_failure(row: &Row) -> Stored<RelayFailure> {
    let (name, kind, detail) = (get(row, 0)?, get(row, 1)?, get(row, 2)?);
    Ok(RelayFailure { name, kind, detail, at: instant(row, 3)?, replica: get(row, 4)? })
}

impl Spans for View<'_> {
    fn spans_of(&mut self, lane: &str, from: i64, limit: usize) -> Stored<Vec<i64>> {
        let sql = "SELECT span FROM message_spans WHERE lane = $1 AND span <= $2 ORDER BY span DESC LIMIT $3";
        self.all(sql, params![lane, from, limit_of(limit)], |row| get(row, 0))
    }

    fn messages_within(&mut self, lane: &str, numbers: Range<i64>, limit: usize) -> Stored<Vec<MessageLine>> {
        let sql = "SELECT id, direction, name, at, repeats, orders FROM raw_messages
                   WHERE id >= $1 AND id < $2 AND lane = $3 ORDER BY id DESC LIMIT $4";
        let row = params![numbers.start, numbers.end, lane, limit_of(limit)];
        self.all(sql, row, message_line)
    }
}

impl LaneReads for View<'_> {
    fn messages_of(&mut self, lane: &str, before: Option<RawId>, limit: usize) -> Stored<MessagePage> {
        latest(self, lane, before, limit)
    }

    fn paused(&mut self, lane: &str) -> Stored<Option<Pause>> {
        self.one("SELECT reason, until FROM pauses WHERE lane = $1", params![lane], |row| {
            Ok(Pause { reason: get(row, 0)?, until: optional_instant(row, 1)? })
        })
    }

    fn pauses_over(&mut self, now: Timestamp) -> Stored<Vec<String>> {
        let sql = "SELECT lane FROM pauses WHERE until <= $1 ORDER BY lane";
        self.all(sql, params![micros(now)], |row| get(row, 0))
    }

    fn pauses(&mut self) -> Stored<HashMap<String, Pause>> {
        let read =
            |row: &Row| Ok((get(row, 0)?, Pause { reason: get(row, 1)?, until: optional_instant(row, 2)? }));
        Ok(self.all("SELECT lane, reason, until FROM pauses", params![], read)?.into_iter().collect())
    }

    fn counts_of_lanes(&mut self) -> Stored<HashMap<String, LaneCounts>> {
        let read = |row: &Row| Ok((get(row, 0)?, get(row, 1)?, instant(row, 2)?));
        let waiting = self.all(WAITING_OF_LANES, params![], read)?;
        let under_way = self.all(UNDER_WAY_OF_LANES, params![], |row| {
            Ok((get(row, 0)?, get(row, 1)?, get(row, 2)?, instant(row, 3)?))
        })?;
        Ok(counted(waiting, under_way))
    }

    fn charges_of_day(&mut self, day: &str) -> Stored<HashMap<String, u64>> {
        let read = |row: &Row| Ok((get(row, 0)?, get(row, 1)?));
        Ok(self
            .all("SELECT lane, requests FROM charges WHERE day = $1", params![day], read)?
            .into_iter()
            .collect())
    }

    fn quota_used(&mut self, lane: &str, day: Date) -> Stored<QuotaUsed> {
        let day = day.to_string();
        let counted = |requests: i64| requests.unsigned_abs();
        let sql = "SELECT requests FROM quotas WHERE lane = $1 AND day = $2";
        let requests = self.one(sql, params![lane, day], |row| get(row, 0))?.map_or(0, counted);
        let sql = "SELECT court, requests FROM quota_shares WHERE lane = $1 AND day = $2";
        let courts = self.all(sql, params![lane, day], |row| Ok((get(row, 0)?, counted(get(row, 1)?))))?;
        Ok(QuotaUsed { requests, courts: courts.into_iter().collect() })
    }
}
