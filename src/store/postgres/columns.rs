//! Values, rows of them, and rows as columns: how many rows go to the server as one statement.

use tokio_postgres::types::ToSql;

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
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Text(Some(text)) => text.len(),
            Self::Bytes(Some(bytes)) => bytes.len(),
            _ => 8,
        }
    }
}

/// A row by the values of its columns.
macro_rules! row {
    ($($value:expr),* $(,)?) => { vec![$($crate::store::postgres::columns::Value::from($value)),*] };
}
pub(super) use row;

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
