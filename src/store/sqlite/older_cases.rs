//! Cases from before they were found by party, officer and day of filing: what their inquiries ask says all of it, and is read once.

use rusqlite::{Connection, params};

use super::{failed, ids};
use crate::domain::{Terms, found_by};
use crate::store::Stored;
use crate::store::codec::decode_json;

/// The migration since which it is kept.
pub(super) const MIGRATION: &str = include_str!("0017.sql");

const STEP: &str = "write down by what older cases are found";

/// Writes down the words and the days. Terms that cannot be read are passed over: their cases are found by number alone.
pub(super) fn make_findable(connection: &Connection) -> Stored<()> {
    let key = ids::lookup_key(connection)?;
    let mut query = connection
        .prepare("SELECT t.inquiry, t.body, i.case_id FROM terms t JOIN inquiries i ON i.id = t.inquiry")
        .map_err(failed(STEP))?;
    let mut add = connection
        .prepare("INSERT OR IGNORE INTO found_by (word, case_id) VALUES (?1, ?2)")
        .map_err(failed(STEP))?;
    let mut file =
        connection.prepare("UPDATE inquiries SET filed_on = ?2 WHERE id = ?1").map_err(failed(STEP))?;
    let mut rows = query.query([]).map_err(failed(STEP))?;
    while let Some(row) = rows.next().map_err(failed(STEP))? {
        let inquiry: i64 = row.get(0).map_err(failed(STEP))?;
        let case: i64 = row.get(2).map_err(failed(STEP))?;
        let body = row.get_ref(1).map_err(failed(STEP))?.as_blob().unwrap_or_default();
        let terms: Terms = match decode_json("terms", body) {
            Ok(terms) => terms,
            Err(error) => {
                tracing::error!(inquiry, %error, "an inquiry that cannot be read is passed over");
                continue;
            }
        };
        for word in found_by::of_terms(&terms) {
            add.execute(params![super::word(&key, &word), case]).map_err(failed(STEP))?;
        }
        if let Some(day) = terms.case.filed_on {
            file.execute(params![inquiry, day.to_string()]).map_err(failed(STEP))?;
        }
    }
    Ok(())
}
