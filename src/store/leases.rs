//! Leases: which work this process may do, where several share a store. A lane, a relay, the task clock each belong to one process
//! at a time. A lease has an epoch, which grows whenever it changes hands: whoever has an old one writes nothing any more. The
//! embedded store has one process, which holds every lease from its start to its end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};

use super::boot_time::boot_time;
use super::membership::{Replica, able};

/// The lease of the task clock.
pub const CLOCK: &str = "clock";
/// The lease of what forgets closed cases.
pub const RETENTION: &str = "retention";

/// Leases of lanes begin so.
const LANE: &str = "lane/";

/// The name of a lane's lease.
pub fn lane_lease(counterpart: &str) -> String {
    format!("{LANE}{counterpart}")
}

/// A lease as it was taken.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lease {
    /// What it is for.
    pub name: String,
    /// How often it has changed hands.
    pub epoch: i64,
}

/// What is known of all leases.
#[derive(Debug, Default)]
struct State {
    wanted: BTreeSet<String>,
    held: BTreeMap<String, i64>,
    /// When somebody lost a lease that is held now without giving it back, by the time since the machine was started.
    lapsed: BTreeMap<String, Duration>,
    /// Held, and to be given back as soon as their work has ended.
    leaving: BTreeSet<String>,
    /// Given back by those who worked under them.
    ended: Vec<Lease>,
    /// Until when what is held stands, by the time since the machine was started.
    until: Duration,
    replicas: Vec<Replica>,
    holders: BTreeMap<String, String>,
    is_draining: bool,
    is_closed: bool,
    /// How often the store was asked.
    rounds: u64,
}

/// The leases of this process.
#[derive(Debug)]
pub struct Leases {
    id: String,
    is_shared: bool,
    state: Mutex<State>,
    changed: watch::Sender<u64>,
    /// Something is to be done at the store.
    pub(super) poke: Notify,
}

/// What this process wants of the store now.
#[derive(Debug)]
pub(super) struct Wishes {
    pub(super) wanted: BTreeSet<String>,
    pub(super) held: BTreeMap<String, i64>,
    pub(super) ended: Vec<Lease>,
    pub(super) is_draining: bool,
    pub(super) is_closed: bool,
}

/// What the store says.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub(super) held: BTreeMap<String, i64>,
    pub(super) lapsed: BTreeMap<String, Duration>,
    pub(super) leaving: BTreeSet<String>,
    pub(super) until: Duration,
    pub(super) replicas: Vec<Replica>,
    pub(super) holders: BTreeMap<String, String>,
}

impl Leases {
    /// Those of the one process of an embedded store: all that are wanted, for ever.
    pub fn embedded() -> Arc<Self> {
        let state = State { until: Duration::MAX, ..State::default() };
        Arc::new(Self::with("embedded".to_owned(), false, state))
    }

    /// Those of one process of several. None is held before the store says so.
    pub(super) fn shared(id: String) -> Arc<Self> {
        Arc::new(Self::with(id, true, State::default()))
    }

    fn with(id: String, is_shared: bool, state: State) -> Self {
        let (changed, _) = watch::channel(0);
        Self { id, is_shared, state: Mutex::new(state), changed, poke: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self) {
        self.changed.send_modify(|times| *times = times.wrapping_add(1));
    }

    /// Which process this is.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether other processes may work on the same store.
    pub const fn is_shared(&self) -> bool {
        self.is_shared
    }

    /// Whether another process is known to live.
    pub fn has_others(&self) -> bool {
        self.is_shared && self.state().replicas.iter().any(|one| one.is_live && one.id != self.id)
    }

    /// Changes whenever leases were won, are to be given back, or were lost.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Asks for a lease, and goes on asking.
    pub fn want(&self, name: &str) {
        let is_new = {
            let mut state = self.state();
            if !self.is_shared {
                state.held.entry(name.to_owned()).or_insert(1);
            }
            state.wanted.insert(name.to_owned())
        };
        if is_new {
            self.poke.notify_one();
        }
    }

    /// Asks for the leases of these lanes, and for no others of lanes.
    pub fn want_lanes<'a>(&self, counterparts: impl Iterator<Item = &'a String>) {
        let lanes: BTreeSet<String> = counterparts.map(|name| lane_lease(name)).collect();
        let is_new = {
            let mut state = self.state();
            if !self.is_shared {
                state.held.retain(|name, _| !name.starts_with(LANE) || lanes.contains(name));
                state.held.extend(lanes.iter().map(|name| (name.clone(), 1)));
            }
            let before = std::mem::take(&mut state.wanted);
            let others = before.iter().filter(|name| !name.starts_with(LANE)).cloned();
            state.wanted = others.chain(lanes).collect();
            state.wanted != before
        };
        if is_new {
            self.poke.notify_one();
        }
    }

