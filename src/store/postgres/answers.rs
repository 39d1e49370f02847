//! What was answered: to orders, in the log, and to files.

use std::collections::HashMap;

use tokio_postgres::Row;

use super::columns::text;
use super::query::{View, limit_of, params};
use super::rows::{self, EVENT, PAGE, RAW, get};
use crate::domain::{InquiryId, OrderId, RawId, RawMessage, Revision};
use crate::store::{IssuedCertificate, PageRow, Responded, Stored, order_list};

/// A message, with the orders that it is about.
pub(super) fn raw(view: &mut View<'_>, id: RawId) -> Stored<Option<(RawMessage, Option<Vec<OrderId>>)>> {
    let sql = format!("SELECT {RAW}, orders FROM raw_messages WHERE id = $1");
    view.one(&sql, params![id.get()], |row| {
        let orders: Option<Vec<u8>> = get(row, 6)?;
        Ok((rows::raw(row)?, orders.and_then(|orders| order_list::unpack(&orders))))
    })
}

pub(super) fn revisions_of(view: &mut View<'_>, inquiry: InquiryId) -> Stored<Vec<Revision>> {
    let sql = "SELECT r.root, r.number, r.order_id, r.inquiry, r.at, r.answer, r.raw, r.raw_digest, r.connector, r.differences,
           r.cached_from
         FROM orders o JOIN revisions r ON r.root = o.id
           AND r.number = (SELECT l.number FROM revisions l WHERE l.root = o.id
             ORDER BY CASE WHEN l.outcome = 'refused' THEN 1 ELSE 0 END, l.number DESC LIMIT 1)
         WHERE o.inquiry = $1 AND (o.root IS NULL OR o.root = o.id) ORDER BY r.root";
    view.all(sql, params![inquiry.get()], rows::revision)
}

/// Orders with the latest answers that they brought, as [`rows::line`] reads them; their inquiry behind it. Each answer is looked up by
/// its order: for many inquiries at once the server would otherwise read every answer that there is.
pub(super) const LINES: &str =
    "o.id, o.lane, o.party, o.action, o.state, o.created, o.fault, COALESCE(o.root, o.id),
         r.outcome, r.words, r.assets, r.at, r.number, r.cached_from, o.stands_in, o.sent, r.cash, o.inquiry
         FROM orders o LEFT JOIN LATERAL (
           SELECT l.outcome, l.words, l.assets, l.at, l.number, l.cached_from, l.cash FROM revisions l
           WHERE l.root = COALESCE(o.root, o.id) AND l.order_id = o.id ORDER BY l.number DESC LIMIT 1) AS r ON TRUE";

pub(super) fn references_of_all(
    view: &mut View<'_>,
    ids: &[InquiryId],
) -> Stored<HashMap<InquiryId, Vec<String>>> {
    let ids: Vec<i64> = ids.iter().map(|id| id.get()).collect();
    let sql = "SELECT inquiry, party_references FROM terms WHERE inquiry = ANY($1)";
    let all = view.all(sql, params![ids], |row| {
        let id = InquiryId::new(get(row, 0)?);
        // One that cannot be read is left to whoever reads it alone.
        Ok(rows::json("list of parties", rows::text(row, 1)?).ok().map(|references| (id, references)))
    })?;
    Ok(all.into_iter().flatten().collect())
}

pub(super) fn courts_of_all(view: &mut View<'_>, ids: &[InquiryId]) -> Stored<HashMap<InquiryId, String>> {
    let ids: Vec<i64> = ids.iter().map(|id| id.get()).collect();
    let sql = "SELECT id, court FROM inquiries WHERE id = ANY($1)";
    let all = view.all(sql, params![ids], |row| Ok((InquiryId::new(get(row, 0)?), get(row, 1)?)))?;
    Ok(all.into_iter().collect())
}

/// Most bytes of a page, as they are stored: what they are in memory is looked at once they are read.
const LARGEST_STORED: i64 = 4 << 20;

pub(super) fn page_after(view: &mut View<'_>, seq: i64, limit: usize) -> Stored<Vec<PageRow>> {
    view.settle_events()?;
    // The page ends by its size, so that large events are not all read to be thrown away; the first one is always of it.
    let sql = format!(
        "SELECT * FROM (
           SELECT p.*, SUM(p.size) OVER (ORDER BY p.seq) AS so_far FROM (
             SELECT {EVENT}, {PAGE},
               COALESCE(octet_length(e.data), 0) + COALESCE(octet_length(r.answer), 0) + 1 AS size
             FROM events e JOIN inquiries i ON i.id = e.inquiry
             LEFT JOIN orders o ON o.id = e.order_id
             LEFT JOIN revisions r ON r.root = COALESCE(o.root, o.id) AND r.number = e.revision
             WHERE e.seq > $1 ORDER BY e.seq LIMIT $2) AS p) AS s
         WHERE s.so_far <= $3 OR s.so_far = s.size ORDER BY s.seq"
    );
    let watch = std::sync::Arc::clone(&view.shared.watch);
    let read = |row: &Row| match rows::page_row(row) {
        Err(error) if error.is_about_a_row() => {
            watch.pass_over(&error);
            tracing::error!(event = get::<i64>(row, 0)?, %error, "an event cannot be read; the others are");
            Ok(PageRow::unreadable(rows::place_of_event(row)?))
        }
        other => other,
    };
    let most = params![seq, limit_of(limit), LARGEST_STORED];
    let page = view.readable(&sql, most, read, |page| PageRow::fill(page, limit))?;
    Ok(PageRow::trim(page))
}

pub(super) fn responded(
    view: &mut View<'_>,
    lane: &str,
    name: &str,
    about: &str,
    digest: &str,
) -> Stored<Responded> {
    let (name, about) = (&text(name), &text(about));
    let own = "SELECT nth FROM responses WHERE lane = $1 AND name = $2 AND digest = $3";
    let nth = view.one(own, params![lane, name, digest], |row| get::<u32>(row, 0))?;
    let last = "SELECT COALESCE(MAX(nth), 0) FROM responses WHERE lane = $1 AND name = $2";
    let last: u32 = view.one(last, params![lane, name], |row| get(row, 0))?.unwrap_or(0);
    let times =
        "SELECT CAST(COALESCE(SUM(times), 0) AS BIGINT) FROM responses WHERE lane = $1 AND about = $2";
    let times = view.one(times, params![lane, about], |row| get(row, 0))?.unwrap_or(0);
    Ok(Responded { nth: nth.unwrap_or(last + 1), times })
}

pub(super) fn certificate(
    view: &mut View<'_>,
    inquiry: InquiryId,
    number: Option<u32>,
) -> Stored<Option<IssuedCertificate>> {
    let sql =
        "SELECT number, at, sha256, body FROM certificates WHERE inquiry = $1 AND number BETWEEN $2 AND $3
         ORDER BY number DESC LIMIT 1";
    let (first, last) = number.map_or((1_i64, i64::MAX), |number| (i64::from(number), i64::from(number)));
    view.one(sql, params![inquiry.get(), first, last], |row| {
        Ok(IssuedCertificate {
            number: get(row, 0)?,
            at: rows::instant(row, 1)?,
            sha256: get(row, 2)?,
            text: rows::body_text(row, 3, "certificate")?,
        })
    })
}
