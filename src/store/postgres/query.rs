//! The store as a job sees it: what waits is sent before anything is read, so that reads see what was written; and
//! conditions that are put together from what is asked for.

use std::collections::{HashMap, HashSet};

use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::link::{Link, Parameters, ends_transaction};
use super::overlay::Overlay;
use super::pending::Pending;
use super::shared::{Shared, Touched};
use crate::domain::{ChainId, EventDraft};
use crate::store::{StoreError, Stored};

/// What nobody else changes before the transaction ends, or before the savepoint is taken back behind which it was locked.
#[derive(Debug, Clone, Default)]
pub(super) struct Held {
    /// Chains.
    pub(super) chains: HashSet<ChainId>,
    /// Epochs of this process's leases; `None` where it has one no more.
    pub(super) leases: HashMap<String, Option<i64>>,
    /// Whether persons, their sessions and keys.
    pub(super) people: bool,
}

/// What a writing transaction has at hand.
#[derive(Debug, Default)]
pub(super) struct Work {
    pub(super) pending: Pending,
    pub(super) events: Vec<EventDraft>,
    pub(super) overlay: Overlay,
    pub(super) touched: Touched,
    pub(super) held: Held,
    /// What the database said: nothing more can be done in this transaction.
    pub(super) broken: Option<StoreError>,
}

impl Work {
    /// Whether numbers of rows ran out, so that the same again finds more.
    pub(super) fn is_short(&self, shared: &Shared) -> bool {
        shared.ids.check().is_err()
    }
}

/// A connection within a transaction; with `work` it may write.
pub(super) struct View<'a> {
    pub(super) link: &'a mut Link,
    pub(super) shared: &'a Shared,
    pub(super) work: Option<&'a mut Work>,
    /// Whether this job wrote something.
    pub(super) has_written: bool,
    /// The first write that failed: the job fails with it, whatever it makes of it.
    pub(super) failed: Option<StoreError>,
}

/// Parameters of a statement.
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$(&$value as &(dyn tokio_postgres::types::ToSql + Sync)),*] };
}
pub(super) use params;

impl<'a> View<'a> {
    pub(super) fn new(link: &'a mut Link, shared: &'a Shared, work: Option<&'a mut Work>) -> Self {
        Self { link, shared, work, has_written: false, failed: None }
    }

    /// What the database said ends the transaction for everybody in it.
    pub(super) fn noted<T>(&mut self, outcome: Stored<T>) -> Stored<T> {
        if let (Err(error), Some(work)) = (&outcome, self.work.as_deref_mut())
            && ends_transaction(error)
        {
            work.broken.get_or_insert_with(|| error.clone());
        }
        outcome
    }

    /// Sends what waits, but for events.
    pub(super) fn settle(&mut self) -> Stored<()> {
        self.send(Vec::new()).map(drop)
    }

    /// Sends what waits, events too: they get their numbers.
    pub(super) fn settle_events(&mut self) -> Stored<()> {
        let events = self.work.as_deref_mut().map(|work| std::mem::take(&mut work.events));
        let last = self.send(events.unwrap_or_default())?;
        if let (Some(last), Some(work)) = (last, self.work.as_deref_mut()) {
            work.touched.event = last;
        }
        Ok(())
    }

    fn send(&mut self, events: Vec<EventDraft>) -> Stored<Option<i64>> {
        let Some(work) = self.work.as_deref_mut() else { return Ok(None) };
        if let Some(error) = &work.broken {
            return Err(error.clone());
        }
        let sent = work.pending.flush(self.link, events);
        self.noted(sent)
    }

    fn rows(&mut self, sql: &str, parameters: Parameters<'_>) -> Stored<Vec<Row>> {
        // What waits for other tables goes on waiting, so that it is sent with more of its kind.
        if self.work.as_deref().is_some_and(|work| work.broken.is_some() || work.pending.concerns(sql)) {
            self.settle()?;
        }
        let found = self.link.query(sql, parameters);
        self.noted(found)
    }

    pub(super) fn all<T>(
        &mut self,
        sql: &str,
        parameters: Parameters<'_>,
        read: impl FnMut(&Row) -> Stored<T>,
    ) -> Stored<Vec<T>> {
        self.rows(sql, parameters)?.iter().map(read).collect()
    }

    pub(super) fn one<T>(
        &mut self,
        sql: &str,
        parameters: Parameters<'_>,
        read: impl FnOnce(&Row) -> Stored<T>,
    ) -> Stored<Option<T>> {
        self.rows(sql, parameters)?.first().map(read).transpose()
    }

