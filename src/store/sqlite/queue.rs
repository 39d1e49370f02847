//! Orders of a lane in their turn.

use std::collections::HashSet;
use std::sync::LazyLock;

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::query::{Rows, limit_of};
use super::rows::{self, ORDER, get, micros, unreadable};
use crate::domain::{OrderId, OrderRecord};
use crate::store::{LaneCounts, Stored};

/// The condition of the index `orders_under_way`, word for word; without it the index is not used.
const UNDER_WAY: &str = "(o.state = 1 OR o.state = 2 OR o.state = 8)";

pub(super) fn due(
    rows: &mut Rows<'_>,
    lane: &str,
    now: Timestamp,
    limit: usize,
    taken: &HashSet<OrderId>,
) -> Stored<Vec<OrderRecord>> {
    static SQL: LazyLock<String> = LazyLock::new(|| {
        format!(
            "SELECT {ORDER} FROM orders o WHERE o.lane = ?1 AND o.state = 0 AND o.due <= ?2 ORDER BY o.turn"
        )
    });
    let read = |row: &Row<'_>| {
        if taken.contains(&OrderId::new(get(row, 0)?)) { Ok(None) } else { rows::order(row).map(Some) }
    };
    let found = rows.readable(&SQL, params![lane, micros(now)], read, |found| found.len() >= limit)?;
    if let Some(recent) = rows.recent.as_deref_mut() {
        // They are settled soon.
        found.iter().for_each(|order| recent.orders.insert(order.id, order.clone()));
    }
    Ok(found)
}

pub(super) fn offers(
    rows: &Rows<'_>,
    lane: &str,
    now: Timestamp,
    control: bool,
    after: OrderId,
    limit: usize,
) -> Stored<Vec<OrderRecord>> {
    // A control always stands for a line of the ledger.
    let sql = format!(
        "SELECT {ORDER} FROM orders o WHERE o.lane = ?1 AND o.state = 0 AND o.due <= ?2 AND o.deadline > ?2
         AND (o.measure IS NOT NULL) = ?3 ORDER BY o.turn"
    );
    let read = |row: &Row<'_>| rows::order(row).map(Some);
    let mut found =
        rows.readable(&sql, params![lane, micros(now), control], read, |found| found.len() >= limit)?;
    let sql = format!(
        "SELECT {ORDER} FROM orders o WHERE o.lane = ?1 AND {UNDER_WAY} AND o.state = 2 AND o.deadline > ?2
         AND (o.measure IS NOT NULL) = ?3 ORDER BY o.id <= ?4, o.id"
    );
    let more = limit.saturating_sub(found.len());
    let offered =
        rows.readable(&sql, params![lane, micros(now), control, after.get()], read, |all| all.len() >= more)?;
    found.extend(offered);
    Ok(found)
}

pub(super) fn counts(rows: &Rows<'_>, lane: &str) -> Stored<LaneCounts> {
    let count = |sql: &str| -> Stored<u64> {
        Ok(rows.one(sql, [lane], |row| get::<i64>(row, 0))?.map_or(0, i64::unsigned_abs))
    };
    let sql =
        &format!("SELECT MIN(created) FROM orders o WHERE o.lane = ?1 AND {UNDER_WAY} AND o.state <> 8");
    let under_way = rows.one(sql, [lane], |row| get::<Option<i64>>(row, 0))?.flatten();
    let sql = "SELECT created FROM orders WHERE lane = ?1 AND state = 0 ORDER BY turn LIMIT 1";
    let queued = rows.one(sql, [lane], |row| get::<i64>(row, 0))?;
    let oldest = under_way.into_iter().chain(queued).min();
    Ok(LaneCounts {
        waiting: count("SELECT COUNT(*) FROM orders WHERE lane = ?1 AND state = 0")?,
        awaiting: count(&format!(
            "SELECT COUNT(*) FROM orders o WHERE o.lane = ?1 AND {UNDER_WAY} AND o.state <> 8"
        ))?,
        undetermined: count(&format!(
            "SELECT COUNT(*) FROM orders o WHERE o.lane = ?1 AND {UNDER_WAY} AND o.state = 8"
        ))?,
        oldest: oldest.and_then(|at| Timestamp::from_microsecond(at).ok()),
    })
}

pub(super) fn past_deadline(rows: &Rows<'_>, now: Timestamp, limit: usize) -> Stored<Vec<OrderId>> {
    let sql = "SELECT o.id FROM inquiries i JOIN orders o ON o.inquiry = i.id
         WHERE i.state <> 1 AND i.open_orders > 0 AND i.next_deadline <= ?1 AND o.state IN (0, 1, 2) AND o.deadline <= ?1 LIMIT ?2";
    rows.all(sql, params![micros(now), limit_of(limit)], |row| get(row, 0).map(OrderId::new))
}

pub(super) fn open_lanes(rows: &Rows<'_>) -> Stored<Vec<String>> {
    let sql = format!(
        "SELECT DISTINCT lane FROM orders WHERE state = 0
         UNION SELECT DISTINCT o.lane FROM orders o WHERE {UNDER_WAY}"
    );
    rows.all(&sql, [], |row| get(row, 0))
}

pub(super) fn next_due(rows: &Rows<'_>, lane: &str, now: Timestamp) -> Stored<Option<Timestamp>> {
    let sql = "SELECT MIN(due) FROM orders WHERE lane = ?1 AND state = 0 AND due > ?2";
    let due = rows.one(sql, params![lane, micros(now)], |row| get::<Option<i64>>(row, 0))?.flatten();
    due.map(|due| Timestamp::from_microsecond(due).map_err(|error| unreadable("time", &error))).transpose()
}

pub(super) fn interrupted(rows: &Rows<'_>, lane: &str) -> Stored<Vec<OrderRecord>> {
    let sql = format!(
        "SELECT {ORDER} FROM orders o WHERE o.lane = ?1 AND {UNDER_WAY} AND o.state = 1 ORDER BY o.id"
    );
    rows.readable(&sql, [lane], |row| rows::order(row).map(Some), |_| false)
}
