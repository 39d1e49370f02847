//! The log: events are numbered under the lock of its head, as the last step before the commit. Numbers become visible in
//! their order: while a transaction holds the head, no other gets a later number.

use super::link::{Link, Sent};
use super::pending::{Column, columns, row};
use super::rows::{get, micros};
use crate::domain::{EventDraft, EventType, OrderId};
use crate::store::codec::{encode, plain};
use crate::store::{StoreError, Stored};

const TAKE: &str = "UPDATE event_head SET seq = seq + $1 RETURNING seq";
const APPEND: &str = "INSERT INTO events (seq, kind, inquiry, order_id, revision, at, data)
    SELECT unnest(CAST($1 AS BIGINT[])), unnest(CAST($2 AS BIGINT[])), unnest(CAST($3 AS BIGINT[])), unnest(CAST($4 AS BIGINT[])),
           unnest(CAST($5 AS BIGINT[])), unnest(CAST($6 AS BIGINT[])), unnest(CAST($7 AS BYTEA[]))";

/// Appends events; gives the number of the last one. Holds the head until the transaction ends.
///
/// # Errors
/// Those of the database.
pub(super) fn append(link: &mut Link, events: Vec<EventDraft>) -> Stored<Option<i64>> {
    if events.is_empty() {
        return Ok(None);
    }
    let count = i64::try_from(events.len()).unwrap_or(i64::MAX);
    let head = link.query(TAKE, &[&count])?;
    let last: i64 = get(head.first().ok_or(StoreError::Missing("the head of the log"))?, 0)?;
    let rows = (last - count + 1..).zip(events).map(|(seq, event)| {
        // Certificates are told in full; they are packed like those that are kept.
        let stored = if event.kind == EventType::InquiryCompleted { encode } else { plain };
        let data = event.data.as_ref().map(|data| stored(data.as_bytes()).as_stored().to_vec());
        let order = event.order.map(OrderId::get);
        row![seq, event.kind.code(), event.inquiry.get(), order, event.revision, micros(event.at), data]
    });
    let columns = columns(rows.collect());
    let statement = link.prepare(APPEND)?;
    link.execute_all(&[Sent { statement, parameters: columns.iter().map(Column::parameter).collect() }])?;
    Ok(Some(last))
}

/// The newest number of the log.
///
/// # Errors
/// Those of the database.
pub(super) fn last(link: &mut Link) -> Stored<i64> {
    let found = link.query("SELECT seq FROM event_head", &[])?;
    found.first().map_or(Ok(0), |row| get(row, 0))
}
