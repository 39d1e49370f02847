//! The writer's session. Every transaction writes its number into the row of its process, so that a commit whose answer the lost
//! connection kept back is found out. Processes that share the database hold one lock together; one that must be alone holds it alone.

use std::sync::Arc;
use std::time::Duration;

use tokio_postgres::types::ToSql;

use super::errors::told;
use super::known_commits;
use super::last_commits::Known;
use super::link::{Link, Sent};
use super::others::{COMMITTED, Others, writer_of};
use super::rows::get;
use super::server::Server;
use crate::store::health::Ailment;
use crate::store::{StoreError, Stored};

/// Key of the lock that working processes hold: `chakongw` as a number.
const LOCK: i64 = 0x6368_616b_6f6e_6777;
/// Key of the lock under which a process begins: `chakongb` as a number.
const BEGINS: i64 = 0x6368_616b_6f6e_6762;
/// Key of the lock that is held by whoever brings the schema up to date, before and behind the database is its alone: `chakongs` as a
/// number.
const CHANGES: i64 = 0x6368_616b_6f6e_6773;
/// How often the lock of a session that just ended is asked for, and the time between.
const LOCK_TRIES: u32 = 50;
const LOCK_PAUSE: Duration = Duration::from_millis(100);
/// How the lock is taken.
const ALONE: &str = "pg_try_advisory_lock";
const BESIDE_OTHERS: &str = "pg_try_advisory_lock_shared";
/// The writer's statements are few, and find rows by their numbers whatever these are: planned once. Planning them each time took the
/// server as long as carrying them out.
const GENERIC_PLANS: &str =
    "SELECT set_config(name, 'force_generic_plan', false) FROM pg_settings WHERE name = 'plan_cache_mode'";
/// In a session that is not the one that took the lock, nothing is written.
const NUMBERED: &str = "UPDATE writers SET last_commit = $1 WHERE name = $2 AND fence = $3
     AND CAST(pg_backend_pid() AS BIGINT) = $4";
const PROCESS: &str = "SELECT CAST(pg_backend_pid() AS BIGINT)";
/// What stands there as it is read by whoever waits for the transaction that holds the row, if there is one. It is written, so that a
/// standby has, before the answer comes, all that stood there before it.
const COMMITTED_HERE: &str =
    "UPDATE writers SET last_commit = last_commit WHERE name = $1 AND fence = $2 RETURNING last_commit";

/// What is told where locks of a session, and prepared statements, are whoever's turn it is.
fn is_pooled<T>() -> Stored<T> {
    told(
        "keep a session",
        Ailment::Locked,
        "one connection is given several sessions of the server: a connection pooler in transaction or statement mode stands before it. Let \
         [store] url lead to the server itself, or to a pooler in session mode",
    )
}

/// The writer of this process.
#[derive(Debug, Clone)]
pub(super) struct Claim {
    server: Server,
    application: String,
    others: Arc<Others>,
    lease: Duration,
    fence: i64,
    /// The number of the last transaction that was begun.
    last: i64,
    /// The server's process of the last session.
    process: i64,
}

impl Claim {
    /// The writer of the process `id` on a server, not connected yet. What it has begun and does not go on with ends after `lease`.
    pub(super) fn on(server: &Server, id: &str, lease: Duration, others: &Arc<Others>) -> Self {
        let (application, others) = (writer_of(id), Arc::clone(others));
        Self { server: server.named(&application), application, others, lease, fence: 0, last: 0, process: 0 }
    }

    /// A session that has the database alone, for work on a whole store: no process works there, and none can begin.
    ///
    /// # Errors
    /// [`Ailment::Locked`] where a process works with the database.
    pub(super) fn alone(server: &Server) -> Stored<Link> {
        let id: u64 = rand::Rng::random(&mut rand::rng());
        let mut link = Link::open_unhurried(&server.named(&format!("chakong-{id:016x}")))?;
        Self::lock(&mut link, ALONE, false)?;
        Ok(link)
    }

    /// Connects for the first time: beside others, to a server that has what the last process in the folder of this one knew; or alone.
    ///
    /// # Errors
    /// [`Ailment::Locked`] where another process works with the database, and this one is to be alone; where one is alone there, and this
    /// one is to be beside others; where a session is not this process's own. [`Ailment::Behind`] where the server has lost commits.
    pub(super) fn connect_first(&mut self, is_alone: bool, known: Option<&Known>) -> Stored<Link> {
        let link = match known.filter(|_| !is_alone) {
            Some(known) => {
                Link::open_where(&self.server, async |client| known_commits::look(known, client).await)
            }
            None => Link::open(&self.server),
        };
        let mut link = self.prepare(link?, if is_alone { ALONE } else { BESIDE_OTHERS }, !is_alone)?;
        self.is_not_pooled(&mut link)?;
        Ok(link)
    }

