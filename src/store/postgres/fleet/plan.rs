//! What a process is to do about leases: which of them it takes, asks for and gives back. It is the same for everybody who sees the same
//! processes and leases.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use crate::store::leases::Wishes;
use crate::store::membership::able;
use crate::store::spread::spread;
use crate::store::{Membership, Replica};

/// A lease as the database has it.
#[derive(Debug, Clone)]
pub(super) struct LeaseRow {
    pub(super) name: String,
    pub(super) holder: String,
    pub(super) epoch: i64,
    pub(super) asked: String,
    /// How long it has stood so.
    pub(super) age: Duration,
    /// How long ago somebody lost it who had not given it back; `None` where nobody did.
    pub(super) lapsed: Option<Duration>,
}

/// What is to be done.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) takes: Vec<String>,
    pub(super) is_new: bool,
    pub(super) asks: Vec<String>,
    pub(super) leaving: BTreeSet<String>,
}

/// When a lease that nobody holds was first seen so, by the time since the machine was started.
pub(super) type FreeSince = HashMap<String, Duration>;

/// What the process `id` is to do at a time, as it sees the others and the leases.
pub(super) fn plan(
    (id, member): (&str, &Membership),
    wishes: &Wishes,
    replicas: &[Replica],
    rows: &[LeaseRow],
    free_since: &mut FreeSince,
    now: Duration,
) -> Plan {
    let takes = able(replicas);
    // One whose clock is wrong while another's is right: it works for what nobody else wants, and for nothing else.
    let is_apart = !wishes.is_draining && !takes.contains(id);
    let stands_back = wishes.is_draining || is_apart;
    let live: BTreeSet<&str> = replicas.iter().filter(|one| one.is_live).map(|one| one.id.as_str()).collect();
    let used = rows.iter().filter(|row| !row.holder.is_empty() || !row.asked.is_empty());
    let names: BTreeSet<&str> =
        used.map(|row| row.name.as_str()).chain(wishes.wanted.iter().map(String::as_str)).collect();
    let owners = spread(&names, &takes);
    let mut plan = Plan::default();
    let known: BTreeMap<&str, &LeaseRow> = rows.iter().map(|row| (row.name.as_str(), row)).collect();
    free_since.retain(|name, _| wishes.wanted.contains(name));
    for name in &wishes.wanted {
        let is_mine = owners.get(name.as_str()) == Some(&id);
        let row = known.get(name.as_str());
        let is_free = row.is_none_or(|row| !live.contains(row.holder.as_str()));
        if !is_free {
            free_since.remove(name);
            let row = row.filter(|row| is_mine && row.holder != id && row.asked != id);
            if row.is_some() && !stands_back {
                plan.asks.push(name.clone());
            }
            continue;
        }
        let since = *free_since.entry(name.clone()).or_insert(now);
        // Whom it is for may not want it: its files name no such counterpart.
        let patience = if is_apart { member.lease * 2 } else { member.lease };
        let is_left = now.saturating_sub(since) > patience;
        if !wishes.is_draining && (is_mine || is_left) {
            plan.takes.push(name.clone());
            let is_new = row.is_none();
            plan.is_new |= is_new;
        }
    }
    for row in rows.iter().filter(|row| row.holder == id) {
        let is_asked = takes.contains(row.asked.as_str())
            && row.asked != id
            && owners.get(row.name.as_str()) == Some(&row.asked.as_str())
            && (is_apart || row.age >= member.hold);
        if wishes.is_draining || is_asked || !wishes.wanted.contains(&row.name) {
            plan.leaving.insert(row.name.clone());
        }
    }
    plan
}
