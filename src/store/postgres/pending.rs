//! What a group of jobs has written and the database has not seen yet: rows by table, so that each table is one statement
//! whatever the number of rows.

use std::collections::HashMap;

use super::columns::{Column, Value, columns};
use super::events::{Waiting, last_of};
use super::link::{Link, Sent};
use super::tables::{Form, TABLES, Table, name};
use crate::domain::EventDraft;
use crate::store::{StoreError, Stored};

/// From so many bytes on the rows are sent.
const MOST_BYTES: usize = 16 << 20;

/// By what a row is found again, where a later change of the same group takes its place.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// A row number.
    Id(i64),
    /// A lane and a day.
    Day(String, String),
    /// A digest.
    Digest(Vec<u8>),
    /// A lane and a span of message numbers.
    Span(String, i64),
}

/// Rows for one table.
#[derive(Debug, Default)]
struct Rows {
    rows: Vec<Vec<Value>>,
    places: HashMap<Key, usize>,
}

/// Rows by table.
#[derive(Debug)]
pub(super) struct Pending {
    tables: Vec<Rows>,
    bytes: usize,
}

impl Default for Pending {
    fn default() -> Self {
        Self { tables: TABLES.iter().map(|_| Rows::default()).collect(), bytes: 0 }
    }
}

impl Pending {
    /// Adds a row.
    pub(super) fn add(&mut self, table: Table, row: Vec<Value>) {
        self.bytes += row.iter().map(Value::bytes).sum::<usize>();
        if let Some(rows) = self.tables.get_mut(table as usize) {
            rows.rows.push(row);
        }
    }

    /// The row that waits under a key.
    pub(super) fn of(&mut self, table: Table, key: &Key) -> Option<&mut Vec<Value>> {
        let rows = self.tables.get_mut(table as usize)?;
        let place = rows.places.get(key)?;
        rows.rows.get_mut(*place)
    }

    /// Puts a row under a key, in the place of one that waits there.
    pub(super) fn put(&mut self, table: Table, key: Key, row: Vec<Value>) {
        if let Some(waiting) = self.of(table, &key) {
            *waiting = row;
            return;
        }
        if let Some(rows) = self.tables.get_mut(table as usize) {
            rows.places.insert(key, rows.rows.len());
        }
        self.add(table, row);
    }

    /// Whether something waits for a table that a statement names. One that names it otherwise is taken for one that reads it.
    pub(super) fn concerns(&self, sql: &str) -> bool {
        let waiting = self.tables.iter().enumerate().filter(|(_, rows)| !rows.rows.is_empty());
        waiting.map(|(at, _)| name(at)).any(|name| sql.contains(name))
    }

    /// Whether so much waits that it should be sent.
    pub(super) const fn is_much(&self) -> bool {
        self.bytes >= MOST_BYTES
    }

    /// Sends everything that waits, in the order of the tables, and `events` behind it: a statement a table, all in one round trip.
    /// Gives the number of the last event, where there is one.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where a row that must be there is not, and those of the database.
    pub(super) fn flush(&mut self, link: &mut Link, events: Vec<EventDraft>) -> Stored<Option<i64>> {
        self.bytes = 0;
        let mut all: Vec<(Vec<Column>, &'static [String], &Form, u64)> = Vec::new();
        for (rows, table) in self.tables.iter_mut().zip(TABLES.iter()) {
            if rows.rows.is_empty() {
                continue;
            }
            let rows = std::mem::take(rows).rows;
            let count = u64::try_from(rows.len()).unwrap_or(u64::MAX);
            all.push((columns(rows), &table.statements, &table.form, count));
        }
        let events = Waiting::of(events);
        let (mut sent, mut expected) = (Vec::new(), Vec::new());
        for (columns, statements, form, count) in &all {
            for statement in *statements {
                let statement = link.prepare(statement)?;
                sent.push(Sent { statement, parameters: columns.iter().map(Column::parameter).collect() });
                expected.push(form.counted().map(|what| (what, *count)));
            }
        }
        let events = events.as_ref().map(|events| events.sent(link)).transpose()?;
        let (changed, found) = link.execute_all(&sent, events.as_ref())?;
        for (changed, expected) in changed.into_iter().zip(expected) {
            if let Some((what, _)) = expected.filter(|(_, count)| *count != changed) {
                return Err(StoreError::Conflict(what));
            }
        }
        found.map(|found| last_of(&found)).transpose()
    }
}
