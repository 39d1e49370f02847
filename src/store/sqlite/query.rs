//! Queries: a connection within a transaction, and conditions that are put together from what is asked for.

use std::hash::Hash;

use rusqlite::types::ToSql;
use rusqlite::{Connection, Params, Row};

use super::failed;
use super::guard::Guard;
use super::prepared::Run;
use super::recent::{Recent, RecentRows};
use super::touched::Touched;
use crate::store::ids::Ids;
use crate::store::{StoreError, Stored};

/// Rows that cannot be read and are passed over in one page of a list.
const MOST_PASSED_OVER: usize = 1_000;

/// A connection within a transaction; with `touched` it may write.
pub(super) struct Rows<'a> {
    pub(super) connection: &'a Connection,
    /// Statements that write; readers and those who take a store over have none.
    pub(super) prepared: Option<&'a dyn Run>,
    pub(super) touched: Option<&'a mut Touched>,
    /// What the writer read lately; readers have none.
    pub(super) recent: Option<&'a mut Recent>,
    pub(super) ids: &'a Ids,
    /// Key of hashes of personal data.
    pub(super) key: &'a [u8],
    /// Who is told of rows that cannot be read; nobody while a store is taken over.
    pub(super) guard: Option<&'a Guard>,
    /// The number behind which events are numbered.
    pub(super) log_begins: i64,
    /// Whether this job wrote something.
    pub(super) has_written: bool,
    /// The first write that failed: the job fails with it, whatever it makes of it.
    pub(super) failed: Option<StoreError>,
}

