//! Copies of whole stores between stores of any kind, row by row, and the proof that nothing changed on the way: every table has the
//! same number of rows, and the same digest over its rows in one form. What the tables are is read from the stores themselves, so that
//! a table that only one of them has is an error and never left behind.

use sha2::{Digest as _, Sha256};

use super::look::SCHEMA;
use super::marks::MARKS;
use super::{StoreError, Stored};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Yes or no; 0 and 1 where a store has no such thing.
    Flag,
    /// A whole number.
    Number,
    /// Text in UTF-8.
    Text,
    /// Bytes.
    Bytes,
}

impl Kind {
    /// Whether values of the one can stand in the other.
    const fn fits(self, other: Self) -> bool {
        matches!(
            (self, other),
            (Self::Flag | Self::Number, Self::Flag | Self::Number)
                | (Self::Text, Self::Text)
                | (Self::Bytes, Self::Bytes)
        )
    }
}

/// A value in the form of every store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `NULL`.
    Nothing,
    /// A number, or a flag as 0 or 1.
    Number(i64),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl Value {
    const fn size(&self) -> usize {
        match self {
            Self::Nothing => 1,
            Self::Number(_) => 9,
            Self::Text(text) => 9 + text.len(),
            Self::Bytes(bytes) => 9 + bytes.len(),
        }
    }

    fn add_to(&self, digest: &mut Sha256) {
        let long = |digest: &mut Sha256, kind: u8, bytes: &[u8]| {
            digest.update([kind]);
            digest.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
            digest.update(bytes);
        };
        match self {
            Self::Nothing => digest.update([0]),
            Self::Number(number) => {
                digest.update([1]);
                digest.update(number.to_be_bytes());
            }
            Self::Text(text) => long(digest, 2, text.as_bytes()),
            Self::Bytes(bytes) => long(digest, 3, bytes),
        }
    }
}

/// A row; values in the order of the table's columns.
pub type Row = Vec<Value>;

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
}

/// A table of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Name.
    pub name: String,
    /// Columns by name.
    pub columns: Vec<Column>,
    /// Columns of the primary key, in its order.
    pub key: Vec<String>,
}

/// A store as a copy sees it.
pub trait Side {
    /// Where it is, for operations.
    fn place(&self) -> String;
    /// Its tables by name, but those that only its own kind of store has.
    ///
    /// # Errors
    /// When it cannot be read, or a column holds what a copy cannot carry.
    fn tables(&mut self) -> Stored<Vec<Table>>;
    /// Reads the rows of a table in the order of its key, texts by their bytes.
    ///
    /// # Errors
    /// When it cannot be read; those of `each`.
    fn read(&mut self, table: &Table, each: &mut dyn FnMut(Row) -> Stored<()>) -> Stored<()>;
    /// Begins to fill a store: what it holds is gone, but for the mark of a move that arrives. All of it counts from
    /// [`Side::end_filling`] on; a store that is dropped before is as it was.
    ///
    /// # Errors
    /// When it cannot be written.
    fn begin_filling(&mut self) -> Stored<()>;
    /// Adds rows to a table.
    ///
    /// # Errors
    /// When they cannot be written.
    fn write(&mut self, table: &Table, rows: Vec<Row>) -> Stored<()>;
    /// Ends the filling: counters go on behind what was written, references are checked, all of it is durable.
    ///
    /// # Errors
    /// When a row names another that is not there, or it cannot be written.
    fn end_filling(&mut self) -> Stored<()>;
    /// What is kept under a name.
    ///
    /// # Errors
    /// When it cannot be read.
    fn info(&mut self, key: &str) -> Stored<Option<Vec<u8>>>;
    /// Keeps a value under a name, or forgets it; durable afterwards.
    ///
    /// # Errors
    /// When it cannot be written.
    fn set_info(&mut self, key: &str, value: Option<&[u8]>) -> Stored<()>;
}

/// Rows and digest of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sum {
    /// How many rows it has.
    pub rows: u64,
    /// SHA-256 over its rows in the order of its key.
    pub sha256: [u8; 32],
}

/// Most rows, and bytes, that are written at once.
const ROWS_AT_ONCE: usize = 1000;
const BYTES_AT_ONCE: usize = 4 << 20;
/// The table in which marks stand.
const INFO: &str = "store_info";

