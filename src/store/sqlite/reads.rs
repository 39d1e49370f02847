use std::collections::HashSet;
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, Params, Row, params};
use uuid::Uuid;

use super::failed;
use super::rows::{self, EVENT, INQUIRY, MEASURE, ORDER, PAGE, RAW, REVISION, get, micros, unreadable};
use super::threads::Touched;
use crate::inquiry::{
    Inquiry, InquiryId, Measure, MeasureId, NotAsked, OrderId, OrderRecord, OrderState, Submission,
};
use crate::store::packed::unpack;
use crate::store::{
    Act, BatchRecord, ChargeReference, EventRecord, InquiryFilter, KeptReceipt, LaneCounts, LineRow, Packed,
    PageRow, RawMessage, Reads, Revision, Stored,
};

/// The condition of the index `orders_under_way`, word for word; without it the index is not used.
const UNDER_WAY: &str = "(state = 1 OR state = 2 OR state = 7 OR state = 8)";

/// Most lines that are looked at under one number of a counterpart's.
const MOST_ALIKE: usize = 1000;

/// A connection within a transaction; with `touched` it may write.
pub(super) struct Rows<'a> {
    pub(super) connection: &'a Connection,
    pub(super) touched: Option<&'a mut Touched>,
}

impl Rows<'_> {
    pub(super) fn all<T>(
        &self,
        sql: &str,
        parameters: impl Params,
        mut read: impl FnMut(&Row<'_>) -> Stored<T>,
    ) -> Stored<Vec<T>> {
        let mut statement = self.connection.prepare_cached(sql).map_err(failed("prepare a query"))?;
        let mut rows = statement.query(parameters).map_err(failed("query"))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(failed("query"))? {
            found.push(read(row)?);
        }
        Ok(found)
    }

    pub(super) fn one<T>(
        &self,
        sql: &str,
        parameters: impl Params,
        read: impl FnOnce(&Row<'_>) -> Stored<T>,
    ) -> Stored<Option<T>> {
        let mut statement = self.connection.prepare_cached(sql).map_err(failed("prepare a query"))?;
        let mut rows = statement.query(parameters).map_err(failed("query"))?;
        rows.next().map_err(failed("query"))?.map(read).transpose()
    }
}

fn limit_of(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

impl Reads for Rows<'_> {
    fn inquiry(&mut self, id: InquiryId) -> Stored<Option<Inquiry>> {
        static SQL: LazyLock<String> =
            LazyLock::new(|| format!("SELECT {INQUIRY} FROM inquiries i WHERE i.id = ?1"));
        self.one(&SQL, [id], rows::inquiry)
    }

    fn inquiry_by_uid(&mut self, uid: Uuid) -> Stored<Option<Inquiry>> {
        let sql = format!("SELECT {INQUIRY} FROM inquiries i WHERE i.uid = ?1");
        self.one(&sql, [uid.as_bytes().as_slice()], rows::inquiry)
    }

    fn inquiry_by_key(&mut self, submitter: &str, key: &str) -> Stored<Option<(Inquiry, Vec<u8>)>> {
        let sql =
            format!("SELECT {INQUIRY}, i.digest FROM inquiries i WHERE i.submitted_by = ?1 AND i.key = ?2");
        self.one(&sql, [submitter, key], |row| Ok((rows::inquiry(row)?, get(row, 10)?)))
    }

    fn find_inquiries(&mut self, filter: &InquiryFilter) -> Stored<Vec<Inquiry>> {
        let sql = format!(
            "SELECT {INQUIRY} FROM inquiries i WHERE (?1 IS NULL OR i.case_number = ?1) AND (?2 IS NULL OR i.state = ?2)
             AND i.id < ?3 ORDER BY i.id DESC LIMIT ?4"
        );
        let state = filter.state.map(|state| state as i64);
        let before = filter.before.unwrap_or(i64::MAX);
        self.all(&sql, params![filter.case_number, state, before, limit_of(filter.limit)], rows::inquiry)
    }

    fn submission(&mut self, id: InquiryId) -> Stored<Option<Submission>> {
        self.one("SELECT body FROM submissions WHERE inquiry = ?1", [id], |row| {
            let body = unpack(&get::<Vec<u8>>(row, 0)?).map_err(|error| unreadable("submission", &error))?;
            serde_json::from_slice(&body).map_err(|error| unreadable("submission", &error))
        })
    }

    fn not_asked(&mut self, id: InquiryId) -> Stored<Vec<NotAsked>> {
        let read = |row: &Row<'_>| rows::json("list of who was not asked", &get::<String>(row, 0)?);
        let found = self.one("SELECT not_asked FROM submissions WHERE inquiry = ?1", [id], read)?;
        Ok(found.unwrap_or_default())
    }

    fn parties(&mut self, id: InquiryId) -> Stored<Vec<String>> {
        let read = |row: &Row<'_>| rows::json("list of parties", &get::<String>(row, 0)?);
        Ok(self.one("SELECT parties FROM submissions WHERE inquiry = ?1", [id], read)?.unwrap_or_default())
    }

    fn order(&mut self, id: OrderId) -> Stored<Option<OrderRecord>> {
        static SQL: LazyLock<String> = LazyLock::new(|| format!("SELECT {ORDER} FROM orders WHERE id = ?1"));
        self.one(&SQL, [id], rows::order)
    }

    fn orders_of(&mut self, inquiry: InquiryId) -> Stored<Vec<OrderRecord>> {
        self.all(
            &format!("SELECT {ORDER} FROM orders WHERE inquiry = ?1 ORDER BY id"),
            [inquiry],
            rows::order,
        )
    }

    fn order_counts(&mut self, inquiry: InquiryId) -> Stored<Vec<(OrderState, u64)>> {
        let sql = "SELECT state, COUNT(*) FROM orders WHERE inquiry = ?1 GROUP BY state";
        self.all(sql, [inquiry], |row| {
            let code: i64 = get(row, 0)?;
            let state = OrderState::from_code(code).ok_or_else(|| unreadable("order state", &code))?;
            Ok((state, get::<i64>(row, 1)?.unsigned_abs()))
        })
    }

    fn due_orders(
        &mut self,
        lane: &str,
        now: Timestamp,
        limit: usize,
        taken: &HashSet<OrderId>,
    ) -> Stored<Vec<OrderRecord>> {
        static SQL: LazyLock<String> = LazyLock::new(|| {
            format!(
                "SELECT {ORDER} FROM orders WHERE lane = ?1 AND state = 0 AND due <= ?2 ORDER BY turn LIMIT ?3"
            )
        });
        let most = limit_of(limit.saturating_add(taken.len()));
        let orders = self.all(&SQL, params![lane, micros(now), most], |row| {
            if taken.contains(&get::<OrderId>(row, 0)?) { Ok(None) } else { rows::order(row).map(Some) }
        })?;
        Ok(orders.into_iter().flatten().take(limit).collect())
    }

    fn offers(
        &mut self,
        lane: &str,
        now: Timestamp,
        control: bool,
        after: OrderId,
        limit: usize,
    ) -> Stored<Vec<OrderRecord>> {
        // A control always stands for a line of the ledger.
        let sql = format!(
            "SELECT {ORDER} FROM orders WHERE lane = ?1 AND state = 0 AND due <= ?2 AND deadline > ?2
             AND (measure IS NOT NULL) = ?3 ORDER BY turn LIMIT ?4"
        );
        let mut found = self.all(&sql, params![lane, micros(now), control, limit_of(limit)], rows::order)?;
        let sql = format!(
            "SELECT {ORDER} FROM orders WHERE lane = ?1 AND {UNDER_WAY} AND state = 2 AND deadline > ?2
             AND (measure IS NOT NULL) = ?3 ORDER BY id <= ?4, id LIMIT ?5"
        );
        let more = limit_of(limit.saturating_sub(found.len()));
        found.extend(self.all(&sql, params![lane, micros(now), control, after, more], rows::order)?);
        Ok(found)
    }

    fn next_due(&mut self, lane: &str, now: Timestamp) -> Stored<Option<Timestamp>> {
        let sql = "SELECT MIN(due) FROM orders WHERE lane = ?1 AND state = 0 AND due > ?2";
        let due = self.one(sql, params![lane, micros(now)], |row| get::<Option<i64>>(row, 0))?.flatten();
        due.map(|due| Timestamp::from_microsecond(due).map_err(|error| unreadable("time", &error)))
            .transpose()
    }

    fn lane_counts(&mut self, lane: &str) -> Stored<LaneCounts> {
        let count = |sql: &str| -> Stored<u64> {
            Ok(self.one(sql, [lane], |row| get::<i64>(row, 0))?.map_or(0, i64::unsigned_abs))
        };
        let sql = &format!("SELECT MIN(created) FROM orders WHERE lane = ?1 AND {UNDER_WAY} AND state <> 8");
        let under_way = self.one(sql, [lane], |row| get::<Option<i64>>(row, 0))?.flatten();
        let sql = "SELECT created FROM orders WHERE lane = ?1 AND state = 0 ORDER BY turn LIMIT 1";
        let queued = self.one(sql, [lane], |row| get::<i64>(row, 0))?;
        let oldest = under_way.into_iter().chain(queued).min();
        Ok(LaneCounts {
            waiting: count("SELECT COUNT(*) FROM orders WHERE lane = ?1 AND state = 0")?,
            awaiting: count(&format!(
                "SELECT COUNT(*) FROM orders WHERE lane = ?1 AND {UNDER_WAY} AND state <> 8"
            ))?,
            held: count(&format!(
                "SELECT COUNT(*) FROM orders WHERE lane = ?1 AND {UNDER_WAY} AND state = 8"
            ))?,
            oldest: oldest.and_then(|at| Timestamp::from_microsecond(at).ok()),
        })
    }

    fn past_deadline(&mut self, now: Timestamp, limit: usize) -> Stored<Vec<OrderRecord>> {
        let columns =
            ORDER.split(',').map(|column| format!("o.{}", column.trim())).collect::<Vec<_>>().join(", ");
        let sql = format!(
            "SELECT {columns} FROM inquiries i JOIN orders o ON o.inquiry = i.id
             WHERE i.state <> 1 AND i.open_orders > 0 AND i.next_deadline <= ?1 AND o.state IN (0, 1, 2) AND o.deadline <= ?1 LIMIT ?2"
        );
        self.all(&sql, params![micros(now), limit_of(limit)], rows::order)
    }

    fn interrupted(&mut self, lane: &str) -> Stored<Vec<OrderRecord>> {
        let sql =
            format!("SELECT {ORDER} FROM orders WHERE lane = ?1 AND {UNDER_WAY} AND state = 1 ORDER BY id");
        self.all(&sql, [lane], rows::order)
    }

    fn open_lanes(&mut self) -> Stored<Vec<String>> {
        let sql = format!(
            "SELECT DISTINCT lane FROM orders WHERE state = 0
             UNION SELECT DISTINCT lane FROM orders WHERE {UNDER_WAY}"
        );
        self.all(&sql, [], |row| get(row, 0))
    }

    fn batch(&mut self, id: i64) -> Stored<Option<BatchRecord>> {
        self.one("SELECT lane, made, digest FROM batches WHERE id = ?1", [id], |row| {
            Ok(BatchRecord { lane: get(row, 0)?, made: rows::instant(row, 1)?, digest: get(row, 2)? })
        })
    }

    fn unsent(&mut self, lane: &str) -> Stored<Vec<(i64, RawMessage)>> {
        let sql = "SELECT m.lane, m.batch, m.direction, m.name, m.at, m.bytes, m.id
                   FROM unsent u JOIN raw_messages m ON m.id = u.raw WHERE u.lane = ?1 ORDER BY m.id";
        self.all(sql, [lane], |row| Ok((get(row, 6)?, rows::raw(row)?)))
    }

    fn raw_of_batch(&mut self, id: i64) -> Stored<Vec<RawMessage>> {
        self.all(&format!("SELECT {RAW} FROM raw_messages WHERE batch = ?1 ORDER BY id"), [id], rows::raw)
    }

    fn revision(&mut self, root: OrderId, number: Option<u32>) -> Stored<Option<Revision>> {
        let sql = format!(
            "SELECT {REVISION} FROM revisions WHERE id BETWEEN ?1 * 65536 + ?2 AND ?1 * 65536 + ?3
             ORDER BY id DESC LIMIT 1"
        );
        let (first, last) = number.map_or((1, u32::from(u16::MAX)), |number| (number, number));
        self.one(&sql, params![root, first, last], rows::revision)
    }

    fn revisions_of(&mut self, inquiry: InquiryId) -> Stored<Vec<Revision>> {
        let sql = format!(
            "SELECT {REVISION} FROM revisions WHERE id IN (
               SELECT (SELECT MAX(l.id) FROM revisions l WHERE l.id BETWEEN o.id * 65536 AND o.id * 65536 + 65535)
               FROM orders o WHERE o.inquiry = ?1 AND (o.root IS NULL OR o.root = o.id)
             ) ORDER BY id"
        );
        self.all(&sql, [inquiry], rows::revision)
    }

    fn lines_of(&mut self, inquiry: InquiryId) -> Stored<Vec<LineRow>> {
        let sql = "SELECT o.id, o.lane, o.party, o.instruction, o.state, o.created, o.fault, COALESCE(o.root, o.id),
             r.outcome, r.words, r.assets, r.at, r.number, r.cached_from, o.stands_in FROM orders o LEFT JOIN revisions r ON r.id = (
               SELECT l.id FROM revisions l WHERE l.id BETWEEN COALESCE(o.root, o.id) * 65536
               AND COALESCE(o.root, o.id) * 65536 + 65535 AND l.order_id = o.id ORDER BY l.id DESC LIMIT 1
             ) WHERE o.inquiry = ?1 ORDER BY o.id";
        self.all(sql, [inquiry], rows::line)
    }

    fn measure(&mut self, id: MeasureId) -> Stored<Option<Measure>> {
        self.one(&format!("SELECT {MEASURE} FROM measures WHERE id = ?1"), [id], rows::measure)
    }

    fn measures_of(&mut self, inquiry: InquiryId) -> Stored<Vec<Measure>> {
        self.all(
            &format!("SELECT {MEASURE} FROM measures WHERE inquiry = ?1 ORDER BY id"),
            [inquiry],
            rows::measure,
        )
    }

    fn measures_by_reference(&mut self, reference: &str) -> Stored<Vec<Measure>> {
        // The second condition is that of the index.
        let sql = format!(
            "SELECT {MEASURE} FROM measures WHERE reference = ?1 AND reference <> '' ORDER BY id LIMIT {MOST_ALIKE}"
        );
        self.all(&sql, [reference], rows::measure)
    }

    fn events_after(&mut self, seq: i64, limit: usize) -> Stored<Vec<EventRecord>> {
        let sql = format!(
            "SELECT {EVENT} FROM events e JOIN inquiries i ON i.id = e.inquiry WHERE e.seq > ?1 ORDER BY e.seq LIMIT ?2"
        );
        self.all(&sql, params![seq, limit_of(limit)], rows::event)
    }

    fn page_after(&mut self, seq: i64, limit: usize) -> Stored<Vec<PageRow>> {
        let sql = format!(
            "SELECT {EVENT}, {PAGE} FROM events e JOIN inquiries i ON i.id = e.inquiry
             LEFT JOIN orders o ON o.id = e.order_id
             LEFT JOIN revisions r ON r.id = COALESCE(o.root, o.id) * 65536 + e.revision
             WHERE e.seq > ?1 ORDER BY e.seq LIMIT ?2"
        );
        self.all(&sql, params![seq, limit_of(limit)], rows::page_row)
    }

    fn last_event(&mut self) -> Stored<i64> {
        let last = self.one("SELECT MAX(seq) FROM events", [], |row| get::<Option<i64>>(row, 0))?;
        Ok(last.flatten().unwrap_or(0))
    }

    fn acknowledged(&mut self, consumer: &str) -> Stored<i64> {
        let sql = "SELECT acknowledged FROM consumers WHERE name = ?1";
        Ok(self.one(sql, [consumer], |row| get(row, 0))?.unwrap_or(0))
    }

    fn consumers(&mut self) -> Stored<Vec<(String, i64)>> {
        self.all("SELECT name, acknowledged FROM consumers", [], |row| Ok((get(row, 0)?, get(row, 1)?)))
    }

    fn quota_used(&mut self, lane: &str, day: Date) -> Stored<u64> {
        let sql = "SELECT requests FROM quotas WHERE lane = ?1 AND day = ?2";
        let used: Option<i64> = self.one(sql, params![lane, day.to_string()], |row| get(row, 0))?;
        Ok(used.map_or(0, i64::unsigned_abs))
    }

    fn charges(&mut self, lane: &str, days: usize) -> Stored<Vec<(String, u64)>> {
        let sql = "SELECT day, requests FROM charges WHERE lane = ?1 ORDER BY day DESC LIMIT ?2";
        self.all(sql, params![lane, limit_of(days)], |row| {
            Ok((get(row, 0)?, get::<i64>(row, 1)?.unsigned_abs()))
        })
    }

    fn charge_references(&mut self, order: OrderId) -> Stored<Vec<ChargeReference>> {
        let sql = "SELECT at, reference FROM charge_references WHERE order_id = ?1 ORDER BY id";
        self.all(sql, [order], |row| {
            Ok(ChargeReference { at: rows::instant(row, 0)?, reference: get(row, 1)? })
        })
    }

    fn cached_answer(&mut self, key: &[u8], since: Timestamp) -> Stored<Option<Revision>> {
        let sql = "SELECT root, number FROM cached_answers WHERE key = ?1 AND at >= ?2";
        let found = self.one(sql, params![key, micros(since)], |row| Ok((get(row, 0)?, get(row, 1)?)))?;
        match found {
            Some((root, number)) => self.revision(root, Some(number)),
            None => Ok(None),
        }
    }

    fn receipts_of_order(&mut self, order: OrderId) -> Stored<Vec<KeptReceipt>> {
        self.receipts_where_order(order)
    }

    fn receipts_of(&mut self, measure: MeasureId) -> Stored<Vec<KeptReceipt>> {
        self.receipts_where_measure(measure)
    }

    fn receipt(&mut self, measure: MeasureId, sha256: &str) -> Stored<Option<(KeptReceipt, Packed)>> {
        self.receipt_with_bytes(measure, sha256)
    }

    fn paused(&mut self, lane: &str) -> Stored<Option<String>> {
        self.one("SELECT reason FROM pauses WHERE lane = ?1", [lane], |row| get(row, 0))
    }

    fn acts_of(&mut self, subject: &str) -> Stored<Vec<Act>> {
        let sql = "SELECT at, actor, act, subject, reason FROM acts WHERE subject = ?1 ORDER BY id";
        self.all(sql, [subject], |row| {
            Ok(Act {
                at: rows::instant(row, 0)?,
                actor: get(row, 1)?,
                act: get(row, 2)?,
                subject: get(row, 3)?,
                reason: get(row, 4)?,
            })
        })
    }
}