    /// That the session is this connection's for good. Whoever gives sessions out by transactions gives it another one while its own is
    /// taken up.
    fn is_not_pooled(&self, link: &mut Link) -> Stored<()> {
        let mut other = Link::open(&self.server)?;
        other.run("BEGIN")?;
        let is_own = match link.query(PROCESS, &[]) {
            Ok(found) => found.first().map_or(Ok(0), |row| get::<i64>(row, 0))? == self.process,
            // Prepared in another session.
            Err(error) if error.ails(Ailment::Failing) => false,
            Err(error) => return Err(error),
        };
        other.run("ROLLBACK")?;
        if is_own { Ok(()) } else { is_pooled() }
    }

    /// Connects again, to a server that has everything that is known to be committed.
    ///
    /// # Errors
    /// [`Ailment::Locked`] where another process has the database alone, or the row of this process is gone; [`Ailment::Behind`] where
    /// the server has lost commits.
    pub(super) fn connect(&mut self) -> Stored<Link> {
        let link = Link::open_beside(&self.server, &self.others)?;
        let mut link = self.prepare(link, BESIDE_OTHERS, false)?;
        self.committed_here(&mut link)?;
        let before = self.others.now_known();
        let rows = link.query(COMMITTED, &[])?;
        let found: Vec<(String, i64)> =
            rows.iter().map(|row| Ok((get(row, 0)?, get(row, 1)?))).collect::<Stored<_>>()?;
        self.others.compare(&before, &found)?;
        Ok(link)
    }

