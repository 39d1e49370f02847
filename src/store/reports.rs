//! What reports read of a store: inquiries of a period, counts of their orders, and prints.

use chakong_contract::Date;
use jiff::Timestamp;

use super::Stored;
use crate::domain::people::Courts;
use crate::domain::statistics::OrderTally;
use crate::domain::{ChainId, Inquiry, InquiryId, MeasureId, OrderId, Print, PrintId};

/// A measure that lapsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lapse {
    /// The measure.
    pub measure: MeasureId,
    /// Its counterpart.
    pub lane: String,
    /// The last day of its term.
    pub day: Date,
}

/// A renewal that took effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renewal {
    /// Its order.
    pub order: OrderId,
    /// Its inquiry.
    pub inquiry: InquiryId,
    /// Its counterpart.
    pub lane: String,
    /// When it was answered as held.
    pub at: Timestamp,
}

/// What reports read.
pub trait ReportReads {
    /// Inquiries behind one, by when they were accepted, and before an instant; oldest first. Of one court by its code, or of all.
    fn inquiries_between(
        &mut self,
        after: (Timestamp, InquiryId),
        until: Timestamp,
        court: Option<&str>,
        limit: usize,
    ) -> Stored<Vec<Inquiry>>;
    /// What became of the orders of inquiries, counted by inquiry, counterpart and action.
    fn order_tallies(&mut self, inquiries: &[InquiryId]) -> Stored<Vec<OrderTally>>;
    /// Measures that lapsed, by their last days, the first and the last of which are given. Of the chains in which one court has an inquiry,
    /// or of all.
    fn lapses_between(&mut self, from: Date, until: Date, court: Option<&str>) -> Stored<Vec<Lapse>>;
    /// Renewals that were answered as held for the first time from one instant to before another. Of one court's inquiries, or of all.
    fn renewals_between(
        &mut self,
        from: Timestamp,
        until: Timestamp,
        court: Option<&str>,
    ) -> Stored<Vec<Renewal>>;
    /// What was printed about a chain, without the bytes, oldest first.
    fn prints_of(&mut self, chain: ChainId) -> Stored<Vec<Print>>;
    /// A print with its bytes.
    fn print(&mut self, id: PrintId) -> Stored<Option<(Print, Vec<u8>)>>;
}

/// The same of several courts: each is read by its own index, so that the rows of other courts cost nothing.
///
/// # Errors
/// When the store fails.
pub fn inquiries_of_courts<R: ReportReads + ?Sized>(
    reads: &mut R,
    courts: &Courts,
    (after, until): ((Timestamp, InquiryId), Timestamp),
    limit: usize,
) -> Stored<Vec<Inquiry>> {
    let Some(codes) = courts.codes() else { return reads.inquiries_between(after, until, None, limit) };
    let mut found = Vec::new();
    for code in codes.iter().filter(|code| courts.cover(code)) {
        found.append(&mut reads.inquiries_between(after, until, Some(code), limit)?);
    }
    found.sort_by_key(|inquiry| (inquiry.created, inquiry.id));
    found.truncate(limit);
    Ok(found)
}

/// What lapsed and what was renewed, of several courts: the rows of other courts are not among them. A measure of a chain in which several
/// of them have inquiries is there once.
///
/// # Errors
/// When the store fails.
pub fn terms_of_courts<R: ReportReads + ?Sized>(
    reads: &mut R,
    courts: &Courts,
    (from, until): (Date, Date),
    (begin, end): (Timestamp, Timestamp),
) -> Stored<(Vec<Lapse>, Vec<Renewal>)> {
    let Some(codes) = courts.codes() else {
        return Ok((reads.lapses_between(from, until, None)?, reads.renewals_between(begin, end, None)?));
    };
    let (mut lapses, mut renewals) = (Vec::new(), Vec::new());
    for code in codes.iter().filter(|code| courts.cover(code)) {
        lapses.append(&mut reads.lapses_between(from, until, Some(code))?);
        renewals.append(&mut reads.renewals_between(begin, end, Some(code))?);
    }
    lapses.sort_by_key(|lapse| (lapse.day, lapse.measure));
    lapses.dedup_by_key(|lapse| lapse.measure);
    renewals.sort_by_key(|renewal| (renewal.at, renewal.order));
    Ok((lapses, renewals))
}

