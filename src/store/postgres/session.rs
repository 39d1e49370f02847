//! The writer's session. Every transaction writes its number into the row of its process, so that a commit whose answer the lost
//! connection kept back is found out. Processes that share the database hold one lock together; one that must be alone holds it alone.

use std::time::Duration;

use super::errors::told;
use super::link::{Link, Sent};
use super::rows::get;
use super::server::Server;
use crate::store::health::Ailment;
use crate::store::{StoreError, Stored};

/// Key of the lock that working processes hold: `chakongw` as a number.
const LOCK: i64 = 0x6368_616b_6f6e_6777;
/// Key of the lock under which a process begins: `chakongb` as a number.
const BEGINS: i64 = 0x6368_616b_6f6e_6762;
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
const NUMBERED: &str = "UPDATE writers SET last_commit = $1 WHERE name = $2 AND fence = $3";

/// The writer of this process.
#[derive(Debug, Clone)]
pub(super) struct Claim {
    server: Server,
    application: String,
    lease: Duration,
    fence: i64,
    /// The number of the last transaction that was begun.
    last: i64,
    /// The server's process of the last session.
    process: i64,
}

impl Claim {
    /// The writer of the process `id` on a server, not connected yet. What it has begun and does not go on with ends after `lease`.
    pub(super) fn on(server: &Server, id: &str, lease: Duration) -> Self {
        let application = format!("chakong-{id}");
        Self { server: server.named(&application), application, lease, fence: 0, last: 0, process: 0 }
    }

    /// A session that has the database alone, for work on a whole store: no process works there, and none can begin.
    ///
    /// # Errors
    /// [`Ailment::Locked`] where a process works with the database.
    pub(super) fn alone(server: &Server) -> Stored<Link> {
        let id: u64 = rand::Rng::random(&mut rand::rng());
        let mut link = Link::open_unhurried(&server.named(&format!("chakong-{id:016x}")))?;
        Self::lock(&mut link, ALONE)?;
        Ok(link)
    }

    /// Connects for the first time: beside others, or alone.
    ///
    /// # Errors
    /// [`Ailment::Locked`] where another process works with the database, and this one is to be alone; where one is alone there, and this
    /// one is to be beside others.
    pub(super) fn connect_first(&mut self, is_alone: bool) -> Stored<Link> {
        self.connect_with(if is_alone { ALONE } else { BESIDE_OTHERS })
    }

    /// Connects again.
    ///
    /// # Errors
    /// [`Ailment::Locked`] where another process has the database alone.
    pub(super) fn connect(&mut self) -> Stored<Link> {
        self.connect_with(BESIDE_OTHERS)
    }

    /// Lets others in beside this process, which was alone.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) fn share(&self, link: &mut Link) -> Stored<()> {
        link.query("SELECT pg_advisory_lock_shared($1)", &[&LOCK])?;
        link.query("SELECT pg_advisory_unlock($1)", &[&LOCK]).map(drop)
    }

    fn connect_with(&mut self, lock: &str) -> Stored<Link> {
        let mut link = Link::open(&self.server)?;
        // What a process has begun that is stopped meanwhile, or cut off, keeps nobody waiting for long.
        let idle = format!("SET idle_in_transaction_session_timeout = '{}ms'", self.lease.as_millis());
        link.run(&idle)?;
        link.run(GENERIC_PLANS)?;
        if self.process != 0 {
            // What this process began before it lost the connection is told to end; a commit that is under way goes on.
            let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND application_name = $2
                       AND pid <> pg_backend_pid()";
            let process = i32::try_from(self.process).unwrap_or_default();
            link.query(sql, &[&process, &self.application])?;
        }
        self.process = Self::lock(&mut link, lock)?;
        Ok(link)
    }

    /// Takes the lock of working processes. Gives the server's process of the session.
    fn lock(link: &mut Link, lock: &str) -> Stored<i64> {
        let sql = format!("SELECT {lock}($1), CAST(pg_backend_pid() AS BIGINT)");
        for turn in 0..LOCK_TRIES {
            let found = link.query(&sql, &[&LOCK])?;
            let row = found.first().ok_or(StoreError::Missing("the answer about the lock"))?;
            if get(row, 0)? {
                return get(row, 1);
            }
            if turn + 1 < LOCK_TRIES {
                link.pause(LOCK_PAUSE);
            }
        }
        told("take the store", Ailment::Locked, "another chakong works with this database; stop it first")
    }

    /// Has the database alone from now on, to change its schema: what runs there beside this process was made for the one that it has.
    ///
    /// # Errors
    /// [`Ailment::Locked`] where another process works with the database.
    pub(super) fn be_alone(link: &mut Link) -> Stored<()> {
        // Two that held it together would wait for one another.
        link.query("SELECT pg_advisory_unlock_shared($1)", &[&LOCK])?;
        match Self::lock(link, ALONE) {
            Err(error) if error.ails(Ailment::Locked) => told(
                "bring the schema up to date",
                Ailment::Locked,
                "a chakong of an older version still works with this database, or another one is bringing its schema up to date: stop \
                 every replica of the older version, then start one of this version, and the others after it",
            ),
            other => other.map(drop),
        }
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
    /// [`Ailment::Locked`] where the row of this process is gone or was raised; nothing can be written any more then.
    pub(super) fn begin(&mut self, link: &mut Link) -> Stored<()> {
        self.last += 1;
        let begin = Sent { statement: link.prepare("BEGIN")?, parameters: Vec::new() };
        let statement = link.prepare(NUMBERED)?;
        let numbered = Sent { statement, parameters: vec![&self.last, &self.application, &self.fence] };
        if link.execute_all(&[begin, numbered], None)?.0.last() == Some(&1) {
            return Ok(());
        }
        told("take a write", Ailment::Locked, "this process was shut out of the database; it must be ended")
    }

    /// Whether the last transaction was committed, as a new session finds it. A commit that waits for its disk cannot be ended: its
    /// transaction holds the row until it is over, so the row is locked to be read, and read as it stands then.
    ///
    /// # Errors
    /// Those of the database; [`Ailment::Locked`] where the row of this process is gone.
    pub(super) fn is_committed(&self, link: &mut Link) -> Stored<bool> {
        let sql = "SELECT last_commit FROM writers WHERE name = $1 AND fence = $2 FOR UPDATE";
        let found = link.query(sql, &[&self.application, &self.fence])?;
        let Some(row) = found.first() else {
            return told(
                "find out about a commit",
                Ailment::Locked,
                "this process was shut out of the database; it must be ended",
            );
        };
        let last: i64 = get(row, 0)?;
        Ok(last == self.last)
    }
}
