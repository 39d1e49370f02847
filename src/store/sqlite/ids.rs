//! Row numbers and where they go on, the epoch in front of them, and the key of keyed hashes.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::failed;
use crate::domain::{IdKind, ROWS_PER_EPOCH};
use crate::store::ahead::NEAR;
use crate::store::ids::Ids;
use crate::store::log_gaps::{GAPS, LogGaps};
use crate::store::{StoreError, Stored};

/// Epochs have six digits in a request number.
const LAST_EPOCH: i64 = 999_999;
/// A new store begins below this, so that restorations have room behind it.
const FIRST_EPOCHS: i64 = 500_000;
/// A restoration begins its epoch at most this far behind the one before.
const LONGEST_STEP: i64 = 100;
const EPOCH: &str = "epoch";
const KNOWN_EPOCHS: &str = "known_epochs";
const LOOKUP_KEY: &str = "lookup_key";

const fn table(kind: IdKind) -> &'static str {
    match kind {
        IdKind::Chain => "chains",
        IdKind::Case => "cases",
        IdKind::Party => "parties",
        IdKind::Inquiry => "inquiries",
        IdKind::Order => "orders",
        IdKind::Measure => "measures",
        IdKind::Document => "documents",
        IdKind::Task => "tasks",
        IdKind::Raw => "raw_messages",
        IdKind::Batch => "batches",
        IdKind::Print => "prints",
    }
}

/// Row numbers that go on behind the last rows of an epoch.
pub(super) fn open(connection: &Connection, epoch: i64) -> Stored<Ids> {
    Ids::after_those(|kind| Ok(last_row(connection, epoch, kind)?.unwrap_or(epoch * ROWS_PER_EPOCH)))
}

/// The last row number of an epoch.
pub(super) fn last_row(connection: &Connection, epoch: i64, kind: IdKind) -> Stored<Option<i64>> {
    let first = epoch.saturating_mul(ROWS_PER_EPOCH);
    let end = first.saturating_add(ROWS_PER_EPOCH);
    let sql = format!("SELECT MAX(id) FROM {} WHERE id >= ?1 AND id < ?2", table(kind));
    connection
        .query_row(&sql, params![first, end], |row| row.get(0))
        .map_err(failed("read the last row numbers"))
}

/// What is kept under a name.
fn info(connection: &Connection, step: &'static str, key: &str) -> Stored<Option<Vec<u8>>> {
    connection
        .query_row("SELECT value FROM store_info WHERE key = ?1", [key], |row| row.get(0))
        .optional()
        .map_err(failed(step))
}

/// The store's epoch; a new store begins one.
pub(super) fn epoch(connection: &Connection) -> Stored<i64> {
    let known = info(connection, "read the epoch", EPOCH)?;
    let read = |bytes: Vec<u8>| std::str::from_utf8(&bytes).ok().and_then(|text| text.parse::<i64>().ok());
    match known {
        Some(bytes) => read(bytes).filter(|epoch| (1..=LAST_EPOCH).contains(epoch)).ok_or_else(|| {
            StoreError::Unreadable { what: "epoch", detail: "it is no number from 1 to 999999".into() }
        }),
        None => begin(connection, 1 + rand::Rng::random_range(&mut rand::rng(), 0..FIRST_EPOCHS)),
    }
}

/// Begins a new epoch behind the present one and those that were seen elsewhere: the store was restored, and numbers may have been
/// given that it does not know. What was seen is no news from now on.
pub(super) fn begin_next(connection: &Connection, seen: &[i64]) -> Stored<i64> {
    let own = epoch(connection)?;
    // Numbers of another installation may be far ahead; those of a restoration that this store does not know are not.
    let ahead = seen.iter().copied().filter(|seen| (own..=own + NEAR).contains(seen)).max().unwrap_or(own);
    let next = ahead + rand::Rng::random_range(&mut rand::rng(), 1..=LONGEST_STEP);
    if next > LAST_EPOCH {
        let detail = "all epochs are used up; begin with a new store".to_owned();
        return Err(StoreError::Unreadable { what: "epoch", detail });
    }
    let mut known = known_epochs(connection)?;
    known.push(own);
    known.extend(seen);
    known.sort_unstable();
    known.dedup();
    // Whatever was seen of the new epoch was not given by this store.
    let next = (next..=LAST_EPOCH).find(|epoch| !known.contains(epoch)).unwrap_or(next);
    save_known(connection, &known)?;
    begin_log(connection, next)?;
    begin(connection, next)
}

/// Events of a new epoch have numbers that nobody has read.
fn begin_log(connection: &Connection, epoch: i64) -> Stored<()> {
    let step = "begin the log of an epoch";
    let last = "SELECT MAX(COALESCE((SELECT MAX(seq) FROM events), 0), COALESCE((SELECT MAX(acknowledged) FROM consumers), 0))";
    let mut gaps = log_gaps(connection)?;
    gaps.begin(connection.query_row(last, [], |row| row.get(0)).map_err(failed(step))?, epoch);
    let sql = "INSERT OR REPLACE INTO store_info (key, value) VALUES (?1, ?2)";
    connection.execute(sql, params![GAPS, gaps.bytes()]).map(drop).map_err(failed(step))
}

/// Numbers that no event has.
pub(super) fn log_gaps(connection: &Connection) -> Stored<LogGaps> {
    LogGaps::read(info(connection, "read where its log goes on", GAPS)?)
}

/// Epochs whose numbers are no news.
pub(super) fn known_epochs(connection: &Connection) -> Stored<Vec<i64>> {
    let text = info(connection, "read the known epochs", KNOWN_EPOCHS)?;
    let unreadable =
        |error: serde_json::Error| StoreError::Unreadable { what: "epochs", detail: error.to_string() };
    text.map_or(Ok(Vec::new()), |text| serde_json::from_slice(&text).map_err(unreadable))
}

fn save_known(connection: &Connection, known: &[i64]) -> Stored<()> {
    let text = serde_json::Value::from(known).to_string().into_bytes();
    let sql = "INSERT OR REPLACE INTO store_info (key, value) VALUES (?1, ?2)";
    connection.execute(sql, params![KNOWN_EPOCHS, text]).map(drop).map_err(failed("note the known epochs"))
}

fn begin(connection: &Connection, epoch: i64) -> Stored<i64> {
    let mut known = known_epochs(connection)?;
    known.push(epoch);
    save_known(connection, &known)?;
    let sql = "INSERT OR REPLACE INTO store_info (key, value) VALUES (?1, ?2)";
    connection
        .execute(sql, params![EPOCH, epoch.to_string().into_bytes()])
        .map_err(failed("begin an epoch"))?;
    Ok(epoch)
}

/// The key of hashes by which personal data is looked up; made with the store.
pub(super) fn lookup_key(connection: &Connection) -> Stored<Vec<u8>> {
    let step = "read the key of lookups";
    if let Some(key) = info(connection, step, LOOKUP_KEY)? {
        return Ok(key);
    }
    let key: [u8; 32] = rand::Rng::random(&mut rand::rng());
    connection
        .execute("INSERT INTO store_info (key, value) VALUES (?1, ?2)", params![LOOKUP_KEY, key.as_slice()])
        .map_err(failed(step))?;
    Ok(key.to_vec())
}
