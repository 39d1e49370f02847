//! The writer's session: one process at a time works on a database. It holds a lock for as long as it is connected, and a
//! fence that every transaction checks: a process that was cut off and comes back late writes nothing.

use std::time::Duration;

use super::errors::told;
use super::link::{Link, Sent};
use super::rows::get;
use super::server::Server;
use crate::store::health::Ailment;
use crate::store::{StoreError, Stored};

/// Key of the lock that the working process holds: `chakongw` as a number.
const LOCK: i64 = 0x6368_616b_6f6e_6777;
/// Its row among the replicas.
const NAME: &str = "gateway";
/// How often the lock of a session that just ended is asked for, and the time between.
const LOCK_TRIES: u32 = 50;
const LOCK_PAUSE: Duration = Duration::from_millis(100);
const FENCED: &str = "UPDATE replicas SET last_commit = $1 WHERE name = $2 AND fence = $3";

/// What this process may do: it has the store while its fence stands.
#[derive(Debug, Clone)]
pub(super) struct Claim {
    server: Server,
    application: String,
    fence: i64,
    /// The number of the last transaction that was begun.
    last: i64,
    /// The server's process of the last session.
    process: i64,
}

impl Claim {
    /// A claim on a server, not made yet.
    pub(super) fn on(server: &Server) -> Self {
        let application = format!("chakong-{:016x}", rand::Rng::random::<u64>(&mut rand::rng()));
        Self { server: server.named(&application), application, fence: 0, last: 0, process: 0 }
    }

    /// Connects and takes the lock.
    ///
    /// # Errors
    /// [`Ailment::Locked`] where another process has it.
    pub(super) fn connect(&mut self) -> Stored<Link> {
        let mut link = Link::open(&self.server)?;
        if self.process != 0 {
            // What this process began before it lost the connection ends now, one way or the other.
            let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND application_name = $2
                       AND pid <> pg_backend_pid()";
            let process = i32::try_from(self.process).unwrap_or_default();
            link.query(sql, &[&process, &self.application])?;
        }
        for turn in 0..LOCK_TRIES {
            let found =
                link.query("SELECT pg_try_advisory_lock($1), CAST(pg_backend_pid() AS BIGINT)", &[&LOCK])?;
            let row = found.first().ok_or(StoreError::Missing("the answer about the lock"))?;
            if get(row, 0)? {
                self.process = get(row, 1)?;
                return Ok(link);
            }
            if turn + 1 < LOCK_TRIES {
                link.pause(LOCK_PAUSE);
            }
        }
        told("take the store", Ailment::Locked, "another chakong works with this database; stop it first")
    }

    /// Raises the fence: whoever worked before writes nothing any more. Inside a transaction.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) fn raise(&mut self, link: &mut Link) -> Stored<()> {
        let raised = "UPDATE replicas SET fence = fence + 1, last_commit = 0 WHERE name = $1 RETURNING fence";
        let found = link.query(raised, &[&NAME])?;
        self.fence = match found.first() {
            Some(row) => get(row, 0)?,
            None => {
                let new =
                    "INSERT INTO replicas (name, fence, last_commit, address, seen) VALUES ($1, 1, 0, '', 0)";
                link.execute(new, &[&NAME])?;
                1
            }
        };
        self.last = 0;
        Ok(())
    }

    /// Begins a transaction with a number of its own.
    ///
    /// # Errors
    /// [`Ailment::Locked`] where another process has taken the store over; nothing can be written any more then.
    pub(super) fn begin(&mut self, link: &mut Link) -> Stored<()> {
        self.last += 1;
        let begin = Sent { statement: link.prepare("BEGIN")?, parameters: Vec::new() };
        let statement = link.prepare(FENCED)?;
        let fenced = Sent { statement, parameters: vec![&self.last, &NAME, &self.fence] };
        if link.execute_all(&[begin, fenced])?.last() == Some(&1) {
            return Ok(());
        }
        told(
            "take a write",
            Ailment::Locked,
            "another chakong has taken over this database; this one must be ended",
        )
    }

    /// Whether the last transaction was committed, as a new session finds it.
    ///
    /// # Errors
    /// Those of the database; [`Ailment::Locked`] where another process has taken the store over.
    pub(super) fn is_committed(&self, link: &mut Link) -> Stored<bool> {
        let found = link.query("SELECT fence, last_commit FROM replicas WHERE name = $1", &[&NAME])?;
        let row = found.first().ok_or(StoreError::Missing("the row of this process"))?;
        let (fence, last): (i64, i64) = (get(row, 0)?, get(row, 1)?);
        if fence != self.fence {
            return told(
                "find out about a commit",
                Ailment::Locked,
                "another chakong has taken over this database",
            );
        }
        Ok(last == self.last)
    }
}
