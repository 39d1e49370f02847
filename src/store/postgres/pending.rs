//! What a group of jobs has written and the database has not seen yet: rows by table, so that each table is one statement
//! whatever the number of rows.

use std::collections::HashMap;

use tokio_postgres::types::ToSql;

use super::link::{Link, Sent};
use super::tables::{Form, TABLES, Table, name};
use crate::store::{StoreError, Stored};

/// From so many bytes on the rows are sent.
const MOST_BYTES: usize = 16 << 20;

/// A value of a row.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// A number.
    Number(Option<i64>),
    /// A text.
    Text(Option<String>),
    /// Bytes.
    Bytes(Option<Vec<u8>>),
    /// Yes or no.
    Flag(bool),
}

macro_rules! values {
    ($($type:ty as $value:ident => $variant:ident($made:expr);)*) => {$(
        impl From<$type> for Value {
            fn from($value: $type) -> Self {
                Self::$variant($made)
            }
        }
    )*};
}

values! {
    i64 as value => Number(Some(value));
    Option<i64> as value => Number(value);
    u32 as value => Number(Some(value.into()));
    Option<u32> as value => Number(value.map(i64::from));
    bool as value => Flag(value);
    &str as value => Text(Some(text(value)));
    &String as value => Text(Some(text(value)));
    String as value => Text(Some(text(&value)));
    Option<String> as value => Text(value.as_deref().map(text));
    &Option<String> as value => Text(value.as_deref().map(text));
    Option<&str> as value => Text(value.map(text));
    &[u8] as value => Bytes(Some(value.to_vec()));
    Vec<u8> as value => Bytes(Some(value));
    Option<Vec<u8>> as value => Bytes(value);
    Option<&[u8]> as value => Bytes(value.map(<[u8]>::to_vec));
}

/// A text as the database can keep it: it has no place for a character of number 0.
pub(super) fn text(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

impl Value {
    fn bytes(&self) -> usize {
        match self {
            Self::Text(Some(text)) => text.len(),
            Self::Bytes(Some(bytes)) => bytes.len(),
            _ => 8,
        }
    }
}

/// A row by the values of its columns.
macro_rules! row {
    ($($value:expr),* $(,)?) => { vec![$($crate::store::postgres::pending::Value::from($value)),*] };
}
pub(super) use row;

/// By what a row is found again, where a later change of the same group takes its place.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// A row number.
    Id(i64),
    /// A lane and a day.
    Day(String, String),
    /// A digest.
    Digest(Vec<u8>),
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

    /// Sends everything that waits, in the order of the tables: a statement a table, all in one round trip.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where a row that must be there is not, and those of the database.
    pub(super) fn flush(&mut self, link: &mut Link) -> Stored<()> {
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
        let (mut sent, mut expected) = (Vec::new(), Vec::new());
        for (columns, statements, form, count) in &all {
            for statement in *statements {
                let statement = link.prepare(statement)?;
                sent.push(Sent { statement, parameters: columns.iter().map(Column::parameter).collect() });
                expected.push(form.counted().map(|what| (what, *count)));
            }
        }
        for (changed, expected) in link.execute_all(&sent)?.into_iter().zip(expected) {
            if let Some((what, _)) = expected.filter(|(_, count)| *count != changed) {
                return Err(StoreError::Conflict(what));
            }
        }
        Ok(())
    }
}

/// A column of many rows.
#[derive(Debug)]
pub(super) enum Column {
    Number(Vec<Option<i64>>),
    Text(Vec<Option<String>>),
    Bytes(Vec<Option<Vec<u8>>>),
    Flag(Vec<bool>),
}

impl Column {
    pub(super) fn parameter(&self) -> &(dyn ToSql + Sync) {
        match self {
            Self::Number(all) => all,
            Self::Text(all) => all,
            Self::Bytes(all) => all,
            Self::Flag(all) => all,
        }
    }

    fn of(value: Value, rows: usize) -> Self {
        fn first<T>(value: T, rows: usize) -> Vec<T> {
            let mut all = Vec::with_capacity(rows);
            all.push(value);
            all
        }
        match value {
            Value::Number(value) => Self::Number(first(value, rows)),
            Value::Text(value) => Self::Text(first(value, rows)),
            Value::Bytes(value) => Self::Bytes(first(value, rows)),
            Value::Flag(value) => Self::Flag(first(value, rows)),
        }
    }

    fn push(&mut self, value: Value) {
        match (self, value) {
            (Self::Number(all), Value::Number(value)) => all.push(value),
            (Self::Text(all), Value::Text(value)) => all.push(value),
            (Self::Bytes(all), Value::Bytes(value)) => all.push(value),
            (Self::Flag(all), Value::Flag(value)) => all.push(value),
            // Every row of a table is made in one place: its columns have one type.
            _ => debug_assert!(false, "a column has one type"),
        }
    }
}

/// Rows as columns.
pub(super) fn columns(rows: Vec<Vec<Value>>) -> Vec<Column> {
    let count = rows.len();
    let mut rows = rows.into_iter();
    let first = rows.next().unwrap_or_default();
    let mut columns: Vec<Column> = first.into_iter().map(|value| Column::of(value, count)).collect();
    for row in rows {
        for (column, value) in columns.iter_mut().zip(row) {
            column.push(value);
        }
    }
    columns
}
