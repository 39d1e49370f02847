//! What was answered: to orders, in the log, and to files.

use tokio_postgres::Row;

use super::pending::text;
use super::query::{View, limit_of, params};
use super::rows::{self, EVENT, PAGE, get};
use crate::domain::{InquiryId, LineRow, Revision};
use crate::store::{IssuedCertificate, PageRow, Responded, Stored};

pub(super) fn revisions_of(view: &mut View<'_>, inquiry: InquiryId) -> Stored<Vec<Revision>> {
    let sql = "SELECT r.root, r.number, r.order_id, r.inquiry, r.at, r.answer, r.raw, r.raw_digest, r.connector, r.differences,
           r.cached_from
         FROM orders o JOIN revisions r ON r.root = o.id
           AND r.number = (SELECT MAX(l.number) FROM revisions l WHERE l.root = o.id)
         WHERE o.inquiry = $1 AND (o.root IS NULL OR o.root = o.id) ORDER BY r.root";
    view.all(sql, params![inquiry.get()], rows::revision)
}

pub(super) fn lines_of(view: &mut View<'_>, inquiry: InquiryId) -> Stored<Vec<LineRow>> {
    let sql = "SELECT o.id, o.lane, o.party, o.action, o.state, o.created, o.fault, COALESCE(o.root, o.id),
         r.outcome, r.words, r.assets, r.at, r.number, r.cached_from, o.stands_in, o.sent, r.cash
         FROM orders o LEFT JOIN revisions r ON r.root = COALESCE(o.root, o.id) AND r.number = (
           SELECT MAX(l.number) FROM revisions l WHERE l.root = COALESCE(o.root, o.id) AND l.order_id = o.id
         ) WHERE o.inquiry = $1 ORDER BY o.id";
    view.all(sql, params![inquiry.get()], rows::line)
}

/// Most bytes of a page, as they are stored: what they are in memory is looked at once they are read.
const LARGEST_STORED: i64 = 4 << 20;

pub(super) fn page_after(view: &mut View<'_>, seq: i64, limit: usize) -> Stored<Vec<PageRow>> {
    view.settle_events()?;
    // Where the page ends, so that large events are not all read to be thrown away.
    let sizes = "SELECT e.seq, CAST(COALESCE(octet_length(e.data), 0) + COALESCE(octet_length(r.answer), 0) AS BIGINT)
         FROM events e LEFT JOIN orders o ON o.id = e.order_id
         LEFT JOIN revisions r ON r.root = COALESCE(o.root, o.id) AND r.number = e.revision
         WHERE e.seq > $1 ORDER BY e.seq LIMIT $2";
    let sizes = view.all(sizes, params![seq, limit_of(limit)], |row| Ok((get(row, 0)?, get(row, 1)?)))?;
    let mut bytes = 0_i64;
    let fits = |(_, size): &&(i64, i64)| {
        let is_first = bytes == 0;
        bytes = bytes.saturating_add(*size).saturating_add(1);
        is_first || bytes <= LARGEST_STORED
    };
    let Some(last) = sizes.iter().take_while(fits).last().map(|(seq, _)| *seq) else { return Ok(Vec::new()) };
    let sql = format!(
        "SELECT {EVENT}, {PAGE} FROM events e JOIN inquiries i ON i.id = e.inquiry
         LEFT JOIN orders o ON o.id = e.order_id
         LEFT JOIN revisions r ON r.root = COALESCE(o.root, o.id) AND r.number = e.revision
         WHERE e.seq > $1 AND e.seq <= $2 ORDER BY e.seq"
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
    let page = view.readable(&sql, params![seq, last], read, |page| PageRow::fill(page, limit))?;
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
