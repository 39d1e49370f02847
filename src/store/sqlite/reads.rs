//! What can be read: the short queries here, the others beside by subject.

use std::collections::HashSet;
use std::sync::{Arc, LazyLock};

use chakong_contract::Date as Day;
use chakong_contract::order::LegalDocument;
use jiff::Timestamp;
use rusqlite::{Row, params};
use uuid::Uuid;

use super::query::{Rows, limit_of};
use super::rows::{self, CASE, INQUIRY, ORDER, RAW, REVISION, TASK, get, micros};
use super::{answers, find, forgetting, ids, lane_reads, queue};
use crate::domain::{
    AuditEntry, BatchId, Blob, Case, CaseId, Chain, ChainId, ChainParty, ClaimChange, DocumentId, IdKind,
    Inquiry, InquiryId, KeptReceipt, LineRow, Measure, MeasureId, NotAsked, OpenCourts, OrderId, OrderRecord,
    OrderState, Paper, PropertyFinding, RawId, RawMessage, RelayFailure, Revision, Task, TaskId, Terms,
};
use crate::store::codec::decode;
use crate::store::{
    ActFilter, CaseFilter, CaseRow, ChargeReference, InquiryFilter, IssuedCertificate, KeptBytes,
    KeptMessage, LaneCounts, MOST_ALIKE, MeasureFilter, OrderFilter, PageRow, Reads, Responded, Stored,
    TaskFilter,
};

