//! Row numbers and where they go on, the epoch in front of them, the key of keyed hashes, and other values that the store
//! keeps under a name.

use super::blocks::{Blocks, word};
use super::events;
use super::link::Link;
use super::rows::{get, unreadable};
use crate::domain::{IdKind, ROWS_PER_EPOCH};
use crate::store::ahead::NEAR;
use crate::store::log_gaps::{GAPS, LogGaps};
use crate::store::marks::{BACKUP, MOVED, Standing};
use crate::store::{StoreError, Stored};

/// Epochs have six digits in a request number.
const LAST_EPOCH: i64 = 999_999;
/// A new store begins below this, so that restorations have room behind it.
const FIRST_EPOCHS: i64 = 500_000;
/// A restoration begins its epoch at most this far behind the one before.
const LONGEST_STEP: i64 = 100;

pub(super) const EPOCH: &str = "epoch";
const KNOWN_EPOCHS: &str = "known_epochs";
pub(super) const LOOKUP_KEY: &str = "lookup_key";

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
pub(super) fn open(link: &mut Link, epoch: i64) -> Stored<Blocks> {
    let mut last = Vec::new();
    for kind in IdKind::ALL {
        last.push((kind, last_row(link, epoch, kind)?.unwrap_or(epoch * ROWS_PER_EPOCH)));
    }
    let new = "INSERT INTO row_numbers (kind, next) SELECT $1, 0 WHERE NOT EXISTS (SELECT 1 FROM row_numbers WHERE kind = $1)";
    for kind in IdKind::ALL {
        link.execute(new, &[&word(kind)])?;
    }
    Ok(Blocks::behind(&last))
}

/// The last row number of an epoch.
pub(super) fn last_row(link: &mut Link, epoch: i64, kind: IdKind) -> Stored<Option<i64>> {
    let first = epoch.saturating_mul(ROWS_PER_EPOCH);
    let end = first.saturating_add(ROWS_PER_EPOCH);
    let sql = format!("SELECT MAX(id) FROM {} WHERE id >= $1 AND id < $2", table(kind));
    let found = link.query(&sql, &[&first, &end])?;
    found.first().map_or(Ok(None), |row| get(row, 0))
}

/// What is kept under a name.
pub(super) fn info(link: &mut Link, key: &str) -> Stored<Option<Vec<u8>>> {
    let found = link.query("SELECT value FROM store_info WHERE key = $1", &[&key])?;
    found.first().map(|row| get(row, 0)).transpose()
}

/// Refuses a store that is not in charge; takes the mark off one that somebody said is restored.
pub(super) fn admit(link: &mut Link, is_restored: bool) -> Stored<()> {
    Standing::by(|key| info(link, key))?.admit(is_restored)?;
    if is_restored {
        remove_info(link, BACKUP)?;
        remove_info(link, MOVED)?;
    }
    Ok(())
}

pub(super) fn remove_info(link: &mut Link, key: &str) -> Stored<()> {
    link.execute("DELETE FROM store_info WHERE key = $1", &[&key]).map(drop)
}

pub(super) fn set_info(link: &mut Link, key: &str, value: &[u8]) -> Stored<()> {
    if link.execute("UPDATE store_info SET value = $2 WHERE key = $1", &[&key, &value])? == 0 {
        link.execute("INSERT INTO store_info (key, value) VALUES ($1, $2)", &[&key, &value])?;
    }
    Ok(())
}

/// The store's epoch; a new store begins one.
pub(super) fn epoch(link: &mut Link) -> Stored<i64> {
    let read = |bytes: Vec<u8>| std::str::from_utf8(&bytes).ok().and_then(|text| text.parse::<i64>().ok());
    match info(link, EPOCH)? {
        Some(bytes) => read(bytes)
            .filter(|epoch| (1..=LAST_EPOCH).contains(epoch))
            .ok_or_else(|| unreadable("epoch", &"it is no number from 1 to 999999")),
        None => begin(link, 1 + rand::Rng::random_range(&mut rand::rng(), 0..FIRST_EPOCHS)),
    }
}

/// Begins a new epoch behind the present one and those that were seen elsewhere: the store was restored, and numbers may have been
/// given that it does not know. What was seen is no news from now on.
pub(super) fn begin_next(link: &mut Link, seen: &[i64]) -> Stored<i64> {
    let own = epoch(link)?;
    // Numbers of another installation may be far ahead; those of a restoration that this store does not know are not.
    let ahead = seen.iter().copied().filter(|seen| (own..=own + NEAR).contains(seen)).max().unwrap_or(own);
    let next = ahead + rand::Rng::random_range(&mut rand::rng(), 1..=LONGEST_STEP);
    if next > LAST_EPOCH {
        let detail = "all epochs are used up; begin with a new store".to_owned();
        return Err(StoreError::Unreadable { what: "epoch", detail });
    }
    let mut known = known_epochs(link)?;
    known.push(own);
    known.extend(seen);
    known.sort_unstable();
    known.dedup();
    // Whatever was seen of the new epoch was not given by this store.
    let next = (next..=LAST_EPOCH).find(|epoch| !known.contains(epoch)).unwrap_or(next);
    save_known(link, &known)?;
    begin_log(link, next)?;
    begin(link, next)
}

/// Events of a new epoch have numbers that nobody has read.
fn begin_log(link: &mut Link, epoch: i64) -> Stored<()> {
    let mut gaps = log_gaps(link)?;
    gaps.begin(events::last(link)?, epoch);
    set_info(link, GAPS, &gaps.bytes())?;
    link.execute("UPDATE event_head SET seq = $1", &[&gaps.end()]).map(drop)
}

/// The end of the log, and the numbers that no event has.
pub(super) fn log(link: &mut Link) -> Stored<(i64, LogGaps)> {
    Ok((events::last(link)?, log_gaps(link)?))
}

/// Numbers that no event has.
pub(super) fn log_gaps(link: &mut Link) -> Stored<LogGaps> {
    LogGaps::read(info(link, GAPS)?)
}

/// Epochs whose numbers are no news.
pub(super) fn known_epochs(link: &mut Link) -> Stored<Vec<i64>> {
    let known = info(link, KNOWN_EPOCHS)?;
    known.map_or(Ok(Vec::new()), |text| {
        serde_json::from_slice(&text).map_err(|error| unreadable("epochs", &error))
    })
}

fn save_known(link: &mut Link, known: &[i64]) -> Stored<()> {
    set_info(link, KNOWN_EPOCHS, serde_json::Value::from(known).to_string().as_bytes())
}

fn begin(link: &mut Link, epoch: i64) -> Stored<i64> {
    let mut known = known_epochs(link)?;
    known.push(epoch);
    save_known(link, &known)?;
    set_info(link, EPOCH, epoch.to_string().as_bytes())?;
    Ok(epoch)
}

/// The key of hashes by which personal data is looked up; made with the store.
pub(super) fn lookup_key(link: &mut Link) -> Stored<Vec<u8>> {
    if let Some(key) = info(link, LOOKUP_KEY)? {
        return Ok(key);
    }
    let key: [u8; 32] = rand::Rng::random(&mut rand::rng());
    set_info(link, LOOKUP_KEY, &key)?;
    Ok(key.to_vec())
}
