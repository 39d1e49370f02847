//! What was answered: to orders, in the log, and to files.

use rusqlite::params;

use super::query::{Rows, limit_of};
use super::rows::{self, EVENT, PAGE, get};
use crate::domain::{InquiryId, LineRow, Revision};
use crate::store::{PageRow, Responded, Stored};

pub(super) fn revisions_of(rows: &Rows<'_>, inquiry: InquiryId) -> Stored<Vec<Revision>> {
    let sql = "SELECT r.root, r.number, r.order_id, r.inquiry, r.at, r.answer, r.raw, r.raw_digest, r.connector, r.differences,
           r.cached_from
         FROM orders o JOIN revisions r ON r.root = o.id
           AND r.number = (SELECT MAX(l.number) FROM revisions l WHERE l.root = o.id)
         WHERE o.inquiry = ?1 AND (o.root IS NULL OR o.root = o.id) ORDER BY r.root";
    rows.all(sql, [inquiry.get()], rows::revision)
}

pub(super) fn lines_of(rows: &Rows<'_>, inquiry: InquiryId) -> Stored<Vec<LineRow>> {
    let sql = "SELECT o.id, o.lane, o.party, o.action, o.state, o.created, o.fault, COALESCE(o.root, o.id),
         r.outcome, r.words, r.assets, r.at, r.number, r.cached_from, o.stands_in, o.sent, r.cash
         FROM orders o LEFT JOIN revisions r ON r.root = COALESCE(o.root, o.id) AND r.number = (
           SELECT MAX(l.number) FROM revisions l WHERE l.root = COALESCE(o.root, o.id) AND l.order_id = o.id
         ) WHERE o.inquiry = ?1 ORDER BY o.id";
    rows.all(sql, [inquiry.get()], rows::line)
}

pub(super) fn page_after(rows: &Rows<'_>, seq: i64, limit: usize) -> Stored<Vec<PageRow>> {
    let sql = format!(
        "SELECT {EVENT}, {PAGE} FROM events e JOIN inquiries i ON i.id = e.inquiry
         LEFT JOIN orders o ON o.id = e.order_id
         LEFT JOIN revisions r ON r.root = COALESCE(o.root, o.id) AND r.number = e.revision
         WHERE e.seq > ?1 ORDER BY e.seq LIMIT ?2"
    );
    rows.all(&sql, params![seq, limit_of(limit)], rows::page_row)
}

pub(super) fn responded(
    rows: &Rows<'_>,
    lane: &str,
    name: &str,
    about: &str,
    digest: &str,
) -> Stored<Responded> {
    let own = "SELECT nth FROM responses WHERE lane = ?1 AND name = ?2 AND digest = ?3";
    let nth = rows.one(own, params![lane, name, digest], |row| get::<u32>(row, 0))?;
    let last = "SELECT COALESCE(MAX(nth), 0) FROM responses WHERE lane = ?1 AND name = ?2";
    let last: u32 = rows.one(last, params![lane, name], |row| get(row, 0))?.unwrap_or(0);
    let times = "SELECT COALESCE(SUM(times), 0) FROM responses WHERE lane = ?1 AND about = ?2";
    let times = rows.one(times, params![lane, about], |row| get(row, 0))?.unwrap_or(0);
    Ok(Responded { nth: nth.unwrap_or(last + 1), times })
}
