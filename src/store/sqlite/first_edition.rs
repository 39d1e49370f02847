//! Rows of the first edition, in which the claim belonged to an inquiry. They are taken over into cases, chains and
//! ledgers, by the rules of this edition and through its writers.

mod cases;
mod certificates;
mod claims;
mod measures;
mod orders;

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::Connection;

use super::failed;
use super::query::Rows;
use super::rows::unreadable;
use crate::domain::{ChainId, InquiryId, PartyId};
use crate::store::ids::Ids;
use crate::store::{StoreError, Stored};

/// Place of the migration since which rows of the first edition wait to be taken over.
pub(super) const MIGRATION: usize = 8;

/// Where an inquiry belongs now.
#[derive(Debug, Clone)]
struct Place {
    chain: ChainId,
    case_number: String,
    /// Which parties of the chain its parties are.
    debtors: Vec<PartyId>,
}

/// Where every inquiry belongs now.
type Places = HashMap<InquiryId, Place>;

/// Takes the rows over. What cannot be read ends it: then the file stays as it was.
pub(super) fn take_over(connection: &Connection) -> Stored<()> {
    // The first edition knew no epochs: what is numbered here belongs to epoch 0, as its orders do.
    let ids = Ids::after(|_| 0);
    let mut rows = Rows {
        prepared: None,
        recent: None,
        connection,
        touched: None,
        ids: &ids,
        key: &[],
        guard: None,
        log_begins: 0,
        has_written: false,
        failed: None,
    };
    let now = latest(&rows)?;
    let (places, chains) = cases::take_over(&mut rows)?;
    orders::take_over(&rows)?;
    measures::take_over(&mut rows, &places, now)?;
    claims::take_over(&mut rows, chains, now)?;
    certificates::take_over(&mut rows)?;
    orders::ask_about_open_ends(&mut rows, &places, now)?;
    connection
        .execute_batch("DROP TABLE old_measures; DROP TABLE submissions")
        .map_err(failed("take the rows of the first edition over"))
}

/// The latest instant that the store knows: what is made here was made then.
fn latest(rows: &Rows<'_>) -> Stored<Timestamp> {
    let sql = "SELECT MAX(COALESCE((SELECT MAX(at) FROM events), 0), COALESCE((SELECT MAX(created) FROM inquiries), 0))";
    let last = rows.one(sql, [], |row| super::rows::instant(row, 0))?;
    last.ok_or(StoreError::Missing("the latest instant"))
}

/// An error that says which row of the first edition cannot be read.
fn unreadable_row(what: &'static str, row: i64, error: &dyn std::fmt::Display) -> StoreError {
    unreadable(what, &format!("row {row} of the earlier version: {error}; the store was left as it was"))
}
