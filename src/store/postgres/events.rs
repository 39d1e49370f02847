//! The log: events are numbered under the lock of its head, as the last step before the commit. Numbers become visible in
//! their order: while a transaction holds the head, no other gets a later number.

use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::columns::{Column, columns, row};
use super::link::{Link, Sent};
use super::rows::{get, micros};
use crate::domain::{EventDraft, EventType, OrderId};
use crate::store::codec::{encode, plain};
use crate::store::{StoreError, Stored};

/// Takes as many numbers as there are events, and writes them under these. The head is held until the transaction ends.
const APPEND: &str = "WITH head AS (UPDATE event_head SET seq = seq + $1 RETURNING seq), written AS (
    INSERT INTO events (seq, kind, inquiry, order_id, revision, at, data)
    SELECT (SELECT seq FROM head) - $1 + v.place, v.kind, v.inquiry, v.order_id, v.revision, v.at, v.data FROM (
      SELECT unnest(CAST($2 AS BIGINT[])) AS place, unnest(CAST($3 AS BIGINT[])) AS kind, unnest(CAST($4 AS BIGINT[])) AS inquiry,
             unnest(CAST($5 AS BIGINT[])) AS order_id, unnest(CAST($6 AS BIGINT[])) AS revision, unnest(CAST($7 AS BIGINT[])) AS at,
             unnest(CAST($8 AS BYTEA[])) AS data) AS v)
    SELECT seq FROM head";

/// Events that wait for their numbers.
#[derive(Debug)]
pub(super) struct Waiting {
    count: i64,
    columns: Vec<Column>,
}

impl Waiting {
    /// As they are written; `None` where there are none.
    pub(super) fn of(events: Vec<EventDraft>) -> Option<Self> {
        let count = i64::try_from(events.len()).ok().filter(|count| *count > 0)?;
        let rows = (1_i64..).zip(events).map(|(place, event)| {
            // Certificates are told in full; they are packed like those that are kept.
            let stored = if event.kind == EventType::InquiryCompleted { encode } else { plain };
            let data = event.data.as_ref().map(|data| stored(data.as_bytes()).as_stored().to_vec());
            let order = event.order.map(OrderId::get);
            row![place, event.kind.code(), event.inquiry.get(), order, event.revision, micros(event.at), data]
        });
        Some(Self { count, columns: columns(rows.collect()) })
    }

    /// The statement that gives the number of the last one.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) fn sent(&self, link: &mut Link) -> Stored<Sent<'_>> {
        let count: &(dyn ToSql + Sync) = &self.count;
        let parameters = std::iter::once(count).chain(self.columns.iter().map(Column::parameter)).collect();
        Ok(Sent { statement: link.prepare(APPEND)?, parameters })
    }
}

/// The number that [`Waiting::sent`] found.
///
/// # Errors
/// Where the head is not there.
pub(super) fn last_of(found: &[Row]) -> Stored<i64> {
    get(found.first().ok_or(StoreError::Missing("the head of the log"))?, 0)
}

/// The newest number of the log.
///
/// # Errors
/// Those of the database.
pub(super) fn last(link: &mut Link) -> Stored<i64> {
    let found = link.query("SELECT seq FROM event_head", &[])?;
    found.first().map_or(Ok(0), |row| get(row, 0))
}