    /// The lease of this name, where it is held and need not be given back: work may begin under it.
    pub fn held(&self, name: &str) -> Option<Lease> {
        let state = self.state();
        let epoch = *state.held.get(name)?;
        let may_begin = !state.is_draining && !state.leaving.contains(name);
        may_begin.then(|| Lease { name: name.to_owned(), epoch })
    }

    /// Whether the work of this name is this process's, even where it is to be given back soon.
    pub fn is_here(&self, name: &str) -> bool {
        !self.is_shared || self.state().held.contains_key(name)
    }

    /// Whether a lease is still this process's, as far as was heard of the store.
    pub fn is_held(&self, lease: &Lease) -> bool {
        self.state().held.get(&lease.name) == Some(&lease.epoch)
    }

    /// How long ago another process lost this lease without giving it back: it may live, and what it began under the lease be under way.
    /// `None` where none did lately.
    pub fn lapsed(&self, lease: &Lease) -> Option<Duration> {
        let lapsed = *self.state().lapsed.get(&lease.name)?;
        Some(boot_time().saturating_sub(lapsed))
    }

    /// Whether something may leave under a lease at this moment: it is held, and was renewed lately enough. A process that was stopped
    /// for long, or whose machine slept, learns it here before it has heard anything.
    pub fn stands(&self, lease: &Lease) -> bool {
        let state = self.state();
        let is_held = state.held.get(&lease.name) == Some(&lease.epoch);
        is_held && (state.until == Duration::MAX || boot_time() < state.until)
    }

    /// The work under a lease has ended. It goes back where it is to, and stays where it is not.
    pub fn ended(&self, lease: &Lease) {
        {
            let mut state = self.state();
            if !self.is_shared {
                return;
            }
            let goes = state.is_draining
                || state.leaving.contains(&lease.name)
                || !state.wanted.contains(&lease.name);
            if !goes || state.held.get(&lease.name) != Some(&lease.epoch) {
                return;
            }
            state.held.remove(&lease.name);
            state.leaving.remove(&lease.name);
            state.ended.push(lease.clone());
        }
        self.tell();
        self.poke.notify_one();
    }

    /// Gives every lease back as soon as its work has ended, and takes no new ones.
    pub fn drain(&self) {
        self.state().is_draining = true;
        self.tell();
        self.poke.notify_one();
    }

    /// Whether leases are given back.
    pub fn is_draining(&self) -> bool {
        self.state().is_draining
    }

    /// This process as the store has it; `None` before it was heard of, and for an embedded store.
    pub fn own(&self) -> Option<Replica> {
        self.state().replicas.iter().find(|one| one.id == self.id).cloned()
    }

    /// How far this process's clock is ahead of the database's, in microseconds, where its work is done by others because of that.
    pub fn stands_back(&self) -> Option<i64> {
        let state = self.state();
        let own = state.replicas.iter().find(|one| one.id == self.id && one.is_apart)?;
        (!able(&state.replicas).contains(own.id.as_str())).then_some(own.ahead)
    }

    /// Every process that is known to work on the store; none for an embedded one.
    pub fn replicas(&self) -> Vec<Replica> {
        self.state().replicas.clone()
    }

    /// The name of the process that holds a lease.
    pub fn holder(&self, name: &str) -> Option<String> {
        let state = self.state();
        let id = state.holders.get(name)?;
        state.replicas.iter().find(|one| one.id == *id && one.is_live).map(|one| one.name.clone())
    }

