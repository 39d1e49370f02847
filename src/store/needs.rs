//! What a job will look at, said before it runs.

use std::collections::BTreeSet;

use crate::domain::{ChainId, OrderId};

/// Rows that a job will read. A hint: a store may load them for many jobs at once; what is not named is read all the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// Orders, with what a decision about them looks at.
    pub orders: Vec<OrderId>,
    /// Chains with everything about them.
    pub chains: Vec<ChainId>,
    /// Inquiries by submitter and idempotency key.
    pub keys: Vec<(String, String)>,
    /// Cases by canonical number, with their chains.
    pub cases: Vec<String>,
    /// Leases under which the work is done.
    pub leases: Vec<String>,
}

impl Needs {
    /// What all of them need, each once.
    pub fn of_all(all: impl Iterator<Item = Self>) -> Self {
        let (mut orders, mut chains) = (BTreeSet::new(), BTreeSet::new());
        let (mut keys, mut cases, mut leases) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for one in all {
            orders.extend(one.orders);
            chains.extend(one.chains);
            keys.extend(one.keys);
            cases.extend(one.cases);
            leases.extend(one.leases);
        }
        Self {
            orders: orders.into_iter().collect(),
            chains: chains.into_iter().collect(),
            keys: keys.into_iter().collect(),
            cases: cases.into_iter().collect(),
            leases: leases.into_iter().collect(),
        }
    }

    /// Whether nothing is named.
    pub const fn is_empty(&self) -> bool {
        self.orders.is_empty()
            && self.chains.is_empty()
            && self.keys.is_empty()
            && self.cases.is_empty()
            && self.leases.is_empty()
    }
}
