//! What is kept no longer: rows that go, and bytes that go while their rows stay.

use rusqlite::{OptionalExtension as _, params};

use super::failed;
use super::query::{Rows, limit_of};
use super::rows::{self, ACT, get};
use crate::domain::retention::Forget;
use crate::domain::{AuditEntry, ChainId, InquiryId, RawId};
use crate::store::lane_reads::SPAN_BITS;
use crate::store::{KeptBytes, KeptMessage, Stored, found_words, order_list};

/// Everything of a chain, what names others before what is named. No inquiry's rows are found by a chain that is gone.
const OF_A_CHAIN: [&str; 16] = [
    "DELETE FROM certificates WHERE inquiry IN (SELECT id FROM inquiries WHERE chain = ?1)",
    "DELETE FROM receipts WHERE order_id IN (SELECT o.id FROM inquiries i JOIN orders o ON o.inquiry = i.id WHERE i.chain = ?1)",
    "DELETE FROM charge_references WHERE order_id IN
       (SELECT o.id FROM inquiries i JOIN orders o ON o.inquiry = i.id WHERE i.chain = ?1)",
    "DELETE FROM revisions WHERE root IN (SELECT o.id FROM inquiries i JOIN orders o ON o.inquiry = i.id WHERE i.chain = ?1)",
    "DELETE FROM documents WHERE inquiry IN (SELECT id FROM inquiries WHERE chain = ?1)",
    "DELETE FROM terms WHERE inquiry IN (SELECT id FROM inquiries WHERE chain = ?1)",
    // The newest row stays, so that its number is not given again.
    "DELETE FROM tasks WHERE chain = ?1 AND id < (SELECT MAX(id) FROM tasks)",
    "DELETE FROM measures WHERE chain = ?1",
    "DELETE FROM prints WHERE chain = ?1",
    "DELETE FROM desk WHERE order_id IN (SELECT o.id FROM inquiries i JOIN orders o ON o.inquiry = i.id WHERE i.chain = ?1)",
    "DELETE FROM orders WHERE inquiry IN (SELECT id FROM inquiries WHERE chain = ?1)",
    "DELETE FROM inquiries WHERE chain = ?1",
    "DELETE FROM claim_changes WHERE chain = ?1",
    "DELETE FROM parties WHERE chain = ?1",
    "DELETE FROM cases WHERE chain = ?1",
    "DELETE FROM chains WHERE id = ?1",
];

/// Bytes of nothing, in stored form.
const NOTHING: &[u8] = &[0];

impl Rows<'_> {
    pub(super) fn forget(&mut self, what: &Forget) -> Stored<()> {
        match what {
            Forget::Messages(ids) => self.forget_messages(ids)?,
            Forget::Events(numbers) => {
                self.delete("DELETE FROM events WHERE seq = ?1", numbers.iter().copied())?;
            }
            Forget::Acts(numbers) => {
                self.delete("DELETE FROM acts WHERE id = ?1", numbers.iter().copied())?
            }
            Forget::Documents(chain) => {
                let sql = "UPDATE documents SET bytes = ?2 WHERE length(bytes) > 1
                           AND inquiry IN (SELECT id FROM inquiries WHERE chain = ?1)";
                self.execute(sql, params![chain.get(), NOTHING])?;
            }
            Forget::Receipts(chain) => {
                let sql = "UPDATE receipts SET bytes = ?2 WHERE length(bytes) > 1
                           AND measure IN (SELECT id FROM measures WHERE chain = ?1)";
                self.execute(sql, params![chain.get(), NOTHING])?;
            }
            Forget::Chain(chain) => {
                self.forget_words(*chain)?;
                for sql in OF_A_CHAIN {
                    self.execute(sql, [chain.get()])?;
                }
            }
        }
        self.touch(|touched| touched.has_deleted = true);
        Ok(())
    }

    /// Messages, and the spans in which none is left of their lane.
    fn forget_messages(&mut self, ids: &[RawId]) -> Stored<()> {
        let list = serde_json::Value::from_iter(ids.iter().map(|id| id.get())).to_string();
        let sql =
            "SELECT DISTINCT lane, id >> ?2 FROM raw_messages WHERE id IN (SELECT value FROM json_each(?1))";
        let spans: Vec<(String, i64)> =
            self.all(sql, params![list, SPAN_BITS], |row| Ok((get(row, 0)?, get(row, 1)?)))?;
        self.delete("DELETE FROM raw_messages WHERE id = ?1", ids.iter().map(|id| id.get()))?;
        for (lane, span) in spans {
            let sql = "DELETE FROM message_spans WHERE lane = ?1 AND span = ?2
                       AND NOT EXISTS (SELECT 1 FROM raw_messages WHERE id >= ?3 AND id < ?4 AND lane = ?1)";
            self.execute(sql, params![lane, span, span << SPAN_BITS, (span + 1) << SPAN_BITS])?;
        }
        Ok(())
    }

    /// What a chain's cases are found by. The words are made again; where they cannot be, all of them are looked through.
    fn forget_words(&mut self, chain: ChainId) -> Stored<()> {
        for (case, words) in found_words::of_chain(self, chain)? {
            let Some(words) = words else {
                self.delete("DELETE FROM found_by WHERE case_id = ?1", std::iter::once(case.get()))?;
                continue;
            };
            for word in words {
                let row = params![super::word(self.key, &word), case.get()];
                self.execute("DELETE FROM found_by WHERE word = ?1 AND case_id = ?2", row)?;
            }
        }
        Ok(())
    }

    fn delete(&self, sql: &'static str, ids: impl Iterator<Item = i64>) -> Stored<()> {
        for id in ids {
            self.execute(sql, [id])?;
        }
        Ok(())
    }
}

