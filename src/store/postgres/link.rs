//! One connection, and the thread's own runtime that drives it: what is asked is answered before a call returns.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use futures_util::future::{join, join_all};
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Row, Statement};

use super::asked::Counts;
use super::errors::{failed, told};
use super::others::Others;
use super::server::Server;
use crate::store::health::Ailment;
use crate::store::{StoreError, Stored};

/// What goes into the places of a statement.
pub(super) type Parameters<'p> = &'p [&'p (dyn ToSql + Sync)];

/// Longest time for one statement; what takes longer has lost its server.
const PATIENCE: Duration = Duration::from_secs(60);
/// The same where a statement reads or changes a whole store.
const PATIENCE_WITH_A_STORE: Duration = Duration::from_hours(48);
/// Prepared statements that a connection keeps; lists with filters have many forms.
const MOST_STATEMENTS: usize = 512;

/// What every session is like, whatever the server's configuration says. What was acknowledged must not be lost with the server. Who
/// waits for a row reads it as it stands then: one number is written behind the other. Prepared
/// statements are planned while tables are nearly empty, and the plans stay when they grow until somebody analyses them: without this
/// the server read whole tables for single rows, nine tenths of its time; such a statement is never worth compiling either.
pub(super) const SETTINGS: &str = "
    SET default_transaction_isolation = 'read committed';
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
    SELECT set_config(name, 'off', false) FROM pg_settings WHERE name IN ('enable_seqscan', 'jit')";

/// For work on a whole store: the server ends nothing of it either, whatever its configuration says.
const UNHURRIED: &str = "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0";
const AS_EVER: &str = "RESET statement_timeout";

/// A connection to the database.
pub(super) struct Link {
    runtime: Runtime,
    client: Client,
    statements: HashMap<String, Statement>,
    patience: Duration,
    counts: Arc<Counts>,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Link").field("is_lost", &self.is_lost()).finish_non_exhaustive()
    }
}

/// A statement with its parameters, to be sent together with others.
#[derive(Debug)]
pub(super) struct Sent<'p> {
    pub(super) statement: Statement,
    pub(super) parameters: Vec<&'p (dyn ToSql + Sync)>,
}

impl Link {
    /// Connects.
    ///
    /// # Errors
    /// When no server of the list can be used: [`Ailment::Unreachable`] where none answers.
    pub(super) fn open(server: &Server) -> Stored<Self> {
        Self::open_where(server, async |_| Ok(()))
    }

    /// Connects to a server that has everything that is known to be committed.
    ///
    /// # Errors
    /// As for [`Self::open`]; [`Ailment::Behind`] where no server of the list has it.
    pub(super) fn open_beside(server: &Server, others: &Others) -> Stored<Self> {
        Self::open_where(server, async |client| others.look(client).await)
    }

