//! What a writing transaction keeps others from changing while it decides: the chains that it looks at, idempotency keys and case
//! numbers that may be new, the leases under which it works, and persons. Everybody takes them in the same order, so that hardly ever two wait
//! for one another; where they do, the database ends one of them, and its inputs are handed in again.

use sha2::{Digest as _, Sha256};

use super::query::{View, params};
use super::rows::get;
use crate::domain::{ChainId, InquiryId, MeasureId, OrderId, TaskId};
use crate::store::{Lease, Needs, StoreError, Stored};

/// Locks of chains, oldest first. `FOR NO KEY UPDATE` lets others add rows that refer to them.
pub(super) const OF_CHAINS: &str = "FOR NO KEY UPDATE";
/// Locks keys that may be new, until the transaction ends.
pub(super) const NEW_KEYS: &str =
    "SELECT pg_advisory_xact_lock(k.key) FROM (SELECT unnest(CAST($1 AS BIGINT[])) AS key) AS k";
/// The leases of one process, which nobody takes from it before the transaction ends.
pub(super) const LEASES: &str =
    "SELECT name, epoch FROM leases WHERE name = ANY($1) AND holder = $2 ORDER BY name FOR SHARE";

/// Key of the lock of persons, their sessions and keys: `chakongp` as a number.
const PEOPLE: i64 = 0x6368_616b_6f6e_6770;

/// Numbers of locks for keys and case numbers that a group of jobs may write anew, in their order.
pub(super) fn numbers_of(needs: &Needs) -> Vec<i64> {
    let number = |parts: [&str; 3]| {
        let mut digest = Sha256::new();
        for part in parts {
            digest.update(u64::try_from(part.len()).unwrap_or_default().to_be_bytes());
            digest.update(part);
        }
        let bytes: [u8; 32] = digest.finalize().into();
        i64::from_be_bytes(bytes[..8].try_into().unwrap_or_default())
    };
    let keys = needs.keys.iter().map(|(submitter, key)| number(["key", submitter, key]));
    let mut all: Vec<i64> = keys.chain(needs.cases.iter().map(|case| number(["case", case, ""]))).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// By what a chain is found.
#[derive(Debug, Clone, Copy)]
pub(super) enum OfChain {
    /// Itself.
    Chain(ChainId),
    /// One of its inquiries.
    Inquiry(InquiryId),
    /// One of its orders.
    Order(OrderId),
    /// One of its measures.
    Measure(MeasureId),
    /// One of its tasks.
    Task(TaskId),
}

impl OfChain {
    const fn found(self) -> (&'static str, i64) {
        match self {
            Self::Chain(id) => ("SELECT id FROM chains WHERE id = $1", id.get()),
            Self::Inquiry(id) => ("SELECT chain FROM inquiries WHERE id = $1", id.get()),
            Self::Order(id) => (
                "SELECT i.chain FROM orders o JOIN inquiries i ON i.id = o.inquiry WHERE o.id = $1",
                id.get(),
            ),
            Self::Measure(id) => ("SELECT chain FROM measures WHERE id = $1", id.get()),
            Self::Task(id) => ("SELECT chain FROM tasks WHERE id = $1", id.get()),
        }
    }
}

impl View<'_> {
    /// Locks the chain of what is about to be read, where this transaction may write: what is read then stands until it ends.
    pub(super) fn lock(&mut self, of: OfChain) -> Stored<()> {
        loop {
            let Some(work) = self.work.as_deref() else { return Ok(()) };
            if let OfChain::Chain(id) = of
                && work.held.chains.contains(&id)
            {
                return Ok(());
            }
            let (sql, id) = of.found();
            let found = self.one(sql, params![id], |row| get(row, 0).map(ChainId::new))?;
            let Some(chain) = found else { return Ok(()) };
            if !self.lock_chain(chain)? {
                return Ok(());
            }
            // It may have joined another chain while its lock was waited for.
        }
    }

    /// Locks the chain of a case number.
    pub(super) fn lock_case(&mut self, number: &str) -> Stored<()> {
        if self.work.is_none() {
            return Ok(());
        }
        loop {
            let sql = "SELECT chain FROM cases WHERE number = $1";
            let found = self.one(sql, params![number], |row| get(row, 0).map(ChainId::new))?;
            let Some(chain) = found else { return Ok(()) };
            if !self.lock_chain(chain)? {
                return Ok(());
            }
        }
    }

    /// Whether it was not locked before.
    fn lock_chain(&mut self, chain: ChainId) -> Stored<bool> {
        if self.work.as_deref().is_none_or(|work| work.held.chains.contains(&chain)) {
            return Ok(false);
        }
        // Whoever is out of turn waits for nobody, so that no two wait for one another.
        let is_in_turn =
            self.work.as_deref().is_none_or(|work| work.held.chains.iter().all(|known| *known < chain));
        let wait = if is_in_turn { "" } else { " NOWAIT" };
        let sql = format!("SELECT id FROM chains WHERE id = $1 {OF_CHAINS}{wait}");
        self.one(&sql, params![chain.get()], |row| get::<i64>(row, 0))?;
        if let Some(work) = self.work.as_deref_mut() {
            work.held.chains.insert(chain);
        }
        Ok(true)
    }

    /// Locks persons, their sessions and keys, where this transaction may write. Each is read, decided on and written back whole. Some
    /// rules are about several of them, and inputs about them are rare: one lock is for all.
    pub(super) fn lock_people(&mut self) -> Stored<()> {
        if self.work.as_deref().is_none_or(|work| work.held.people) {
            return Ok(());
        }
        self.all("SELECT pg_advisory_xact_lock($1)", params![PEOPLE], |_| Ok(()))?;
        if let Some(work) = self.work.as_deref_mut() {
            work.held.people = true;
        }
        Ok(())
    }

    /// That a lease is this process's until the transaction ends.
    pub(super) fn check_lease(&mut self, lease: &Lease) -> Stored<()> {
        let Some(work) = self.work.as_deref() else { return Ok(()) };
        let epoch = match work.held.leases.get(&lease.name) {
            Some(known) => *known,
            None => {
                let own = self.shared.signals.leases().id().to_owned();
                let names = vec![lease.name.clone()];
                let found = self.one(LEASES, params![names, own], |row| get::<i64>(row, 1))?;
                if let Some(work) = self.work.as_deref_mut() {
                    work.held.leases.insert(lease.name.clone(), found);
                }
                found
            }
        };
        if epoch == Some(lease.epoch) { Ok(()) } else { Err(StoreError::LeaseLost) }
    }
}