pub(super) fn chains_after(rows: &Rows<'_>, after: ChainId, limit: usize) -> Stored<Vec<ChainId>> {
    let sql = "SELECT id FROM chains WHERE id > ?1 ORDER BY id LIMIT ?2";
    rows.all(sql, params![after.get(), limit_of(limit)], |row| get(row, 0).map(ChainId::new))
}

pub(super) fn messages_after(rows: &Rows<'_>, after: RawId, limit: usize) -> Stored<Vec<KeptMessage>> {
    let sql = "SELECT id, at, orders, repeats, EXISTS (SELECT 1 FROM unsent u WHERE u.raw = m.id) FROM raw_messages m
               WHERE id > ?1 ORDER BY id LIMIT ?2";
    rows.all(sql, params![after.get(), limit_of(limit)], |row| {
        let orders: Option<Vec<u8>> = get(row, 2)?;
        Ok(KeptMessage {
            id: RawId::new(get(row, 0)?),
            at: rows::instant(row, 1)?,
            orders: orders.and_then(|orders| order_list::unpack(&orders)),
            repeats: get::<i64>(row, 3)?.unsigned_abs(),
            is_unsent: get(row, 4)?,
        })
    })
}

pub(super) fn events_after(
    rows: &Rows<'_>,
    after: i64,
    limit: usize,
) -> Stored<Vec<(i64, InquiryId, jiff::Timestamp)>> {
    let sql = "SELECT seq, inquiry, at FROM events WHERE seq > ?1 ORDER BY seq LIMIT ?2";
    rows.all(sql, params![after, limit_of(limit)], |row| {
        Ok((get(row, 0)?, InquiryId::new(get(row, 1)?), rows::instant(row, 2)?))
    })
}

pub(super) fn acts_after(rows: &Rows<'_>, after: i64, limit: usize) -> Stored<Vec<(i64, AuditEntry)>> {
    let sql = format!("SELECT {ACT}, id FROM acts WHERE id > ?1 ORDER BY id LIMIT ?2");
    rows.all(&sql, params![after, limit_of(limit)], |row| Ok((get(row, 7)?, rows::act(row)?)))
}

pub(super) fn kept_bytes(rows: &Rows<'_>, chain: ChainId) -> Stored<KeptBytes> {
    let count = |sql: &str| -> Stored<u64> {
        let found: Option<i64> = rows
            .connection
            .query_row(sql, [chain.get()], |row| row.get(0))
            .optional()
            .map_err(failed("count what is kept"))?;
        Ok(found.map_or(0, i64::unsigned_abs))
    };
    Ok(KeptBytes {
        documents: count(
            "SELECT COUNT(*) FROM inquiries i JOIN documents d ON d.inquiry = i.id WHERE i.chain = ?1 AND length(d.bytes) > 1",
        )?,
        receipts: count(
            "SELECT COUNT(*) FROM measures m JOIN receipts r ON r.measure = m.id WHERE m.chain = ?1 AND length(r.bytes) > 1",
        )?,
    })
}