    /// Connects to a server that is found fit.
    ///
    /// # Errors
    /// As for [`Self::open`], and what is said of the server.
    pub(super) fn open_where(server: &Server, is_fit: impl AsyncFn(&Client) -> Stored<()>) -> Stored<Self> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .or_else(|error| told("connect to the database", Ailment::Failing, error.to_string()))?;
        let client = runtime.block_on(server.connect(None, is_fit))?;
        let counts = Arc::clone(&server.counts);
        let mut link = Self { runtime, client, statements: HashMap::new(), patience: PATIENCE, counts };
        link.run(SETTINGS)?;
        Ok(link)
    }

    /// Connects for work on a whole store, each statement of which may take hours.
    ///
    /// # Errors
    /// As for [`Self::open`].
    pub(super) fn open_unhurried(server: &Server) -> Stored<Self> {
        let mut link = Self::open(server)?;
        link.run(UNHURRIED)?;
        link.patience = PATIENCE_WITH_A_STORE;
        Ok(link)
    }

    /// Does something that may take hours, and has no more time than ever afterwards. What stands idle in a transaction is ended by
    /// the server as before.
    ///
    /// # Errors
    /// Those of what is done.
    pub(super) fn unhurried<T>(&mut self, what: impl FnOnce(&mut Self) -> Stored<T>) -> Stored<T> {
        self.run("SET statement_timeout = 0")?;
        let patience = std::mem::replace(&mut self.patience, PATIENCE_WITH_A_STORE);
        let done = what(self);
        self.patience = patience;
        if done.is_ok() {
            self.run(AS_EVER)?;
        }
        done
    }

    /// Whether the connection is gone.
    pub(super) fn is_lost(&self) -> bool {
        self.client.is_closed()
    }

    /// Waits for something else while the connection is looked after.
    pub(super) fn wait<T>(&self, what: impl Future<Output = T>) -> T {
        self.runtime.block_on(what)
    }

    /// Waits for some time while the connection is looked after.
    pub(super) fn pause(&self, time: Duration) {
        self.runtime.block_on(async { tokio::time::sleep(time).await });
    }

    /// Runs statements that have no parameters.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) fn run(&mut self, sql: &str) -> Stored<()> {
        self.within("run", 1, self.client.batch_execute(sql))
    }

    /// A prepared statement; each is prepared once.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) fn prepare(&mut self, sql: &str) -> Stored<Statement> {
        if let Some(known) = self.statements.get(sql) {
            return Ok(known.clone());
        }
        if self.statements.len() >= MOST_STATEMENTS {
            self.statements.clear();
        }
        let statement = self.within("prepare a statement", 0, self.client.prepare(sql))?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    /// Rows of a query.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) fn query(&mut self, sql: &str, parameters: Parameters<'_>) -> Stored<Vec<Row>> {
        let statement = self.prepare(sql)?;
        self.within("query", 1, self.client.query(&statement, parameters))
    }

    /// Runs a statement; gives how many rows it changed.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) fn execute(&mut self, sql: &str, parameters: Parameters<'_>) -> Stored<u64> {
        let statement = self.prepare(sql)?;
        self.within("write", 1, self.client.execute(&statement, parameters))
    }

    /// Sends statements one behind the other without waiting between them, and a query as the last: one round trip. How many rows each
    /// changed, and what the query found.
    ///
    /// # Errors
    /// The first that the database has with one of them.
    pub(super) fn execute_all(
        &mut self,
        all: &[Sent<'_>],
        last: Option<&Sent<'_>>,
    ) -> Stored<(Vec<u64>, Option<Vec<Row>>)> {
        let answers = all.iter().map(|sent| self.client.execute(&sent.statement, &sent.parameters));
        let asked = async {
            match last {
                Some(sent) => Some(self.client.query(&sent.statement, &sent.parameters).await),
                None => None,
            }
        };
        let count = all.len() + usize::from(last.is_some());
        let sent = async { Ok(join(join_all(answers), asked).await) };
        let (answered, found) = self.within("write", count, sent)?;
        let changed: Vec<u64> =
            answered.into_iter().map(|answer| answer.map_err(failed("write"))).collect::<Stored<_>>()?;
        Ok((changed, found.transpose().map_err(failed("write"))?))
    }

    /// The same for queries: the rows of each.
    ///
    /// # Errors
    /// The first that the database has with one of them.
    pub(super) fn query_all(&mut self, all: &[Sent<'_>]) -> Stored<Vec<Vec<Row>>> {
        let answers = all.iter().map(|sent| self.client.query(&sent.statement, &sent.parameters));
        let answered = self.within("query", all.len(), async { Ok(join_all(answers).await) })?;
        answered.into_iter().map(|answer| answer.map_err(failed("query"))).collect()
    }

    /// The same for those that are not marked as of no use, each with whether it is: the rows of all, none for those.
    ///
    /// # Errors
    /// The first that the database has with one of them.
    pub(super) fn query_some(
        &mut self,
        asked: &[(bool, String, Vec<&(dyn ToSql + Sync)>)],
    ) -> Stored<Vec<Vec<Row>>> {
        let mut sent = Vec::with_capacity(asked.len());
        for (_, sql, parameters) in asked.iter().filter(|(is_empty, ..)| !is_empty) {
            sent.push(Sent { statement: self.prepare(sql)?, parameters: parameters.clone() });
        }
        let mut found = self.query_all(&sent)?.into_iter();
        let rows = |(is_empty, ..): &(bool, String, Vec<_>)| match is_empty {
            true => Vec::new(),
            false => found.next().unwrap_or_default(),
        };
        Ok(asked.iter().map(rows).collect())
    }

    /// Hands the rows of a query without parameters on, one after the other: there may be more than fit into memory.
    ///
    /// # Errors
    /// Those of the database and of `each`.
    pub(super) fn each_row(&mut self, sql: &str, each: &mut dyn FnMut(&Row) -> Stored<()>) -> Stored<()> {
        let statement = self.prepare(sql)?;
        let none: [&(dyn ToSql + Sync); 0] = [];
        let mut rows = Box::pin(self.within("query", 1, self.client.query_raw(&statement, none))?);
        // What is done with a row may wait for another connection, which this one's runtime must not be around.
        while let Some(row) = self.bounded("query", rows.as_mut().try_next())? {
            each(&row)?;
        }
        Ok(())
    }

    /// Waits for what so many statements come to.
    fn within<T>(
        &self,
        step: &'static str,
        statements: usize,
        asked: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Stored<T> {
        self.counts.sends(statements);
        self.bounded(step, asked)
    }

    fn bounded<T>(
        &self,
        step: &'static str,
        asked: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Stored<T> {
        let answer = self.runtime.block_on(async { tokio::time::timeout(self.patience, asked).await });
        match answer {
            Ok(answer) => answer.map_err(failed(step)),
            Err(_) => told(step, Ailment::Unreachable, "the server did not answer in time"),
        }
    }
}

/// Whether what a statement met ends the transaction: everything that the database itself said.
pub(super) fn ends_transaction(error: &StoreError) -> bool {
    !matches!(error, StoreError::Missing(_) | StoreError::Closed)
}