    /// How many leases each process holds, by its id.
    pub fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for holder in self.state().holders.values() {
            *counts.entry(holder.clone()).or_default() += 1;
        }
        counts
    }

    /// Waits until the store was asked once more from now on, or for so long.
    pub async fn next_round(&self, longest: Duration) {
        if !self.is_shared {
            return;
        }
        let mut changes = self.changes();
        let before = self.state().rounds;
        self.poke.notify_one();
        let asked = async { while self.state().rounds <= before && changes.changed().await.is_ok() {} };
        let _ = tokio::time::timeout(longest, asked).await;
    }

    pub(super) fn wishes(&self) -> Wishes {
        let mut state = self.state();
        Wishes {
            wanted: state.wanted.clone(),
            held: state.held.clone(),
            ended: std::mem::take(&mut state.ended),
            is_draining: state.is_draining,
            is_closed: state.is_closed,
        }
    }

    /// What could not be given back yet.
    pub(super) fn give_back_later(&self, leases: Vec<Lease>) {
        self.state().ended.extend(leases);
    }

    /// Takes in what the store says.
    pub(super) fn answered(&self, answer: Answer) {
        {
            let mut state = self.state();
            let ended: Vec<Lease> = state.ended.clone();
            let Answer { mut held, lapsed, leaving, until, replicas, holders } = answer;
            // Given back meanwhile.
            held.retain(|name, epoch| !ended.iter().any(|one| one.name == *name && one.epoch == *epoch));
            (state.held, state.lapsed) = (held, lapsed);
            (state.leaving, state.until) = (leaving, until);
            (state.replicas, state.holders) = (replicas, holders);
            state.rounds += 1;
        }
        self.tell();
    }

    pub(super) fn close(&self) {
        self.state().is_closed = true;
        self.poke.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lease(epoch: i64) -> Lease {
        Lease { name: "lane/bank".to_owned(), epoch }
    }

    #[test]
    fn an_embedded_store_holds_what_is_wanted() {
        let leases = Leases::embedded();
        assert_eq!(leases.held("clock"), None);
        leases.want("clock");
        leases.want_lanes([String::from("bank")].iter());
        assert!(leases.held("clock").is_some() && leases.stands(&lease(1)));
        leases.want_lanes([].iter());
        assert!(leases.held("clock").is_some() && !leases.stands(&lease(1)));
    }

    #[test]
    fn nothing_leaves_under_a_lease_that_was_not_renewed_in_time_or_has_another_epoch() {
        let leases = Leases::shared("a".to_owned());
        let held = |until| Answer { held: [("lane/bank".to_owned(), 3)].into(), until, ..Answer::default() };
        leases.answered(held(boot_time() + Duration::from_secs(60)));
        assert!(leases.stands(&lease(3)) && !leases.stands(&lease(2)));
        leases.answered(held(boot_time().saturating_sub(Duration::from_millis(1))));
        assert!(!leases.stands(&lease(3)) && leases.is_held(&lease(3)), "held, and nothing may leave");
    }

    #[test]
    fn what_is_to_be_given_back_is_when_its_work_has_ended_and_not_before() {
        let leases = Leases::shared("a".to_owned());
        leases.want_lanes([String::from("bank")].iter());
        let leaving = BTreeSet::from(["lane/bank".to_owned()]);
        let until = boot_time() + Duration::from_secs(60);
        let held = BTreeMap::from([("lane/bank".to_owned(), 3)]);
        leases.answered(Answer { held: held.clone(), until, ..Answer::default() });
        leases.ended(&lease(3));
        assert!(leases.wishes().ended.is_empty(), "it stays: nobody asked for it");
        leases.answered(Answer { held, leaving, until, ..Answer::default() });
        assert!(leases.held("lane/bank").is_none() && leases.stands(&lease(3)));
        leases.ended(&lease(3));
        assert_eq!(leases.wishes().ended, [lease(3)]);
        assert!(!leases.stands(&lease(3)));
    }
}
