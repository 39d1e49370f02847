//! Cases from before they were found by party, officer and day of filing: what their inquiries ask says all of it, and is read once.

use super::columns::{columns, row};
use super::link::Link;
use super::numbers;
use super::query::params;
use super::rows::get;
use super::tables::{TABLES, Table};
use crate::domain::{Terms, found_by};
use crate::store::Stored;
use crate::store::codec::decode_json;

/// The migration since which it is kept.
pub(super) const MIGRATION: &str = include_str!("migrations/0008.sql");

/// Inquiries that are read at once.
const PORTION: i64 = 500;

/// Writes down the words and the days. Terms that cannot be read are passed over: their cases are found by number alone.
pub(super) fn make_findable(link: &mut Link) -> Stored<()> {
    let key = numbers::lookup_key(link)?;
    let mut after = i64::MIN;
    loop {
        let sql = "SELECT t.inquiry, t.body, i.case_id FROM terms t JOIN inquiries i ON i.id = t.inquiry
             WHERE t.inquiry > $1 ORDER BY t.inquiry LIMIT $2";
        let found = link.query(sql, params![after, PORTION])?;
        let (mut words, mut filed, mut days) = (Vec::new(), Vec::new(), Vec::new());
        for row in &found {
            let (inquiry, body, case): (i64, Vec<u8>, i64) = (get(row, 0)?, get(row, 1)?, get(row, 2)?);
            after = inquiry;
            let terms: Terms = match decode_json("terms", &body) {
                Ok(terms) => terms,
                Err(error) => {
                    tracing::error!(inquiry, %error, "an inquiry that cannot be read is passed over");
                    continue;
                }
            };
            let hashed = found_by::of_terms(&terms).into_iter().map(|word| super::word(&key, &word));
            words.extend(hashed.map(|word| row![word, case]));
            if let Some(day) = terms.case.filed_on {
                filed.push(inquiry);
                days.push(day.to_string());
            }
        }
        if !words.is_empty() {
            let columns = columns(words);
            let parameters: Vec<_> = columns.iter().map(super::columns::Column::parameter).collect();
            for statement in
                TABLES.get(Table::FoundBy as usize).into_iter().flat_map(|table| &table.statements)
            {
                link.execute(statement, &parameters)?;
            }
        }
        let sql = "UPDATE inquiries AS t SET filed_on = v.day
             FROM (SELECT unnest(CAST($1 AS BIGINT[])) AS id, unnest(CAST($2 AS TEXT[])) AS day) AS v WHERE t.id = v.id";
        link.execute(sql, params![filed, days])?;
        if found.is_empty() {
            return Ok(());
        }
    }
}
