//! Orders of a lane in their turn.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use super::errors::failed;
use super::query::{SPARE, View, limit_of, params};
use super::rows::{self, ORDER, get, micros, unreadable};
use crate::domain::{OpenCourts, OrderId, OrderRecord};
use crate::store::turns::{Head, in_turn};
use crate::store::{LaneCounts, Stored};

/// The condition of the index `orders_under_way`, word for word; without it the index is not used.
const UNDER_WAY: &str = "(o.state = 1 OR o.state = 2 OR o.state = 8)";

/// The courts that have orders waiting in a lane: from one to the next in the index, whatever their number.
const COURTS: &str = "WITH RECURSIVE c (court) AS (
    SELECT MIN(court) FROM orders WHERE lane = $1 AND state = 0
    UNION ALL
    SELECT (SELECT MIN(o.court) FROM orders o WHERE o.lane = $1 AND o.state = 0 AND o.court > c.court) FROM c WHERE c.court IS NOT NULL
)";

/// Orders of a lane that wait, as they go: courts in turn.
fn waiting(
    view: &mut View<'_>,
    (lane, now): (&str, Timestamp),
    open: &OpenCourts,
    condition: &str,
    taken: &[i64],
    limit: usize,
) -> Stored<Vec<OrderRecord>> {
    // Of each court as many as would be wanted if it were alone: no more than numbers.
    let of_court = |column: &str| {
        format!(
            "ARRAY(SELECT o.{column} FROM orders o WHERE o.lane = $1 AND o.court = c.court AND o.state = 0 AND o.due <= $2
             {condition} AND o.id <> ALL($3) ORDER BY o.turn, o.id LIMIT $4)"
        )
    };
    let sql = format!(
        "{COURTS} SELECT {}, {}, {}, c.court FROM c WHERE c.court IS NOT NULL",
        of_court("id"),
        of_court("turn"),
        of_court("priority")
    );
    let most = limit_of(limit.saturating_add(SPARE));
    let courts = view.all(&sql, params![lane, micros(now), taken, most], |row| {
        let court: String = get(row, 3)?;
        let column = |at| row.try_get::<_, Vec<i64>>(at).map_err(failed("read a column"));
        let (ids, turns, priorities) = (column(0)?, column(1)?, column(2)?);
        let heads = ids.into_iter().zip(turns).zip(priorities);
        let heads = heads.map(|((id, turn), priority)| Head { priority, turn, id });
        Ok(if open.has(&court) { heads.collect() } else { Vec::new() })
    })?;
    let ids = in_turn(&courts, limit.saturating_add(SPARE));
    let sql = format!("SELECT {ORDER} FROM orders o WHERE o.id = ANY($1)");
    let found = view.readable(&sql, params![ids], rows::order, |_| false)?;
    let mut found: HashMap<i64, OrderRecord> =
        found.into_iter().map(|order| (order.id.get(), order)).collect();
    Ok(ids.iter().filter_map(|id| found.remove(id)).take(limit).collect())
}

pub(super) fn due(
    view: &mut View<'_>,
    lane: &str,
    now: Timestamp,
    limit: usize,
    taken: &HashSet<OrderId>,
    courts: &OpenCourts,
) -> Stored<Vec<OrderRecord>> {
    let taken: Vec<i64> = taken.iter().map(|id| id.get()).collect();
    waiting(view, (lane, now), courts, "", &taken, limit)
}

pub(super) fn offers(
    view: &mut View<'_>,
    lane: &str,
    now: Timestamp,
    control: bool,
    after: OrderId,
    limit: usize,
) -> Stored<Vec<OrderRecord>> {
    // A control always stands for a line of the ledger. One that people carried along may have been acted on: it is not offered.
    let kind = match control {
        true => "AND o.deadline > $2 AND o.measure IS NOT NULL",
        false => "AND o.deadline > $2 AND o.measure IS NULL",
    };
    let mut found = waiting(view, (lane, now), &OpenCourts::All, kind, &[], limit)?;
    let more = limit.saturating_sub(found.len());
    if more == 0 {
        return Ok(found);
    }
    let sql = format!(
        "SELECT {ORDER} FROM orders o WHERE o.lane = $1 AND {UNDER_WAY} AND o.state = 2 AND o.deadline > $2 AND o.due < o.deadline
         AND (o.measure IS NOT NULL) = $3
         AND (o.measure IS NULL OR NOT EXISTS (SELECT 1 FROM desk d WHERE d.order_id = o.id AND d.carried = 1))
         ORDER BY o.id <= $4, o.id LIMIT $5"
    );
    let most = limit_of(more.saturating_add(SPARE));
    let row = params![lane, micros(now), control, after.get(), most];
    found.extend(view.readable(&sql, row, rows::order, |all| all.len() >= more)?);
    Ok(found)
}

pub(super) fn counts(view: &mut View<'_>, lane: &str) -> Stored<LaneCounts> {
    let first = "(SELECT o.created FROM orders o WHERE o.lane = $1 AND o.court = c.court AND o.state = 0 ORDER BY o.turn LIMIT 1)";
    let sql = format!(
        "{COURTS} SELECT (SELECT COUNT(*) FROM orders WHERE lane = $1 AND state = 0),
           (SELECT MIN({first}) FROM c WHERE c.court IS NOT NULL),
           (SELECT COUNT(*) FROM orders WHERE lane = $1 AND (state = 1 OR state = 2)),
           (SELECT MIN(created) FROM orders WHERE lane = $1 AND (state = 1 OR state = 2)),
           (SELECT COUNT(*) FROM orders WHERE lane = $1 AND state = 8)"
    );
    let counts = view.one(&sql, params![lane], |row| {
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