/// Pairs of the same table in two stores.
///
/// # Errors
/// Where the stores do not have the same tables with the same columns and keys.
pub fn pairs(from: &mut dyn Side, to: &mut dyn Side) -> Stored<Vec<(Table, Table)>> {
    let (theirs, mut ours) = (from.tables()?, to.tables()?);
    let mut pairs = Vec::with_capacity(theirs.len());
    for table in theirs {
        let Some(at) = ours.iter().position(|other| other.name == table.name) else {
            return differ(format!("the table {} is in one of the two stores only", table.name));
        };
        let other = ours.swap_remove(at);
        let same = table.columns.len() == other.columns.len()
            && table.key == other.key
            && table
                .columns
                .iter()
                .zip(&other.columns)
                .all(|(one, two)| one.name == two.name && one.kind.fits(two.kind));
        if !same || table.key.is_empty() {
            return differ(format!(
                "the table {} has other columns or another key in one of them",
                table.name
            ));
        }
        pairs.push((table, other));
    }
    match ours.first() {
        Some(left) => differ(format!("the table {} is in one of the two stores only", left.name)),
        None => Ok(pairs),
    }
}

fn differ<T>(detail: String) -> Stored<T> {
    Err(StoreError::Unreadable { what: SCHEMA, detail })
}

/// Reads a table; marks, which belong to a store and not to what it holds, are passed over.
///
/// # Errors
/// When it cannot be read; those of `each`.
pub fn sum(side: &mut dyn Side, table: &Table, each: &mut dyn FnMut(Row) -> Stored<()>) -> Stored<Sum> {
    let key = (table.name == INFO).then(|| table.columns.iter().position(|column| column.name == "key"));
    let is_mark = |row: &Row| match key.flatten().and_then(|at| row.get(at)) {
        Some(Value::Text(name)) => MARKS.contains(&name.as_str()),
        _ => false,
    };
    let (mut rows, mut digest) = (0, Sha256::new());
    side.read(table, &mut |row| {
        if is_mark(&row) {
            return Ok(());
        }
        rows += 1;
        row.iter().for_each(|value| value.add_to(&mut digest));
        each(row)
    })?;
    Ok(Sum { rows, sha256: digest.finalize().into() })
}

/// Copies every table into a store, in place of what it holds, all at once; with a mark that it has from then on. `go_on` is asked
/// before each portion: an error ends the copy, of which nothing is left then. Gives what was read.
///
/// # Errors
/// When one of the stores cannot be read or written, or they do not have the same tables.
pub fn fill(
    from: &mut dyn Side,
    to: &mut dyn Side,
    mark: Option<(&str, &[u8])>,
    go_on: &dyn Fn() -> Stored<()>,
) -> Stored<Vec<(String, Sum)>> {
    let pairs = pairs(from, to)?;
    to.begin_filling()?;
    if let (Some(mark), Some((_, info))) = (mark, pairs.iter().find(|(table, _)| table.name == INFO)) {
        to.write(info, vec![marked(info, mark)])?;
    }
    let mut sums = Vec::with_capacity(pairs.len());
    for (theirs, ours) in &pairs {
        let (mut rows, mut bytes) = (Vec::new(), 0);
        let read = sum(from, theirs, &mut |row| {
            bytes += row.iter().map(Value::size).sum::<usize>();
            rows.push(row);
            if rows.len() < ROWS_AT_ONCE && bytes < BYTES_AT_ONCE {
                return Ok(());
            }
            go_on()?;
            bytes = 0;
            to.write(ours, std::mem::take(&mut rows))
        })?;
        go_on()?;
        if !rows.is_empty() {
            to.write(ours, rows)?;
        }
        sums.push((ours.name.clone(), read));
    }
    to.end_filling()?;
    Ok(sums)
}

/// A mark as a row.
fn marked(info: &Table, (key, value): (&str, &[u8])) -> Row {
    let cell = |column: &Column| match column.name.as_str() {
        "key" => Value::Text(key.to_owned()),
        _ => Value::Bytes(value.to_vec()),
    };
    info.columns.iter().map(cell).collect()
}

/// Reads a copy back and compares it with what was read where it was made.
///
/// # Errors
/// When a table is not the same, or cannot be read.
pub fn compare(copy: &mut dyn Side, sums: &[(String, Sum)], go_on: &dyn Fn() -> Stored<()>) -> Stored<()> {
    let tables = copy.tables()?;
    for (name, expected) in sums {
        let Some(table) = tables.iter().find(|table| table.name == *name) else {
            return differ(format!("the copy lacks the table {name}"));
        };
        let mut count = 0_usize;
        let found = sum(copy, table, &mut |_| {
            count += 1;
            if count.is_multiple_of(ROWS_AT_ONCE) { go_on() } else { Ok(()) }
        })?;
        if found != *expected {
            let detail = format!(
                "the table {name} is another one in the copy: {} rows with digest {}, and {} rows with digest {} where it was read",
                found.rows,
                hex::encode(found.sha256),
                expected.rows,
                hex::encode(expected.sha256)
            );
            return Err(StoreError::Unreadable { what: "copy", detail });
        }
    }
    Ok(())
}
