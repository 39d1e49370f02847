//! Orders of a lane in their turn.

use std::collections::HashSet;
use std::sync::LazyLock;

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::failed;
use super::query::{Rows, limit_of};
use super::rows::{self, ORDER, get, micros, unreadable};
use crate::domain::{OpenCourts, OrderId, OrderRecord};
use crate::store::turns::{Head, Turns};
use crate::store::{LaneCounts, Stored};

/// The condition of the index `orders_under_way`, word for word; without it the index is not used.
const UNDER_WAY: &str = "(o.state = 1 OR o.state = 2 OR o.state = 8)";

/// The courts that have orders waiting in a lane: from one to the next in the index, whatever their number.
const COURTS: &str = "WITH RECURSIVE c (court) AS (
    SELECT MIN(court) FROM orders WHERE lane = ?1 AND state = 0
    UNION ALL
    SELECT (SELECT MIN(o.court) FROM orders o WHERE o.lane = ?1 AND o.state = 0 AND o.court > c.court) FROM c WHERE c.court IS NOT NULL
) SELECT court FROM c WHERE court IS NOT NULL";

/// Orders of a lane and a court that wait, in their turn; those that may be offered, all or controls or the others. A control always
/// stands for a line of the ledger.
static WAITING: LazyLock<String> = LazyLock::new(|| of_a_court(""));
static OFFERED_CONTROLS: LazyLock<String> =
    LazyLock::new(|| of_a_court("AND o.deadline > ?2 AND o.measure IS NOT NULL"));
static OFFERED_QUERIES: LazyLock<String> =
    LazyLock::new(|| of_a_court("AND o.deadline > ?2 AND o.measure IS NULL"));

fn of_a_court(condition: &str) -> String {
    format!(
        "SELECT {ORDER}, o.turn FROM orders o WHERE o.lane = ?1 AND o.court = ?3 AND o.state = 0 AND o.due <= ?2 {condition}
         ORDER BY o.turn, o.id"
    )
}

/// Orders of a lane that wait, as they go: each court's in turn, read no further than is needed.
fn waiting(
    rows: &Rows<'_>,
    (lane, now): (&str, Timestamp),
    open: &OpenCourts,
    sql: &str,
    wanted: impl Fn(OrderId) -> bool,
    limit: usize,
) -> Stored<Vec<OrderRecord>> {
    let mut courts: Vec<String> = rows.all(COURTS, [lane], |row| get(row, 0))?;
    courts.retain(|court| open.has(court));
    let mut statements = Vec::with_capacity(courts.len());
    for _ in &courts {
        statements.push(rows.connection.prepare_cached(sql).map_err(failed("prepare a query"))?);
    }
    let mut lines = Vec::with_capacity(courts.len());
    for (statement, court) in statements.iter_mut().zip(&courts) {
        lines.push(statement.query(params![lane, micros(now), court]).map_err(failed("query"))?);
    }
    let mut next = Vec::with_capacity(lines.len());
    for line in &mut lines {
        next.push(following(rows, line, &wanted)?);
    }
    let (mut turns, mut found) = (Turns::default(), Vec::new());
    while found.len() < limit {
        let heads: Vec<Option<Head>> = next.iter().map(|head| head.as_ref().map(|(head, _)| *head)).collect();
        let Some(court) = turns.next(&heads) else { break };
        let (Some(head), Some(line)) = (next.get_mut(court), lines.get_mut(court)) else { break };
        found.extend(head.take().map(|(_, order)| order));
        *head = following(rows, line, &wanted)?;
    }
    Ok(found)
}

/// The next order of a court. One that cannot be read is passed over and told, so that it blocks no other.
fn following(
    rows: &Rows<'_>,
    line: &mut rusqlite::Rows<'_>,
    wanted: &impl Fn(OrderId) -> bool,
) -> Stored<Option<(Head, OrderRecord)>> {
    while let Some(row) = line.next().map_err(failed("query"))? {
        let id: i64 = get(row, 0)?;
        if !wanted(OrderId::new(id)) {
            continue;
        }
        match rows::order(row) {
            Ok(order) => {
                let turn = get(row, 21)?;
                return Ok(Some((Head { priority: order.priority as i64, turn, id }, order)));
            }
            Err(error) if error.is_about_a_row() => {
                tracing::error!(row = id, %error, "a row that cannot be read is passed over");
                rows.pass_over(&error);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

pub(super) fn due(
    rows: &mut Rows<'_>,
    lane: (&str, Timestamp),
    limit: usize,
    taken: &HashSet<OrderId>,
    courts: &OpenCourts,
) -> Stored<Vec<OrderRecord>> {
    let found = waiting(rows, lane, courts, &WAITING, |id| !taken.contains(&id), limit)?;
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
    let waiting_ones = if control { &*OFFERED_CONTROLS } else { &*OFFERED_QUERIES };
    let mut found = waiting(rows, (lane, now), &OpenCourts::All, waiting_ones, |_| true, limit)?;
    let read = |row: &Row<'_>| rows::order(row).map(Some);
    let sql = format!(
        "SELECT {ORDER} FROM orders o WHERE o.lane = ?1 AND {UNDER_WAY} AND o.state = 2 AND o.deadline > ?2 AND o.due < o.deadline
         AND (o.measure IS NOT NULL) = ?3
         AND (o.measure IS NULL OR NOT EXISTS (SELECT 1 FROM desk d WHERE d.order_id = o.id AND d.carried = 1))
         ORDER BY o.id <= ?4, o.id"
    );
    let more = limit.saturating_sub(found.len());
    let offered =
        rows.readable(&sql, params![lane, micros(now), control, after.get()], read, |all| all.len() >= more)?;
    found.extend(offered);
    Ok(found)
}

/// When the order was made that is first in its court's turn, of all courts the oldest.
fn oldest_waiting(rows: &Rows<'_>, lane: &str) -> Stored<Option<i64>> {
    let sql = "SELECT created FROM orders WHERE lane = ?1 AND court = ?2 AND state = 0 ORDER BY turn LIMIT 1";
    let courts: Vec<String> = rows.all(COURTS, [lane], |row| get(row, 0))?;
    let mut oldest = None;
    for court in courts {
        let first: Option<i64> = rows.one(sql, params![lane, court], |row| get(row, 0))?;
        oldest = oldest.into_iter().chain(first).min();
    }
    Ok(oldest)
}

pub(super) fn counts(rows: &Rows<'_>, lane: &str) -> Stored<LaneCounts> {
    let count = |sql: &str| -> Stored<u64> {
        Ok(rows.one(sql, [lane], |row| get::<i64>(row, 0))?.map_or(0, i64::unsigned_abs))
    };
    let sql =
        &format!("SELECT MIN(created) FROM orders o WHERE o.lane = ?1 AND {UNDER_WAY} AND o.state <> 8");
    let under_way = rows.one(sql, [lane], |row| get::<Option<i64>>(row, 0))?.flatten();
    let queued = oldest_waiting(rows, lane)?;
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