impl Reads for Rows<'_> {
    fn chain(&mut self, id: ChainId) -> Stored<Option<Chain>> {
        let sql = "SELECT id, created, has_ledger, claim FROM chains WHERE id = ?1";
        self.known(|recent| &mut recent.chains, id, |rows| rows.one(sql, [id.get()], rows::chain))
    }

    fn case_by_number(&mut self, number: &str) -> Stored<Option<Case>> {
        self.one(&format!("SELECT {CASE} FROM cases WHERE number = ?1"), [number], rows::case)
    }

    fn case(&mut self, id: CaseId) -> Stored<Option<Case>> {
        self.one(&format!("SELECT {CASE} FROM cases WHERE id = ?1"), [id.get()], rows::case)
    }

    fn cases_of(&mut self, chain: ChainId) -> Stored<Vec<Case>> {
        self.all(&format!("SELECT {CASE} FROM cases WHERE chain = ?1 ORDER BY id"), [chain.get()], rows::case)
    }

    fn find_cases(&mut self, filter: &CaseFilter) -> Stored<Vec<CaseRow>> {
        find::cases(self, filter)
    }

    fn parties_of(&mut self, chain: ChainId) -> Stored<Vec<ChainParty>> {
        self.all("SELECT body FROM parties WHERE chain = ?1 ORDER BY id", [chain.get()], rows::party)
    }

    fn claim_changes(&mut self, chain: ChainId) -> Stored<Vec<ClaimChange>> {
        let sql = "SELECT chain, at, actor, kind, before, after, reason, paper FROM claim_changes WHERE chain = ?1 ORDER BY id";
        self.all(sql, [chain.get()], rows::claim_change)
    }

    fn inquiries_of(&mut self, chain: ChainId) -> Stored<Vec<Inquiry>> {
        let sql = format!("SELECT {INQUIRY} FROM inquiries i WHERE i.chain = ?1 ORDER BY i.id");
        self.all(&sql, [chain.get()], rows::inquiry)
    }

    fn inquiry(&mut self, id: InquiryId) -> Stored<Option<Inquiry>> {
        static SQL: LazyLock<String> =
            LazyLock::new(|| format!("SELECT {INQUIRY} FROM inquiries i WHERE i.id = ?1"));
        self.known(|recent| &mut recent.inquiries, id, |rows| rows.one(&SQL, [id.get()], rows::inquiry))
    }

    fn inquiry_by_uid(&mut self, uid: Uuid) -> Stored<Option<Inquiry>> {
        let sql = format!("SELECT {INQUIRY} FROM inquiries i WHERE i.uid = ?1");
        self.one(&sql, [uid.as_bytes().as_slice()], rows::inquiry)
    }

    fn inquiry_by_key(&mut self, submitter: &str, key: &str) -> Stored<Option<(Inquiry, Vec<u8>)>> {
        let sql =
            format!("SELECT {INQUIRY}, i.digest FROM inquiries i WHERE i.submitted_by = ?1 AND i.key = ?2");
        self.one(&sql, [submitter, key], |row| Ok((rows::inquiry(row)?, get(row, 13)?)))
    }

    fn find_inquiries(&mut self, filter: &InquiryFilter) -> Stored<Vec<Inquiry>> {
        find::inquiries(self, filter)
    }

    fn terms(&mut self, id: InquiryId) -> Stored<Option<Arc<Terms>>> {
        static SQL: &str = "SELECT body, debtors FROM terms WHERE inquiry = ?1";
        self.one(SQL, [id.get()], |row| {
            let terms: Terms = rows::body(row, 0, "terms")?;
            let debtors = rows::json("parties of the chain", rows::text(row, 1)?)?;
            Ok(Arc::new(Terms { debtors, ..terms }))
        })
    }

    fn not_asked(&mut self, id: InquiryId) -> Stored<Vec<NotAsked>> {
        let read = |row: &Row<'_>| rows::json("list of who was not asked", rows::text(row, 0)?);
        Ok(self.one("SELECT not_asked FROM terms WHERE inquiry = ?1", [id.get()], read)?.unwrap_or_default())
    }

    fn references_of(&mut self, id: InquiryId) -> Stored<Vec<String>> {
        let read = |row: &Row<'_>| rows::json("list of parties", rows::text(row, 0)?);
        let sql = "SELECT party_references FROM terms WHERE inquiry = ?1";
        Ok(self.one(sql, [id.get()], read)?.unwrap_or_default())
    }

    fn papers_of(&mut self, chain: ChainId) -> Stored<Vec<Paper>> {
        let sql = "SELECT d.id, d.inquiry, d.kind, d.number, d.by_act, d.measures, t.debtors FROM documents d
             JOIN inquiries i ON i.id = d.inquiry LEFT JOIN terms t ON t.inquiry = d.inquiry
             WHERE i.chain = ?1 ORDER BY d.id";
        self.all(sql, [chain.get()], rows::paper)
    }

    fn papers_of_inquiry(&mut self, inquiry: InquiryId) -> Stored<Vec<Paper>> {
        let sql = "SELECT d.id, d.inquiry, d.kind, d.number, d.by_act, d.measures, t.debtors FROM documents d
             LEFT JOIN terms t ON t.inquiry = d.inquiry WHERE d.inquiry = ?1 ORDER BY d.id";
        self.all(sql, [inquiry.get()], rows::paper)
    }

    fn document(&mut self, id: DocumentId) -> Stored<Option<LegalDocument>> {
        let sql = "SELECT kind, title, number, format, bytes FROM documents WHERE id = ?1";
        self.one(sql, [id.get()], |row| {
            let bytes: Vec<u8> = get(row, 4)?;
            Ok(LegalDocument {
                kind: rows::word("kind of a document", get(row, 0)?)?,
                title: get(row, 1)?,
                number: get(row, 2)?,
                format: get(row, 3)?,
                content: decode("document", &bytes)?.into(),
            })
        })
    }

    fn order(&mut self, id: OrderId) -> Stored<Option<OrderRecord>> {
        static SQL: LazyLock<String> =
            LazyLock::new(|| format!("SELECT {ORDER} FROM orders o WHERE o.id = ?1"));
        self.known(|recent| &mut recent.orders, id, |rows| rows.one(&SQL, [id.get()], rows::order))
    }

    fn orders_of(&mut self, inquiry: InquiryId) -> Stored<Vec<OrderRecord>> {
        let sql = format!("SELECT {ORDER} FROM orders o WHERE o.inquiry = ?1 ORDER BY o.id");
        self.all(&sql, [inquiry.get()], rows::order)
    }

    fn order_counts(&mut self, inquiry: InquiryId) -> Stored<Vec<(OrderState, u64)>> {
        let sql = "SELECT state, COUNT(*) FROM orders WHERE inquiry = ?1 GROUP BY state";
        self.all(sql, [inquiry.get()], |row| {
            Ok((rows::order_state(row, 0)?, get::<i64>(row, 1)?.unsigned_abs()))
        })
    }

    fn find_orders(&mut self, filter: &OrderFilter) -> Stored<Vec<OrderRecord>> {
        find::orders(self, filter)
    }

    fn end_of_look(&mut self, filter: &OrderFilter, look: usize) -> Stored<Option<OrderId>> {
        find::end_of_look(self, filter, look)
    }

    fn due_orders(
        &mut self,
        lane: &str,
        now: Timestamp,
        limit: usize,
        taken: &HashSet<OrderId>,
        courts: &OpenCourts,
    ) -> Stored<Vec<OrderRecord>> {
        queue::due(self, (lane, now), limit, taken, courts)
    }

    fn offers(
        &mut self,
        lane: &str,
        now: Timestamp,
        control: bool,
        after: OrderId,
        limit: usize,
    ) -> Stored<Vec<OrderRecord>> {
        queue::offers(self, lane, now, control, after, limit)
    }

    fn queued_for_later(&mut self, now: Timestamp, after: OrderId, limit: usize) -> Stored<Vec<OrderId>> {
        let sql = "SELECT id FROM orders WHERE state = 0 AND due > ?1 AND id > ?2 ORDER BY id LIMIT ?3";
        let row = params![micros(now), after.get(), limit_of(limit)];
        self.all(sql, row, |row| get(row, 0).map(OrderId::new))
    }

    fn next_due(&mut self, lane: &str, now: Timestamp) -> Stored<Option<Timestamp>> {
        queue::next_due(self, lane, now)
    }

    fn lane_counts(&mut self, lane: &str) -> Stored<LaneCounts> {
        queue::counts(self, lane)
    }

    fn past_deadline(&mut self, now: Timestamp, limit: usize) -> Stored<Vec<OrderId>> {
        queue::past_deadline(self, now, limit)
    }

    fn interrupted(&mut self, lane: &str) -> Stored<Vec<OrderRecord>> {
        queue::interrupted(self, lane)
    }

    fn open_lanes(&mut self) -> Stored<Vec<String>> {
        queue::open_lanes(self)
    }

    fn unsent(&mut self, lane: &str) -> Stored<Vec<(RawId, RawMessage)>> {
        let sql = "SELECT m.lane, m.batch, m.direction, m.name, m.at, m.bytes, m.id
                   FROM unsent u JOIN raw_messages m ON m.id = u.raw WHERE u.lane = ?1 ORDER BY m.id";
        self.all(sql, [lane], |row| Ok((RawId::new(get(row, 6)?), rows::raw(row)?)))
    }

    fn raw(&mut self, id: RawId) -> Stored<Option<(RawMessage, Option<Vec<OrderId>>)>> {
        answers::raw(self, id)
    }

    fn raw_of_batch(&mut self, id: BatchId) -> Stored<Vec<RawMessage>> {
        let sql = format!("SELECT {RAW} FROM raw_messages WHERE batch = ?1 ORDER BY id");
        self.all(&sql, [id.get()], rows::raw)
    }

    fn responded(&mut self, lane: &str, name: &str, about: &str, digest: &str) -> Stored<Responded> {
        answers::responded(self, lane, name, about, digest)
    }

    fn revision(&mut self, root: OrderId, number: Option<u32>) -> Stored<Option<Revision>> {
        static SQL: LazyLock<String> = LazyLock::new(|| {
            format!(
                "SELECT {REVISION} FROM revisions WHERE root = ?1 AND number BETWEEN ?2 AND ?3 ORDER BY number DESC LIMIT 1"
            )
        });
        let (first, last) = number.map_or((1, u32::MAX), |number| (number, number));
        self.one(&SQL, params![root.get(), first, last], rows::revision)
    }

    fn revisions_of(&mut self, inquiry: InquiryId) -> Stored<Vec<Revision>> {
        answers::revisions_of(self, inquiry)
    }

    fn lines_of(&mut self, inquiry: InquiryId) -> Stored<Vec<LineRow>> {
        answers::lines_of(self, inquiry)
    }

    fn measure(&mut self, id: MeasureId) -> Stored<Option<Measure>> {
        self.one("SELECT body FROM measures WHERE id = ?1", [id.get()], rows::measure)
    }

    fn measures_of(&mut self, chain: ChainId) -> Stored<Vec<Measure>> {
        self.all("SELECT body FROM measures WHERE chain = ?1 ORDER BY id", [chain.get()], rows::measure)
    }

    fn measures_by_reference(&mut self, reference: &str) -> Stored<Vec<Measure>> {
        // The second condition is that of the index.
        let sql = format!(
            "SELECT body FROM measures WHERE reference = ?1 AND reference <> '' ORDER BY id LIMIT {MOST_ALIKE}"
        );
        self.all(&sql, [reference], rows::measure)
    }

    fn find_measures(&mut self, filter: &MeasureFilter) -> Stored<Vec<Measure>> {
        find::measures(self, filter)
    }

    fn measures_to_look_at(&mut self, today: Day, limit: usize) -> Stored<Vec<(MeasureId, ChainId)>> {
        let sql = "SELECT id, chain FROM measures WHERE next_look <= ?1 ORDER BY next_look, id LIMIT ?2";
        self.all(sql, params![today.to_string(), limit_of(limit)], |row| {
            Ok((MeasureId::new(get(row, 0)?), ChainId::new(get(row, 1)?)))
        })
    }

    fn tasks_of(&mut self, chain: ChainId) -> Stored<Vec<Task>> {
        let sql = format!("SELECT {TASK} FROM tasks WHERE chain = ?1 AND done IS NULL ORDER BY id");
        self.all(&sql, [chain.get()], rows::task)
    }

    fn find_tasks(&mut self, filter: &TaskFilter) -> Stored<Vec<Task>> {
        find::tasks(self, filter)
    }

    fn task(&mut self, id: TaskId) -> Stored<Option<Task>> {
        self.one(&format!("SELECT {TASK} FROM tasks WHERE id = ?1"), [id.get()], rows::task)
    }

    fn tasks_for_the_clock(&mut self, now: Timestamp, limit: usize) -> Stored<Vec<Task>> {
        let sql =
            format!("SELECT {TASK} FROM tasks WHERE done IS NULL AND look <= ?1 ORDER BY look, id LIMIT ?2");
        self.all(&sql, params![micros(now), limit_of(limit)], rows::task)
    }

    fn property_finding(&mut self, property: &str) -> Stored<Option<PropertyFinding>> {
        let sql = "SELECT note, actor, at FROM property_findings WHERE property = ?1";
        self.one(sql, [super::keyed(self.key, property.as_bytes())], |row| {
            let (note, actor, at) = (get(row, 0)?, get(row, 1)?, rows::instant(row, 2)?);
            Ok(PropertyFinding { property: property.to_owned(), note, actor, at })
        })
    }

    fn certificate(&mut self, inquiry: InquiryId, number: Option<u32>) -> Stored<Option<IssuedCertificate>> {
        answers::certificate(self, inquiry, number)
    }

    fn page_after(&mut self, seq: i64, limit: usize) -> Stored<Vec<PageRow>> {
        answers::page_after(self, seq, limit)
    }

    fn last_event(&mut self) -> Stored<i64> {
        let last = self.one("SELECT MAX(seq) FROM events", [], |row| get::<Option<i64>>(row, 0))?;
        Ok(last.flatten().unwrap_or(0).max(self.log_begins))
    }

    fn acknowledged(&mut self, consumer: &str) -> Stored<i64> {
        let sql = "SELECT acknowledged FROM consumers WHERE name = ?1";
        Ok(self.one(sql, [consumer], |row| get(row, 0))?.unwrap_or(0))
    }

    fn relay_failures(&mut self) -> Stored<Vec<RelayFailure>> {
        let sql = "SELECT name, kind, detail, at, replica FROM relay_failures ORDER BY name";
        self.all(sql, [], lane_reads::relay_failure)
    }

    fn consumers(&mut self) -> Stored<Vec<(String, i64)>> {
        self.all("SELECT name, acknowledged FROM consumers", [], |row| Ok((get(row, 0)?, get(row, 1)?)))
    }

    fn probed(&mut self) -> Stored<Option<Timestamp>> {
        let sql = "SELECT value FROM store_info WHERE key = 'probed'";
        let at = self.one(sql, [], |row| get::<Vec<u8>>(row, 0))?;
        let read = |at: Vec<u8>| std::str::from_utf8(&at).ok().and_then(|at| at.parse().ok());
        Ok(at.and_then(read))
    }

    fn charges(&mut self, lane: &str, days: usize) -> Stored<Vec<(String, u64)>> {
        let sql = "SELECT day, requests FROM charges WHERE lane = ?1 ORDER BY day DESC LIMIT ?2";
        self.all(sql, params![lane, limit_of(days)], |row| {
            Ok((get(row, 0)?, get::<i64>(row, 1)?.unsigned_abs()))
        })
    }

    fn charge_references(&mut self, order: OrderId) -> Stored<Vec<ChargeReference>> {
        let sql = "SELECT at, reference FROM charge_references WHERE order_id = ?1 ORDER BY id";
        self.all(sql, [order.get()], |row| {
            Ok(ChargeReference { at: rows::instant(row, 0)?, reference: get(row, 1)? })
        })
    }

    fn cached_answer(&mut self, key: &[u8], since: Timestamp) -> Stored<Option<Revision>> {
        let sql = "SELECT root, number FROM cached_answers WHERE key = ?1 AND at >= ?2";
        let found =
            self.one(sql, params![key, micros(since)], |row| Ok((OrderId::new(get(row, 0)?), get(row, 1)?)))?;
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

    fn receipt(&mut self, measure: MeasureId, sha256: &str) -> Stored<Option<(KeptReceipt, Blob)>> {
        self.receipt_with_bytes(measure, sha256)
    }

    fn find_acts(&mut self, filter: &ActFilter) -> Stored<Vec<(i64, AuditEntry)>> {
        find::acts(self, filter)
    }

    fn last_row(&mut self, kind: IdKind, epoch: i64) -> Stored<Option<i64>> {
        ids::last_row(self.connection, epoch, kind)
    }

    fn known_epochs(&mut self) -> Stored<Vec<i64>> {
        ids::known_epochs(self.connection)
    }

    fn chains_after(&mut self, after: ChainId, limit: usize) -> Stored<Vec<ChainId>> {
        forgetting::chains_after(self, after, limit)
    }

    fn messages_after(&mut self, after: RawId, limit: usize) -> Stored<Vec<KeptMessage>> {
        forgetting::messages_after(self, after, limit)
    }

    fn events_after(&mut self, after: i64, limit: usize) -> Stored<Vec<(i64, InquiryId, Timestamp)>> {
        forgetting::events_after(self, after, limit)
    }

    fn acts_after(&mut self, after: i64, limit: usize) -> Stored<Vec<(i64, AuditEntry)>> {
        forgetting::acts_after(self, after, limit)
    }

    fn kept_bytes(&mut self, chain: ChainId) -> Stored<KeptBytes> {
        forgetting::kept_bytes(self, chain)
    }
}
