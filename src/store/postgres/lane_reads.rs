//! What is read of lanes beside their orders.

use jiff::Timestamp;
use tokio_postgres::Row;

use super::query::{View, limit_of, params};
use super::rows::{get, instant, micros, optional_instant};
use crate::domain::{Pause, RawDirection, RawId};
use crate::store::{LaneReads, MessageLine, Stored, order_list};

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

impl LaneReads for View<'_> {
    fn messages_of(&mut self, lane: &str, before: Option<RawId>, limit: usize) -> Stored<Vec<MessageLine>> {
        let sql = "SELECT id, direction, name, at, repeats, orders FROM raw_messages
                   WHERE lane = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
        let row = params![lane, before.map_or(i64::MAX, RawId::get), limit_of(limit)];
        self.all(sql, row, message_line)
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
}
