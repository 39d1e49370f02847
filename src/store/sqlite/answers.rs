//! What was answered: to orders, in the log, and to files.

use std::sync::LazyLock;

use rusqlite::{Row, params};

use super::query::{Rows, limit_of};
use super::rows::{self, EVENT, PAGE, RAW, get};
use crate::domain::{InquiryId, LineRow, OrderId, RawId, RawMessage, Revision};
use crate::store::health::Ailment;
use crate::store::{IssuedCertificate, PageRow, Responded, StoreError, Stored, order_list};

/// A message, with the orders that it is about.
pub(super) fn raw(rows: &Rows<'_>, id: RawId) -> Stored<Option<(RawMessage, Option<Vec<OrderId>>)>> {
    let sql = format!("SELECT {RAW}, orders FROM raw_messages WHERE id = ?1");
    rows.one(&sql, [id.get()], |row| {
        let orders: Option<Vec<u8>> = get(row, 6)?;
        Ok((rows::raw(row)?, orders.and_then(|orders| order_list::unpack(&orders))))
    })
}

pub(super) fn revisions_of(rows: &Rows<'_>, inquiry: InquiryId) -> Stored<Vec<Revision>> {
    let sql = "SELECT r.root, r.number, r.order_id, r.inquiry, r.at, r.answer, r.raw, r.raw_digest, r.connector, r.differences,
           r.cached_from
         FROM orders o JOIN revisions r ON r.root = o.id
           AND r.number = (SELECT l.number FROM revisions l WHERE l.root = o.id
             ORDER BY CASE WHEN l.outcome = 'refused' THEN 1 ELSE 0 END, l.number DESC LIMIT 1)
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

static PAGE_AFTER: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {EVENT}, {PAGE} FROM events e JOIN inquiries i ON i.id = e.inquiry
         LEFT JOIN orders o ON o.id = e.order_id
         LEFT JOIN revisions r ON r.root = COALESCE(o.root, o.id) AND r.number = e.revision
         WHERE e.seq > ?1 AND e.seq <= ?2 ORDER BY e.seq"
    )
});

pub(super) fn page_after(rows: &Rows<'_>, seq: i64, limit: usize) -> Stored<Vec<PageRow>> {
    let whole = rows.readable(
        &PAGE_AFTER,
        params![seq, i64::MAX],
        |row| page_row(rows, row).map(Some),
        |page| PageRow::fill(page, limit),
    );
    match whole {
        Err(StoreError::Failed { ailment: Ailment::Damaged, .. }) => one_by_one(rows, seq, limit),
        other => other.map(PageRow::trim),
    }
}

/// A row of the log, or what is shown in its place.
fn page_row(rows: &Rows<'_>, row: &Row<'_>) -> Stored<PageRow> {
    match rows::page_row(row) {
        Err(error) if error.is_about_a_row() => {
            rows.pass_over(&error);
            tracing::error!(event = get::<i64>(row, 0)?, %error, "an event cannot be read; the others are");
            Ok(PageRow::unreadable(rows::place_of_event(row)?))
        }
        other => other,
    }
}

/// Where pages of the file are damaged: each event by itself, so that those on other pages are read.
fn one_by_one(rows: &Rows<'_>, after: i64, limit: usize) -> Stored<Vec<PageRow>> {
    let sql = "SELECT seq, inquiry, at FROM events WHERE seq > ?1 ORDER BY seq LIMIT ?2";
    let places = rows.all(sql, params![after, limit_of(limit)], |row| {
        Ok((get::<i64>(row, 0)?, InquiryId::new(get(row, 1)?), rows::instant(row, 2).unwrap_or_default()))
    })?;
    let mut page = Vec::new();
    for (seq, inquiry, at) in places {
        if PageRow::fill(&page, limit) {
            break;
        }
        match rows.one(&PAGE_AFTER, params![seq - 1, seq], |row| page_row(rows, row)) {
            Ok(row) => page.extend(row),
            Err(error) => {
                rows.pass_over(&error);
                tracing::error!(event = seq, %error, "an event cannot be read; the others are");
                page.push(PageRow::unreadable(rows::unknown_event(seq, inquiry, at)));
            }
        }
    }
    Ok(PageRow::trim(page))
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

pub(super) fn certificate(
    rows: &Rows<'_>,
    inquiry: InquiryId,
    number: Option<u32>,
) -> Stored<Option<IssuedCertificate>> {
    let sql =
        "SELECT number, at, sha256, body FROM certificates WHERE inquiry = ?1 AND number BETWEEN ?2 AND ?3
         ORDER BY number DESC LIMIT 1";
    let (first, last) = number.map_or((1, u32::MAX), |number| (number, number));
    rows.one(sql, params![inquiry.get(), first, last], |row| {
        Ok(IssuedCertificate {
            number: get(row, 0)?,
            at: rows::instant(row, 1)?,
            sha256: get(row, 2)?,
            text: rows::body_text(row, 3, "certificate")?,
        })
    })
}