    /// Lets others in beside this process, which was alone.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) fn share(&self, link: &mut Link) -> Stored<()> {
        link.query("SELECT pg_advisory_lock_shared($1)", &[&LOCK])?;
        link.query("SELECT pg_advisory_unlock($1)", &[&LOCK])?;
        Self::has_changed(link)
    }

    /// Makes a connection the writer's. `waits` where somebody brings the schema up to date, however long that takes.
    fn prepare(&mut self, mut link: Link, lock: &str, waits: bool) -> Stored<Link> {
        // What a process has begun that is stopped meanwhile, or cut off, keeps nobody waiting for long.
        let idle = format!("SET idle_in_transaction_session_timeout = '{}ms'", self.lease.as_millis());
        link.run(&idle)?;
        link.run(GENERIC_PLANS)?;
        if self.process != 0 {
            // What this process began before it lost the connection is told to end; a commit that is under way goes on.
            // Its number has another type on servers that are akin to PostgreSQL.
            let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE CAST(pid AS BIGINT) = $1
                       AND application_name = $2 AND pid <> pg_backend_pid()";
            link.query(sql, &[&self.process, &self.application])?;
        }
        self.process = Self::lock(&mut link, lock, waits)?;
        Ok(link)
    }

    /// Takes the lock of working processes. Gives the server's process of the session.
    fn lock(link: &mut Link, lock: &str, waits: bool) -> Stored<i64> {
        let sql = format!("SELECT {lock}($1), CAST(pg_backend_pid() AS BIGINT)");
        let (mut turn, mut may_change) = (0, false);
        loop {
            let found = link.query(&sql, &[&LOCK])?;
            let row = found.first().ok_or(StoreError::Missing("the answer about the lock"))?;
            if get(row, 0)? {
                if may_change {
                    Self::has_changed(link)?;
                }
                return get(row, 1);
            }
            turn += 1;
            if turn >= LOCK_TRIES {
                if !waits || may_change {
                    break;
                }
                // Where nobody changes the schema, or whoever did is done by now, the lock is asked for once more.
                may_change = Self::may_change(link)?;
                if turn == LOCK_TRIES && !may_change {
                    tracing::warn!(
                        "another chakong brings the schema of this database up to date; waiting for it"
                    );
                }
            }
            if !may_change {
                link.pause(LOCK_PAUSE);
            }
        }
        told("take the store", Ailment::Locked, "another chakong works with this database; stop it first")
    }

    /// Takes the lock of whoever brings the schema up to date. Whether nobody else has it.
    fn may_change(link: &mut Link) -> Stored<bool> {
        let found = link.query("SELECT pg_try_advisory_lock($1)", &[&CHANGES])?;
        found.first().map_or(Ok(false), |row| get(row, 0))
    }

    fn has_changed(link: &mut Link) -> Stored<()> {
        link.query("SELECT pg_advisory_unlock($1)", &[&CHANGES]).map(drop)
    }

    /// Has the database alone from now on, to change its schema: what runs there beside this process was made for the one that it has.
    /// Several that start together do so one behind the other. Whether the schema is still to be changed; where another process has
    /// done it meanwhile, this one is beside others as before.
    ///
    /// # Errors
    /// [`Ailment::Locked`] where another process works with the database.
    pub(super) fn be_alone(link: &mut Link, is_older: fn(&mut Link) -> Stored<bool>) -> Stored<bool> {
        // Two that held it together would wait for one another.
        link.query("SELECT pg_advisory_unlock_shared($1)", &[&LOCK])?;
        while !Self::may_change(link)? {
            link.pause(LOCK_PAUSE);
        }
        if !is_older(link)? {
            Self::has_changed(link)?;
            return Self::lock(link, BESIDE_OTHERS, true).map(|_| false);
        }
        match Self::lock(link, ALONE, false) {
            Err(error) if error.ails(Ailment::Locked) => told(
                "bring the schema up to date",
                Ailment::Locked,
                "a chakong of an older version still works with this database: stop every replica of the older version, then start this \
                 one",
            ),
            other => other.map(|_| true),
        }
    }

    /// Whoever worked on the database and comes back writes nothing any more: it is another one's, or somewhere else.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) fn shut_out_all(link: &mut Link) -> Stored<()> {
        link.run("DELETE FROM writers")
    }

    /// Begins to write: this process has a row of its own from now on. Inside a transaction; others begin one behind the other.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) fn begin_here(&mut self, link: &mut Link) -> Stored<()> {
        link.query("SELECT pg_advisory_xact_lock($1)", &[&BEGINS])?;
        link.execute("DELETE FROM writers WHERE name = $1", &[&self.application])?;
        // Rows of processes that are long gone.
        let over = "DELETE FROM writers WHERE name <> $1 AND NOT EXISTS
                    (SELECT 1 FROM replicas r WHERE writers.name = 'chakong-' || r.id)
                    AND NOT EXISTS (SELECT 1 FROM pg_stat_activity a WHERE a.application_name = writers.name)";
        link.execute(over, &[&self.application])?;
        let over = "DELETE FROM store_info WHERE key LIKE 'probed/%' AND NOT EXISTS
                    (SELECT 1 FROM replicas r WHERE store_info.key = 'probed/' || r.id)";
        link.execute(over, &[])?;
        link.execute(
            "INSERT INTO writers (name, fence, last_commit) VALUES ($1, 1, 0)",
            &[&self.application],
        )?;
        (self.fence, self.last) = (1, 0);
        Ok(())
    }

    /// Begins a transaction with a number of its own.
    ///
    /// # Errors
    /// [`Ailment::Locked`] where the row of this process is gone or was raised, or the session is not its own; nothing can be written any
    /// more then.
    pub(super) fn begin(&mut self, link: &mut Link) -> Stored<()> {
        self.last += 1;
        let begin = Sent { statement: link.prepare("BEGIN")?, parameters: Vec::new() };
        let statement = link.prepare(NUMBERED)?;
        let parameters: Vec<&(dyn ToSql + Sync)> =
            vec![&self.last, &self.application, &self.fence, &self.process];
        if link.execute_all(&[begin, Sent { statement, parameters }], None)?.0.last() == Some(&1) {
            return Ok(());
        }
        let found = link.query(PROCESS, &[])?;
        if found.first().map_or(Ok(0), |row| get::<i64>(row, 0))? != self.process {
            return is_pooled();
        }
        told("take a write", Ailment::Locked, "this process was shut out of the database; it must be ended")
    }

    /// The server has acknowledged the last transaction.
    pub(super) fn acknowledged(&self) {
        self.others.acknowledged(self.last);
    }

    /// The number of the last transaction that was begun.
    pub(super) const fn number(&self) -> i64 {
        self.last
    }

    /// Whether the last transaction was committed, as a new session finds it, on a standby too where commits wait for one.
    ///
    /// # Errors
    /// Those of the database; [`Ailment::Locked`] where the row of this process is gone.
    pub(super) fn is_committed(&self, link: &mut Link) -> Stored<bool> {
        Ok(self.committed_here(link)? == self.last)
    }

    /// The number of the last transaction of this process that the server has. A commit that waits for its disk cannot be ended: its
    /// transaction holds the row until it is over.
    fn committed_here(&self, link: &mut Link) -> Stored<i64> {
        let found = link.query(COMMITTED_HERE, &[&self.application, &self.fence])?;
        let Some(row) = found.first() else {
            return told(
                "find out about a commit",
                Ailment::Locked,
                "this process was shut out of the database, by a newer version or because this is a server that has lost commits; it must \
                 be ended",
            );
        };
        get(row, 0)
    }
}