impl Rows<'_> {
    pub(super) fn all<T>(
        &self,
        sql: &str,
        parameters: impl Params,
        mut read: impl FnMut(&Row<'_>) -> Stored<T>,
    ) -> Stored<Vec<T>> {
        let mut statement = self.connection.prepare_cached(sql).map_err(failed("prepare a query"))?;
        let mut rows = statement.query(parameters).map_err(failed("query"))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(failed("query"))? {
            found.push(read(row)?);
        }
        Ok(found)
    }

    /// Rows in their order until `enough` says so of what was found. One that cannot be read is passed over and told, so that it
    /// blocks no other.
    pub(super) fn readable<T>(
        &self,
        sql: &str,
        parameters: impl Params,
        mut read: impl FnMut(&Row<'_>) -> Stored<Option<T>>,
        enough: impl Fn(&[T]) -> bool,
    ) -> Stored<Vec<T>> {
        let mut statement = self.connection.prepare_cached(sql).map_err(failed("prepare a query"))?;
        let mut rows = statement.query(parameters).map_err(failed("query"))?;
        let mut found = Vec::new();
        while !enough(&found) {
            let Some(row) = rows.next().map_err(failed("query"))? else { break };
            match read(row) {
                Ok(value) => found.extend(value),
                Err(error) if error.is_about_a_row() => {
                    let id: i64 = row.get("id").or_else(|_| row.get(0)).unwrap_or_default();
                    tracing::error!(row = id, %error, "a row that cannot be read is passed over");
                    self.pass_over(&error);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    /// A row that was read lately, or else as it is read now.
    pub(super) fn known<K: Copy + Eq + Hash, T: Clone>(
        &mut self,
        of: impl Fn(&mut Recent) -> &mut RecentRows<K, T>,
        id: K,
        read: impl FnOnce(&mut Self) -> Stored<Option<T>>,
    ) -> Stored<Option<T>> {
        if let Some(known) = self.recent.as_deref_mut().and_then(|recent| of(recent).get(&id).cloned()) {
            return Ok(Some(known));
        }
        let found = read(self)?;
        if let (Some(recent), Some(found)) = (self.recent.as_deref_mut(), &found) {
            of(recent).insert(id, found.clone());
        }
        Ok(found)
    }

    /// A row could not be read and is passed over.
    pub(super) fn pass_over(&self, error: &StoreError) {
        if let Some(guard) = self.guard {
            guard.pass_over(error);
        }
    }

    pub(super) fn one<T>(
        &self,
        sql: &str,
        parameters: impl Params,
        read: impl FnOnce(&Row<'_>) -> Stored<T>,
    ) -> Stored<Option<T>> {
        let mut statement = self.connection.prepare_cached(sql).map_err(failed("prepare a query"))?;
        let mut rows = statement.query(parameters).map_err(failed("query"))?;
        rows.next().map_err(failed("query"))?.map(read).transpose()
    }

    /// Rows of a list that people read. One that cannot be read is passed over and told; others come in its place, so that a page is
    /// no shorter and does not look like the last.
    pub(super) fn filtered<T>(
        &self,
        filter: Filter<'_>,
        mut read: impl FnMut(&Row<'_>) -> Stored<T>,
    ) -> Stored<Vec<T>> {
        let (sql, limit) = (filter.sql(), filter.limit);
        let values: Vec<&dyn ToSql> = filter.values.iter().map(|value| &**value).collect();
        self.readable(&sql, values.as_slice(), |row| read(row).map(Some), |found| found.len() >= limit)
    }

    /// The row at a place of a list, from 1.
    pub(super) fn nth<T>(
        &self,
        filter: Filter<'_>,
        place: usize,
        read: impl FnOnce(&Row<'_>) -> Stored<T>,
    ) -> Stored<Option<T>> {
        let sql = format!("{} LIMIT 1 OFFSET {}", filter.ordered(), limit_of(place.saturating_sub(1)));
        let values: Vec<&dyn ToSql> = filter.values.iter().map(|value| &**value).collect();
        self.one(&sql, values.as_slice(), read)
    }
}

pub(super) fn limit_of(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// A query whose conditions are put together from what is asked for.
pub(super) struct Filter<'v> {
    select: &'static str,
    pub(super) conditions: Vec<String>,
    values: Vec<Box<dyn ToSql + 'v>>,
    order: &'static str,
    limit: usize,
}

impl<'v> Filter<'v> {
    pub(super) fn new(select: &'static str, order: &'static str, limit: usize) -> Self {
        Self { select, conditions: Vec::new(), values: Vec::new(), order, limit }
    }

    /// A condition with one place `?` for its value, where there is one.
    pub(super) fn given<V: ToSql + 'v>(mut self, condition: &str, value: Option<V>) -> Self {
        if let Some(value) = value {
            self.values.push(Box::new(value));
            self.conditions.push(condition.replace('?', &format!("?{}", self.values.len())));
        }
        self
    }

    /// A column that is at least the one value and at most, or below, the other, where there are both; `condition` has a place `?`
    /// for each.
    pub(super) fn between<V: ToSql + 'v>(mut self, condition: &str, values: Option<(V, V)>) -> Self {
        if let (Some((from, until)), Some((head, tail))) = (values, condition.split_once('?')) {
            self.values.push(Box::new(from));
            let head = format!("{head}?{}", self.values.len());
            self.values.push(Box::new(until));
            self.conditions.push(format!("{head}{}", tail.replace('?', &format!("?{}", self.values.len()))));
        }
        self
    }

    fn sql(&self) -> String {
        format!("{} LIMIT {}", self.ordered(), limit_of(self.limit.saturating_add(MOST_PASSED_OVER)))
    }

    #[cfg(test)]
    pub(super) fn explained(&self, connection: &Connection) -> Vec<String> {
        let mut statement =
            connection.prepare(&format!("EXPLAIN QUERY PLAN {}", self.sql())).expect("a query");
        let values: Vec<&dyn ToSql> = self.values.iter().map(|value| &**value).collect();
        let steps = statement.query_map(values.as_slice(), |row| row.get("detail")).expect("a plan");
        steps.collect::<Result<_, _>>().expect("steps")
    }

    fn ordered(&self) -> String {
        let conditions = match self.conditions.is_empty() {
            true => String::new(),
            false => format!(" WHERE {}", self.conditions.join(" AND ")),
        };
        format!("{}{conditions} ORDER BY {}", self.select, self.order)
    }
}