/// Counts of orders by inquiry, counterpart and action. `IDS` stands for the condition on `o.inquiry`. The same for every database: sums
/// are of whole numbers, and flags are numbers. What was found counts with the order that answered its question last; a refusal answers no question, and takes no answer away.
pub(super) const TALLIES: &str = "
SELECT inquiry, lane, action, COUNT(*),
  CAST(SUM(CASE WHEN answered IS NULL AND state IN (0, 1, 2) THEN 1 ELSE 0 END) AS BIGINT),
  CAST(SUM(CASE WHEN answered IS NULL AND state = 9 THEN 1 ELSE 0 END) AS BIGINT),
  CAST(SUM(CASE WHEN answered IS NULL AND sent IS NULL AND state NOT IN (0, 1, 2, 9) THEN 1 ELSE 0 END) AS BIGINT),
  CAST(SUM(CASE WHEN answered - begun <= 86400000000 THEN 1 ELSE 0 END) AS BIGINT),
  CAST(SUM(CASE WHEN answered - begun > 86400000000 THEN 1 ELSE 0 END) AS BIGINT),
  CAST(SUM(CASE WHEN assets IS NULL THEN 0 ELSE 1 END) AS BIGINT),
  CAST(SUM(CASE WHEN assets > 0 THEN 1 ELSE 0 END) AS BIGINT),
  CAST(SUM(COALESCE(assets, 0)) AS BIGINT),
  MIN(sent), MIN(held), CAST(SUM(CASE WHEN held IS NULL THEN 0 ELSE 1 END) AS BIGINT)
FROM (
  SELECT o.inquiry AS inquiry, o.lane AS lane, o.action AS action, o.state AS state, o.sent AS sent,
    COALESCE(o.sent, o.created) AS begun,
    (SELECT MIN(r.at) FROM revisions r WHERE r.root = COALESCE(o.root, o.id) AND r.order_id = o.id) AS answered,
    (SELECT CASE WHEN r.order_id = o.id AND r.outcome <> 'refused' THEN r.assets END FROM revisions r
      WHERE r.root = COALESCE(o.root, o.id)
      ORDER BY CASE WHEN r.outcome = 'refused' THEN 1 ELSE 0 END, r.number DESC LIMIT 1) AS assets,
    (SELECT MIN(r.at) FROM revisions r WHERE r.root = COALESCE(o.root, o.id) AND r.order_id = o.id
      AND r.outcome IN ('held', 'partly_held')) AS held
  FROM orders o WHERE IDS
) AS counted GROUP BY inquiry, lane, action ORDER BY inquiry, lane, action";

/// Measures that lapsed, by their last days. `?1` and `?2` are the first and the last, `?3` the court, or nothing for all.
pub(super) const LAPSES: &str = "
SELECT id, lane, until_day FROM measures m WHERE state = 'lapsed' AND until_day >= ?1 AND until_day <= ?2
  AND (CAST(?3 AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM inquiries i WHERE i.chain = m.chain AND i.court = ?3))
ORDER BY until_day, id";

/// Renewals that were answered as held, by when they first were: from `?1` to before `?2`, of the court `?3`, or of all. The condition on
/// other actions names the index of orders that control. None is answered a year after it was ordered.
pub(super) const RENEWALS: &str = "
SELECT id, inquiry, lane, held FROM (
  SELECT o.id AS id, o.inquiry AS inquiry, o.lane AS lane,
    (SELECT MIN(r.at) FROM revisions r WHERE r.root = COALESCE(o.root, o.id) AND r.order_id = o.id
      AND r.outcome IN ('held', 'partly_held')) AS held
  FROM orders o WHERE o.action = 'renew' AND o.action <> 'query' AND o.created < ?2 AND o.created >= ?1 - 31622400000000
    AND (CAST(?3 AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM inquiries i WHERE i.id = o.inquiry AND i.court = ?3))
) AS renewed WHERE held >= ?1 AND held < ?2 ORDER BY held, id";
