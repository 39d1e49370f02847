//! Statements that write, each prepared once and found by where its text stands. The cache of a connection finds statements by their
//! text, which it hashes and copies at every use: a good part of what a small statement costs.

use std::cell::RefCell;
use std::collections::hash_map::Entry;

use rusqlite::{Connection, Params, PrepFlags, Statement};
use rustc_hash::FxHashMap;

/// Where a text stands, and how long it is: one that is there for ever is no other one later.
type Place = (usize, usize);

/// Statements of one connection.
pub(super) struct Prepared<'c> {
    connection: &'c Connection,
    known: RefCell<FxHashMap<Place, Statement<'c>>>,
}

impl<'c> Prepared<'c> {
    pub(super) fn of(connection: &'c Connection) -> Self {
        Self { connection, known: RefCell::default() }
    }
}

/// Runs statements, whatever the connection's life.
pub(super) trait Run {
    /// Runs a statement once; gives how many rows it changed.
    fn run(
        &self,
        sql: &'static str,
        execute: &mut dyn FnMut(&mut Statement<'_>) -> rusqlite::Result<usize>,
    ) -> rusqlite::Result<usize>;
}

impl Run for Prepared<'_> {
    fn run(
        &self,
        sql: &'static str,
        execute: &mut dyn FnMut(&mut Statement<'_>) -> rusqlite::Result<usize>,
    ) -> rusqlite::Result<usize> {
        let place = (sql.as_ptr().addr(), sql.len());
        let mut known = self.known.borrow_mut();
        let statement = match known.entry(place) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => {
                let made = self.connection.prepare_with_flags(sql, PrepFlags::SQLITE_PREPARE_PERSISTENT);
                free.insert(made?)
            }
        };
        let changed = execute(statement);
        // What was bound may be large.
        statement.clear_bindings();
        changed
    }
}

/// Runs a statement with its parameters.
pub(super) fn execute(run: &dyn Run, sql: &'static str, parameters: impl Params) -> rusqlite::Result<usize> {
    let mut parameters = Some(parameters);
    run.run(sql, &mut |statement| match parameters.take() {
        Some(parameters) => statement.execute(parameters),
        None => Ok(0),
    })
}

#[cfg(test)]
mod tests {
    use rusqlite::params;

    use super::*;

    #[test]
    fn a_statement_is_prepared_once_and_works_after_one_that_failed() {
        let connection = Connection::open_in_memory().expect("memory");
        connection.execute_batch("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)").expect("a table");
        let prepared = Prepared::of(&connection);
        let add = "INSERT INTO t VALUES (?1, ?2)";
        let row = |a: i64, b: &str| execute(&prepared, add, params![a, b]);
        assert_eq!(row(1, "one"), Ok(1));
        assert!(row(1, "one again").is_err());
        assert_eq!(row(2, "two"), Ok(1));
        assert_eq!(execute(&prepared, "UPDATE t SET b = NULL", []), Ok(2));
        assert!(execute(&prepared, "no statement", []).is_err());
        assert_eq!(prepared.known.borrow().len(), 2);
    }
}
