//! The processes that work on one store.

use std::collections::BTreeSet;
use std::fmt::{self, Debug, Formatter};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

/// A process that works on the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replica {
    /// Which process: its name and a random part, never the same again.
    pub id: String,
    /// The name that operations gave it.
    pub name: String,
    /// Where its API listens.
    pub address: String,
    /// When it started, in microseconds since 1970 by the clock of the database.
    pub started: i64,
    /// When it was last heard of, likewise.
    pub seen: i64,
    /// Whether it is taken for alive.
    pub is_live: bool,
    /// Whether it gives its leases back and takes no new ones.
    pub is_draining: bool,
    /// How far its clock is ahead of that of the database, in microseconds; behind where it is negative.
    pub ahead: i64,
    /// Whether that is too far: others do its work as long as there is one whose clock is right.
    pub is_apart: bool,
}

/// Those that work may belong to: they live and do not drain, and their clocks are right, unless nobody's is.
pub(super) fn able(replicas: &[Replica]) -> BTreeSet<&str> {
    let ids = |is: fn(&Replica) -> bool| -> BTreeSet<&str> {
        let takes = replicas.iter().filter(|one| one.is_live && !one.is_draining);
        takes.filter(|one| is(one)).map(|one| one.id.as_str()).collect()
    };
    let right = ids(|one| !one.is_apart);
    if right.is_empty() { ids(|_| true) } else { right }
}

/// Tells the time of a process.
#[derive(Clone)]
pub struct Now(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Now {
    /// By what tells it.
    pub fn by(tells: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(tells))
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

impl Debug for Now {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("Now")
    }
}

/// How this process takes part.
#[derive(Debug, Clone)]
pub struct Membership {
    /// Its name for operations.
    pub name: String,
    /// Where its API listens, as shown to operations.
    pub address: String,
    /// How long a lease stands without being renewed.
    pub lease: Duration,
    /// How long a lease is held at least before it moves to another process that lives.
    pub hold: Duration,
    /// Its clock, which is compared with that of the database; `None` where it is not.
    pub clock: Option<Now>,
    /// The process that worked in the place of this one before and is certainly gone.
    pub predecessor: Option<String>,
    /// Where it keeps what it knows of commits, for the process that starts in its place; `None` keeps nothing.
    pub folder: Option<PathBuf>,
}

impl Default for Membership {
    fn default() -> Self {
        Self {
            name: "chakong".to_owned(),
            address: String::new(),
            lease: Duration::from_secs(10),
            hold: Duration::from_secs(30),
            clock: None,
            predecessor: None,
            folder: None,
        }
    }
}
