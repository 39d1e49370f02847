//! Orders of a lane in their turn.

use std::collections::HashSet;

use jiff::Timestamp;

use super::query::{SPARE, View, limit_of, params};
use super::rows::{self, ORDER, get, micros, unreadable};
use crate::domain::{OrderId, OrderRecord};
use crate::store::{LaneCounts, Stored};

/// The condition of the index `orders_under_way`, word for word; without it the index is not used.
const UNDER_WAY: &str = "(o.state = 1 OR o.state = 2 OR o.state = 8)";

pub(super) fn due(
    view: &mut View<'_>,
    lane: &str,
    now: Timestamp,
    limit: usize,
    taken: &HashSet<OrderId>,
) -> Stored<Vec<OrderRecord>> {
    let sql = format!(
        "SELECT {ORDER} FROM orders o WHERE o.lane = $1 AND o.state = 0 AND o.due <= $2 AND o.id <> ALL($3)
         ORDER BY o.turn, o.id LIMIT $4"
    );
    let taken: Vec<i64> = taken.iter().map(|id| id.get()).collect();
    let most = limit_of(limit.saturating_add(SPARE));
    view.readable(&sql, params![lane, micros(now), taken, most], rows::order, |found| found.len() >= limit)
}

pub(super) fn offers(
    view: &mut View<'_>,
    lane: &str,
    now: Timestamp,
    control: bool,
    after: OrderId,
    limit: usize,
) -> Stored<Vec<OrderRecord>> {
    // A control always stands for a line of the ledger.
    let sql = format!(
        "SELECT {ORDER} FROM orders o WHERE o.lane = $1 AND o.state = 0 AND o.due <= $2 AND o.deadline > $2
         AND (o.measure IS NOT NULL) = $3 ORDER BY o.turn, o.id LIMIT $4"
    );
    let most = limit_of(limit.saturating_add(SPARE));
    let row = params![lane, micros(now), control, most];
    let mut found = view.readable(&sql, row, rows::order, |found| found.len() >= limit)?;
    let more = limit.saturating_sub(found.len());
    if more == 0 {
        return Ok(found);
    }
    let sql = format!(
        "SELECT {ORDER} FROM orders o WHERE o.lane = $1 AND {UNDER_WAY} AND o.state = 2 AND o.deadline > $2
         AND (o.measure IS NOT NULL) = $3 ORDER BY o.id <= $4, o.id LIMIT $5"
    );
    let most = limit_of(more.saturating_add(SPARE));
    let row = params![lane, micros(now), control, after.get(), most];
    found.extend(view.readable(&sql, row, rows::order, |all| all.len() >= more)?);
    Ok(found)
}

pub(super) fn counts(view: &mut View<'_>, lane: &str) -> Stored<LaneCounts> {
    let sql = "SELECT (SELECT COUNT(*) FROM orders WHERE lane = $1 AND state = 0),
           (SELECT created FROM orders WHERE lane = $1 AND state = 0 ORDER BY turn LIMIT 1),
           (SELECT COUNT(*) FROM orders WHERE lane = $1 AND (state = 1 OR state = 2)),
           (SELECT MIN(created) FROM orders WHERE lane = $1 AND (state = 1 OR state = 2)),
           (SELECT COUNT(*) FROM orders WHERE lane = $1 AND state = 8)";
    let counts = view.one(sql, params![lane], |row| {
        let (queued, under_way): (Option<i64>, Option<i64>) = (get(row, 1)?, get(row, 3)?);
        let oldest = queued.into_iter().chain(under_way).min();
        Ok(LaneCounts {
            waiting: get(row, 0)?,
            awaiting: get(row, 2)?,
            undetermined: get(row, 4)?,
            oldest: oldest.and_then(|at| Timestamp::from_microsecond(at).ok()),
        })
    })?;
    Ok(counts.unwrap_or_default())
}

pub(super) fn past_deadline(view: &mut View<'_>, now: Timestamp, limit: usize) -> Stored<Vec<OrderId>> {
    let sql = "SELECT o.id FROM inquiries i JOIN orders o ON o.inquiry = i.id
         WHERE i.state <> 1 AND i.open_orders > 0 AND i.next_deadline <= $1 AND o.state IN (0, 1, 2) AND o.deadline <= $1 LIMIT $2";
    view.all(sql, params![micros(now), limit_of(limit)], |row| get(row, 0).map(OrderId::new))
}

pub(super) fn open_lanes(view: &mut View<'_>) -> Stored<Vec<String>> {
    let sql = format!(
        "SELECT DISTINCT lane FROM orders WHERE state = 0
         UNION SELECT DISTINCT o.lane FROM orders o WHERE {UNDER_WAY}"
    );
    view.all(&sql, params![], |row| get(row, 0))
}

pub(super) fn next_due(view: &mut View<'_>, lane: &str, now: Timestamp) -> Stored<Option<Timestamp>> {
    let sql = "SELECT MIN(due) FROM orders WHERE lane = $1 AND state = 0 AND due > $2";
    let due = view.one(sql, params![lane, micros(now)], |row| get::<Option<i64>>(row, 0))?.flatten();
    due.map(|due| Timestamp::from_microsecond(due).map_err(|error| unreadable("time", &error))).transpose()
}

pub(super) fn interrupted(view: &mut View<'_>, lane: &str) -> Stored<Vec<OrderRecord>> {
    let sql = format!(
        "SELECT {ORDER} FROM orders o WHERE o.lane = $1 AND {UNDER_WAY} AND o.state = 1 ORDER BY o.id"
    );
    view.readable(&sql, params![lane], rows::order, |_| false)
}