    /// Rows in their order until `enough` says so of what was found. One that cannot be read is passed over and told, so that it
    /// blocks no other.
    pub(super) fn readable<T>(
        &mut self,
        sql: &str,
        parameters: Parameters<'_>,
        mut read: impl FnMut(&Row) -> Stored<T>,
        enough: impl Fn(&[T]) -> bool,
    ) -> Stored<Vec<T>> {
        let mut found = Vec::new();
        for row in &self.rows(sql, parameters)? {
            if enough(&found) {
                break;
            }
            match read(row) {
                Ok(value) => found.push(value),
                Err(error) if error.is_about_a_row() => {
                    let id: i64 = row.try_get("id").or_else(|_| row.try_get(0)).unwrap_or_default();
                    tracing::error!(row = id, %error, "a row that cannot be read is passed over");
                    self.shared.watch.pass_over(&error);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    /// A statement that is not worth waiting for others of its kind.
    pub(super) fn execute(&mut self, sql: &str, parameters: Parameters<'_>) -> Stored<u64> {
        self.settle()?;
        let changed = self.link.execute(sql, parameters);
        self.noted(changed)
    }

    pub(super) fn filtered<T>(
        &mut self,
        filter: Filter<'_>,
        read: impl FnMut(&Row) -> Stored<T>,
    ) -> Stored<Vec<T>> {
        let (sql, limit) = (filter.sql(), filter.limit);
        let values: Vec<&(dyn ToSql + Sync)> = filter.values.iter().map(|value| &**value as _).collect();
        self.readable(&sql, &values, read, |found| found.len() >= limit)
    }

    /// The row at a place of a list, from 1.
    pub(super) fn nth<T>(
        &mut self,
        filter: Filter<'_>,
        place: usize,
        read: impl FnOnce(&Row) -> Stored<T>,
    ) -> Stored<Option<T>> {
        let sql = format!("{} LIMIT 1 OFFSET {}", filter.ordered(), limit_of(place.saturating_sub(1)));
        let values: Vec<&(dyn ToSql + Sync)> = filter.values.iter().map(|value| &**value as _).collect();
        self.one(&sql, &values, read)
    }

    pub(super) fn touch(&mut self, with: impl FnOnce(&mut Touched)) {
        if let Some(work) = self.work.as_deref_mut() {
            with(&mut work.touched);
        }
    }

    /// What is known without asking, or the answer of the database, which is known from then on.
    pub(super) fn known<T>(
        &mut self,
        look: impl FnOnce(&Overlay) -> Option<T>,
        ask: impl FnOnce(&mut Self) -> Stored<T>,
        keep: impl FnOnce(&mut Overlay, &T),
    ) -> Stored<T> {
        if let Some(known) = self.overlay().and_then(|overlay| look(overlay)) {
            return Ok(known);
        }
        let answer = ask(self)?;
        if let Some(overlay) = self.overlay() {
            keep(overlay, &answer);
        }
        Ok(answer)
    }

    pub(super) fn overlay(&mut self) -> Option<&mut Overlay> {
        self.work.as_deref_mut().map(|work| &mut work.overlay)
    }
}

/// Rows beyond a limit that are read, so that some that cannot be read keep no other back.
pub(super) const SPARE: usize = 32;

pub(super) fn limit_of(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// A query whose conditions are put together from what is asked for.
pub(super) struct Filter<'v> {
    select: &'static str,
    pub(super) conditions: Vec<String>,
    values: Vec<Box<dyn ToSql + Sync + 'v>>,
    order: &'static str,
    limit: usize,
}

impl<'v> Filter<'v> {
    pub(super) fn new(select: &'static str, order: &'static str, limit: usize) -> Self {
        Self { select, conditions: Vec::new(), values: Vec::new(), order, limit }
    }

    /// A condition with one place `?` for its value, where there is one.
    pub(super) fn given<V: ToSql + Sync + 'v>(mut self, condition: &str, value: Option<V>) -> Self {
        if let Some(value) = value {
            self.values.push(Box::new(value));
            self.conditions.push(condition.replace('?', &format!("${}", self.values.len())));
        }
        self
    }

    /// A column that is at least the one value and at most, or below, the other, where there are both; `condition` has a place `?`
    /// for each.
    pub(super) fn between<V: ToSql + Sync + 'v>(mut self, condition: &str, values: Option<(V, V)>) -> Self {
        if let (Some((from, until)), Some((head, tail))) = (values, condition.split_once('?')) {
            self.values.push(Box::new(from));
            let head = format!("{head}${}", self.values.len());
            self.values.push(Box::new(until));
            self.conditions.push(format!("{head}{}", tail.replace('?', &format!("${}", self.values.len()))));
        }
        self
    }

    fn sql(&self) -> String {
        format!("{} LIMIT {}", self.ordered(), limit_of(self.limit.saturating_add(SPARE)))
    }

    fn ordered(&self) -> String {
        let conditions = match self.conditions.is_empty() {
            true => String::new(),
            false => format!(" WHERE {}", self.conditions.join(" AND ")),
        };
        format!("{}{conditions} ORDER BY {}", self.select, self.order)
    }
}
